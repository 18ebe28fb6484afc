package store_test

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestScanCatsSeesEachCatOnce(t *testing.T) {
	t.Parallel()

	tests := map[string][]int64{
		"none":                        nil,
		"one":                         {1},
		"one far out":                 {1_000_000},
		"at the edges of steps":       {1, 999, 1000, 1001, 1002, 2000, 2001, 3001},
		"with gaps wider than a step": {5, 12_345, 12_346, 40_000},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		for name, numbers := range tests {
			var cats []catalog.Cat
			for _, n := range numbers {
				cat := plainCat(int(n), "shl_a")
				cat.Status = catalog.Removed
				cats = append(cats, cat)
			}
			if _, err := s.SQL().ExecContext(t.Context(), "DELETE FROM cats"); err != nil {
				t.Fatal(err)
			}
			write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
			if got := scanned(t, s); !slices.Equal(got, numbers) {
				t.Errorf("%s: saw %v, want %v", name, got, numbers)
			}
		}
	})
}

// scanned are the numbers of all cats that a scan hands over, in order.
func scanned(t *testing.T, s *store.Store) []int64 {
	t.Helper()
	var mu sync.Mutex
	times := map[int64]int{}
	err := s.ScanCats(t.Context(), func(batch []catalog.Cat) error {
		mu.Lock()
		defer mu.Unlock()
		for _, cat := range batch {
			times[cat.Number]++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for n, seen := range times {
		if seen != 1 {
			t.Errorf("number %d came %d times", n, seen)
		}
	}
	return slices.Sorted(maps.Keys(times))
}

func TestScanCatsEndsWithTheFirstError(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.SaveCats(t.Context(), []catalog.Cat{plainCat(1, "shl_a"), plainCat(5000, "shl_a")}, nil)
		})
		full := errors.New("no room")
		if err := s.ScanCats(t.Context(), func([]catalog.Cat) error { return full }); !errors.Is(err, full) {
			t.Errorf("got %v, want %v", err, full)
		}
	})
}

// To confirm cats moves when they were last spoken of, and nothing else.
func TestConfirmIsNoChange(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		cats := realisticCats(1, 3, "shl_a")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.MarkSeen(t.Context(), []string{cats[0].ID, cats[2].ID}, moment(30))
		})
		cats[0].ConfirmedAt, cats[2].ConfirmedAt = moment(30), moment(30)
		for _, cat := range cats {
			checkCat(t, s, cat)
		}
	})
}
