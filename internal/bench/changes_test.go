//go:build bench

package bench

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestChanges measures only the change feed, at the size of TestBudgets.
func TestChanges(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	s := benchSize(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	b := loadedBenchServer(t, s)
	b.fillAndServe(t, s, table)
	measureChanges(t, b, table)
	table.addNote("Load average: %s.", loadAverage())
}

// pagesPerQuery is how many pages are read per query.
const pagesPerQuery = 40

// measureChanges reads the log in pages of 1,000 changes and measures the time to
// the last byte of each page.
func measureChanges(t *testing.T, b *benchServer, table *table) {
	t.Helper()
	for _, query := range []struct {
		label, params string
	}{
		{"a page of 1,000 changes", ""},
		{"the same with filters that most cats match", "&age_group=kitten,young,adult"},
		{"the same with expand=resource", "&expand=resource"},
	} {
		var latency samples
		next := "/v1/changes?limit=1000" + query.params
		for range pagesPerQuery {
			started := time.Now()
			next = readChangesPage(t, "http://"+b.address+next)
			latency = append(latency, milliseconds(time.Since(started)))
		}
		table.addRow(query.label, formatLatency(latency), "", "", "", true)
	}
}

// readChangesPage reads a page and returns the URL of the next one.
func readChangesPage(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	if n, err := io.Copy(io.Discard, response.Body); err != nil || response.StatusCode != http.StatusOK || n < 10_000 {
		t.Fatalf("%s: %s, %d bytes, %v", url, response.Status, n, err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(response.Header.Get("Link"), "<"), `>; rel="next"`)
}
