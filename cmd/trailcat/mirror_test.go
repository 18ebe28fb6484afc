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
	"strings"
	"testing"
	"time"
)

// TestTheMirrorOfTheGuideEndsEqual runs the program that docs/aggregators.md
// shows: it loads, follows, survives its own end and another database, and
// ends equal to what the server exports.
func TestTheMirrorOfTheGuideEndsEqual(t *testing.T) {
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
	same := func(what string) {
		t.Helper()
		within(t, what, func() bool { return maps.EqualFunc(mirrorIn(file), exportOf(t, first), sameJSON) })
	}
	write := func(rows string) {
		t.Helper()
		if code, body, err := first.send(t.Context(), http.MethodPost, "/v1/shelters/MD1/cats/bulk-upsert", key, `{"cats":[`+rows+`]}`); err != nil || code != http.StatusOK {
			t.Fatal(code, body, err)
		}
	}

	run := startMirror(t, program, first.base(), file)
	same("the mirror has loaded the demo")
	write(`{"external_id":"new","name":"New"},{"external_id":"gone","name":"Gone"}`)
	same("the mirror follows")

	run()
	write(`{"external_id":"gone","status":"removed"},{"external_id":"new","name":"Newer"}`)
	run = startMirror(t, program, first.base(), file)
	same("a mirror that was away goes on")

	first.kill(t)
	other := newNode(t, "sqlite:"+filepath.Join(dir, "other.db"), nil)
	first.database = other.database
	key = adminKey(t, first.database, "--demo")
	first.start(t)
	first.ready(t)
	write(`{"external_id":"other","name":"Of another database"}`)
	same("the mirror of another database begins again")
	run()
}

// TestTheGuideShowsTheMirrorAsItIs holds the text of docs/aggregators.md to the program that is tested.
func TestTheGuideShowsTheMirrorAsItIs(t *testing.T) {
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
	if shown, _, ended := strings.Cut(rest, "```\n"); !ended || shown != string(program) {
		t.Error("the program in docs/aggregators.md is not docs/mirror/main.go; copy it there")
	}
}

// startMirror runs the program until the function that it returns is called.
func startMirror(t *testing.T, program, base, file string) (stop func()) {
	t.Helper()
	command := exec.Command(program, base, file) //nolint:noctx // it is killed
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	stop = func() { _ = command.Process.Kill(); _ = command.Wait() }
	t.Cleanup(stop)
	return stop
}

func mirrorIn(file string) map[string]json.RawMessage {
	var m struct{ Cats map[string]json.RawMessage }
	text, err := os.ReadFile(file)
	if err != nil || json.Unmarshal(text, &m) != nil {
		return nil
	}
	return m.Cats
}

// exportOf is what a server exports now, by id.
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
			req.Header.Set("Trailcat-Min-Seq", seq) // not one that was made a little earlier
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		seq = res.Header.Get("Trailcat-Seq")
		readLines(t, res, cats)
	}
	return cats
}

// readLines keeps those lines of an answer that are things with an id.
func readLines(t *testing.T, res *http.Response, cats map[string]json.RawMessage) {
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

// sameJSON compares two objects that one encoder wrote; some encoders write < and others \u003c.
func sameJSON(a, b json.RawMessage) bool {
	var x, y any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	one, _ := json.Marshal(x)
	other, _ := json.Marshal(y)
	return string(one) == string(other)
}
