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

	"trailcat/internal/store/storetest"
)

// running is a server that a test started through run, as a user would.
type running struct {
	base   string
	stop   func() int // ends it and says with which exit code
	stderr *output
}

// output is written by the server and read by the test.
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

func serve(t *testing.T, args ...string) running {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	stdout, stderr, code := &output{}, &output{}, make(chan int, 1)
	go func() {
		code <- run(ctx, append([]string{"serve", "--listen", "127.0.0.1:0"}, args...), stdout, stderr)
	}()
	stop := sync.OnceValue(func() int { cancel(); return <-code })
	t.Cleanup(func() { stop() })
	within(t, "the server says where it is", func() bool { return address.MatchString(stdout.String()) || len(code) > 0 })
	found := address.FindStringSubmatch(stdout.String())
	if found == nil {
		t.Fatalf("the server did not start: %s", stderr)
	}
	return running{base: found[1], stop: stop, stderr: stderr}
}

// within waits for something to become true.
func within(t *testing.T, what string, true_ func() bool) {
	t.Helper()
	for range 600 {
		if true_() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func (r running) get(t *testing.T, path string) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.base+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

// total is how many cats are listed.
func (r running) total(t *testing.T) int {
	t.Helper()
	_, body := r.get(t, "/v1/cats?limit=1&include_total=true")
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

// eachDatabase runs test on the flags for a fresh database of each engine.
func eachDatabase(t *testing.T, test func(t *testing.T, flags ...string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, "--database", "sqlite:"+filepath.Join(t.TempDir(), "trailcat.db"))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, "--database", storetest.PostgresURL(t), "--migrate")
	})
}

func TestTheDemoStartsFromNothingAndAgain(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		first := serve(t, append(flags, "--demo")...)
		if got := first.total(t); got != 75 {
			t.Errorf("the demo has %d cats, want 75", got)
		}
		_, before := first.get(t, "/v1/cats?order=name&limit=100")
		if !strings.Contains(before, `"adventure":{"rubric":"1.1.0"`) {
			t.Error("nothing was read from what the demo's listings say")
		}
		if code := first.stop(); code != exitOK {
			t.Errorf("stopped with %d: %s", code, first.stderr)
		}
		again := serve(t, append(flags, "--demo")...)
		if _, after := again.get(t, "/v1/cats?order=name&limit=100"); after != before {
			t.Errorf("started again it shows something else:\n%s\n%s", before, after)
		}
		plain := serve(t, flags...)
		if got := plain.total(t); got != 75 {
			t.Errorf("without --demo, on the same database, %d cats", got)
		}
	})
}

func TestWithoutTheDemoItStartsEmpty(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		if got := serve(t, flags...).total(t); got != 0 {
			t.Errorf("%d cats from nowhere", got)
		}
	})
}

// TestAnImportIsSeenByARunningServer: another process writes, this one follows the log.
func TestAnImportIsSeenByARunningServer(t *testing.T) {
	t.Parallel()

	eachDatabase(t, func(t *testing.T, flags ...string) {
		server := serve(t, flags...)
		var stdout, stderr bytes.Buffer
		file := "../../internal/demo/data/montgomery_adoptable_2021-06.csv.gz"
		args := append([]string{"import", file, "--format", "montgomery", "--as-of", "2021-06-03"}, flags...)
		if code := run(t.Context(), args, &stdout, &stderr); code != exitOK {
			t.Fatalf("import ends with %d: %s", code, &stderr)
		}
		if want := "80 rows: 35 created, 0 updated, 0 unchanged, 45 set aside (not_a_cat 45), 0 refused\n"; !strings.HasSuffix(stdout.String(), want) {
			t.Errorf("it says %q, want %q", &stdout, want)
		}
		within(t, "the server lists 35 cats", func() bool { return server.total(t) == 35 })
	})
}

