package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMirror_EqualsTheExport runs the program that docs/aggregators.md shows: it
// loads an export, follows changes, continues after a restart, starts over with
// another database, and each time equals the export of the server.
func TestMirror_EqualsTheExport(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	program, file := buildMirror(t), filepath.Join(dir, "cats.json")
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

// buildMirror returns the path of the program, which it builds once.
func buildMirror(t *testing.T) string {
	t.Helper()
	program, err := builtMirror()
	if err != nil {
		t.Fatal(err)
	}
	return program
}

var builtMirror = sync.OnceValues(func() (string, error) {
	program := filepath.Join(programs, "mirror")
	if out, err := exec.CommandContext(context.Background(), "go", "build", "-o", program, "trailcat/docs/mirror").CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the mirror: %w\n%s", err, out)
	}
	return program, nil
})

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

// exportOf returns the cats of a current export, by ID. A node that notices a log that was set
// back answers 503 for a moment.
func exportOf(t *testing.T, n *node) (cats map[string]json.RawMessage) {
	t.Helper()
	within(t, "an export", func() bool {
		list, err := exchange(t.Context(), http.MethodGet, n.base()+"/v1/cats?limit=1", "", nil, "")
		if err == nil {
			cats, _, err = loadExport(t.Context(), n.base()+"/v1/exports/cats", list.header.Get("Trailcat-Seq"))
		}
		return err == nil
	})
	return cats
}

// loadExport returns the cats of an export, and the cursor with which changes continue. The
// export is not older than the response whose Trailcat-Seq is minSeq, if that is given.
func loadExport(ctx context.Context, url, minSeq string) (cats map[string]json.RawMessage, cursor string, err error) {
	ctx, stop := context.WithTimeout(ctx, 10*time.Second)
	defer stop()
	res, err := exchange(ctx, http.MethodGet, url, "", map[string]string{"Trailcat-Min-Seq": minSeq}, "")
	if err != nil {
		return nil, "", err
	}
	if res.status != http.StatusOK {
		return nil, "", fmt.Errorf("got %d %s", res.status, res.body)
	}
	cats, complete := map[string]json.RawMessage{}, false
	for text := range strings.Lines(res.body) {
		var line struct{ Type, Cursor, ID string }
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			return nil, "", err
		}
		switch {
		case line.Type == "export":
			cursor = line.Cursor
		case line.Type == "end":
			complete = true
		case line.ID != "":
			cats[line.ID] = json.RawMessage(strings.TrimSuffix(text, "\n"))
		}
	}
	if !complete {
		return nil, "", errors.New("the export has no end")
	}
	return cats, cursor, nil
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
