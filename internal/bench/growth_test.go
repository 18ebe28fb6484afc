//go:build bench

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// growthRounds is the number of rounds of requests at each size.
const growthRounds = 40

// TestGrowth measures servers with different numbers of cats, by default 100,000, 400,000
// and 1,600,000, and prints how load, start, memory and requests grow from each size to the
// next. TRAILCAT_BENCH_SIZES sets the sizes, separated by commas. All servers run at the same
// time and are asked in turn, so that other load affects all sizes alike.
func TestGrowth(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	sizes := growthSizes(t)
	binary := filepath.Join(t.TempDir(), "trailcat")
	run(t, "", "go", "build", "-o", binary, "trailcat/cmd/trailcat")
	table := &growthTable{sizes: sizes}
	started, load := time.Now(), loadAverage()

	var servers []*comparedServer
	var loading, rating, startCPU, startup, heap, resident samples
	for _, s := range sizes {
		url := "sqlite:" + filepath.Join(t.TempDir(), "trailcat.db")
		loadStarted := time.Now()
		loadDemo(t, binary, url, s)
		loading = append(loading, time.Since(loadStarted).Seconds())
		rateStarted := time.Now()
		recomputeRatings(t, binary, url)
		rating = append(rating, time.Since(rateStarted).Seconds())
		process := startServer(t, binary, url, "--log-level", "error")
		t.Cleanup(process.stop)
		server := &comparedServer{pid: process.command.Process.Pid, address: strings.TrimPrefix(process.url, "http://")}
		startup = append(startup, process.startup.Seconds())
		startCPU = append(startCPU, server.cpuTime(t).Seconds())
		server.awaitIdle(t)
		servers = append(servers, server)
	}
	for _, server := range servers { // all are idle now, and close no new connection that waits
		for range 8 {
			server.connections = append(server.connections, dial(t, server.address))
		}
	}
	table.addRow("load (`trailcat demo`)", "s", loading, linear)
	table.addRow("`trailcat recompute-ratings`", "s", rating, linear)
	table.addRow("start until ready", "s", startup, linear)
	table.addRow("start, processor time", "s", startCPU, linear)
	requests := make([]samples, len(growthQuestions()))
	for i, question := range growthQuestions() {
		requests[i] = growthCosts(t, servers, &question.comparison)
	}
	for _, server := range servers { // the requests have triggered garbage collections
		server.awaitIdle(t)
		heap = append(heap, server.liveHeap(t)/1e6)
		resident = append(resident, residentMemoryOf(t, server.pid)/1e6)
	}
	table.addRow("live heap", "MB", heap, memory)
	table.addRow("resident memory", "MB", resident, memory)
	for i, question := range growthQuestions() {
		table.addRow(question.label, "µs", requests[i], question.growth)
	}
	_, _ = fmt.Fprintf(os.Stdout, "%s\nProcessor time of the server for a request: the 15 %% quantile of %d rounds of %d requests. Load average (includes other processes): %s before, %s after; total duration %s.\n",
		table, growthRounds, requestsInRound, load, loadAverage(), time.Since(started).Round(time.Second))
}

// growthSizes returns the sizes, the smallest first, with shelters in proportion.
func growthSizes(t *testing.T) []size {
	t.Helper()
	value := os.Getenv("TRAILCAT_BENCH_SIZES") //nolint:forbidigo // a test has no main
	if value == "" {
		value = "100000,400000,1600000"
	}
	var sizes []size
	for field := range strings.SplitSeq(value, ",") {
		cats, err := strconv.Atoi(field)
		if err != nil || cats < 1000 || len(sizes) > 0 && cats <= sizes[len(sizes)-1].cats {
			t.Fatalf("TRAILCAT_BENCH_SIZES is %q, want increasing numbers of cats of at least 1000, separated by commas", value)
		}
		sizes = append(sizes, size{cats: cats, shelters: max(10, cats*1100/400_000)})
	}
	return sizes
}

// A growthBudget returns how much a quantity may grow when the number of cats grows by a factor.
type growthBudget func(factor float64) float64

func linear(factor float64) float64   { return 1.1 * factor }
func memory(factor float64) float64   { return 1.05 * factor }
func constant(factor float64) float64 { return 1 + (factor-1)/6 } // 1.5 for four times as many

// growthQuestion is a kind of list request.
type growthQuestion struct {
	comparison
	growth growthBudget
}

