//go:build bench

package bench

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
)

// freshnessWrites is how many writes are measured.
const freshnessWrites = 200

// measureFreshness writes one cat at a time and measures when search reflects it:
// on the writing node, which reads the log before it responds, and on another
// node, which polls the log five times a second as servers do.
func measureFreshness(t *testing.T, b *benchServer, table *table) {
	t.Helper()
	other := b.newIndex()
	if err := other.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	following, stop := context.WithCancel(t.Context())
	defer stop()
	go other.Follow(following, 200*time.Millisecond, slog.New(slog.DiscardHandler))
	shelters := slices.Collect(b.set.Shelters())
	var written, here, there samples
	for n := range freshnessWrites {
		shelter := shelters[n%len(shelters)]
		id, version, elapsed := b.updateCat(t, shelter, n)
		written = append(written, elapsed)
		started := time.Now()
		if err := b.index.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		here = append(here, milliseconds(time.Since(started)))
		if v, _, _, _ := b.index.Version(id); v != version {
			t.Fatalf("writing node: got version %d of %s, want %d", v, id, version)
		}
		for v := int64(0); v != version; v, _, _, _ = other.Version(id) {
			if time.Since(started) > 10*time.Second {
				t.Fatal("the other node has not seen the write within 10 s")
			}
			time.Sleep(200 * time.Microsecond)
		}
		there = append(there, milliseconds(time.Since(started)))
		time.Sleep(time.Duration(n*37%200) * time.Millisecond / 4) // spreads writes evenly between two polls
	}
	table.addRow("a write, visible on its own node: time added to the response", formatLatency(here), "the write itself "+formatLatency(written), "", "at once", true)
	table.addRow("a write, visible on another node", formatLatency(there), "", "", "p99 ≤ 300 ms", percentile(there, 99) <= 300)
}

// updateCat changes one cat of a shelter, each time differently: equal facts would
// not be a change. It returns the elapsed time in milliseconds.
func (b *benchServer) updateCat(t *testing.T, of demo.Shelter, n int) (id string, version int64, elapsed float64) {
	t.Helper()
	shelter, _, err := b.catalog.PutShelter(t.Context(), b.places, of.ExternalID, of.Profile)
	if err != nil {
		t.Fatal(err)
	}
	edit := prefixDescription(fmt.Sprint("Update ", b.updates.Add(1), "."))(b.set.Cat(&of, n%max(1, of.Cats)))
	started := time.Now()
	outcomes, err := b.catalog.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{edit})
	if err != nil || outcomes[0].Err != nil || outcomes[0].Result != catalog.ResultUpdated {
		t.Fatalf("update a cat: %v, outcomes %+v", err, outcomes)
	}
	return outcomes[0].Cat.ID, outcomes[0].Cat.Version, milliseconds(time.Since(started))
}

// milliseconds returns d in milliseconds.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// percentile returns the p-th percentile, p from 0 to 100.
func percentile(s samples, p int) float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

// formatLatency formats the 50th and 99th percentile of latencies in ms.
func formatLatency(s samples) string {
	return fmt.Sprintf("p50 %s ms, p99 %s ms", formatNumber(s.median()), formatNumber(percentile(s, 99)))
}
