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

// size is the size of the data set and the duration of measurements.
type size struct {
	cats, shelters int
	rounds         int
	duration       time.Duration // of one measurement
}

// benchSize returns the size of a national site, or a smaller one if
// TRAILCAT_BENCH_CATS sets the number of cats.
func benchSize(t *testing.T) size {
	t.Helper()
	s := size{cats: 400_000, shelters: 1100, rounds: 5, duration: time.Second}
	if value := os.Getenv("TRAILCAT_BENCH_CATS"); value != "" { //nolint:forbidigo // a test has no main
		n, err := strconv.Atoi(value)
		if err != nil || n < 1000 {
			t.Fatalf("TRAILCAT_BENCH_CATS is %q, want a number of cats of at least 1000", value)
		}
		s.shelters = max(10, s.shelters*n/s.cats)
		s.cats = n
	}
	return s
}

// TestBudgets measures everything that docs/PERFORMANCE.md lists and prints it as
// a table. A missed budget is marked but does not fail the test, because other
// load on the machine is not a fault of the code.
func TestBudgets(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	s := benchSize(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	started, load := time.Now(), loadAverage()
	measureImports(t, table)
	measureBulkOnSQLite(t, s, table)
	measureSingleWrites(t, s, table)
	server := newBenchServer(t, s, table)
	measureProcess(t, s, server.databaseURL, table)
	server.fillAndServe(t, s, table)
	measureRequests(t, s, server, table)
	measureFacets(t, s, server, table)
	measureFreshness(t, server, table)
	measureWebhooks(t, server, table)
	measureChanges(t, server, table)
	measureExport(t, s, server, table)
	measureSearchesDuringImport(t, server, table)
	measurePhotos(t, table)
	table.addNote("Load average (includes other processes): %s before, %s after.", load, loadAverage())
	table.addNote("%s, %s/%s, %d cores, GOMAXPROCS %d; total duration %s.",
		runtime.Version(), runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.GOMAXPROCS(0), time.Since(started).Round(time.Second))
}

// loadAverage returns the load averages over 1, 5 and 15 minutes, or "unknown" if
// the system does not report them.
func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	return strings.Join(strings.Fields(string(text))[:3], " ")
}