// growthQuestions returns the list requests.
func growthQuestions() []growthQuestion {
	var random []string
	for seed := range 200 {
		random = append(random, fmt.Sprintf("/v1/cats?sort=random&seed=%d&age_group=adult&limit=20", seed+1))
	}
	near := comparisons()[0].paths
	newest := []string{"/v1/cats?sex=female&coat=long", "/v1/cats?age_group=senior&good_with_dogs=true", "/v1/cats?has_photos=true&size=large"}
	return []growthQuestion{
		{comparison{label: "near, filters, sorted by distance, 20 cards", paths: near}, constant},
		{comparison{label: "newest first, two filters", paths: withSuffix(newest, "&limit=20")}, constant},
		{comparison{label: "words in descriptions", paths: withSuffix(textQueries("gentle lap", "quiet", "playful", "shy", "couch", "window"), "&limit=20")}, constant},
		{comparison{label: "random order", paths: random}, constant},
		{comparison{label: "all facets and the total, near a place", paths: withSuffix(near, "&facets=all&include_total=true")}, linear},
		{comparison{label: "all facets and the total of everything", paths: []string{"/v1/cats?facets=all&include_total=true"}}, linear},
	}
}

// growthCosts returns the processor time for a request at each server in µs.
func growthCosts(t *testing.T, servers []*comparedServer, question *comparison) samples {
	t.Helper()
	rounds := make([]samples, len(servers))
	for round := -1; round < growthRounds; round++ {
		for i, server := range servers {
			if cost := server.cost(t, question, round); round >= 0 { // the first one warms up
				rounds[i] = append(rounds[i], cost)
			}
		}
	}
	quiet := make(samples, len(servers))
	for i := range rounds {
		quiet[i] = rounds[i].quiet()
	}
	return quiet
}

var gcMetric = regexp.MustCompile(`(?m)^(go_memstats_next_gc_bytes|go_gc_gogc_percent) (\S+)$`)

// liveHeap returns how many bytes of the server's heap were in use at its last garbage
// collection: the heap size that starts the next one, without the garbage that it allows.
func (s *comparedServer) liveHeap(t *testing.T) float64 {
	t.Helper()
	body, err := dial(t, s.address).get(requestBytes("/metrics", ""), true)
	if err != nil {
		t.Fatal(err)
	}
	metrics := map[string]float64{}
	for _, match := range gcMetric.FindAllStringSubmatch(string(body), -1) {
		if metrics[match[1]], err = strconv.ParseFloat(match[2], 64); err != nil {
			t.Fatal(err)
		}
	}
	if len(metrics) != 2 {
		t.Fatalf("the server reports %v, want both metrics of the garbage collector", metrics)
	}
	return metrics["go_memstats_next_gc_bytes"] / (1 + metrics["go_gc_gogc_percent"]/100)
}

// growthTable is the result as Markdown, with a column for each size and for the growth from
// it to the next.
type growthTable struct {
	sizes []size
	rows  []string
}

// addRow adds a quantity at each size and prints it to stderr at once.
func (g *growthTable) addRow(label, unit string, values samples, budget growthBudget) {
	cells := []string{label}
	met := true
	var limits []string
	for i, value := range values {
		cell := formatNumber(value) + " " + unit
		if unit != "µs" { // a total, so also for a cat
			cell += ", " + formatPerCat(value/float64(g.sizes[i].cats), unit)
		}
		cells = append(cells, cell)
		if i == 0 {
			continue
		}
		limit := budget(float64(g.sizes[i].cats) / float64(g.sizes[i-1].cats))
		growth := value / values[i-1]
		met = met && growth <= limit
		cells = append(cells, "× "+formatNumber(growth))
		limits = append(limits, "≤ "+formatNumber(limit)+" ×")
	}
	mark := "met"
	if !met {
		mark = "**missed**"
	}
	cells = append(cells, strings.Join(limits, ", "), mark)
	g.rows = append(g.rows, "| "+strings.Join(cells, " | ")+" |")
	fmt.Fprintln(os.Stderr, g.rows[len(g.rows)-1])
}

// formatPerCat formats a quantity in s or MB for one cat.
func formatPerCat(value float64, unit string) string {
	if unit == "MB" {
		return formatNumber(value*1e6) + " bytes a cat"
	}
	return formatNumber(value*1e6) + " µs a cat"
}

func (g *growthTable) String() string {
	header := []string{""}
	for i, s := range g.sizes {
		header = append(header, fmt.Sprintf("%d cats", s.cats))
		if i > 0 {
			header = append(header, "growth")
		}
	}
	header = append(header, "budget", "")
	return "\n| " + strings.Join(header, " | ") + " |\n|" + strings.Repeat("---|", len(header)) + "\n" + strings.Join(g.rows, "\n") + "\n"
}
