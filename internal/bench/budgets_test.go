//go:build bench

package bench

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"
)

// size is how much is measured, and for how long.
type size struct {
	cats, shelters int
	rounds         int
	each           time.Duration // of a turn
}

// sizeWanted is that of a national site, or as many cats as TRAILCAT_BENCH_CATS says.
func sizeWanted(t *testing.T) size {
	t.Helper()
	s := size{cats: 400_000, shelters: 1100, rounds: 5, each: time.Second}
	if said := os.Getenv("TRAILCAT_BENCH_CATS"); said != "" { //nolint:forbidigo // a test has no main
		n, err := strconv.Atoi(said)
		if err != nil || n < 1000 {
			t.Fatalf("TRAILCAT_BENCH_CATS is %q: it counts cats, 1000 or more", said)
		}
		s.shelters = max(10, s.shelters*n/s.cats)
		s.cats = n
	}
	return s
}

// TestBudgets measures what docs/PERFORMANCE.md tells of and prints it as a
// table. A budget that is not kept is marked; it does not fail the test, since
// a machine with something else to do is not slow code.
func TestBudgets(t *testing.T) { //nolint:paralleltest // it wants the machine for itself
	s := sizeWanted(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	began, load := time.Now(), loadAverage()
	measureBulkOnSQLite(t, s, table)
	house := build(t, s, table) // writes the set, in turns with COPY
	measureProcess(t, s, house.url, table)
	house.fill(t, s, table)
	measureRequests(t, s, house, table)
	measureFacets(t, s, house, table)
	measureFreshness(t, house, table)
	measureWebhooks(t, house, table)
	measureChanges(t, house, table)
	measureExport(t, s, house, table)
	table.note("Load average while it ran (what else the machine did counts): %s before, %s after.", load, loadAverage())
	table.note("%s, %s/%s, %d cores, GOMAXPROCS %d; the whole run took %s.",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0), time.Since(began).Round(time.Second))
}

// loadAverage is that of the last one, five and fifteen minutes, where the system tells.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
