//go:build linux

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// TestFailover_PatroniPromotesAStandby kills the primary of a Postgres cluster while
// clients write through two nodes and follow them: five times with synchronous
// replication, and five times with asynchronous replication that loses transactions. The
// last time, one node stays connected to an old primary that both nodes lose. Each time,
// all nodes and mirrors must have the content of the new primary within a minute.
func TestFailover_PatroniPromotesAStandby(t *testing.T) { //nolint:paralleltest // it measures times
	if os.Getenv("TRAILCAT_TEST_PATRONI") == "" {
		t.Skip("make test-failover runs it; it takes ten minutes")
	}
	f := newPatroniFailover(t)
	defer func() { t.Logf("\n%s", f.results) }()
	for i := range 10 {
		f.run(t, failover{number: i + 1, synchronous: i < 5, partitioned: false})
	}
	f.run(t, failover{number: 11, synchronous: false, partitioned: true})
}

const recoveryTimeout = time.Minute

// patroniFailover is a cluster, two nodes, a mirror by feed of each, and a mirror by
// webhook.
type patroniFailover struct {
	cluster *patroniCluster
	proxy   string // address of HAProxy
	db      *store.Store
	key     string
	nodes   []*node
	mirrors []string // files
	webhook *webhookMirror
	acked   map[string]int // number of the last write to each cat that was acknowledged and not lost
	results *strings.Builder
}

// failover is one failure of the primary.
type failover struct {
	number                   int
	synchronous, partitioned bool
}

func newPatroniFailover(t *testing.T) *patroniFailover {
	t.Helper()
	c := newPatroniCluster(t)
	c.awaitStandbys(t, true)
	address, err := url.Parse(c.url)
	if err != nil {
		t.Fatal(err)
	}
	f := &patroniFailover{cluster: c, proxy: address.Host, key: adminKey(t, c.url, "--demo"), acked: map[string]int{}, results: &strings.Builder{}} //nolint:exhaustruct // set below
	f.results.WriteString("| run | replication | acknowledged | lost | told to start over | seconds until all are equal |\n|---|---|---|---|---|---|\n")
	if f.db, err = (databaseFlags{Database: c.url, Migrate: false, LogLevel: 0}).open(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = f.db.Close() })
	program := buildMirror(t)
	for i := range 2 {
		l := newLink(t, f.proxy)
		n := newNode(t, strings.Replace(c.url, f.proxy, l.address, 1), l)
		n.flags, n.log = []string{"--webhook-allow", "127.0.0.0/8", "--public-url", n.base()}, c.log(t, fmt.Sprint("node", i))
		n.start(t)
		n.ready(t)
		file := filepath.Join(t.TempDir(), "cats.json")
		startMirror(t, program, n.base(), file, c.log(t, fmt.Sprint("mirror", i)))
		f.nodes, f.mirrors = append(f.nodes, n), append(f.mirrors, file)
	}
	f.webhook = startWebhookMirror(t, f.nodes[0], f.key)
	return f
}

// run makes the primary fail and checks what remains.
func (f *patroniFailover) run(t *testing.T, o failover) {
	t.Helper()
	f.cluster.setSynchronous(t, o.synchronous)
	f.cluster.awaitStandbys(t, o.synchronous)
	primary, resets := f.cluster.primary(t), f.webhook.resetCount()
	w := f.startWriters(t, o.number)
	f.put(t, fmt.Sprint("Kept ", o.number))
	w.await(t, false, 0, 1)
	if o.partitioned {
		f.nodes[1].link.redirect(t, primary.postgres)
	}
	if !o.synchronous {
		primary.replication.cut()
		w.await(t, false, 0, 1)
		f.put(t, fmt.Sprint("Lost ", o.number)) // what was written before is lost as well
		f.awaitMirrors(t, fmt.Sprint("Lost ", o.number))
	}
	positions := f.positions(t)
	failed := f.fail(t, o, w, primary)
	w.await(t, true, 0, 1)
	w.stop()
	var cats map[string]catalog.Cat
	eventually(t, time.Until(failed.Add(recoveryTimeout)), fmt.Sprintf("run %d: nodes and mirrors equal the database", o.number), func() (err error) {
		cats, err = f.compare(t)
		return err
	})
	took := time.Since(failed)
	acked, lost := w.compare(t, f, cats)
	resets = f.webhook.resetCount() - resets
	fmt.Fprintf(f.results, "| %d | %s | %d | %d | %s | %.0f |\n", o.number, o.mode(), acked, lost, map[bool]string{true: "yes", false: "no"}[resets > 0], took.Seconds())
	if o.synchronous != (lost == 0) {
		t.Errorf("run %d, %s: got %d acknowledged writes lost", o.number, o.mode(), lost)
	}
	f.checkPositions(t, o, positions)
	if !o.partitioned {
		f.cluster.rejoin(t, primary)
	}
}

