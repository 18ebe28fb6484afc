package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestListedCats_ReturnsListedCatsOfTheShelter(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "here")
		shelterNamed(t, s, "there")
		var cats []catalog.Cat
		var want []string
		for n := range 2500 { // more than two batches
			cat := plainCat(n, "here")
			cat.Status = catalog.Statuses()[n%len(catalog.Statuses())]
			if cat.Status.Listed() {
				want = append(want, cat.ID)
			}
			cats = append(cats, cat)
		}
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.SaveCats(t.Context(), append(cats, plainCat(9999, "there")), nil)
		})
		var got []string
		err := s.ListedCats(t.Context(), "here", func(batch []catalog.Cat) error {
			for _, cat := range batch {
				got = append(got, cat.ID)
			}
			return nil
		})
		if err != nil || !cmp.Equal(got, want) {
			t.Errorf("got %d cats, want %d (%v)", len(got), len(want), err)
		}
	})
}

func TestCatsByMicrochip(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "here")
		var cats []catalog.Cat
		for n, chip := range []string{"", "a", "a", "b", "c", "a"} {
			cat := plainCat(n, "here")
			cat.MicrochipHash = chip
			cats = append(cats, cat)
		}
		cats[5].Status = catalog.Adopted
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), cats, nil) })
		tests := map[string]struct {
			ask  []string
			want map[string]int
		}{
			"listed cats with one of the microchips": {[]string{"a", "b"}, map[string]int{"a": 2, "b": 1}},
			"an empty microchip":                     {[]string{""}, map[string]int{}},
			"no microchips":                          {nil, map[string]int{}},
		}
		for name, tt := range tests {
			found, err := s.CatsByMicrochip(t.Context(), tt.ask)
			got := map[string]int{}
			for _, cat := range found {
				got[cat.MicrochipHash]++
			}
			if diff := cmp.Diff(tt.want, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	})
}

func TestQuality_OneRowPerDay(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		day := func(n int) time.Time { return time.Date(2026, 5, n, 0, 0, 0, 0, time.UTC) }
		save := func(shelter string, n, listed int, counts map[catalog.Issue]int) {
			if err := s.SaveQuality(t.Context(), shelter, catalog.Quality{Day: day(n), Listed: listed, Counts: counts}); err != nil {
				t.Fatal(err)
			}
		}
		save("here", 2, 5, map[catalog.Issue]int{catalog.IssueNoPhoto: 3})
		save("here", 2, 6, map[catalog.Issue]int{catalog.IssueStale: 1})
		save("here", 10, 7, map[catalog.Issue]int{})
		save("here", 1, 4, nil)
		save("there", 3, 9, nil)
		want := []catalog.Quality{
			{Day: day(2), Listed: 6, Counts: map[catalog.Issue]int{catalog.IssueStale: 1}},
			{Day: day(10), Listed: 7, Counts: map[catalog.Issue]int{}},
		}
		got, err := s.QualitySince(t.Context(), "here", day(2))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
}
