//go:build bench

package bench

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

const (
	searchesPerSecond = 300
	quietSearches     = 10 * time.Second
	importedRows      = 50_000 // or more, to the end of the last file
	// clientConnections is enough for all searches that are due while one waits for 100 ms.
	clientConnections = 64
)

// TestSearchesDuringImport measures only searches during an import.
func TestSearchesDuringImport(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	s := benchSize(t)
	table := newTable(s)
	b := loadedBenchServer(t, s)
	b.fillAndServe(t, s, table)
	for range 3 {
		measureSearchesDuringImport(t, b, table)
	}
}

// measureSearchesDuringImport measures the latency of searches on a quiet server, and while
// it imports rows, half of which are new cats and the others changed ones. A search is sent
// when it is due, whether or not earlier ones have been answered, and its latency counts
// from then on. The searches come from another process.
func measureSearchesDuringImport(t *testing.T, b *benchServer, table *table) {
	t.Helper()
	following, stop := context.WithCancel(t.Context())
	defer stop()
	go b.index.Follow(following, 200*time.Millisecond, slog.New(slog.DiscardHandler))
	var paths []string
	for _, sc := range b.scenarios(t, dial(t, b.address)) {
		if slices.Contains([]string{"near", "newest", "text"}, sc.name) {
			paths = append(paths, sc.paths...)
		}
	}
	quietSamples := func() samples {
		return searchLatencies(t, b.address, paths, func() { time.Sleep(quietSearches) })
	}
	quiet := quietSamples()
	b.longestLock.Store(0)
	files, rows := b.filesToImport(t)
	key := b.createKey(t)
	var took time.Duration
	importing := searchLatencies(t, b.address, paths, func() {
		started := time.Now()
		for shelterID, file := range files {
			b.sendImport(t, shelterID, key, file)
		}
		took = time.Since(started)
	})
	locked := time.Duration(b.longestLock.Load())
	quiet = append(quiet, quietSamples()...)
	ratio := percentile(importing, 99) / percentile(quiet, 99)
	format := func(s samples) string {
		return formatLatency(s) + fmt.Sprintf(", longest %s ms", formatNumber(slices.Max(s)))
	}
	table.addRow(fmt.Sprintf("%d searches/s while %d rows are imported", searchesPerSecond, rows), format(importing)+fmt.Sprintf("; %.0f rows/s; index locked for at most %s ms", float64(rows)/took.Seconds(), formatNumber(milliseconds(locked))),
		"quiet "+format(quiet), "p99 "+formatNumber(ratio), "≤ 3 × quiet p99", ratio <= 3)
}

// filesToImport returns a file in Trailcat's format for each of the first shelters of the data
// set, by its ID, and the number of their rows, which is at least importedRows. A file has each cat
// of the shelter with another description, and a new cat.
func (b *benchServer) filesToImport(t *testing.T) (files map[string][]byte, rows int) {
	t.Helper()
	n := strconv.FormatInt(b.updates.Add(1), 10)
	files = map[string][]byte{}
	for of := range b.set.Shelters() {
		if rows >= importedRows {
			break
		}
		shelter, _, err := b.catalog.PutShelter(t.Context(), b.places, of.ExternalID, of.Profile)
		if err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		lines := json.NewEncoder(&file)
		for update := range b.set.Cats(of) {
			cat := catalog.Cat{}
			prefixDescription("News " + n + ".")(update).Edit(&cat.Facts)
			for _, id := range []string{update.ExternalID, update.ExternalID + "-" + n} {
				cat.ExternalID = id
				if err := lines.Encode(wire.NewCat(cat, wire.Attribution{}, "", time.Now())); err != nil {
					t.Fatal(err)
				}
				rows++
			}
		}
		files[shelter.ID] = file.Bytes()
	}
	return files, rows
}

// createKey creates a key that may do everything.
func (b *benchServer) createKey(t *testing.T) string {
	t.Helper()
	_, key, err := b.catalog.CreateKey(t.Context(), catalog.NewKey{PartnerID: "", Name: "benchmark", Scopes: []access.Scope{access.Admin}, Test: false, ExpiresAt: time.Time{}, Random: [32]byte{}})
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// sendImport imports a file, each row of which must be written.
func (b *benchServer) sendImport(t *testing.T, shelterID, key string, file []byte) {
	t.Helper()
	status, body := post(t, "http://"+b.address+"/v1/shelters/"+shelterID+"/imports?format=trailcat", key, "application/x-ndjson", file)
	var run wire.ImportRun
	if status != http.StatusCreated || json.Unmarshal(body, &run) != nil {
		t.Fatalf("import a file: %d %s", status, body)
	}
	if got, want := run.Report.Created+run.Report.Updated, bytes.Count(file, []byte("\n")); got != want {
		t.Errorf("import a file: %d of %d rows written", got, want)
	}
}

// searchLatencies returns the latencies in milliseconds of searches while do runs.
func searchLatencies(t *testing.T, address string, paths []string, do func()) samples {
	t.Helper()
	client := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestOpenLoopClient$")
	client.Env = append(os.Environ(), "TRAILCAT_BENCH_SERVER="+address)
	client.Stderr = os.Stderr
	in, err := client.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := client.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Start(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(in, strings.Join(paths, "\n")+"\n\n") // an error shows in the result
	do()
	_ = in.Close()
	var latencies samples
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if ms, err := strconv.ParseFloat(lines.Text(), 64); err == nil {
			latencies = append(latencies, ms)
		}
	}
	if err := client.Wait(); err != nil || len(latencies) == 0 {
		t.Fatalf("client of the searches: %v, %d latencies", err, len(latencies))
	}
	return latencies
}

// TestOpenLoopClient is the process of searchLatencies. It reads paths up to an empty line,
// searches until its input ends, and prints each latency.
func TestOpenLoopClient(t *testing.T) { //nolint:paralleltest // it is alone in its process
	address := os.Getenv("TRAILCAT_BENCH_SERVER") //nolint:forbidigo // a test has no main
	if address == "" {
		t.Skip("a part of TestBudgets")
	}
	var requests [][]byte
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() && in.Text() != "" {
		requests = append(requests, requestBytes(in.Text(), ""))
	}
	ended := make(chan struct{})
	go func() {
		in.Scan()
		close(ended)
	}()
	var next atomic.Int64
	var work sync.WaitGroup
	latencies := make([]samples, clientConnections)
	started := time.Now()
	for w := range clientConnections {
		c := dial(t, address)
		work.Go(func() {
			for {
				n := next.Add(1) - 1
				due := started.Add(time.Duration(n) * time.Second / searchesPerSecond)
				select {
				case <-ended:
					return
				case <-time.After(time.Until(due)):
				}
				if _, err := c.get(requests[int(n)%len(requests)], false); err != nil {
					t.Error(err)
					return
				}
				latencies[w] = append(latencies[w], milliseconds(time.Since(due)))
			}
		})
	}
	work.Wait()
	for _, ms := range slices.Concat(latencies...) {
		fmt.Println(ms)
	}
}