func (o failover) mode() string {
	switch {
	case o.synchronous:
		return "synchronous"
	case o.partitioned:
		return "asynchronous, one node partitioned"
	default:
		return "asynchronous"
	}
}

// fail kills the primary. If a node stays connected to it, fail kills only its Patroni, so
// that Postgres accepts writes until it has to follow the new primary. fail returns when
// the failure began, or when the node can reach the new primary.
func (f *patroniFailover) fail(t *testing.T, o failover, w *failoverWriters, primary *member) time.Time {
	t.Helper()
	if !o.partitioned {
		w.failed[0].Store(true)
		w.failed[1].Store(true)
		primary.kill(t)
		return time.Now()
	}
	primary.killPatroni(t)
	eventually(t, recoveryTimeout, "there is another primary", func() error {
		for _, m := range f.cluster.members {
			if code, _ := m.get(t.Context(), "/primary"); m != primary && code == http.StatusOK {
				return nil
			}
		}
		return errors.New("no other member is the primary")
	})
	w.failed[0].Store(true)
	w.await(t, true, 0)  // on the new primary
	w.await(t, false, 1) // on the old one
	f.cluster.rejoin(t, primary)
	f.cluster.awaitStandbys(t, false)
	eventually(t, recoveryTimeout, "the node on a standby has the content of the new primary, or is not ready", func() error {
		list, err := listOf(t.Context(), f.nodes[1])
		lost := slices.ContainsFunc(slices.Collect(maps.Values(list)), func(name string) bool { return strings.HasPrefix(name, "Lost ") })
		code, _ := f.nodes[1].get(t.Context(), "/readyz")
		if code == http.StatusOK && (err != nil || lost) {
			return errors.Join(errors.New("it is ready"), err)
		}
		return nil
	})
	w.failed[1].Store(true)
	f.nodes[1].link.redirect(t, f.proxy)
	return time.Now()
}

// put changes a cat that no writer changes.
func (f *patroniFailover) put(t *testing.T, name string) {
	t.Helper()
	if code, body, err := f.nodes[0].send(t.Context(), http.MethodPut, "/v1/shelters/MD1/cats/single", f.key, fmt.Sprintf(`{"name":%q}`, name)); err != nil || code != http.StatusOK && code != http.StatusCreated {
		t.Fatalf("write %s: got %d %s %v, want 200 or 201", name, code, body, err)
	}
}

// awaitMirrors waits until all mirrors have read the name of a cat.
func (f *patroniFailover) awaitMirrors(t *testing.T, name string) {
	t.Helper()
	for _, file := range f.mirrors {
		f.awaitMirror(t, file, name)
	}
	eventually(t, recoveryTimeout, "the mirror by webhook has "+name, func() error {
		return containsName(f.webhook.copy(), name)
	})
}

func (*patroniFailover) awaitMirror(t *testing.T, file, name string) {
	t.Helper()
	eventually(t, recoveryTimeout, "the mirror has "+name, func() error { return containsName(mirrorIn(file), name) })
}

func containsName(cats map[string]json.RawMessage, name string) error {
	for _, cat := range cats {
		if strings.Contains(string(cat), `"name":"`+name) {
			return nil
		}
	}
	return fmt.Errorf("none of %d cats", len(cats))
}

// readPosition is how far a client of a node has read.
type readPosition struct{ etag, cursor string }

// positions returns one position per node.
func (f *patroniFailover) positions(t *testing.T) []readPosition {
	t.Helper()
	positions := make([]readPosition, len(f.nodes))
	for i, n := range f.nodes {
		var page struct {
			Page struct {
				NextCursor string `json:"next_cursor"`
			}
		}
		if code, body := n.get(t.Context(), "/v1/changes?cursor=latest"); code != http.StatusOK || json.Unmarshal([]byte(body), &page) != nil {
			t.Fatalf("latest cursor: got %d %s", code, body)
		}
		_, header := f.conditionalGet(t, n, "")
		positions[i] = readPosition{etag: header.Get("ETag"), cursor: page.Page.NextCursor}
	}
	return positions
}

// conditionalGet reads the single cat.
func (f *patroniFailover) conditionalGet(t *testing.T, n *node, ifNoneMatch string) (code int, header http.Header) {
	t.Helper()
	res, err := exchange(t.Context(), http.MethodGet, n.base()+"/v1/shelters/MD1/cats/single", f.key, map[string]string{"If-None-Match": ifNoneMatch}, "")
	if err != nil {
		t.Fatal(err)
	}
	return res.status, res.header
}

