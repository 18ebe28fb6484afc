//go:build bench

package bench

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"sync"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store/storetest"
)

// TestSingleWrites measures single writes alone, as TestBudgets does, for comparing
// versions.
func TestSingleWrites(t *testing.T) { //nolint:paralleltest // parallel tests would distort the measurements
	s := benchSize(t)
	table := newTable(s)
	defer func() { _, _ = fmt.Fprint(os.Stdout, table) }()
	measureSingleWrites(t, s, table)
}

// measureSingleWrites changes one cat at a time, from several writers at once, as
// partners do that send each change by itself. Postgres flushes each commit to the disk.
// The baseline are the same writes in transactions of their own.
func measureSingleWrites(t *testing.T, s size, table *table) {
	t.Helper()
	for _, engine := range []struct{ name, url string }{
		{"Postgres with fsync", storetest.DurablePostgresURL(t)},
		{"SQLite", storetest.URL(t, "sqlite")},
	} {
		w := newSingleWrites(t, engine.url)
		for _, writers := range []int{1, 4, 8, 16, 32} {
			var latency, latencyAlone samples
			rates := interleave(3,
				func() float64 { return w.run(t, t.Context(), writers, s.duration, &latency) },
				func() float64 {
					return w.run(t, catalog.WithWorkload(t.Context(), catalog.BatchWorkload), writers, s.duration, &latencyAlone)
				})
			table.addRow(fmt.Sprintf("single writes on %s, %d writers", engine.name, writers),
				rates[0].format("/s")+", "+formatLatency(latency), "transactions of their own "+rates[1].format("/s")+", "+formatLatency(latencyAlone),
				rates[0].ratioTo(rates[1]).format(""), "", true)
		}
	}
}

// singleWrites changes the cats of a data set, one at a time.
type singleWrites struct {
	catalog *catalog.Catalog
	cats    []singleCat
}

type singleCat struct {
	shelterID string
	update    catalog.CatUpdate
}

func newSingleWrites(t *testing.T, url string) *singleWrites {
	t.Helper()
	places := geo.Default()

	w := &singleWrites{catalog: newCatalog(t, storetest.Open(t, url)), cats: nil}
	batches := shelterBatches(t, w.catalog, places, syntheticSet(t, places, 20_000, 275))
	upsert(t, w.catalog, batches, 2, catalog.ResultCreated, unmodified)
	for _, b := range batches {
		for _, update := range b.updates {
			w.cats = append(w.cats, singleCat{shelterID: b.shelterID, update: update})
		}
	}
	return w
}

// run changes cats for a duration and returns the writes per second. It adds the time in
// ms that each took to latency.
func (w *singleWrites) run(t *testing.T, ctx context.Context, writers int, duration time.Duration, latency *samples) float64 { //nolint:revive // t is the context of the test, ctx that of the writes
	t.Helper()
	var mu sync.Mutex
	var work sync.WaitGroup
	written := 0
	started := time.Now()
	for range writers {
		work.Go(func() {
			var took samples
			for time.Since(started) < duration {
				cat := w.cats[rand.IntN(len(w.cats))]
				edit := prefixDescription(fmt.Sprint("Update ", rand.Uint64(), "."))(cat.update)
				sent := time.Now()
				if _, result, err := w.catalog.PutCat(ctx, cat.shelterID, edit, catalog.Precondition{}); err != nil || result != catalog.ResultUpdated {
					t.Errorf("change a cat: %s, %v", result, err)
					return
				}
				took = append(took, milliseconds(time.Since(sent)))
			}
			mu.Lock()
			defer mu.Unlock()
			*latency = append(*latency, took...)
			written += len(took)
		})
	}
	work.Wait()
	return float64(written) / time.Since(started).Seconds()
}
