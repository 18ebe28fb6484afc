package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write what gen makes of testdata")

// TestRun holds the description of a small API with one of everything against
// testdata/openapi.json.
func TestRun(t *testing.T) {
	t.Parallel()

	const golden = "testdata/openapi.json"
	got := generate(t, "testdata/api")
	if *update {
		if err := os.WriteFile(golden, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("run go test ./docs/openapi/gen -update, and read the diff of " + golden)
	}
	if again := generate(t, "testdata/api"); !bytes.Equal(got, again) {
		t.Error("the same comments gave other bytes the second time")
	}
}

func generate(t *testing.T, folder string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "openapi.json")
	if err := run([]string{"-examples", "testdata/examples", "-out", out, folder}, t.Output()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
