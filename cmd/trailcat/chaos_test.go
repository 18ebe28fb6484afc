package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// asNode, in the environment, makes this test binary a server of its own, so
// that a test can kill it as the system does: without a word.
const asNode = "TRAILCAT_TEST_NODE"

func TestMain(m *testing.M) {
	if os.Getenv(asNode) != "" {
		main()
	}
	os.Exit(m.Run())
}

// TestNothingIsMissedThoughNodesDie is 8 writers, a reader on each node, and
// somebody who kills nodes and cuts their connections to the database. Each
// reader's mirror ends equal to the database, byte for byte; no reader saw the
// changes of a cat out of order, and none missed one.
func TestNothingIsMissedThoughNodesDie(t *testing.T) {
	t.Parallel()
	t.Run("three nodes on Postgres", func(t *testing.T) {
		t.Parallel()
		url := storetest.PostgresURL(t)
		host := regexp.MustCompile(`127\.0\.0\.1:\d+|localhost:\d+`).FindString(url)
		if host == "" {
			t.Fatalf("the tests' Postgres at %s is not on this machine, so it cannot be cut off", url)
		}
		scene := newChaos(t, url)
		for range 3 {
			w := newWire(t, host)
			scene.nodes = append(scene.nodes, newNode(t, strings.Replace(url, host, w.address, 1), w))
		}
		scene.run(t)
	})
	t.Run("one node on SQLite", func(t *testing.T) {
		t.Parallel()
		url := "sqlite:" + filepath.Join(t.TempDir(), "trailcat.db")
		scene := newChaos(t, url)
		scene.nodes = []*node{newNode(t, url, nil)}
		scene.run(t)
	})
}

const (
	chaosWriters  = 8
	chaosCats     = 60 // that all writers write to
	chaosTroubles = 10 // nodes killed or cut off
	chaosWrites   = 25 // that come through between two troubles
)

// chaos is a database, its nodes, and who works with them.
type chaos struct {
	url, key string
	nodes    []*node
	written  atomic.Int64
}

func newChaos(t *testing.T, url string) *chaos {
	t.Helper()
	return &chaos{url: url, key: adminKey(t, url, "--demo"), nodes: nil, written: atomic.Int64{}}
}

// adminKey prepares a database, by a server that ran on it, and makes a key to it.
func adminKey(t *testing.T, url string, flags ...string) string {
	t.Helper()
	serve(t, append(flags, "--migrate", "--database", url)...).stop()
	text, _ := do(t, exitOK, "keys", "create", "--name", "test", "--scope", "admin", "--json", "--database", url)
	var made struct {
		Key string `json:"key"`
	}
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		t.Fatal(err)
	}
	return made.Key
}

func (c *chaos) run(t *testing.T) {
	t.Helper()
	mirrors := make([]*mirrored, len(c.nodes))
	for i, n := range c.nodes {
		n.start(t)
		n.ready(t)
		mirrors[i] = &mirrored{cursor: "", cats: map[string]json.RawMessage{}, versions: map[string]int64{}, seen: map[int64]bool{}, last: 0}
		if _, err := mirrors[i].step(t, n.base()); err != nil { // so that everybody begins before anything happens
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	var readers, writers sync.WaitGroup
	enough := make(chan struct{})
	for i, n := range c.nodes {
		readers.Go(func() { mirrors[i].follow(t, n.base, enough) })
	}
	for w := range chaosWriters {
		writers.Go(func() { c.write(ctx, t, rand.New(rand.NewPCG(uint64(w), 7))) })
	}
	c.trouble(t, rand.New(rand.NewPCG(9, 9)))
	stop()
	writers.Wait()
	close(enough)
	readers.Wait()
	c.compare(t, mirrors)
	t.Logf("%d writes came through, %d changes were followed", c.written.Load(), len(mirrors[0].seen))
}

// write changes cats of two shelters through whichever node answers.
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
		case err != nil, code == http.StatusServiceUnavailable, code == http.StatusInternalServerError:
			time.Sleep(20 * time.Millisecond) // the node was killed or cut off: what was sent is there or not
		case code == http.StatusOK:
			c.written.Add(1)
		default:
			t.Errorf("a write was answered with %d", code)
		}
	}
}

// trouble kills nodes and cuts their connections, each time after some writes
// came through.
func (c *chaos) trouble(t *testing.T, r *rand.Rand) {
	t.Helper()
	for range chaosTroubles {
		before := c.written.Load()
		within(t, "writes come through", func() bool { return c.written.Load() >= before+chaosWrites })
		n := c.nodes[r.IntN(len(c.nodes))]
		if n.wire != nil && r.IntN(2) == 0 {
			n.wire.cut()
			time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
			n.wire.mend(t)
			continue
		}
		n.kill(t)
		time.Sleep(time.Duration(r.IntN(300)) * time.Millisecond)
		n.start(t)
	}
	for _, n := range c.nodes {
		n.ready(t)
	}
}

