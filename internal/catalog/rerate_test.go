package catalog_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sync/errgroup"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// byVaccine rates a cat by the validity of its vaccine, which depends on the day.
func byVaccine(rubric string) catalog.Rater {
	return func(_ catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, on time.Time) (catalog.Rating, catalog.ListingReading) {
		r := catalog.Rating{Rubric: rubric, On: on, BestFit: "hike", Activities: []catalog.ActivityRating{{Activity: "hike", Readiness: catalog.ReadinessNotAssessed, Grade: "none"}}}
		if len(assessments) > 0 {
			r.Activities[0].Readiness = catalog.ReadinessNow
		}
		for _, item := range health {
			if !item.ValidUntil.IsZero() && item.ValidUntil.Before(on) {
				r.Activities[0].Readiness = "on_hold"
			}
		}
		return r, catalog.ListingReading{}
	}
}

// newRatedFixture returns a fixture with rated cats. days gives the validity of each
// cat's vaccine in days from today, by name.
func newRatedFixture(t *testing.T, s *store.Store, days map[string]int) *fixture {
	t.Helper()
	fx := newFixture(t, s)
	fx.Catalog = fx.WithRater(byVaccine("1"))
	for name, n := range days {
		id := fx.put(t, edit(name, func(f *catalog.Facts) { f.Name, f.Birth = name, born(2021, 1, 1) }))[0].Cat.ID
		fx.assess(t, id)
		item := catalog.HealthItem{CatID: id, Code: "MED.RABIES", Status: "ok", ValidUntil: fx.now.AddDate(0, 0, n).Truncate(24 * time.Hour)}
		if _, _, err := fx.PutHealth(t.Context(), item); err != nil {
			t.Fatal(err)
		}
	}
	return fx
}

func (fx *fixture) assess(t *testing.T, id string) {
	t.Helper()
	_, err := fx.RecordAssessment(t.Context(), catalog.Assessment{CatID: id, AssessorID: "s1", Role: "staff", Context: "kennel", ObservedOn: fx.now, Levels: map[string]int{"play_drive": 5}})
	if err != nil {
		t.Fatal(err)
	}
}

func born(y, m, d int) catalog.Birth {
	return catalog.Birth{On: time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), Precision: catalog.ToTheDay}
}

func (fx *fixture) rerate(t *testing.T) catalog.RerateStats {
	t.Helper()
	done, ok, err := fx.Rerate(t.Context(), catalog.RerateOptions{Leases: fx.store, Holder: "a", All: false, Progress: nil})
	if err != nil || !ok {
		t.Fatalf("rerate: ok %v, %v", ok, err)
	}
	return done
}

// logged returns the log entries after a number as text, sorted, with the names of the cats.
func (fx *fixture) logged(t *testing.T, after int64) []string {
	t.Helper()
	var entries []string
	for _, c := range fx.log(t, after) {
		entries = append(entries, fmt.Sprint(fx.cat(t, c.ResourceID).Name, " ", c.Op, " ", c.Fields))
	}
	slices.Sort(entries)
	return entries
}

func TestRerate_LogsWhatChangedWithTime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newRatedFixture(t, s, map[string]int{"soon": 1, "later": 40})
		turning := func(name string, b catalog.Birth) catalog.CatUpdate {
			return edit(name, func(f *catalog.Facts) { f.Name, f.Birth = name, b })
		}
		fx.put(t,
			turning("kitten", born(2025, 5, 3)), turning("young", born(2023, 5, 3)), turning("adult", born(2018, 5, 3)),
			turning("old", born(2010, 1, 1)), turning("unknown", catalog.Birth{}),
			edit("gone", func(f *catalog.Facts) { f.Name, f.Birth, f.Status = "gone", born(2025, 5, 3), catalog.Removed }))
		steps := []struct {
			days int
			want []string
		}{
			{0, nil},
			{1, nil}, // the vaccine is valid until the end of the day
			{2, []string{"adult updated [age_group]", "kitten updated [age_group]", "soon rated [adventure]", "young updated [age_group]"}},
			{39, nil},
			{45, []string{"later rated [adventure]"}},
		}
		begin, seq := fx.now, head(t, s)
		for _, step := range steps {
			fx.now = begin.AddDate(0, 0, step.days)
			fx.rerate(t)
			if got := fx.logged(t, seq); !cmp.Equal(got, step.want) {
				t.Errorf("after %d days: got log entries %v, want %v", step.days, got, step.want)
			}
			seq = head(t, s)
			if again := fx.rerate(t); again.Examined > 0 || head(t, s) != seq {
				t.Errorf("after %d days, a second run: got %+v and new log entries, want nothing to do", step.days, again)
			}
		}
	})
}

// A client that received a cat as a kitten learns that it no longer is one, whether
// from the daily run or from another change before it.
func TestRerate_PreImageHasTheLoggedAgeGroup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		kitten := func(name, says string) catalog.CatUpdate {
			return edit(name, func(f *catalog.Facts) { f.Name, f.Birth, f.Description = name, born(2025, 5, 3), says })
		}
		fx.put(t, kitten("quiet", "a"), kitten("busy", "a"))
		fx.now = fx.now.AddDate(0, 0, 10)
		seq := head(t, s)
		fx.put(t, kitten("busy", "b"))
		fx.rerate(t)
		entries, err := s.ChangesWithBefore(t.Context(), seq, 10)
		if err != nil || len(entries) != 2 {
			t.Fatalf("got %d log entries, want 2 (%v)", len(entries), err)
		}
		for _, entry := range entries {
			if before := entry.Before.Cat.AgeGroupOn(fx.now); before != "kitten" {
				t.Errorf("entry %v: got age group %q in the pre-image, want kitten", entry.Fields, before)
			}
		}
		if want := []string{"busy updated [description]", "quiet updated [age_group]"}; !cmp.Equal(fx.logged(t, seq), want) {
			t.Errorf("got %v, want %v", fx.logged(t, seq), want)
		}
	})
}

