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
)

// demoDatabase is a database with the demo in it.
func demoDatabase(t *testing.T) string {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "trailcat.db")
	if code := serve(t, "--database", url, "--demo").stop(); code != exitOK {
		t.Fatalf("the server ended with %d", code)
	}
	return url
}

func TestExportWritesAFile(t *testing.T) {
	t.Parallel()

	database := demoDatabase(t)
	for name, test := range map[string]struct {
		args   []string
		unpack func(io.Reader) (io.Reader, error)
		last   string // line
	}{
		"cats":              {nil, plain, `{"type":"end","count":75}`},
		"with gzip":         {[]string{"--gzip"}, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }, `{"type":"end","count":75}`},
		"with zstd":         {[]string{"--zstd"}, func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) }, `{"type":"end","count":75}`},
		"shelters":          {[]string{"--resource", "shelters"}, plain, `{"type":"end","count":2}`},
		"shelters for maps": {[]string{"--resource", "shelters", "--format", "geojson"}, plain, `],"end":{"type":"end","count":2}}`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			dir := t.TempDir()
			file := filepath.Join(dir, "out")
			var stdout, stderr bytes.Buffer
			if code := run(t.Context(), append([]string{"export", "--database", database, "-o", file}, test.args...), &stdout, &stderr); code != exitOK {
				t.Fatalf("ended with %d: %s", code, stderr.String())
			}
			packed, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			unpacked, err := test.unpack(bytes.NewReader(packed))
			if err != nil {
				t.Fatal(err)
			}
			text, err := io.ReadAll(unpacked)
			if err != nil || !strings.HasSuffix(string(text), "\n"+test.last+"\n") {
				t.Errorf("ends with %.80q: %v", text[max(0, len(text)-80):], err)
			}
			if left, _ := os.ReadDir(dir); len(left) != 1 {
				t.Errorf("it left %v", left)
			}
		})
	}
}

func plain(r io.Reader) (io.Reader, error) { return r, nil }

func TestExportToTheStandardOutputSaysNothingElse(t *testing.T) {
	t.Parallel()

	var stdout, stderr bytes.Buffer
	if code := run(t.Context(), []string{"export", "--database", demoDatabase(t)}, &stdout, &stderr); code != exitOK {
		t.Fatal(code, stderr.String())
	}
	for line := range strings.Lines(stdout.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("a line is no JSON: %s", line)
		}
	}
}

// A path that was mistyped must not pass for an exchange without cats.
func TestAnExportOfADatabaseThatIsNotThereIsRefused(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	_, complaint := do(t, exitFailed, "export", "--database", "sqlite:"+filepath.Join(dir, "mistyped.db"), "-o", filepath.Join(dir, "out"))
	if want := "does not exist"; !strings.Contains(complaint, want) || !strings.Contains(complaint, "--database") {
		t.Errorf("got %q, want %q and what to do", complaint, want)
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("it left %v", left)
	}
}

func TestAnExportThatFailsLeavesNoFile(t *testing.T) {
	t.Parallel()

	dir, database := t.TempDir(), demoDatabase(t)
	over, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx  context.Context
		args []string
	}{
		"cats are not for maps":    {t.Context(), []string{"--format", "geojson"}},
		"it was told to stop":      {over, nil},
		"two ways to pack at once": {t.Context(), []string{"--gzip", "--zstd"}},
	} {
		var out bytes.Buffer
		code := run(test.ctx, append([]string{"export", "--database", database, "-o", filepath.Join(dir, "out")}, test.args...), &out, &out)
		if left, _ := os.ReadDir(dir); code == exitOK || len(left) != 0 {
			t.Errorf("%s: ended with %d, left %v: %s", name, code, left, out.String())
		}
	}
}