// TestStoppingDropsNoRequest: whoever got through to the server gets an answer.
func TestStoppingDropsNoRequest(t *testing.T) {
	t.Parallel()

	server := serve(t, "--demo", "--rate-limit", "0", "--database", "sqlite:"+filepath.Join(t.TempDir(), "trailcat.db"))
	var askers sync.WaitGroup
	var answered sync.Map
	for i := range 8 {
		askers.Go(func() {
			for n := 0; ; n++ {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.base+"/v1/cats?limit=50", http.NoBody)
				if err != nil {
					t.Error(err)
					return
				}
				res, err := http.DefaultClient.Do(req)
				if err != nil {
					if !errors.Is(err, syscall.ECONNREFUSED) && !errors.Is(err, syscall.ECONNRESET) {
						t.Errorf("a request was dropped: %v", err)
					}
					return
				}
				_, err = io.Copy(io.Discard, res.Body)
				if err != nil || res.StatusCode != http.StatusOK {
					t.Errorf("an answer was cut off: %d %v", res.StatusCode, err)
				}
				_ = res.Body.Close()
				answered.Store(i, n)
			}
		})
	}
	within(t, "all are served", func() bool {
		n := 0
		answered.Range(func(_, v any) bool {
			if v.(int) > 5 {
				n++
			}
			return true
		})
		return n == 8
	})
	if code := server.stop(); code != exitOK {
		t.Errorf("stopped with %d", code)
	}
	askers.Wait()
}

// TestTheDatabaseGoesAndComesBack: lists go on, readiness says what is wrong, and all recovers by itself.
func TestTheDatabaseGoesAndComesBack(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	host := regexp.MustCompile(`127\.0\.0\.1:\d+|localhost:\d+`).FindString(url)
	if host == "" {
		t.Skipf("the tests' Postgres at %s cannot be cut off", url)
	}
	wire := newWire(t, host)
	server := serve(t, "--demo", "--migrate", "--database", strings.Replace(url, host, wire.address, 1))
	wire.cut()
	within(t, "readiness says no", func() bool { code, _ := server.get(t, "/readyz"); return code == http.StatusServiceUnavailable })
	if _, body := server.get(t, "/readyz"); !strings.Contains(body, `"database":"does not answer"`) {
		t.Errorf("readiness says %s", body)
	}
	if got := server.total(t); got != 75 {
		t.Errorf("without the database %d cats are listed", got)
	}
	if code, body := server.get(t, "/v1/cats/1"); code != http.StatusServiceUnavailable || !strings.Contains(body, "unavailable") {
		t.Errorf("one cat: %d %s", code, body)
	}
	wire.mend(t)
	within(t, "readiness says yes again", func() bool { code, _ := server.get(t, "/readyz"); return code == http.StatusOK })
	if code, body := server.get(t, "/v1/cats/1"); code != http.StatusOK {
		t.Errorf("one cat, afterwards: %d %s", code, body)
	}
}

// interruptibleProxy is a connection to a server that can be cut and mended.
type interruptibleProxy struct {
	address, to string
	mu          sync.Mutex
	listener    net.Listener
	open        []net.Conn
}

func newWire(t *testing.T, to string) *interruptibleProxy {
	t.Helper()
	w := &interruptibleProxy{address: "127.0.0.1:0", to: to, mu: sync.Mutex{}, listener: nil, open: nil}
	w.mend(t)
	t.Cleanup(w.cut)
	return w
}