func TestRerate_AllRatesEveryCatAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newRatedFixture(t, s, map[string]int{"seen": 40})
		fx.rerate(t)
		fx.Catalog = fx.WithRater(byVaccine("2"))
		if done := fx.rerate(t); done.Examined > 0 {
			t.Errorf("today's run is complete, but another run examined %d cats", done.Examined)
		}
		done, ok, err := fx.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "hand", All: true, Progress: nil})
		if err != nil || !ok || done != (catalog.RerateStats{Examined: 1, Rated: 1, AgedUp: 0}) {
			t.Errorf("run with All: got %+v, ok %v, error %v; want nothing done", done, ok, err)
		}
		entries := fx.log(t, 0)
		if r := fx.cat(t, entries[len(entries)-1].ResourceID).Rating; r.Rubric != "2" {
			t.Errorf("got rubric %q, want 2", r.Rubric)
		}
	})
}

// After an improvement of the rules, cats whose readings differ change once.
func TestRerate_ReadsListingsAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		fx.put(t, edit("ada", func(f *catalog.Facts) { f.Name, f.Description = "Ada", "Ada plays." }))
		fx.Catalog = fx.WithRater(func(catalog.Cat, []catalog.Assessment, []catalog.HealthItem, time.Time) (catalog.Rating, catalog.ListingReading) {
			return catalog.Rating{}, catalog.ListingReading{Temperament: []catalog.TemperamentReading{{Term: "playful", Quote: "plays"}}}
		})
		before := len(fx.log(t, 0))
		fx.rerate(t)
		if _, _, err := fx.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "hand", All: true, Progress: nil}); err != nil {
			t.Fatal(err)
		}
		entries := fx.log(t, 0)[before:]
		if len(entries) != 1 || entries[0].Op != catalog.Updated || !slices.Equal(entries[0].Fields, []string{"listing_reading"}) {
			t.Fatalf("got entries %+v, want one update of listing_reading", entries)
		}
		if got := fx.cat(t, entries[0].ResourceID).Reading.Temperament; len(got) != 1 || got[0].Quote != "plays" {
			t.Errorf("got the reading %+v, want the quote plays", got)
		}
	})
}

// newAgingFixture returns a fixture with cats that have just turned one year old.
func newAgingFixture(t *testing.T, s *store.Store, cats int) *fixture {
	t.Helper()
	fx := newFixture(t, s)
	edits := make([]catalog.CatUpdate, cats)
	for i := range edits {
		edits[i] = edit(strconv.Itoa(i), func(f *catalog.Facts) { f.Name, f.Birth = "Ada", born(2025, 5, 3) })
	}
	fx.put(t, edits...)
	fx.now = fx.now.AddDate(0, 0, 2)
	return fx
}

func TestRerate_ConcurrentNodesLogEachCatOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const cats = 1100 // three batches
		fx := newAgingFixture(t, s, cats)
		before := head(t, s)
		var nodes errgroup.Group
		for node := range 4 {
			nodes.Go(func() error {
				var everyone catalog.Leases = s
				if node%2 == 1 {
					everyone = grantAll{s} // like a node that was suspended while another took its lease
				}
				_, _, err := fx.Rerate(t.Context(), catalog.RerateOptions{Leases: everyone, Holder: strconv.Itoa(node), All: false, Progress: nil})
				return err
			})
		}
		if err := nodes.Wait(); err != nil {
			t.Fatal(err)
		}
		if logged := head(t, s) - before; logged != cats {
			t.Errorf("got %d log entries for %d cats", logged, cats)
		}
	})
}

// grantAll are leases that every node is granted.
type grantAll struct{ *store.Store }

func (grantAll) TakeLease(context.Context, string, string, time.Time, time.Duration) (catalog.Lease, bool, error) {
	return catalog.Lease{}, true, nil
}

func (grantAll) KeepLease(context.Context, string, string, int64, time.Time, time.Duration) (bool, error) {
	return true, nil
}

func TestRerate_NextNodeContinuesFromTheCheckpoint(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const cats = 600 // two batches
		fx := newAgingFixture(t, s, cats)
		before := head(t, s)
		ctx, kill := context.WithCancel(t.Context())
		_, _, err := fx.Rerate(ctx, catalog.RerateOptions{Leases: s, Holder: "a", All: false, Progress: func(catalog.RerateStats) { kill() }})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v from a cancelled run", err)
		}
		some := head(t, s) - before
		done, ok, err := fx.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "b", All: false, Progress: nil})
		if err != nil || !ok || some == 0 || some == cats || int64(done.Examined) != cats-some || head(t, s)-before != cats {
			t.Errorf("the first run logged %d, the second examined %d, together they logged %d of %d (%v, %v)", some, done.Examined, head(t, s)-before, cats, ok, err)
		}
	})
}

func TestRerate_DoesNothingWhileAnotherNodeHoldsTheLease(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newAgingFixture(t, s, 3)
		before := head(t, s)
		if _, ok, err := s.TakeLease(t.Context(), "rerate", "other", fx.now, time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		done, ok, err := fx.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "a", All: true, Progress: nil})
		if err != nil || ok || done.Examined > 0 || head(t, s) != before {
			t.Errorf("got %+v, ok %v, error %v; want nothing done", done, ok, err)
		}
	})
}
