package api

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/store"
)

// viewed is a store that counts its snapshots, and may be slow to show them.
type viewed struct {
	*store.Store
	begun, ended atomic.Int64
	pace         func(ctx context.Context) error // before each batch of cats; nil: as fast as it goes
}

func (v *viewed) Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error {
	v.begun.Add(1)
	defer v.ended.Add(1)
	return v.Store.Snapshot(ctx, func(view catalog.Snapshot) error { return fn(pacedView{view, v.pace}) })
}

type pacedView struct {
	catalog.Snapshot
	pace func(ctx context.Context) error
}

func (v pacedView) Cats(ctx context.Context, each func(func() ([]catalog.Cat, error)) error) error {
	return v.Snapshot.Cats(ctx, func(batch func() ([]catalog.Cat, error)) error {
		if v.pace != nil {
			if err := v.pace(ctx); err != nil {
				return err
			}
		}
		return each(batch)
	})
}

// exportStage is a stage whose snapshots are counted.
func exportStage(t *testing.T, s *store.Store, change ...func(*Config)) (*stage, *viewed) {
	t.Helper()
	views := &viewed{Store: s}
	return newStage(t, s, append(change, func(c *Config) { c.Store, c.ExportDir = views, t.TempDir() })...), views
}

// exported is an export as NDJSON, taken apart.
type exported struct {
	header export.Header
	lines  []string
	footer export.Footer
}

// readExport takes an export apart, and fails t where it is not whole.
func readExport(t *testing.T, body string) exported {
	t.Helper()
	all := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	if len(all) < 2 {
		t.Fatalf("an export of %d lines: %q", len(all), body)
	}
	out := exported{lines: all[1 : len(all)-1]}
	for line, into := range map[string]any{all[0]: &out.header, all[len(all)-1]: &out.footer} {
		if err := json.Unmarshal([]byte(line), into); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
	}
	if out.header.Type != "export" || out.footer.Type != "end" || out.footer.Count != len(out.lines) {
		t.Fatalf("%+v, %d lines, %+v", out.header, len(out.lines), out.footer)
	}
	return out
}

// export asks for an export and takes it apart.
func (s *stage) export(t *testing.T, path string, headers ...string) exported {
	t.Helper()
	return readExport(t, unpackedBody(t, ask(t, s, path, headers...)))
}

// unpackedBody is the body of a 200 as it was before it was packed.
func unpackedBody(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	if rec.Code != http.StatusOK {
		t.Fatalf("%d: %s", rec.Code, rec.Body)
	}
	body, err := io.ReadAll(plain(t, rec.Header().Get("Content-Encoding"), rec.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func plain(t *testing.T, packed string, body io.Reader) io.Reader {
	t.Helper()
	switch packed {
	case "zstd":
		r, err := zstd.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	case "gzip":
		r, err := gzip.NewReader(body)
		if err != nil {
			t.Fatal(err)
		}
		return r
	default:
		return body
	}
}

// soon waits for something to become true.
func soon(t *testing.T, what string, yes func() bool) {
	t.Helper()
	for range 500 {
		if yes() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}