func (w *interruptibleProxy) mend(t *testing.T) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", w.address)
	if err != nil {
		t.Fatal(err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listener, w.address = listener, listener.Addr().String()
	go func() {
		for {
			in, err := listener.Accept()
			if err != nil {
				return
			}
			out, err := (&net.Dialer{}).DialContext(context.Background(), "tcp", w.to)
			if err != nil {
				_ = in.Close()
				continue
			}
			w.mu.Lock()
			w.open = append(w.open, in, out)
			w.mu.Unlock()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		}
	}()
}

func (w *interruptibleProxy) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.listener.Close()
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
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

func TestTheCommandLine(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	database := "sqlite:" + filepath.Join(dir, "trailcat.db")
	empty, wrong, refusing := filepath.Join(dir, "empty.csv"), filepath.Join(dir, "wrong.csv"), filepath.Join(dir, "refusing.csv")
	write := func(file, text string) {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write(empty, "")
	write(wrong, "Name,Colour\nAda,black\n")
	write(refusing, "Animal ID,Intake Type,In Date,Pet name,Animal Type,Pet Age,Pet Size,Color,Breed,Sex,URL Link ,Crossing\n"+
		",STRAY,06/01/2021,ADA,CAT,2 YEARS,MED,BLACK,DOMESTIC SH,S,,\nA2,STRAY,06/01/2021,BO,CAT,2 YEARS,MED,BLACK,DOMESTIC SH,N,,\n")
	tests := map[string]struct {
		args []string
		code int
		says string
	}{
		"help":                                {[]string{"--help"}, exitOK, "serve --demo"},
		"a command that is none":              {[]string{"sevre"}, exitUsage, "serve"},
		"version":                             {[]string{"version"}, exitOK, "trailcat"},
		"a database that is none":             {[]string{"serve", "--database", "mysql://x"}, exitFailed, "sqlite:"},
		"an empty file":                       {[]string{"import", empty, "--format", "montgomery", "--database", database}, exitFailed, "empty"},
		"a file of another format":            {[]string{"import", wrong, "--format", "montgomery", "--database", database}, exitFailed, "Animal ID"},
		"a directory":                         {[]string{"import", dir, "--format", "montgomery", "--database", database}, exitFailed, "directory"},
		"a file that is not there":            {[]string{"import", filepath.Join(dir, "no.csv"), "--format", "montgomery", "--database", database}, exitFailed, "no.csv"},
		"a format that is misspelt":           {[]string{"import", wrong, "--format", "montgomary", "--database", database}, exitFailed, `"montgomery"`},
		"a file of no format":                 {[]string{"import", wrong, "--database", database}, exitFailed, "of no format that is built in"},
		"a format that is found out":          {[]string{"import", refusing, "--database", database}, exitRefused, "taken for montgomery"},
		"a row that is refused":               {[]string{"import", refusing, "--format", "montgomery", "--database", database}, exitRefused, "refused"},
		"a shelter that is not there":         {[]string{"import", refusing, "--format", "montgomery", "--shelter", "MD99", "--database", database}, exitFailed, "MD99"},
		"the description of the API":          {[]string{"openapi"}, exitOK, `"openapi": "3.1`},
		"the migrations of a fresh database":  {[]string{"migrate", "status", "--database", "sqlite:" + filepath.Join(dir, "fresh.db")}, exitOK, "not applied"},
		"the health of a server that is gone": {[]string{"health", "--url", "http://127.0.0.1:1"}, exitFailed, "refused"},
	}
	for name, tt := range tests {
		var stdout, stderr bytes.Buffer
		code := run(t.Context(), tt.args, &stdout, &stderr)
		if said := stdout.String() + stderr.String(); code != tt.code || !strings.Contains(said, tt.says) {
			t.Errorf("%s: ends with %d, want %d and %q in:\n%s", name, code, tt.code, tt.says, said)
		}
	}
}

func TestPostgresWithoutItsSchemaSaysWhatToDo(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"migrate", "down", "--database", url}, &stdout, &stderr); code != exitOK {
		t.Fatal(stderr.String())
	}
	if code := run(t.Context(), []string{"serve", "--database", url}, &stdout, &stderr); code != exitFailed || !strings.Contains(stderr.String(), "trailcat migrate up") {
		t.Errorf("ends with %d: %s", code, &stderr)
	}
	if code := run(t.Context(), []string{"migrate", "up", "--database", url}, &stdout, &stderr); code != exitOK || !strings.Contains(stdout.String(), "1 migrations applied") {
		t.Errorf("ends with %d: %s %s", code, &stdout, &stderr)
	}
}

func TestTheHealthCommandAsksTheServer(t *testing.T) {
	t.Parallel()

	server := serve(t, "--database", "sqlite:"+filepath.Join(t.TempDir(), "trailcat.db"))
	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"health", "--url", server.base}, &stdout, &stderr); code != exitOK {
		t.Errorf("ends with %d: %s", code, &stderr)
	}
}