// checkPositions checks that positions from before the failure are valid if nothing was
// lost, and invalid otherwise.
func (f *patroniFailover) checkPositions(t *testing.T, o failover, positions []readPosition) {
	t.Helper()
	wantETag, wantCursor := http.StatusNotModified, http.StatusOK
	if !o.synchronous {
		f.put(t, fmt.Sprint("Other ", o.number)) // with the version number of what was lost
		wantETag, wantCursor = http.StatusOK, http.StatusGone
	}
	for i, n := range f.nodes {
		for j, p := range positions {
			if code, _ := f.conditionalGet(t, n, p.etag); code != wantETag {
				t.Errorf("run %d, %s: node %d: got %d for the ETag %s of node %d, want %d", o.number, o.mode(), i, code, p.etag, j, wantETag)
			}
			if code, body := n.get(t.Context(), "/v1/changes?limit=1&cursor="+p.cursor); code != wantCursor {
				t.Errorf("run %d, %s: node %d: got %d %s for the cursor of node %d, want %d", o.number, o.mode(), i, code, body, j, wantCursor)
			}
		}
	}
}

// compare compares the lists, the exports and the mirrors with the database, whose cats it
// returns by ID.
func (f *patroniFailover) compare(t *testing.T) (map[string]catalog.Cat, error) {
	t.Helper()
	cats := map[string]catalog.Cat{}
	var mu sync.Mutex
	if err := f.db.ScanCats(t.Context(), func(batch []catalog.Cat, _ catalog.LogPosition) error {
		mu.Lock()
		defer mu.Unlock()
		for _, cat := range batch {
			cats[cat.ID] = cat
		}
		return nil
	}); err != nil {
		return nil, err
	}
	want := map[string]string{}
	for id, cat := range cats {
		if cat.Status != catalog.Removed {
			want[id] = fmt.Sprint(cat.Name, " ", cat.Version)
		}
	}
	for i, n := range f.nodes {
		if code, body := n.get(t.Context(), "/readyz"); code != http.StatusOK {
			return nil, fmt.Errorf("node %d: /readyz: %d %s", i, code, body)
		}
		list, err := listOf(t.Context(), n)
		if err = errors.Join(err, difference(list, want)); err != nil {
			return nil, fmt.Errorf("list of node %d: %w", i, err)
		}
		_, header := f.conditionalGet(t, n, "")
		export, _, err := loadExport(t.Context(), n.base()+"/v1/exports/cats", header.Get("Trailcat-Seq"))
		if err = errors.Join(err, difference(namesIn(export), want)); err != nil {
			return nil, fmt.Errorf("export of node %d: %w", i, err)
		}
		for mirror, copied := range map[string]map[string]json.RawMessage{"feed": mirrorIn(f.mirrors[i]), "webhook": f.webhook.copy()} {
			if !maps.EqualFunc(copied, export, sameJSON) {
				return nil, fmt.Errorf("the mirror by %s differs from the export of node %d: %w", mirror, i, difference(namesIn(copied), namesIn(export)))
			}
		}
	}
	return cats, nil
}

// difference returns an error that shows some of the differences.
func difference(got, want map[string]string) error {
	var differences []string
	for id := range want {
		if got[id] != want[id] {
			differences = append(differences, fmt.Sprintf("%s: got %q, want %q", id, got[id], want[id]))
		}
	}
	for id := range got {
		if _, ok := want[id]; !ok {
			differences = append(differences, fmt.Sprintf("%s: got %q, want none", id, got[id]))
		}
	}
	if len(differences) == 0 {
		return nil
	}
	return fmt.Errorf("%d differences, such as %s", len(differences), strings.Join(differences[:min(3, len(differences))], "; "))
}

// namesIn returns names and versions of cats by ID.
func namesIn(cats map[string]json.RawMessage) map[string]string {
	names := map[string]string{}
	for id, text := range cats {
		var cat struct {
			Name    string
			Version int64
		}
		_ = json.Unmarshal(text, &cat) // shows as a difference
		names[id] = fmt.Sprint(cat.Name, " ", cat.Version)
	}
	return names
}

// listOf returns what namesIn does of all cats in the list of a node.
func listOf(ctx context.Context, n *node) (map[string]string, error) {
	all := map[string]json.RawMessage{}
	for cursor := ""; ; {
		code, body := n.get(ctx, "/v1/cats?limit=100&fields=id,name,version&status=available,pending,on_hold,adopted"+cursor)
		var page struct {
			Data []json.RawMessage
			Page struct {
				NextCursor string `json:"next_cursor"`
			}
		}
		if err := json.Unmarshal([]byte(body), &page); err != nil || code != http.StatusOK {
			return nil, fmt.Errorf("got %d %s", code, body)
		}
		for _, cat := range page.Data {
			all[idOf(cat)] = cat
		}
		if page.Page.NextCursor == "" {
			return namesIn(all), nil
		}
		cursor = "&cursor=" + page.Page.NextCursor
	}
}

// idOf returns the field id of a JSON object, "" if there is none.
func idOf(object []byte) string {
	var resource struct {
		ID string `json:"id"`
	}
	if json.Unmarshal(object, &resource) != nil {
		return ""
	}
	return resource.ID
}
