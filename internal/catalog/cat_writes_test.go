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
			marked, err := fx.MarkStale(t.Context())
			if err != nil || marked != len(step.want) {
				t.Fatalf("after %d days: %d marked, want %v (%v)", step.days, marked, step.want, err)
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
				n, err := fx.MarkStale(t.Context())
				mu.Lock()
				defer mu.Unlock()
				marked += n
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

func TestRemoveMissing(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		of := func(source, id string, status catalog.Status) catalog.CatUpdate {
			return catalog.CatUpdate{ExternalID: id, Source: source, Edit: func(f *catalog.Facts) { f.Name, f.Status = id, status }}
		}
		updated := fx.put(t, of("csv", "here", catalog.Available), of("csv", "held", catalog.OnHold), of("csv", "adopted", catalog.Adopted),
			of("csv", "left alone", catalog.Available), of("api", "another source's", catalog.Available))
		got, err := fx.RemoveMissing(t.Context(), fx.shelter.ID, "csv", []string{"here", "held", "held", "adopted", "another source's", "never seen"})
		if err != nil || len(got) != 2 {
			t.Fatalf("%+v, %v; want two removed", got, err)
		}
		want := map[string]catalog.Status{
			"here": catalog.Removed, "held": catalog.Removed, "adopted": catalog.Adopted,
			"left alone": catalog.Available, "another source's": catalog.Available,
		}
		for _, o := range updated {
			cat := fx.cat(t, o.Cat.ID)
			if cat.Status != want[cat.ExternalID] || (cat.Status == catalog.Removed) != (cat.StatusReason == catalog.AbsentFromSnapshot) {
				t.Errorf("%s: got status %s with reason %q", cat.ExternalID, cat.Status, cat.StatusReason)
			}
		}
		before := head(t, s)
		if again, err := fx.RemoveMissing(t.Context(), fx.shelter.ID, "csv", []string{"here", "held"}); err != nil || len(again) != 0 || head(t, s) != before {
			t.Errorf("a second call: %d removed, the log went from %d to %d (%v)", len(again), before, head(t, s), err)
		}
		if tried, err := fx.DryRun().RemoveMissing(t.Context(), fx.shelter.ID, "csv", []string{"left alone"}); err != nil || len(tried) != 1 || head(t, s) != before {
			t.Errorf("dry run: %d results, and the log went from %d to %d (%v)", len(tried), before, head(t, s), err)
		}
	})
}

func (fx *fixture) cat(t *testing.T, id string) catalog.Cat {
	t.Helper()
	cat, err := fx.store.Cat(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func head(t *testing.T, s *store.Store) int64 {
	t.Helper()
	h, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Seq
}
