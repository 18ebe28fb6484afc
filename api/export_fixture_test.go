package api

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/store"
)

// snapshotCounter is a store that counts its snapshots.
type snapshotCounter struct {
	*store.Store
	count       atomic.Int64
	beforeBatch func(ctx context.Context) error // called before each batch of cats; may be nil
}

func (s *snapshotCounter) Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error {
	s.count.Add(1)
	return s.Store.Snapshot(ctx, func(view catalog.Snapshot) error { return fn(hookedSnapshot{view, s.beforeBatch}) })
}

type hookedSnapshot struct {
	catalog.Snapshot
	beforeBatch func(ctx context.Context) error
}

func (s hookedSnapshot) Cats(ctx context.Context, each func(func() ([]catalog.Cat, error)) error) error {
	return s.Snapshot.Cats(ctx, func(batch func() ([]catalog.Cat, error)) error {
		if s.beforeBatch != nil {
			if err := s.beforeBatch(ctx); err != nil {
				return err
			}
		}
		return each(batch)
	})
}

// newExportServer returns a server that counts its snapshots of the store.
func newExportServer(t *testing.T, s *store.Store, change ...func(*Config)) (*testServer, *snapshotCounter) {
	t.Helper()
	snapshots := &snapshotCounter{Store: s}
	return newServer(t, s, append(change, func(c *Config) { c.Store, c.Exports = snapshots, newExportCache(t, snapshots, *c) })...), snapshots
}

// newExportCache returns a cache that is closed when the test ends.
func newExportCache(tb testing.TB, s export.Snapshotter, config Config) *export.Cache {
	tb.Helper()
	cache := export.NewCache(export.CacheConfig{Store: s, Log: config.Log, Now: config.Now, NewID: config.NewID, PublicURL: config.PublicURL, Dir: tb.TempDir()})
	tb.Cleanup(cache.Close)
	return cache
}

// parsedExport is an NDJSON export.
type parsedExport struct {
	header export.Header
	lines  []string
	footer export.Footer
}

// parseExport parses an NDJSON export and fails the test if it is incomplete.
func parseExport(t *testing.T, body string) parsedExport {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(body, "\n"), "\n")
	if len(lines) < 2 {
		t.Fatalf("got an export of %d lines: %q", len(lines), body)
	}
	out := parsedExport{lines: lines[1 : len(lines)-1]}
	for line, into := range map[string]any{lines[0]: &out.header, lines[len(lines)-1]: &out.footer} {
		if err := json.Unmarshal([]byte(line), into); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
	}
	if out.header.Type != "export" || out.footer.Type != "end" || out.footer.Count != len(out.lines) {
		t.Fatalf("got header %+v, %d lines and footer %+v", out.header, len(out.lines), out.footer)
	}
	return out
}

// export requests an NDJSON export.
func (s *testServer) export(t *testing.T, path string, headers ...string) parsedExport {
	t.Helper()
	return parseExport(t, decompressedBody(t, get(t, s, path, headers...)))
}

// decompressedBody returns the body of a response with status 200.
func decompressedBody(t *testing.T, rec *httptest.ResponseRecorder) string {
	t.Helper()
	if rec.Code != http.StatusOK {
		t.Fatalf("got %d: %s", rec.Code, rec.Body)
	}
	body, err := io.ReadAll(decompress(t, rec.Header().Get("Content-Encoding"), rec.Body))
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func decompress(t *testing.T, encoding string, body io.Reader) io.Reader {
	t.Helper()
	switch encoding {
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

// addFillers writes n cats, so that an export has several batches.
func (s *testServer) addFillers(t *testing.T, n int) {
	t.Helper()
	shelter, _ := s.index.ShelterInfo("MD1")
	edits := make([]catalog.CatUpdate, n)
	for i := range edits {
		edits[i] = cat(fmt.Sprint("F", i), "Filler", 5, nil)
	}
	putCats(t, s.catalog, shelter.ID, edits...)
}
