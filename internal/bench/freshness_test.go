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

// writes is how many writes are watched.
const writes = 200

// measureFreshness writes one cat at a time, and sees when search knows: here,
// where the writing node reads the log before it answers, and on another node,
// which follows it as a server does, five times a second.
func measureFreshness(t *testing.T, h *house, table *table) {
	t.Helper()
	other := h.newIndex()
	if err := other.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	following, stop := context.WithCancel(t.Context())
	defer stop()
	go other.Follow(following, 200*time.Millisecond, slog.New(slog.DiscardHandler))
	shelters := slices.Collect(h.set.Shelters())
	var written, here, there spread
	for n := range writes {
		of := shelters[n%len(shelters)]
		id, version, took := h.rewrite(t, of, n)
		written = append(written, took)
		began := time.Now()
		if err := h.index.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		here = append(here, ms(time.Since(began)))
		if v, _, _, _ := h.index.Version(id); v != version {
			t.Fatalf("the writing node knows version %d of %s, want %d", v, id, version)
		}
		for v := int64(0); v != version; v, _, _, _ = other.Version(id) {
			if time.Since(began) > 10*time.Second {
				t.Fatal("the other node never saw a write")
			}
			time.Sleep(200 * time.Microsecond)
		}
		there = append(there, ms(time.Since(began)))
		time.Sleep(time.Duration(n*37%200) * time.Millisecond / 4) // so that writes come at any time between two looks
	}
	table.row("a write, seen on its own node: the time it takes before the answer", p99(here), "the write itself "+p99(written), "", "at once", true)
	table.row("a write, seen on another node", p99(there), "", "", "≤ 500 ms", percentile(there, 99) <= 500)
}

// rewrite changes one cat of a shelter, and never says the same of it twice: that
// would be no change, and nobody would be told.
func (h *house) rewrite(t *testing.T, of demo.Shelter, n int) (id string, version int64, took float64) {
	t.Helper()
	shelter, _, err := h.catalog.PutShelter(t.Context(), h.places, of.ExternalID, of.Profile)
	if err != nil {
		t.Fatal(err)
	}
	edit := told(fmt.Sprint("Written again, as number ", h.rewritten.Add(1), "."))(h.set.Cat(&of, n%max(1, of.Cats)))
	began := time.Now()
	outcomes, err := h.catalog.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{edit})
	if err != nil || outcomes[0].Err != nil || outcomes[0].Result != catalog.WasUpdated {
		t.Fatal(err, outcomes)
	}
	return outcomes[0].Cat.ID, outcomes[0].Cat.Version, ms(time.Since(began))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func percentile(s spread, p int) float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[min(len(sorted)-1, len(sorted)*p/100)]
}

func p99(s spread) string {
	return fmt.Sprintf("p50 %s ms, p99 %s ms", short(s.median()), short(percentile(s, 99)))
}
