package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"trailcat/internal/store/storetest"
)

// demoDatabase returns the URL of a database with the demo listings.
func demoDatabase(t *testing.T) string {
	t.Helper()
	url := storetest.URL(t, "sqlite")
	if code := serve(t, "--database", url, "--demo").stop(); code != exitOK {
		t.Fatalf("got exit code %d of the server, want %d", code, exitOK)
	}
	return url
}

func TestExport_WritesACompleteFile(t *testing.T) {
	t.Parallel()

	database := demoDatabase(t)
	for name, test := range map[string]struct {
		args   []string
		decode func(io.Reader) (io.Reader, error)
		last   string // last line
	}{
		"cats":                {nil, uncompressedReader, `{"type":"end","count":75}`},
		"cats with gzip":      {[]string{"--gzip"}, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }, `{"type":"end","count":75}`},
		"cats with zstd":      {[]string{"--zstd"}, func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) }, `{"type":"end","count":75}`},
		"shelters":            {[]string{"--resource", "shelters"}, uncompressedReader, `{"type":"end","count":2}`},
		"shelters as geojson": {[]string{"--resource", "shelters", "--format", "geojson"}, uncompressedReader, `],"end":{"type":"end","count":2}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			dir := t.TempDir()
			file := filepath.Join(dir, "out")
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), append([]string{"export", "--database", database, "-o", file}, test.args...), &stdout, &stderr); code != exitOK {
				t.Fatalf("got exit code %d: %s", code, stderr.String())
			}
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			decoded, err := test.decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(decoded)
			if err != nil || !strings.HasSuffix(string(text), "\n"+test.last+"\n") {
				t.Errorf("got end %.80q (%v), want line %q", text[max(0, len(text)-80):], err, test.last)
			}
			if files, _ := os.ReadDir(dir); len(files) != 1 {
				t.Errorf("got files %v, want only the export", files)
			}
		})
	}
}

func uncompressedReader(r io.Reader) (io.Reader, error) { return r, nil }

func TestExport_StandardOutputContainsOnlyTheExport(t *testing.T) {
	t.Parallel()

	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"export", "--database", demoDatabase(t)}, &stdout, &stderr); code != exitOK {
		t.Fatalf("got exit code %d: %s", code, stderr.String())
	}
	for line := range strings.Lines(stdout.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("got line %s, want JSON", line)
		}
	}
}

// A mistyped path must not export an empty database.
func TestExport_RejectsAMissingDatabase(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	_, stderr := do(t, exitFailed, "export", "--database", "sqlite:"+filepath.Join(dir, "mistyped.db"), "-o", filepath.Join(dir, "out"))
	if want := "does not exist"; !strings.Contains(stderr, want) || !strings.Contains(stderr, "--database") {
		t.Errorf("got %q, want %q and the flag to use", stderr, want)
	}
	if files, _ := os.ReadDir(dir); len(files) != 0 {
		t.Errorf("got files %v, want none", files)
	}
}

func TestExport_FailureLeavesNoFile(t *testing.T) {
	t.Parallel()

	dir, database := t.TempDir(), demoDatabase(t)
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx  context.Context
		args []string
	}{
		"format not available for cats": {t.Context(), []string{"--format", "geojson"}},
		"canceled":                      {canceled, nil},
		"two compressions":              {t.Context(), []string{"--gzip", "--zstd"}},
	} {
		var out bytes.Buffer
		code := run(test.ctx, append([]string{"export", "--database", database, "-o", filepath.Join(dir, "out")}, test.args...), &out, &out)
		if files, _ := os.ReadDir(dir); code == exitOK || len(files) != 0 {
			t.Errorf("%s: got exit code %d and files %v, want a failure and no file: %s", name, code, files, out.String())
		}
	}
}
