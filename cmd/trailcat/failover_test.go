package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"trailcat/internal/store/storetest"
)

// lossyFailover is a database that can be set back, nodes on it, and a mirror that follows
// the first of them.
type lossyFailover struct {
	nodes  []*node
	key    string
	mirror string // file of the mirror
}

// newLossyFailover starts nodes and a mirror on a database with the demo's listings.
func newLossyFailover(t *testing.T, database string, nodes int) *lossyFailover {
	t.Helper()
	program := buildMirror(t)
	f := &lossyFailover{nodes: nil, key: adminKey(t, database, "--demo"), mirror: filepath.Join(t.TempDir(), "cats.json")}
	for range nodes {
		f.nodes = append(f.nodes, newNode(t, database, nil))
	}
	f.start(t)
	startMirror(t, program, f.nodes[0].base(), f.mirror, os.Stderr)
	return f
}

func (f *lossyFailover) start(t *testing.T) {
	t.Helper()
	for _, n := range f.nodes {
		n.start(t)
	}
	for _, n := range f.nodes {
		n.ready(t)
	}
}

func (f *lossyFailover) kill(t *testing.T) {
	t.Helper()
	for _, n := range f.nodes {
		n.kill(t)
	}
}

// write creates or changes a cat through the first node, as soon as that succeeds.
func (f *lossyFailover) write(t *testing.T, externalID, name string) {
	t.Helper()
	within(t, "write "+name, func() bool {
		code, _, err := f.nodes[0].send(t.Context(), http.MethodPut, "/v1/shelters/MD1/cats/"+externalID, f.key, fmt.Sprintf(`{"name":%q}`, name))
		return err == nil && (code == http.StatusOK || code == http.StatusCreated)
	})
}

// waitUntilEqual waits until the mirror and the list of every node have the cats of the
// export.
func (f *lossyFailover) waitUntilEqual(t *testing.T, what string, name string) {
	t.Helper()
	within(t, what, func() bool {
		for _, n := range f.nodes {
			if code, body := n.get(t.Context(), "/v1/cats?shelter=MD1&sort=newest&limit=1"); code != http.StatusOK || !strings.Contains(body, `"name":"`+name+`"`) {
				return false
			}
		}
		return true
	})
	for _, n := range f.nodes {
		want := exportOf(t, n)
		within(t, what, func() bool { return maps.EqualFunc(mirrorIn(f.mirror), want, sameJSON) })
	}
}

// check writes to a database, sets it back, and writes other content under the
// same log positions and versions. Everything that read the lost content must recover.
func (f *lossyFailover) check(t *testing.T, backup, restore func()) {
	t.Helper()
	f.write(t, "kept", "Kept")
	f.waitUntilEqual(t, "the mirror equals the export at first", "Kept")
	backup()
	for i := range 3 {
		f.write(t, fmt.Sprint("lost-", i), "Lost")
	}
	f.write(t, "kept", "Lost change")
	f.waitUntilEqual(t, "the mirror has what will be lost", "Lost")
	_, etag := f.etag(t)
	restore()
	f.write(t, "kept", "Other change")
	for i := range 6 {
		f.write(t, fmt.Sprint("other-", i), "Other")
	}
	f.waitUntilEqual(t, "the mirror equals the export after the failover", "Other")
	if text, err := os.ReadFile(f.mirror); err != nil || strings.Contains(string(text), "Lost") {
		t.Errorf("the mirror has lost content (%v)", err)
	}
	if name, after := f.etag(t); after == etag || name != "Other change" {
		t.Errorf("the ETag of %q is that of lost content, %s", name, after)
	}
}

// etag returns the name and the ETag of the cat that was changed.
func (f *lossyFailover) etag(t *testing.T) (name, etag string) {
	t.Helper()
	res, err := exchange(t.Context(), http.MethodGet, f.nodes[0].base()+"/v1/shelters/MD1/cats/kept", f.key, nil, "")
	if err != nil {
		t.Fatal(err)
	}
	var cat struct{ Name string }
	if err := json.Unmarshal([]byte(res.body), &cat); err != nil {
		t.Fatal(err)
	}
	return cat.Name, res.header.Get("ETag")
}

// TestFailover_RestoredBackupOfSQLite restores a copy of the file while the server is
// stopped, so that only the mirror has what was lost.
func TestFailover_RestoredBackupOfSQLite(t *testing.T) {
	t.Parallel()

	file := filepath.Join(t.TempDir(), "trailcat.db")
	f := newLossyFailover(t, "sqlite:"+file, 1)
	saved := map[string][]byte{}
	files := []string{file, file + "-wal"}
	f.check(t, func() {
		f.kill(t)
		for _, name := range files {
			content, err := os.ReadFile(name)
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			saved[name] = content
		}
		f.start(t)
	}, func() {
		f.kill(t)
		for _, name := range append(files, file+"-shm") {
			_ = os.Remove(name)
			if content := saved[name]; content != nil {
				if err := os.WriteFile(name, content, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		f.start(t)
	})
}

// TestFailover_PostgresLosesTransactions replaces the database by an earlier copy while
// two nodes run, as an asynchronous failover does.
func TestFailover_PostgresLosesTransactions(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	f := newLossyFailover(t, url, 2)
	var restore func()
	f.check(t, func() {
		f.kill(t)
		restore = storetest.BackUpPostgres(t, url)
		f.start(t)
	}, func() { restore() })
}
