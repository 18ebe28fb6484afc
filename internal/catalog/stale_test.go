package catalog_test

import (
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestMarkStale_AfterThePeriodOfTheShelter(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		show := func(name string, change func(*catalog.Profile)) {
			p := catalog.Profile{Name: name, Address: catalog.Address{PostalCode: "20855", Country: "US"}}
			change(&p)
			shelter, _, err := fx.PutShelter(t.Context(), onePlace{}, name, p)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fx.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{edit("1", named(name))}); err != nil {
				t.Fatal(err)
			}
		}
		fx.put(t, edit("1", named("usual")), edit("2", func(f *catalog.Facts) { f.Name, f.Status = "gone", catalog.Adopted }))
		show("demo", func(p *catalog.Profile) { p.Demo = true })
		show("patient", func(p *catalog.Profile) { p.StaleAfterDays = 60 })
		show("hasty", func(p *catalog.Profile) { p.StaleAfterDays = 7 })
		steps := []struct {
			days int
			want []string
		}{
			{7, nil}, {8, []string{"hasty"}}, {30, nil}, {31, []string{"usual"}}, {60, nil}, {61, []string{"patient"}}, {3000, nil},
		}
		begin, seq := fx.now, head(t, s)
		for _, step := range steps {
			fx.now = begin.AddDate(0, 0, step.days)
			counts, err := fx.MarkStale(t.Context(), true)
			if err != nil || counts != (catalog.StaleCounts{Marked: len(step.want)}) {
				t.Fatalf("after %d days: got %+v, want %v (%v)", step.days, counts, step.want, err)
			}
			var got []string
			for _, c := range fx.log(t, seq) {
				cat := fx.cat(t, c.ResourceID)
				if got = append(got, cat.Name); !cat.Stale || cat.Version != c.Version || !cmp.Equal(c.Fields, []string{"stale"}) {
					t.Errorf("%s: got log entry %+v, stale %v at version %d", cat.Name, c, cat.Stale, cat.Version)
				}
			}
			if seq = head(t, s); !cmp.Equal(got, step.want) {
				t.Errorf("after %d days: got log entries %v, want %v", step.days, got, step.want)
			}
		}
		// An update of the cat ends staleness even without changes.
		updated := fx.put(t, edit("1", named("usual")))
		if cat := fx.cat(t, updated[0].Cat.ID); cat.Stale || updated[0].Result != catalog.ResultUpdated || !cat.ConfirmedAt.Equal(fx.now) {
			t.Errorf("after an update: stale %v, %s, confirmed at %v", cat.Stale, updated[0].Result, cat.ConfirmedAt)
		}
	})
}

func TestMarkStale_ConcurrentNodesLogEachCatOnce(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		const cats = 501 // more than one batch
		edits := make([]catalog.CatUpdate, cats)
		for i := range edits {
			edits[i] = edit(string(rune('A'+i%26))+time.Duration(i).String(), named("Ada"))
		}
		fx.put(t, edits...)
		before := head(t, s)
		fx.now = fx.now.AddDate(0, 0, 31)
		var nodes errgroup.Group
		var mu sync.Mutex
		marked := 0
		for range 4 {
			nodes.Go(func() error {
				counts, err := fx.MarkStale(t.Context(), true)
				mu.Lock()
				defer mu.Unlock()
				marked += counts.Marked
				return err
			})
		}
		if err := nodes.Wait(); err != nil {
			t.Fatal(err)
		}
		if logged := head(t, s) - before; marked != cats || logged != cats {
			t.Errorf("%d marked, %d logged, want %d", marked, logged, cats)
		}
	})
}

func TestMarkStale_ClockThatWasAheadIsUndone(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		updated := fx.put(t, edit("1", named("listed")), edit("2", func(f *catalog.Facts) { f.Name, f.Status = "adopted", catalog.Adopted }))
		begin := fx.now
		mark := func(days int, want catalog.StaleCounts) {
			t.Helper()
			fx.now = begin.AddDate(0, 0, days)
			before := head(t, s)
			if counts, err := fx.MarkStale(t.Context(), true); err != nil || counts != want {
				t.Errorf("day %d: got %+v and error %v, want %+v", days, counts, err, want)
			}
			if logged := head(t, s) - before; logged != int64(want.Marked+want.Unmarked) {
				t.Errorf("day %d: got %d log entries for %+v", days, logged, want)
			}
		}
		mark(100, catalog.StaleCounts{Marked: 1})
		mark(31, catalog.StaleCounts{})
		mark(-20000, catalog.StaleCounts{}) // a clock that starts in the past does not remove the mark
		mark(30, catalog.StaleCounts{Unmarked: 1})
		if cat := fx.cat(t, updated[0].Cat.ID); cat.Stale || cat.Version != 3 {
			t.Errorf("got stale %v at version %d, want a fresh listing at version 3", cat.Stale, cat.Version)
		}
		mark(30, catalog.StaleCounts{})
		mark(31, catalog.StaleCounts{Marked: 1})
	})
}

func TestMarkStale_RefusesMoreThanHalfUnlessForced(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		fx.put(t, edit("1", named("old")), edit("2", named("old")))
		fx.now = fx.now.AddDate(0, 0, 10)
		fx.put(t, edit("3", named("new")), edit("4", named("new")), edit("5", func(f *catalog.Facts) { f.Name, f.Status = "adopted", catalog.Adopted }))
		mark := func(days int, force bool, want catalog.StaleCounts) {
			t.Helper()
			fx.now = fx.now.AddDate(0, 0, days)
			before := head(t, s)
			counts, err := fx.MarkStale(t.Context(), force)
			if refused := want.Refused > 0; counts != want || (err != nil) != refused || refused && catalog.KindOf(err) != catalog.Conflict {
				t.Errorf("got %+v and error %v, want %+v", counts, err, want)
			}
			if logged := head(t, s) - before; logged != int64(want.Marked) {
				t.Errorf("got %d log entries for %+v", logged, want)
			}
		}
		mark(100, false, catalog.StaleCounts{Refused: 4})
		mark(-79, false, catalog.StaleCounts{Marked: 2}) // half
		mark(79, false, catalog.StaleCounts{Marked: 2})
		fx.put(t, edit("1", named("old")), edit("2", named("old")), edit("3", named("new")))
		mark(31, false, catalog.StaleCounts{Refused: 3})
		mark(0, true, catalog.StaleCounts{Marked: 3})
	})
}
