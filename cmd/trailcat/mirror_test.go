package main

import (
	"bufio"
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestMirror_EqualsTheExport runs the program that docs/aggregators.md shows: it
// loads an export, follows changes, continues after a restart, starts over with
// another database, and each time equals the export of the server.
func TestMirror_EqualsTheExport(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	program, file := filepath.Join(dir, "mirror"), filepath.Join(dir, "cats.json")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "trailcat/docs/mirror").CombinedOutput(); err != nil {
		t.Fatalf("build the mirror: %v\n%s", err, out)
	}
	first := newNode(t, "sqlite:"+filepath.Join(dir, "first.db"), nil)
	key := adminKey(t, first.database, "--demo")
	first.start(t)
	first.ready(t)
	waitUntilEqual := func(what string) {
		t.Helper()
		want := exportOf(t, first)
		within(t, what, func() bool { return maps.EqualFunc(mirrorIn(file), want, sameJSON) })
	}
	write := func(rows string) {
		t.Helper()
		if code, body, err := first.send(t.Context(), http.MethodPost, "/v1/shelters/MD1/cats/bulk-upsert", key, `{"cats":[`+rows+`]}`); err != nil || code != http.StatusOK {
			t.Fatalf("bulk upsert: got %d %s %v, want 200", code, body, err)
		}
	}

	stop := startMirror(t, program, first.base(), file, os.Stderr)
	waitUntilEqual("mirror equals the export after loading")
	write(`{"external_id":"new","name":"New"},{"external_id":"gone","name":"Gone"}`)
	waitUntilEqual("mirror follows changes")

	stop()
	write(`{"external_id":"gone","status":"removed"},{"external_id":"new","name":"Newer"}`)
	stop = startMirror(t, program, first.base(), file, os.Stderr)
	waitUntilEqual("mirror continues after a restart")

	first.kill(t)
	other := newNode(t, "sqlite:"+filepath.Join(dir, "other.db"), nil)
	first.database = other.database
	key = adminKey(t, first.database, "--demo")
	first.start(t)
	first.ready(t)
	write(`{"external_id":"other","name":"Of another database"}`)
	waitUntilEqual("mirror starts over with another database")
	stop()
}

// TestMirror_GuideShowsTheTestedProgram compares docs/aggregators.md with the
// program.
func TestMirror_GuideShowsTheTestedProgram(t *testing.T) {
	t.Parallel()

	guide, err := os.ReadFile(filepath.Join("..", "..", "docs", "aggregators.md"))
	if err != nil {
		t.Fatal(err)
	}
	program, err := os.ReadFile(filepath.Join("..", "..", "docs", "mirror", "main.go"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(guide), "```go\n")
	if inGuide, _, ended := strings.Cut(rest, "```\n"); !ended || inGuide != string(program) {
		t.Error("the program in docs/aggregators.md differs from docs/mirror/main.go; copy it to the guide")
	}
}

// startMirror runs the program until stop is called.
func startMirror(t *testing.T, program, base, file string, log *os.File) (stop func()) {
	t.Helper()
	command := exec.Command(program, base, file) //nolint:noctx // stop kills it
	command.Stderr = log
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { _ = command.Process.Kill(); _ = command.Wait() }
	t.Cleanup(stop)
	return stop
}

// mirrorIn returns the cats in the file of a mirror, nil if it is not readable yet.
func mirrorIn(file string) map[string]json.RawMessage {
	var m struct{ Cats map[string]json.RawMessage }
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return nil
	}
	return m.Cats
}

// exportOf returns the cats of a current export, by ID.
func exportOf(t *testing.T, n *node) map[string]json.RawMessage {
	t.Helper()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	cats := map[string]json.RawMessage{}
	var seq string
	for _, path := range []string{"/v1/cats?limit=1", "/v1/exports/cats"} {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, n.base()+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if seq != "" {
			req.Header.Set("Trailcat-Min-Seq", seq) // not a cached export
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		seq = res.Header.Get("Trailcat-Seq")
		readCats(t, res, cats)
	}
	return cats
}

// readCats adds the lines of a response that have an ID to cats.
func readCats(t *testing.T, res *http.Response, cats map[string]json.RawMessage) {
	t.Helper()
	defer func() { _ = res.Body.Close() }()
	lines := bufio.NewScanner(res.Body)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if id := idOf(lines.Bytes()); id != "" {
			cats[id] = json.RawMessage(lines.Text())
		}
	}
	if err := lines.Err(); err != nil {
		t.Error(err)
	}
}

// sameJSON reports whether two documents are equal. Encoders differ in how they
// escape characters such as <.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}
