package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"trailcat/internal/search"
	"trailcat/internal/store/storetest"
)

// testServer is a server that a test started with run, as the command line does.
type testServer struct {
	base   string
	stop   func() int // stops it and returns the exit code
	stdout *output
	stderr *output
}

// output is a buffer that is safe for concurrent use.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

var address = regexp.MustCompile(`API +(http://[^/]+)`)

// serve starts a server and waits until it prints its address.
func serve(t *testing.T, args ...string) testServer {
	t.Helper()
	return serveAt(t, time.Now, args...)
}

// serveAt starts a server on a machine with its own clock.
func serveAt(t *testing.T, now func() time.Time, args ...string) testServer {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr, code := &output{}, &output{}, make(chan int, 1)
	go func() {
		p := &process{ctx: ctx, stdout: stdout, stderr: stderr, now: now}
		code <- p.run(append([]string{"serve", "--listen", "127.0.0.1:0"}, args...))
	}()
	stop := sync.OnceValue(func() int { cancel(); return <-code })
	t.Cleanup(func() { stop() })
	within(t, "the server prints its address", func() bool { return address.MatchString(stdout.String()) || len(code) > 0 })
	found := address.FindStringSubmatch(stdout.String())
	if found == nil {
		t.Fatalf("the server did not start: %s", stderr)
	}
	return testServer{base: found[1], stop: stop, stdout: stdout, stderr: stderr}
}

// within waits up to 30 s until condition returns true.
func within(t *testing.T, what string, condition func() bool) {
	t.Helper()
	tick, end := time.NewTicker(10*time.Millisecond), time.After(2*time.Minute)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not within 2 minutes: %s", what)
		}
	}
}

// total returns the number of listed cats.
func (s testServer) total(t *testing.T) int {
	t.Helper()
	return s.totalOf(t, "")
}

