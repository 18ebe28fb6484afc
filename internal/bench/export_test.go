//go:build bench

package bench

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"trailcat/api"
	"trailcat/internal/export"
	"trailcat/internal/geo"
	"trailcat/internal/rating"
	"trailcat/internal/search"
)

// TestExport measures only exports, at the size of TestBudgets.
func TestExport(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	s := benchSize(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	b := loadedBenchServer(t, s)
	table.addNote("Load average: %s.", loadAverage())
	b.index = b.newIndex()
	if err := b.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	measureExport(t, s, b, table)
}

// measureExport downloads all cats from a server that has to create the export,
// and again when the export is cached. It measures the time to the last byte.
func measureExport(t *testing.T, s size, b *benchServer, table *table) {
	t.Helper()
	var first, second, gzipped, memory, size samples
	for range s.rounds {
		server := exportServer(t, b.store, b.index, b.places)
		before, peak := residentMemoryOf(t, os.Getpid()), watchPeak(20*time.Millisecond, func() float64 { return memoryOf(os.Getpid()) })
		elapsed, bytes := download(t, server+"/v1/exports/cats", "zstd")
		memory = append(memory, (peak()-before)/1e6)
		first, size = append(first, float64(s.cats)/elapsed.Seconds()), append(size, float64(bytes)/1e6)
		elapsed, _ = download(t, server+"/v1/exports/cats", "zstd")
		second = append(second, float64(s.cats)/elapsed.Seconds())
		elapsed, _ = download(t, server+"/v1/exports/cats", "gzip")
		gzipped = append(gzipped, float64(s.cats)/elapsed.Seconds())
	}
	table.addRow("export of all cats on Postgres, created and sent, zstd", first.format("cats/s"), size.format("MB"), "", "", true)
	table.addRow("export: memory while it is created", memory.format("MB"), "", "", "constant", memory.median() < 100)
	table.addRow("export, second download", second.format("cats/s"), "", "", "", true)
	table.addRow("export, first download with gzip", gzipped.format("cats/s"), "", "", "", true)
}

// exportServer starts a server without cached exports and returns its URL.
func exportServer(t *testing.T, store api.Store, index *search.Index, places *geo.Gazetteer) string {
	t.Helper()
	log, newID := slog.New(slog.DiscardHandler), func() string { return strings.ToLower(rand.Text()[:20]) }
	exports := export.NewCache(export.CacheConfig{Store: store, Log: log, Now: time.Now, NewID: newID, PublicURL: "", Dir: t.TempDir()})
	t.Cleanup(exports.Close)
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	handler, err := api.New(api.Config{
		Store: store, Exports: exports, Index: index, Places: places, Rubrics: rubrics, Log: log, Now: time.Now, NewID: newID, Version: "bench",
		Draining: func() bool { return false },
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// download reads a file and returns the elapsed time and its size in bytes.
func download(t *testing.T, url, coding string) (time.Duration, int64) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", coding)
	started := time.Now()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	n, err := io.Copy(io.Discard, bufio.NewReaderSize(response.Body, 1<<18))
	if err != nil || response.StatusCode != http.StatusOK || response.Header.Get("Content-Encoding") != coding {
		t.Fatalf("%s: got status %s, encoding %q: %v", url, response.Status, response.Header.Get("Content-Encoding"), err)
	}
	return time.Since(started), n
}