// compare holds the mirrors against each other, the export and the database.
func (c *chaos) compare(t *testing.T, mirrors []*mirrored) {
	t.Helper()
	db, err := databaseFlags{Database: c.url, Migrate: false, LogLevel: 0}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	var log []catalog.Change
	for after := int64(0); ; after = log[len(log)-1].Seq {
		lines, err := db.Changes(t.Context(), after, 1000)
		if err != nil {
			t.Fatal(err)
		}
		if log = append(log, lines...); len(lines) < 1000 {
			break
		}
	}
	want := exportOf(t, c.nodes[0])
	listed := 0
	if err := db.ScanCats(t.Context(), func(cats []catalog.Cat) error {
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
		t.Errorf("the database lists %d cats, the export %d", listed, len(want))
	}
	for i, m := range mirrors {
		for _, line := range log {
			// A cat that was gone again before anybody read of it was nobody's.
			if !m.seen[line.Seq] && line.Op != catalog.Created && line.Resource == catalog.CatResource {
				t.Errorf("reader %d was not told of change %d: %s %s", i, line.Seq, line.ResourceID, line.Op)
			}
		}
		if !maps.EqualFunc(m.cats, want, func(a, b json.RawMessage) bool { return bytes.Equal(a, b) }) {
			t.Errorf("the mirror of reader %d has %d cats that differ from the %d of the export", i, len(m.cats), len(want))
		}
	}
}

// mirrored is a reader's copy of all cats.
type mirrored struct {
	cursor   string
	cats     map[string]json.RawMessage
	versions map[string]int64
	seen     map[int64]bool // numbers of the log
	last     int64
}

// follow reads the changes of one node, which dies now and then, until enough is
// closed and there are no more.
func (m *mirrored) follow(t *testing.T, base func() string, enough <-chan struct{}) {
	t.Helper()
	for {
		last := false
		select {
		case <-enough:
			last = true
		default:
		}
		ended, err := m.step(t, base())
		if err != nil {
			time.Sleep(30 * time.Millisecond)
			continue
		}
		if last && ended {
			return
		}
	}
}

// step follows one page, and says whether it was the last.
func (m *mirrored) step(t *testing.T, base string) (ended bool, err error) {
	t.Helper()
	url := base + "/v1/changes?expand=resource&limit=200&wait=1"
	if m.cursor != "" {
		url += "&cursor=" + m.cursor
	}
	code, body, err := ask(t.Context(), http.MethodGet, url, "", "")
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
		t.Errorf("a page of changes is %v: %s", err, body)
		return true, nil
	}
	for _, change := range page.Data {
		if change.Seq <= m.last {
			t.Errorf("change %d came after %d", change.Seq, m.last)
		}
		m.last, m.seen[change.Seq] = change.Seq, true
		if change.Version <= m.versions[change.ID] {
			t.Errorf("%s came at version %d after %d", change.ID, change.Version, m.versions[change.ID])
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

// node is a server in a process of its own.
type node struct {
	address, database string
	wire              *interruptibleProxy // to the database; nil: none
	process           *exec.Cmd
}

// newNode is a node at an address that stays the same whenever it is started again.
func newNode(t *testing.T, database string, w *interruptibleProxy) *node {
	t.Helper()
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = free.Close() }()
	return &node{address: free.Addr().String(), database: database, wire: w, process: nil}
}

func (n *node) base() string { return "http://" + n.address }

func (n *node) start(t *testing.T) {
	t.Helper()
	n.process = exec.Command(os.Args[0], "serve", "--listen", n.address, "--database", n.database, "--rate-limit", "0", "--key-rate-limit", "0", "--log-level", "error") //nolint:noctx // it is killed below
	n.process.Env = append(os.Environ(), asNode+"=1")
	n.process.Stderr = os.Stderr
	if err := n.process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { n.kill(t) })
}

func (n *node) ready(t *testing.T) {
	t.Helper()
	within(t, "the node is ready", func() bool { code, _ := n.get(t.Context(), "/readyz"); return code == http.StatusOK })
}

// kill ends the node at once, whatever it is doing.
func (n *node) kill(t *testing.T) {
	t.Helper()
	_ = n.process.Process.Kill()
	_ = n.process.Wait() // that it was killed is no news
}

func (n *node) get(ctx context.Context, path string) (int, string) {
	code, body, err := n.send(ctx, http.MethodGet, path, "", "")
	if err != nil {
		return 0, err.Error()
	}
	return code, body
}

func (n *node) send(ctx context.Context, method, path, key, body string) (int, string, error) {
	return ask(ctx, method, n.base()+path, key, body)
}

func ask(ctx context.Context, method, url, key, body string) (int, string, error) {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("Content-Type", "application/json")
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, "", err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	return res.StatusCode, string(text), err
}

func idOf(object []byte) string {
	var thing struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(object, &thing) != nil {
		return ""
	}
	return thing.ID
}