// totalOf returns the number of cats that match further parameters.
func (s testServer) totalOf(t *testing.T, parameters string) int {
	t.Helper()
	_, body := s.get(t, "/v1/cats?limit=1&include_total=true"+parameters)
	var page struct {
		Page struct {
			Total int `json:"total"`
		} `json:"page"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Fatal(err)
	}
	return page.Page.Total
}

// eachDatabase runs test with the flags for a new database of each engine.
func eachDatabase(t *testing.T, test func(t *testing.T, flags ...string)) {
	t.Helper()
	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, "--database", storetest.URL(t, engine), "--migrate")
		})
	}
}

func TestServe_DemoIsTheSameAfterARestart(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		first := serve(t, append(flags, "--demo")...)
		if got := first.total(t); got != 75 {
			t.Errorf("got %d cats in the demo, want 75", got)
		}
		if got := first.totalOf(t, "&activity=hike&readiness=not_yet_assessed&grade=listing"); got == 0 {
			t.Error("got no cats with the evidence of their listing, want ratings from the descriptions")
		}
		_, before := first.get(t, "/v1/cats?sort=name&limit=100")
		if code := first.stop(); code != exitOK {
			t.Errorf("got exit code %d, want %d: %s", code, exitOK, first.stderr)
		}
		again := serve(t, append(flags, "--demo")...)
		if _, after := again.get(t, "/v1/cats?sort=name&limit=100"); after != before {
			t.Errorf("after a restart: got\n%s\nwant\n%s", after, before)
		}
		var key string
		within(t, "the server prints the key of the demo", func() bool {
			key = liveKey.FindString(again.stdout.String())
			return key != ""
		})
		_, list := again.getWithKey(t, key, "/v1/keys")
		if n := strings.Count(list, `"name":"`+demoKeyName+`"`); n != 1 {
			t.Errorf("after a restart: got %d keys of the demo with the key %s, want one: %s", n, key, list)
		}
		withoutDemo := serve(t, flags...)
		if got := withoutDemo.total(t); got != 75 {
			t.Errorf("without --demo on the same database: got %d cats, want 75", got)
		}
		storetest.CheckCatCounts(t, flags[1])
	})
}

// The cats of the demo's first shelter have pictures that the server keeps.
func TestServe_DemoHasPhotos(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("draws pictures, which takes seconds")
	}

	flags := []string{"--demo", "--database", storetest.URL(t, "sqlite"), "--photo-dir", filepath.Join(t.TempDir(), "photos")}
	var before string
	for start := range 2 {
		server := serve(t, flags...)
		_, list := server.get(t, "/v1/cats?region=MD&sort=name&limit=100&fields=id,photo")
		paths := regexp.MustCompile(`/photos/[0-9a-f]{32}/300\.jpg`).FindAllString(list, -1)
		if len(paths) < 35 {
			t.Fatalf("start %d: got %d photos, want one of each of the 35 cats: %s", start, len(paths), list)
		}
		for _, path := range paths {
			if status, body := server.get(t, path); status != http.StatusOK || !strings.HasPrefix(body, "\xff\xd8") {
				t.Errorf("start %d: %s answers %d with %d bytes, want a JPEG file", start, path, status, len(body))
			}
		}
		if start > 0 && list != before {
			t.Errorf("after a restart: got %s, want %s", list, before)
		}
		before = list
		server.stop()
	}
}

func TestServe_StartsEmptyWithoutTheDemo(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		if got := serve(t, flags...).total(t); got != 0 {
			t.Errorf("got %d cats, want 0", got)
		}
	})
}

// TestImport_IsVisibleInARunningServer imports in another process; the server
// follows the log.
func TestImport_IsVisibleInARunningServer(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		server := serve(t, flags...)
		var stdout, stderr bytes.Buffer
		file := "../../internal/demo/data/montgomery_adoptable_2021-06.csv.gz"
		args := append([]string{"import", file, "--format", "montgomery", "--as-of", "2021-06-03"}, flags...)
		if code := run(t.Context(), args, &stdout, &stderr); code != exitOK {
			t.Fatalf("import: got exit code %d, want %d: %s", code, exitOK, &stderr)
		}
		if want := "80 rows: 35 created, 0 updated, 0 unchanged, 45 skipped (not_a_cat 45), 0 rejected\n"; !strings.HasSuffix(stdout.String(), want) {
			t.Errorf("got %q, want %q", &stdout, want)
		}
		within(t, "the server lists 35 cats", func() bool { return server.total(t) == 35 })
	})
}

// TestServe_StoppingDropsNoRequest stops the server under load: every request on an
// accepted connection gets a complete response.
func TestServe_StoppingDropsNoRequest(t *testing.T) {
	t.Parallel()

	server := serve(t, "--demo", "--rate-limit", "0", "--database", storetest.URL(t, "sqlite"))
	var clients sync.WaitGroup
	var completed sync.Map
	for i := range 8 {
		clients.Go(func() {
			for n := 0; ; n++ {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.base+"/v1/cats?limit=50", http.NoBody)
				if err != nil {
					t.Error(err)
					return
				}
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.ECONNRESET) {
						t.Errorf("got error %v, want a response or a refused connection", err)
					}
					return
				}
				_, err = io.Copy(io.Discard, res.Body)
				if err != nil || res.StatusCode != http.StatusOK {
					t.Errorf("got status %d and error %v, want a complete response", res.StatusCode, err)
				}
				_ = res.Body.Close()
				completed.Store(i, n)
			}
		})
	}
	within(t, "all clients are served", func() bool {
		n := 0
		completed.Range(func(_, v any) bool {
			if v.(int) > 5 {
				n++
			}
			return true
		})
		return n == 8
	})
	if code := server.stop(); code != exitOK {
		t.Errorf("got exit code %d, want %d", code, exitOK)
	}
	clients.Wait()
}

// TestServe_RecoversFromADatabaseOutage checks that lists remain available, that
// readiness names the database, and that the server recovers by itself.
func TestServe_RecoversFromADatabaseOutage(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	host := localHost(url)
	if host == "" {
		t.Skipf("Postgres at %s is not on this machine, so its connections cannot be cut", url)
	}
	link := newLink(t, host)
	server := serve(t, "--demo", "--migrate", "--database", strings.Replace(url, host, link.address, 1))
	link.cut()
	within(t, "/readyz reports 503", func() bool { code, _ := server.get(t, "/readyz"); return code == http.StatusServiceUnavailable })
	if _, body := server.get(t, "/readyz"); !strings.Contains(body, `"database":"unavailable"`) {
		t.Errorf("got readiness %s, want it to name the database", body)
	}
	if got := server.total(t); got != 75 {
		t.Errorf("without the database: got %d cats, want 75", got)
	}
	if code, body := server.get(t, "/v1/cats/1"); code != http.StatusServiceUnavailable || !strings.Contains(body, "unavailable") {
		t.Errorf("one cat without the database: got %d %s, want 503", code, body)
	}
	link.restore(t)
	within(t, "/readyz reports 200 again", func() bool { code, _ := server.get(t, "/readyz"); return code == http.StatusOK })
	if code, body := server.get(t, "/v1/cats/1"); code != http.StatusOK {
		t.Errorf("one cat after the outage: got %d %s, want 200", code, body)
	}
}

// localHost returns host and port of a database on this machine, "" for others.
func localHost(url string) string {
	return regexp.MustCompile(`127\.0\.0\.1:\d+|localhost:\d+`).FindString(url)
}

// link is a TCP proxy whose connections can be cut and restored.
type link struct {
	address, to string
	mu          sync.Mutex
	listener    net.Listener
	open        []net.Conn
	forwarding  sync.RWMutex // locked while the link is stalled
}

func newLink(t *testing.T, to string) *link {
	t.Helper()
	l := &link{address: "127.0.0.1:0", to: to}
	l.restore(t)
	t.Cleanup(l.cut)
	return l
}

// restore accepts connections again.
func (l *link) restore(t *testing.T) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", l.address)
	if err != nil {
		t.Fatal(err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.listener, l.address = listener, listener.Addr().String()
	to := l.to
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", to)
			if err != nil {
				_ = in.Close()
				continue
			}
			l.mu.Lock()
			l.open = append(l.open, in, out)
			l.mu.Unlock()
			go l.forward(in, out)
			go l.forward(out, in)
		}
	}()
}

// forward copies what from sends until one of the connections is closed.
func (l *link) forward(to io.WriteCloser, from io.Reader) {
	defer func() { _ = to.Close() }()
	buffer := make([]byte, 32<<10)
	for {
		n, err := from.Read(buffer)
		l.forwarding.RLock()
		l.forwarding.RUnlock() //nolint:staticcheck // waits until the link is not stalled
		if err != nil {
			return
		}
		if _, err := to.Write(buffer[:n]); err != nil {
			return
		}
	}
}

// stall keeps connections open and accepts new ones, but forwards nothing until the
// returned function is called.
func (l *link) stall() (resume func()) {
	l.forwarding.Lock()
	return sync.OnceFunc(l.forwarding.Unlock)
}

// redirect closes all connections and leads new ones to another address.
func (l *link) redirect(t *testing.T, to string) {
	t.Helper()
	l.cut()
	l.to = to
	l.restore(t)
}

// cut closes all connections and accepts no new ones.
func (l *link) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	_ = l.listener.Close()
	for _, c := range l.open {
		_ = c.Close()
	}
	l.open = nil
}

// A server that stops disconnects a caller who does not read a response, and
// one who does not send a body.
func TestServe_StopsInTimeWithSlowCallers(t *testing.T) {
	t.Parallel()

	server := serve(t, "--database", storetest.URL(t, "sqlite"), "--demo", "--shutdown-timeout", "100ms")
	for _, request := range []string{
		strings.Repeat("GET /v1/cats?limit=100 HTTP/1.1\r\nHost: trailcat\r\n\r\n", 400),
		"POST /v1/matches HTTP/1.1\r\nHost: trailcat\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
	} {
		conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(server.base, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, request); err != nil {
			t.Fatal(err)
		}
	}
	within(t, "the server receives both requests", func() bool { return strings.Contains(server.stderr.String(), "/v1/cats") })
	start := time.Now()
	if code := server.stop(); code != exitOK || time.Since(start) > 5*time.Second {
		t.Errorf("got exit code %d after %s, want %d within 5 s: %.500s", code, time.Since(start), exitOK, server.stderr)
	}
	if log := server.stderr.String(); !strings.Contains(log, "closing connections in use") || strings.Contains(log, `"ERROR"`) {
		t.Errorf("got log %.500s, want no error", log[max(0, len(log)-500):])
	}
}

func TestServeFlags_PublicURL(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		flag, want string
		rejected   bool
	}{
		"host":           {"https://cats.example.org", "https://cats.example.org", false},
		"trailing slash": {"https://cats.example.org/", "https://cats.example.org", false},
		"path":           {"https://example.org/cats", "https://example.org/cats", false},
		"no scheme":      {"cats.example.org", "", true},
		"no host":        {"https://", "", true},
		"query":          {"https://cats.example.org/?x=1", "", true},
		"password":       {"https://me:secret@cats.example.org", "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u, err := url.Parse(tt.flag)
			if err != nil {
				t.Fatal(err)
			}
			c := serveCommand{PublicURL: u}
			if err := c.Validate(); (err != nil) != tt.rejected {
				t.Fatalf("got error %v, want rejected %v", err, tt.rejected)
			}
			if got := c.publicURL(); !tt.rejected && got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
	if c := (serveCommand{}); c.Validate() != nil || c.publicURL() != "" {
		t.Errorf("without the flag: got error %v and URL %q, want none", c.Validate(), c.publicURL())
	}
}

func TestRun_ExitCodesAndMessages(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	database := "sqlite:" + filepath.Join(dir, "trailcat.db")
	empty, unknown, invalid := filepath.Join(dir, "empty.csv"), filepath.Join(dir, "unknown.csv"), filepath.Join(dir, "invalid.csv")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(empty, "")
	write(unknown, "Name,Colour\nAda,black\n")
	write(invalid, "Animal ID,Intake Type,In Date,Pet name,Animal Type,Pet Age,Pet Size,Color,Breed,Sex,URL Link ,Crossing\n"+
		",STRAY,06/01/2021,ADA,CAT,2 YEARS,MED,BLACK,DOMESTIC SH,S,,\nA2,STRAY,06/01/2021,BO,CAT,2 YEARS,MED,BLACK,DOMESTIC SH,N,,\n")
	tests := map[string]struct {
		args []string
		code int
		want string
	}{
		"help":                                   {[]string{"--help"}, exitOK, "serve --demo"},
		"help lists formats":                     {[]string{"import", "--help"}, exitOK, "montgomery"},
		"help lists scopes":                      {[]string{"keys", "create", "--help"}, exitOK, "listings:write"},
		"unknown command":                        {[]string{"sevre"}, exitUsage, "serve"},
		"version":                                {[]string{"version"}, exitOK, "trailcat"},
		"negative log retention":                 {[]string{"serve", "--log-retention=-1", "--database", database}, exitUsage, "--log-retention must be at least 0, got -1"},
		"unknown database scheme":                {[]string{"serve", "--database", "mysql://x"}, exitFailed, "sqlite:"},
		"empty file":                             {[]string{"import", empty, "--format", "montgomery", "--database", database}, exitFailed, "empty"},
		"file of another format":                 {[]string{"import", unknown, "--format", "montgomery", "--database", database}, exitFailed, "Animal ID"},
		"directory":                              {[]string{"import", dir, "--format", "montgomery", "--database", database}, exitFailed, "directory"},
		"missing file":                           {[]string{"import", filepath.Join(dir, "no.csv"), "--format", "montgomery", "--database", database}, exitFailed, "no.csv"},
		"misspelled format":                      {[]string{"import", unknown, "--format", "montgomary", "--database", database}, exitFailed, `"montgomery"`},
		"file of an unknown format":              {[]string{"import", unknown, "--database", database}, exitFailed, "does not match any built-in format"},
		"detected format":                        {[]string{"import", invalid, "--database", database}, exitRejected, "detected format montgomery"},
		"rejected row":                           {[]string{"import", invalid, "--format", "montgomery", "--database", database}, exitRejected, "rejected"},
		"unknown shelter":                        {[]string{"import", invalid, "--format", "montgomery", "--shelter", "MD99", "--database", database}, exitFailed, "MD99"},
		"OpenAPI document":                       {[]string{"openapi"}, exitOK, `"openapi": "3.1`},
		"migrations of a new database":           {[]string{"migrate", "status", "--database", "sqlite:" + filepath.Join(dir, "fresh.db")}, exitOK, "not applied"},
		"health of a server that is not running": {[]string{"health", "--url", "http://127.0.0.1:1"}, exitFailed, "refused"},
	}
	for name, tt := range tests {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), tt.args, &stdout, &stderr)
		if got := stdout.String() + stderr.String(); code != tt.code || !strings.Contains(got, tt.want) {
			t.Errorf("%s: got exit code %d, want %d and %q in:\n%s", name, code, tt.code, tt.want, got)
		}
	}
}

