//go:build bench

package bench

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"trailcat/internal/geo"
)

const (
	compareRounds   = 100
	requestsInRound = 100
	// quietQuantile is the share of the rounds that had the least other load on the machine.
	quietQuantile = 0.15
)

// comparison is a kind of list request whose cost is compared between two versions of the
// server.
type comparison struct {
	label  string
	paths  []string
	header string  // of the requests, with its line end; may be empty
	budget float64 // maximum ratio to the base; 0 means none
}

// TestCompare compares the processor time that the server spends on a request with that of
// the server of another commit, which TRAILCAT_BENCH_BASE names. Both are built, filled with
// the same synthetic cats and asked in turn, always with queries that no cached page answers.
// With TRAILCAT_BENCH_DIR, binaries of the base and databases are kept in that directory for
// the next run on the same day.
func TestCompare(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	base := os.Getenv("TRAILCAT_BENCH_BASE") //nolint:forbidigo // a test has no main
	if base == "" {
		t.Skip("TRAILCAT_BENCH_BASE names no commit to compare with")
	}
	s := benchSize(t)
	dir := os.Getenv("TRAILCAT_BENCH_DIR") //nolint:forbidigo // a test has no main
	if dir == "" {
		dir = t.TempDir()
	}
	ownBinary := filepath.Join(t.TempDir(), "trailcat")
	run(t, "", "go", "build", "-o", ownBinary, "trailcat/cmd/trailcat")
	baseBinary, commit := buildCommit(t, dir, base)
	ours := startComparedServer(t, ownBinary, filepath.Join(dir, "own"), s)
	theirs := startComparedServer(t, baseBinary, filepath.Join(dir, commit), s)

	for range 8 { // both are idle now, and close no new connection that waits
		ours.connections = append(ours.connections, dial(t, ours.address))
		theirs.connections = append(theirs.connections, dial(t, theirs.address))
	}

	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	load := loadAverage()
	var plain, compressed samples
	for _, c := range comparisons() {
		var own, other samples
		ours.cost(t, &c, -1) // warm up
		theirs.cost(t, &c, -1)
		for round := range compareRounds {
			own = append(own, ours.cost(t, &c, round))
			other = append(other, theirs.cost(t, &c, round))
		}
		switch ratio := own.quiet() / other.quiet(); {
		case c.budget > 0:
			table.addRow(c.label, own.formatCost(), other.formatCost(), formatRatio(own, other), "≤ "+formatNumber(c.budget), ratio <= c.budget)
		default:
			table.addRow(c.label, own.formatCost(), other.formatCost(), formatRatio(own, other), "", true)
		}
		if plain == nil {
			plain = own
		}
		if c.header == acceptGzip && compressed == nil {
			compressed = own
		}
	}
	table.addRow("the same with gzip, compared with plain", compressed.formatCost(), "plain "+plain.formatCost(), formatRatio(compressed, plain), "≤ 1.40", compressed.quiet() <= 1.4*plain.quiet())
	table.addNote("Processor time of the server for a request in µs: the 15 %% quantile of %d rounds of %d requests, and the median. The ratio is that of the quantiles, in brackets the median of the ratios of each round. Base: %s.",
		compareRounds, requestsInRound, commit)
	table.addNote("Load average (includes other processes): %s before, %s after.", load, loadAverage())
}

const acceptGzip = "Accept-Encoding: gzip\r\n"

// comparisons returns what is compared; the first is the list near places, the second the
// same compressed.
func comparisons() []comparison {
	var near, similar []string
	filters := []string{"age_group=kitten,young", "sex=female&age_group=kitten", "good_with_cats=true", "breed=Siamese,Domestic+Short+Hair&sex=male", "size=small&altered=true"}
	for i, p := range comparedPlaces() {
		near = append(near, fmt.Sprintf("/v1/cats?near=%.2f,%.2f&radius_km=150&%s&limit=20", p.Lat, p.Lng, filters[i%len(filters)]))
	}
	for number := 100; number < 10_000; number += 37 {
		similar = append(similar, fmt.Sprintf("/v1/cats/%d/similar?limit=10", number))
	}
	newest := []string{"/v1/cats?sex=female&coat=long", "/v1/cats?age_group=senior&good_with_dogs=true", "/v1/cats?has_photos=true&size=large"}
	return []comparison{
		{label: "near, filters, sorted by distance, 20 cards", paths: near, budget: 0.6},
		{label: "the same with gzip", paths: near, header: acceptGzip},
		{label: "the same with `fields=` of seven", paths: withSuffix(near, "&fields=name,photo,distance_km,age_months,sex,breed"), budget: 0.2},
		{label: "newest first, two filters", paths: newest, budget: 0.6},
		{label: "newest first, two filters, with gzip", paths: newest, header: acceptGzip},
		{label: "words in descriptions", paths: withSuffix(textQueries("gentle lap", "quiet", "playful", "shy", "couch", "window"), "&limit=20"), budget: 0.65},
		{label: "similar cats", paths: similar, budget: 0.4},
		{label: "all facets and the total, near a place", paths: withSuffix(near, "&facets=all&include_total=true")},
		{label: "all facets and the total of everything", paths: []string{"/v1/cats?facets=all&include_total=true"}},
	}
}

