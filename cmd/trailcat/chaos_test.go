package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// asNode is an environment variable that makes this test binary run as a server, so
// that a test can kill it.
const asNode = "TRAILCAT_TEST_NODE"

// programs is a directory for programs that tests build.
var programs string

func TestMain(m *testing.M) {
	if os.Getenv(asNode) != "" || slices.Equal(os.Args[1:], photosProcess) {
		main()
	}
	// Collect garbage rarely. The variable keeps servers in tests from changing that.
	debug.SetGCPercent(400)
	_ = os.Setenv("GOGC", "400")
	_ = os.Setenv("TRAILCAT_FETCH_PHOTOS", "false") // those of the demo are on the internet
	_ = os.Setenv("TRAILCAT_PHOTO_DIR", noPhotos)   // to draw those of the demo takes seconds
	var err error
	if programs, err = os.MkdirTemp("", "trailcat-programs-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

// TestChanges_NoneIsLostWhenNodesAreKilled runs 8 writers and one client of the
// change feed per node while nodes are killed and their connections to the
// database are cut. In the end the mirror of each client equals the export, byte
// for byte, and no client received changes out of order or missed one. It runs
// longer if TRAILCAT_CHAOS_FAILURES sets the number of failures.
func TestChanges_NoneIsLostWhenNodesAreKilled(t *testing.T) {
	t.Parallel()
	t.Run("three nodes on Postgres", func(t *testing.T) {
		t.Parallel()
		url := storetest.PostgresURL(t)
		host := localHost(url)
		if host == "" {
			t.Fatalf("Postgres at %s is not on this machine, so its connections cannot be cut", url)
		}
		c := newChaos(t, url)
		for range 3 {
			l := newLink(t, host)
			c.nodes = append(c.nodes, newNode(t, strings.Replace(url, host, l.address, 1), l))
		}
		c.run(t)
	})
	t.Run("one node on SQLite", func(t *testing.T) {
		t.Parallel()
		url := "sqlite:" + filepath.Join(t.TempDir(), "trailcat.db")
		c := newChaos(t, url)
		c.nodes = []*node{newNode(t, url, nil)}
		c.run(t)
	})
}

const (
	chaosWriters  = 8
	chaosCats     = 60 // shared by all writers
	chaosFailures = 5  // nodes killed or disconnected
	chaosWrites   = 10 // successful writes between two failures
)

// chaos is a database and its nodes.
type chaos struct {
	url, key string
	nodes    []*node
	written  atomic.Int64
}

func newChaos(t *testing.T, url string) *chaos {
	t.Helper()
	return &chaos{url: url, key: adminKey(t, url, "--demo")}
}

// adminKey prepares a database by running a server on it, and returns a new key.
func adminKey(t *testing.T, url string, flags ...string) string {
	t.Helper()
	serve(t, append(flags, "--migrate", "--database", url)...).stop()
	text, _ := do(t, exitOK, "keys", "create", "--name", "test", "--scope", "admin", "--json", "--database", url)
	var created struct {
		Key string `json:"key"`
	}
	if err := json.Unmarshal([]byte(text), &created); err != nil {
		t.Fatal(err)
	}
	return created.Key
}

func (c *chaos) run(t *testing.T) {
	t.Helper()
	failures := chaosFailures
	if value := os.Getenv("TRAILCAT_CHAOS_FAILURES"); value != "" {
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 {
			t.Fatalf("TRAILCAT_CHAOS_FAILURES is %q, want a positive number", value)
		}
		failures = n
	}
	mirrors := make([]*mirror, len(c.nodes))
	for i, n := range c.nodes {
		n.start(t)
		n.ready(t)
		mirrors[i] = &mirror{cats: map[string]json.RawMessage{}, versions: map[string]int64{}, seen: map[int64]bool{}}
		if _, err := mirrors[i].step(t, n.base(), 0); err != nil { // all clients start before the first write
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var readers, writers sync.WaitGroup
	done := make(chan struct{})
	for i, n := range c.nodes {
		readers.Go(func() { mirrors[i].follow(t, n, done) })
	}
	for w := range chaosWriters {
		writers.Go(func() { c.write(ctx, t, rand.New(rand.NewPCG(uint64(w), 7))) })
	}
	c.injectFailures(t, failures, rand.New(rand.NewPCG(9, 9)))
	stop()
	writers.Wait()
	close(done)
	readers.Wait()
	c.compare(t, mirrors)
	t.Logf("%d writes succeeded, %d changes were received", c.written.Load(), len(mirrors[0].seen))
}

// write changes cats of two shelters through random nodes until ctx ends.
func (c *chaos) write(ctx context.Context, t *testing.T, r *rand.Rand) {
	t.Helper()
	for ctx.Err() == nil {
		n := c.nodes[r.IntN(len(c.nodes))]
		var rows []string
		for range 1 + r.IntN(5) {
			rows = append(rows, fmt.Sprintf(`{"external_id":"chaos-%d","name":"Cat %d","status":%q,"fee":{"amount_minor":%d,"currency":"USD"}}`,
				r.IntN(chaosCats), r.IntN(1000), []string{"available", "pending", "adopted", "removed"}[r.IntN(4)], r.IntN(20000)))
		}
		body := `{"cats":[` + strings.Join(rows, ",") + `]}`
		code, _, err := n.send(ctx, http.MethodPost, "/v1/shelters/"+[]string{"MD1", "WA1"}[r.IntN(2)]+"/cats/bulk-upsert", c.key, body)
		switch {
		case err != nil: // the node is down; the write may have been applied or not
			n.wait(ctx)
		case code == http.StatusServiceUnavailable, code == http.StatusInternalServerError:
		case code == http.StatusOK:
			c.written.Add(1)
		default:
			t.Errorf("bulk upsert: got status %d, want 200, 500 or 503", code)
		}
	}
}

// injectFailures kills nodes and cuts their connections to the database, each time
// after some writes have succeeded.
func (c *chaos) injectFailures(t *testing.T, failures int, r *rand.Rand) {
	t.Helper()
	for range failures {
		c.waitForWrites(t, chaosWrites)
		n := c.nodes[r.IntN(len(c.nodes))]
		if n.link != nil && r.IntN(2) == 0 {
			within(t, "the node has started", n.serves) // a server that starts without its database exits
			n.link.cut()
			c.waitForWrites(t, r.IntN(chaosWrites))
			n.link.restore(t)
			continue
		}
		n.kill(t)
		n.start(t)
	}
	for _, n := range c.nodes {
		n.ready(t)
	}
}

// waitForWrites waits until n more writes have succeeded.
func (c *chaos) waitForWrites(t *testing.T, n int) {
	t.Helper()
	before := c.written.Load()
	within(t, "writes succeed", func() bool { return c.written.Load() >= before+int64(n) })
}

// compare compares the mirrors with the export, the log and the database.
func (c *chaos) compare(t *testing.T, mirrors []*mirror) {
	t.Helper()
	db, err := databaseFlags{Database: c.url, Migrate: false, DatabaseTimeout: 0, LogLevel: 0}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var log []catalog.Change
	for after := int64(0); ; after = log[len(log)-1].Seq {
		changes, err := db.Changes(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if log = append(log, changes...); len(changes) < 1000 {
			break
		}
	}
	want := exportOf(t, c.nodes[0])
	listed := 0
	if err := db.ScanCats(t.Context(), func(cats []catalog.Cat, _ catalog.LogPosition) error {
		for _, cat := range cats {
			if cat.Status != catalog.Removed {
				listed++
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	if listed != len(want) {
		t.Errorf("got %d cats in the export, want %d as in the database", len(want), listed)
	}
	for i, m := range mirrors {
		for _, change := range log {
			// A cat that was created and removed between two reads is not reported.
			if !m.seen[change.Seq] && change.Op != catalog.Created && change.Resource == catalog.CatResource {
				t.Errorf("client %d: change %d is missing: %s %s", i, change.Seq, change.ResourceID, change.Op)
			}
		}
		if !maps.EqualFunc(m.cats, want, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
			t.Errorf("client %d: got a mirror of %d cats that differs from the export of %d", i, len(m.cats), len(want))
		}
	}
}

// mirror is a client's copy of all cats, kept by following the change feed.
type mirror struct {
	cursor   string
	cats     map[string]json.RawMessage
	versions map[string]int64
	seen     map[int64]bool // sequence numbers
	last     int64
}

// follow reads changes from one node, retrying while it is down, until done is
// closed and all changes have been read.
func (m *mirror) follow(t *testing.T, n *node, done <-chan struct{}) {
	t.Helper()
	for t.Context().Err() == nil {
		last := false
		select {
		case <-done:
			last = true
		default:
		}
		switch ended, err := m.step(t, n.base(), 1); {
		case err != nil:
			n.wait(t.Context())
		case last && ended:
			return
		}
	}
}

// step reads one page, for which the server waits some seconds, and reports whether
// it was the last.
func (m *mirror) step(t *testing.T, base string, wait int) (ended bool, err error) {
	t.Helper()
	url := fmt.Sprintf("%s/v1/changes?expand=resource&limit=200&wait=%d", base, wait)
	if m.cursor != "" {
		url += "&cursor=" + m.cursor
	}
	code, body, err := request(t.Context(), http.MethodGet, url, "", "")
	if err != nil || code != http.StatusOK {
		return false, fmt.Errorf("%d %w", code, err)
	}
	var page struct {
		Data []struct {
			Seq     int64           `json:"seq"`
			Type    string          `json:"type"`
			ID      string          `json:"id"`
			Version int64           `json:"version"`
			Data    json.RawMessage `json:"data"`
		} `json:"data"`
		Page struct {
			NextCursor string `json:"next_cursor"`
			HasMore    bool   `json:"has_more"`
		} `json:"page"`
	}
	if err := json.Unmarshal([]byte(body), &page); err != nil {
		t.Errorf("got page %s, want JSON: %v", body, err)
		return true, nil
	}
	for _, change := range page.Data {
		if change.Seq <= m.last {
			t.Errorf("got change %d after %d, want ascending order", change.Seq, m.last)
		}
		m.last, m.seen[change.Seq] = change.Seq, true
		if change.Version <= m.versions[change.ID] {
			t.Errorf("%s: got version %d after %d, want ascending order", change.ID, change.Version, m.versions[change.ID])
		}
		m.versions[change.ID] = change.Version
		switch {
		case !strings.HasPrefix(change.Type, "cat."):
		case len(change.Data) == 0 || string(change.Data) == "null":
			delete(m.cats, change.ID)
		default:
			m.cats[change.ID] = change.Data
		}
	}
	m.cursor = page.Page.NextCursor
	return len(page.Data) == 0 && !page.Page.HasMore, nil
}

// node is a server in its own process.
type node struct {
	address, database string
	link              *link    // to the database; nil for SQLite
	flags             []string // more flags of the server
	log               *os.File // nil: stderr
	process           *exec.Cmd
	up                atomic.Pointer[chan struct{}] // closed when the process serves requests
}

// newNode returns a node whose address stays the same after restarts.
func newNode(t *testing.T, database string, l *link) *node {
	t.Helper()
	n := &node{address: freeAddress(t), database: database, link: l}
	n.up.Store(new(make(chan struct{})))
	return n
}

// freeAddress returns an address of this machine that is not in use.
func freeAddress(t *testing.T) string {
	t.Helper()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = free.Close() }()
	return free.Addr().String()
}

func (n *node) base() string { return "http://" + n.address }

// start starts the process.
func (n *node) start(t *testing.T) {
	t.Helper()
	n.process = exec.Command(os.Args[0], "serve", "--listen", n.address, "--database", n.database, "--rate-limit", "0", "--key-rate-limit", "0", "--log-level", "error") //nolint:noctx // kill ends it
	n.process.Args = append(n.process.Args, n.flags...)
	n.process.Env = append(os.Environ(), asNode+"=1")
	n.process.Stderr = cmp.Or(n.log, os.Stderr)
	n.process.Stdout = whenWritten(sync.OnceFunc(func() { close(*n.up.Load()) })) // it prints its address
	if err := n.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.kill(t) })
}

// ready waits until the node is ready.
func (n *node) ready(t *testing.T) {
	t.Helper()
	within(t, "the node is ready", func() bool { code, _ := n.get(t.Context(), "/readyz"); return code == http.StatusOK })
}

// wait waits for a short time until the process serves requests, or until ctx ends.
func (n *node) wait(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 100*time.Millisecond)
	defer cancel()
	select {
	case <-*n.up.Load():
	case <-ctx.Done():
	}
}

// serves reports whether the process has begun to serve requests.
func (n *node) serves() bool {
	select {
	case <-*n.up.Load():
		return true
	default:
		return false
	}
}

// whenWritten is a writer that only calls the function.
type whenWritten func()

func (f whenWritten) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}

// kill ends the process immediately.
func (n *node) kill(t *testing.T) {
	t.Helper()
	_ = n.process.Process.Kill()
	_ = n.process.Wait() // reports the kill as an error
	if n.serves() {
		n.up.Store(new(make(chan struct{})))
	}
}

func (n *node) get(ctx context.Context, path string) (int, string) {
	code, body, err := n.send(ctx, http.MethodGet, path, "", "")
	if err != nil {
		return 0, err.Error()
	}
	return code, body
}

func (n *node) send(ctx context.Context, method, path, key, body string) (int, string, error) {
	return request(ctx, method, n.base()+path, key, body)
}
