//go:build bench

package bench

import (
	"bufio"
	"context"
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
	"trailcat/internal/geo"
	"trailcat/internal/search"
)

// TestExport measures exports alone, at the size of TestBudgets.
func TestExport(t *testing.T) { //nolint:paralleltest // it wants the machine for itself
	s := sizeWanted(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	h := furnished(t, s)
	table.note("Load average: %s.", loadAverage())
	h.index = h.newIndex()
	if err := h.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	measureExport(t, s, h, table)
}

// measureExport downloads all cats from a server that has to make the export,
// and once more from one that made it. Each time counts until the last byte.
func measureExport(t *testing.T, s size, h *house, table *table) {
	t.Helper()
	var first, second, zipped, grown, mega spread
	for range s.rounds {
		server := exportServer(t, h.store, h.index, h.places)
		before, peak := residentOf(t, os.Getpid()), watchMemory(t)
		took, bytes := download(t, server+"/v1/exports/cats", "zstd")
		grown = append(grown, (peak()-before)/1e6)
		first, mega = append(first, float64(s.cats)/took.Seconds()), append(mega, float64(bytes)/1e6)
		took, _ = download(t, server+"/v1/exports/cats", "zstd")
		second = append(second, float64(s.cats)/took.Seconds())
		took, _ = download(t, server+"/v1/exports/cats", "gzip")
		zipped = append(zipped, float64(s.cats)/took.Seconds())
	}
	table.row("export of all cats on Postgres, made and sent, zstd", first.show("cats/s"), mega.show("MB"), "", "≥ 50,000 cats/s", first.median() >= 50_000)
	table.row("export: memory while it is made", grown.show("MB"), "", "", "constant", grown.median() < 100)
	table.row("export, second caller", second.show("cats/s"), "", "", "", true)
	table.row("export, first caller who wants gzip", zipped.show("cats/s"), "", "", "", true)
}

// exportServer is a server that has made no export yet.
func exportServer(t *testing.T, store api.Reader, index *search.Index, places *geo.Gazetteer) string {
	t.Helper()
	handler, err := api.New(api.Config{
		Store: store, Index: index, Places: places, Log: slog.New(slog.DiscardHandler), Now: time.Now,
		NewID: func() string { return strings.ToLower(rand.Text()[:20]) }, Version: "bench",
		Draining: func() bool { return false }, ExportDir: t.TempDir(),
	})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// download takes a file as it comes, and tells how long that took and how long it is.
func download(t *testing.T, url, coding string) (time.Duration, int64) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", coding)
	began := time.Now()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	n, err := io.Copy(io.Discard, bufio.NewReaderSize(answer.Body, 1<<18))
	if err != nil || answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != coding {
		t.Fatalf("%s: %s, packed with %q: %v", url, answer.Status, answer.Header.Get("Content-Encoding"), err)
	}
	return time.Since(began), n
}

// watchMemory looks at the memory of this process until it is asked for the most it saw.
func watchMemory(t *testing.T) (peak func() float64) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	most := make(chan float64)
	go func() {
		seen := 0.0
		for tick := time.NewTicker(20 * time.Millisecond); ; {
			select {
			case <-tick.C:
				seen = max(seen, residentOf(t, os.Getpid()))
			case <-ctx.Done():
				tick.Stop()
				most <- seen
				return
			}
		}
	}()
	return func() float64 { stop(); return <-most }
}
