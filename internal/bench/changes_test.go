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

// TestChanges measures the changes feed alone, at the size of TestBudgets.
func TestChanges(t *testing.T) { //nolint:paralleltest // it wants the machine for itself
	s := sizeWanted(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	h := furnished(t, s)
	h.fill(t, s, table)
	measureChanges(t, h, table)
	table.note("Load average: %s.", loadAverage())
}

// pagesRead is how many pages of changes are read of each sort.
const pagesRead = 40

// measureChanges walks through the log, 1,000 changes a page, until the last byte of each.
func measureChanges(t *testing.T, h *house, table *table) {
	t.Helper()
	for _, sort := range []struct {
		what, query string
		budget      float64 // ms; 0 is none
	}{
		{"a page of 1,000 changes", "", 10},
		{"the same with filters that most cats pass", "&age_group=kitten,young,adult", 0},
		{"the same with each thing as it is now", "&expand=resource", 0},
	} {
		var took spread
		next := "/v1/changes?limit=1000" + sort.query
		for range pagesRead {
			began := time.Now()
			next = followed(t, "http://"+h.address+next)
			took = append(took, ms(time.Since(began)))
		}
		budget := ""
		if sort.budget > 0 {
			budget = fmt.Sprintf("≤ %s ms", short(sort.budget))
		}
		table.row(sort.what, p99(took), "", "", budget, took.median() <= sort.budget)
	}
}

// followed reads a page, and says where the next one is.
func followed(t *testing.T, url string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	if n, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK || n < 10_000 {
		t.Fatalf("%s: %s, %d bytes, %v", url, answer.Status, n, err)
	}
	return strings.TrimSuffix(strings.TrimPrefix(answer.Header.Get("Link"), "<"), `>; rel="next"`)
}