// comparedPlaces returns points in the places with the most cats in the synthetic data: 400
// around cities.
func comparedPlaces() []geo.Point {
	cities := []geo.Point{{Lat: 39.08, Lng: -77.15}, {Lat: 40.71, Lng: -74.01}, {Lat: 41.88, Lng: -87.63}, {Lat: 34.05, Lng: -118.24}, {Lat: 29.76, Lng: -95.37}, {Lat: 33.75, Lng: -84.39}, {Lat: 47.61, Lng: -122.33}, {Lat: 39.74, Lng: -104.99}}
	var points []geo.Point
	for i := range 400 {
		at := cities[i%len(cities)]
		points = append(points, geo.Point{Lat: at.Lat + float64(i/8%7)*0.2, Lng: at.Lng + float64(i/56)*0.2})
	}
	return points
}

// comparedServer is a server of one version with its own database.
type comparedServer struct {
	pid         int
	address     string
	connections []*connection
}

// startComparedServer creates the database at a path without suffix unless it exists, and
// starts a server that is idle when it returns.
func startComparedServer(t *testing.T, binary, path string, s size) *comparedServer {
	t.Helper()
	path = fmt.Sprintf("%s-%d-%s.db", path, s.cats, time.Now().UTC().Format(time.DateOnly))
	if _, err := os.Stat(path); err != nil {
		loadDemo(t, binary, "sqlite:"+path, s)
		recomputeRatings(t, binary, "sqlite:"+path)
	}
	process := startServer(t, binary, "sqlite:"+path)
	t.Cleanup(process.stop)
	server := &comparedServer{pid: process.command.Process.Pid, address: strings.TrimPrefix(process.url, "http://")}
	server.awaitIdle(t)
	return server
}

// loadDemo writes the synthetic cats to a new database.
func loadDemo(t *testing.T, binary, databaseURL string, s size) {
	t.Helper()
	run(t, "", binary, "demo", "--database", databaseURL, "--cats", strconv.Itoa(s.cats), "--shelters", strconv.Itoa(s.shelters), "--seed", "1")
}

// recomputeRatings rates the synthetic cats. A server would do it a minute after its start.
func recomputeRatings(t *testing.T, binary, databaseURL string) {
	t.Helper()
	command := "recompute-ratings"
	if exec.CommandContext(t.Context(), binary, command, "--help").Run() != nil {
		command = "rerate" // its name until 2026-11-29
	}
	run(t, "", binary, command, "--database", databaseURL)
}

// awaitIdle waits until the server is ready and uses hardly any processor time.
func (s *comparedServer) awaitIdle(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Minute); ; {
		before := s.cpuTime(t)
		time.Sleep(2 * time.Second)
		_, err := dial(t, s.address).get(requestBytes("/readyz", ""), false)
		if used := s.cpuTime(t) - before; err == nil && used < 50*time.Millisecond {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not ready and idle after 10 minutes: %v", err)
		}
	}
}

// cost returns the processor time of the server for a request of a round in µs.
func (s *comparedServer) cost(t *testing.T, c *comparison, round int) float64 {
	t.Helper()
	before := s.cpuTime(t)
	var next atomic.Int64
	var work sync.WaitGroup
	for _, connection := range s.connections {
		work.Go(func() {
			for n := int(next.Add(1)); n <= requestsInRound; n = int(next.Add(1)) {
				path := c.paths[n%len(c.paths)]
				if _, err := connection.get(requestBytes(spell(path, (round+2)*requestsInRound+n), c.header), false); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	work.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return (s.cpuTime(t) - before).Seconds() * 1e6 / requestsInRound
}

// cpuTime returns the processor time that the process has used.
func (s *comparedServer) cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var at unix.Timespec
	if err := unix.ClockGettime(int32(^s.pid<<3|2), &at); err != nil { // the clock of the process; see clock_getcpuclockid
		t.Fatal(err)
	}
	return time.Duration(at.Nano())
}

// spell returns a URL with the same meaning that no other n has, so that no cache knows it:
// some letters and digits of its query are escaped.
func spell(path string, n int) string {
	prefix, query, _ := strings.Cut(path, "?")
	out := append([]byte(prefix), '?')
	for _, c := range []byte(query) {
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if n&1 == 1 {
				out = fmt.Appendf(out, "%%%02X", c)
				n >>= 1
				continue
			}
			n >>= 1
		}
		out = append(out, c)
	}
	return string(out)
}

// buildCommit builds the server of a commit, unless dir has it, and returns its path and the
// short hash of the commit.
func buildCommit(t *testing.T, dir, name string) (binary, commit string) {
	t.Helper()
	commit = strings.TrimSpace(run(t, "", "git", "rev-parse", "--short", name+"^{commit}"))
	binary = filepath.Join(dir, "trailcat-"+commit)
	if _, err := os.Stat(binary); err == nil {
		return binary, commit
	}
	source := filepath.Join(t.TempDir(), "base")
	run(t, "", "git", "worktree", "add", "--detach", source, commit)
	defer run(t, "", "git", "worktree", "remove", "--force", source)
	run(t, source, "go", "build", "-o", binary, "./cmd/trailcat")
	return binary, commit
}

// run runs a command in a directory and returns what it prints.
func run(t *testing.T, dir, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir = dir
	out, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

// quiet returns the quantile that has little influence of other load.
func (s samples) quiet() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[int(quietQuantile*float64(len(sorted)))]
}

func (s samples) formatCost() string {
	return fmt.Sprintf("%s (%s) µs", formatNumber(s.quiet()), formatNumber(s.median()))
}

func formatRatio(own, base samples) string {
	return fmt.Sprintf("%s (%s)", formatNumber(own.quiet()/base.quiet()), formatNumber(own.ratioTo(base).median()))
}

func textQueries(words ...string) []string {
	out := make([]string, len(words))
	for i, q := range words {
		out[i] = "/v1/cats?q=" + url.QueryEscape(q)
	}
	return out
}
