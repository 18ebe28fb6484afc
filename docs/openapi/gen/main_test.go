package main

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "update testdata/openapi.json")

// TestRun_GoldenDocument compares the document of a small API that uses every
// feature with testdata/openapi.json.
func TestRun_GoldenDocument(t *testing.T) {
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
		t.Errorf("got a document that differs from %s; run go test ./docs/openapi/gen -update and review the diff", golden)
	}
	if again := generate(t, "testdata/api"); !bytes.Equal(got, again) {
		t.Error("got a different document from the same comments, want the same bytes")
	}
}

// generate returns the document of a directory.
func generate(t *testing.T, dir string) []byte {
	t.Helper()
	out := filepath.Join(t.TempDir(), "openapi.json")
	if err := run([]string{"-enums", "testdata/enums.json", "-examples", "testdata/examples", "-out", out, dir}, t.Output()); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