func TestServe_OutdatedPostgresSchemaSaysWhatToDo(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"migrate", "down", "--database", url}, &stdout, &stderr); code != exitOK {
		t.Fatal(stderr.String())
	}
	if code := run(t.Context(), []string{"serve", "--database", url}, &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "run: trailcat migrate up --database "+shellQuote(url)) {
		t.Errorf("serve: got exit code %d, want %d and how to migrate: %s", code, exitFailed, &stderr)
	}
	if code := run(t.Context(), []string{"migrate", "up", "--database", url}, &stdout, &stderr); code != exitOK || !strings.Contains(stdout.String(), "1 migrations applied") {
		t.Errorf("migrate up: got exit code %d and %s, want one migration applied: %s", code, &stdout, &stderr)
	}
}

// TestHealth_AsksTheAddressThatTheServerListensOn passes the address of --listen, with
// and without a host.
func TestHealth_AsksTheAddressThatTheServerListensOn(t *testing.T) {
	t.Parallel()

	server := serve(t, "--database", storetest.URL(t, "sqlite"))
	address := strings.TrimPrefix(server.base, "http://")
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"--url", server.base}, {"--listen", address}, {"--listen", ":" + port}, {"--listen", "0.0.0.0:" + port}} {
		do(t, exitOK, append([]string{"health"}, args...)...)
	}
	if _, stderr := do(t, exitFailed, "health", "--listen", port); !strings.Contains(stderr, "--listen") {
		t.Errorf("got %s, want what is wrong with --listen", stderr)
	}
}

// TestBanner_OfAnEmptyServer checks that the banner shows how to load cats, into the database
// of the server, instead of searches that find nothing.
func TestBanner_OfAnEmptyServer(t *testing.T) {
	t.Parallel()

	serve := serveCommand{databaseFlags: databaseFlags{Database: "postgres://cats:secret@db/cats"}}
	for name, test := range map[string]struct {
		demo, available bool
		want            string
	}{
		"empty":                     {false, false, "trailcat import FILE --shelter CODE --database postgres://cats:xxxxx@db/cats"},
		"demo":                      {true, true, "near=20850"},
		"other cats":                {false, true, "/v1/cats?limit=3"},
		"demo without its listings": {true, false, "trailcat shelters create"},
	} {
		stdout, state := &output{}, search.State{}
		if serve.Demo = test.demo; test.available {
			state.Available = 1
		}
		serve.printBanner(&process{stdout: stdout}, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 8080}, state, "")
		if got := stdout.String(); !strings.Contains(got, test.want) || !test.available && strings.Contains(got, "Try:") || strings.Contains(got, "secret") {
			t.Errorf("%s: got %s, want %s", name, got, test.want)
		}
	}
}
