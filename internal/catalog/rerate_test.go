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

// byVaccine rates a cat by the one thing that time changes here.
func byVaccine(rubric string) catalog.Rater {
	return func(_ catalog.Cat, assessments []catalog.Assessment, health []catalog.HealthItem, on time.Time) catalog.Rating {
		r := catalog.Rating{Rubric: rubric, On: on, BestFit: "hike", Activities: []catalog.ActivityRating{{Activity: "hike", Readiness: catalog.ReadinessNotAssessed, Grade: "none"}}}
		if len(assessments) > 0 {
			r.Activities[0].Readiness = catalog.ReadinessNow
		}
		for _, item := range health {
			if !item.ValidUntil.IsZero() && item.ValidUntil.Before(on) {
				r.Activities[0].Readiness = "on_hold"
			}
		}
		return r
	}
}

// rated is a world in which cats are rated: of each it is said until when its
// vaccine is valid, as days from today.
func rated(t *testing.T, s *store.Store, days map[string]int) *world {
	t.Helper()
	w := newWorld(t, s)
	w.Catalog = w.WithRater(byVaccine("1"))
	for name, n := range days {
		id := w.put(t, edit(name, func(f *catalog.Facts) { f.Name, f.Birth = name, born(2021, 1, 1) }))[0].Cat.ID
		w.assess(t, id)
		item := catalog.HealthItem{CatID: id, Code: "MED.RABIES", Status: "ok", ValidUntil: w.now.AddDate(0, 0, n).Truncate(24 * time.Hour)}
		if _, _, err := w.PutHealth(t.Context(), item); err != nil {
			t.Fatal(err)
		}
	}
	return w
}

func (w *world) assess(t *testing.T, id string) {
	t.Helper()
	_, err := w.RecordAssessment(t.Context(), catalog.Assessment{CatID: id, AssessorID: "s1", Role: "staff", Context: "kennel", ObservedOn: w.now, Levels: map[string]int{"play_drive": 5}})
	if err != nil {
		t.Fatal(err)
	}
}

func born(y, m, d int) catalog.Birth {
	return catalog.Birth{On: time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC), Precision: catalog.ToTheDay}
}

func (w *world) rerate(t *testing.T) catalog.RerateStats {
	t.Helper()
	done, ok, err := w.Rerate(t.Context(), catalog.RerateOptions{Leases: w.store, Holder: "a", All: false, Progress: nil})
	if err != nil || !ok {
		t.Fatalf("rerate: ok %v, %v", ok, err)
	}
	return done
}

// told is what the log says after a number, by the names of the cats.
func (w *world) told(t *testing.T, after int64) []string {
	t.Helper()
	var lines []string
	for _, c := range w.log(t, after) {
		lines = append(lines, fmt.Sprint(w.cat(t, c.ResourceID).Name, " ", c.Op, " ", c.Fields))
	}
	slices.Sort(lines)
	return lines
}

func TestEachDayTellsWhatTimeHasChanged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := rated(t, s, map[string]int{"soon": 1, "later": 40})
		turning := func(name string, b catalog.Birth) catalog.CatUpdate {
			return edit(name, func(f *catalog.Facts) { f.Name, f.Birth = name, b })
		}
		w.put(t,
			turning("kitten", born(2025, 5, 3)), turning("young", born(2023, 5, 3)), turning("adult", born(2018, 5, 3)),
			turning("old", born(2010, 1, 1)), turning("unknown", catalog.Birth{}),
			edit("gone", func(f *catalog.Facts) { f.Name, f.Birth, f.Status = "gone", born(2025, 5, 3), catalog.Removed }))
		steps := []struct {
			days int
			want []string
		}{
			{0, nil},
			{1, nil}, // the vaccine is valid to the end of the day
			{2, []string{"adult updated [age_group]", "kitten updated [age_group]", "soon rated [adventure]", "young updated [age_group]"}},
			{39, nil},
			{45, []string{"later rated [adventure]"}},
		}
		begin, seq := w.now, head(t, s)
		for _, step := range steps {
			w.now = begin.AddDate(0, 0, step.days)
			w.rerate(t)
			if got := w.told(t, seq); !cmp.Equal(got, step.want) {
				t.Errorf("after %d days: %v, want %v", step.days, got, step.want)
			}
			seq = head(t, s)
			if again := w.rerate(t); again.Looked > 0 || head(t, s) != seq {
				t.Errorf("after %d days, a second time: %+v", step.days, again)
			}
		}
	})
}

// Who was told that a cat is a kitten learns that it is one no longer, be it
// because of the day or of something else that changed first.
func TestALineSaysTheAgeGroupThatWasTold(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		kitten := func(name, says string) catalog.CatUpdate {
			return edit(name, func(f *catalog.Facts) { f.Name, f.Birth, f.Description = name, born(2025, 5, 3), says })
		}
		w.put(t, kitten("quiet", "a"), kitten("busy", "a"))
		w.now = w.now.AddDate(0, 0, 10)
		seq := head(t, s)
		w.put(t, kitten("busy", "b"))
		w.rerate(t)
		lines, err := s.ChangesWithBefore(t.Context(), seq, 10)
		if err != nil || len(lines) != 2 {
			t.Fatalf("%d lines, %v", len(lines), err)
		}
		for _, line := range lines {
			if before := line.Before.Cat.AgeGroupOn(w.now); before != "kitten" {
				t.Errorf("%v: it was %q before", line.Fields, before)
			}
		}
		if want := []string{"busy updated [description]", "quiet updated [age_group]"}; !cmp.Equal(w.told(t, seq), want) {
			t.Errorf("got %v, want %v", w.told(t, seq), want)
		}
	})
}

func TestANewRubricRatesEveryCat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := rated(t, s, map[string]int{"seen": 40})
		w.rerate(t)
		w.Catalog = w.WithRater(byVaccine("2"))
		if done := w.rerate(t); done.Looked > 0 {
			t.Errorf("today's are done, but looked at %d", done.Looked)
		}
		done, ok, err := w.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "hand", All: true, Progress: nil})
		if err != nil || !ok || done != (catalog.RerateStats{Looked: 1, Rated: 1, Turned: 0}) {
			t.Errorf("by hand: %+v, %v, %v", done, ok, err)
		}
		lines := w.log(t, 0)
		if r := w.cat(t, lines[len(lines)-1].ResourceID).Rating; r.Rubric != "2" {
			t.Errorf("rated by %q", r.Rubric)
		}
	})
}

// crowd is many cats that all turn one year old in two days.
func crowd(t *testing.T, s *store.Store, cats int) *world {
	t.Helper()
	w := newWorld(t, s)
	edits := make([]catalog.CatUpdate, cats)
	for i := range edits {
		edits[i] = edit(strconv.Itoa(i), func(f *catalog.Facts) { f.Name, f.Birth = "Ada", born(2025, 5, 3) })
	}
	w.put(t, edits...)
	w.now = w.now.AddDate(0, 0, 2)
	return w
}

func TestNodesThatRateAtOnceTellOfEachCatOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		const cats = 1700
		w := crowd(t, s, cats)
		before := head(t, s)
		var nodes errgroup.Group
		for node := range 4 {
			nodes.Go(func() error {
				var everyone catalog.Leases = s
				if node%2 == 1 {
					everyone = heedless{s} // as a node that slept while another took its lease
				}
				_, _, err := w.Rerate(t.Context(), catalog.RerateOptions{Leases: everyone, Holder: strconv.Itoa(node), All: false, Progress: nil})
				return err
			})
		}
		if err := nodes.Wait(); err != nil {
			t.Fatal(err)
		}
		if logged := head(t, s) - before; logged != cats {
			t.Errorf("%d lines for %d cats", logged, cats)
		}
	})
}

// heedless are leases that everybody gets.
type heedless struct{ *store.Store }

func (heedless) TakeLease(context.Context, string, string, time.Time, time.Duration) (int64, bool, error) {
	return 0, true, nil
}

func (heedless) KeepLease(context.Context, string, string, int64, time.Time, time.Duration) (bool, error) {
	return true, nil
}

func TestWhoTakesOverGoesOnWhereTheOtherStood(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := crowd(t, s, 1200)
		before := head(t, s)
		ctx, kill := context.WithCancel(t.Context())
		_, _, err := w.Rerate(ctx, catalog.RerateOptions{Leases: s, Holder: "a", All: false, Progress: func(catalog.RerateStats) { kill() }})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("got %v from a run that was killed", err)
		}
		some := head(t, s) - before
		done, ok, err := w.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "b", All: false, Progress: nil})
		if err != nil || !ok || some == 0 || some == 1200 || int64(done.Looked) != 1200-some || head(t, s)-before != 1200 {
			t.Errorf("the first told %d, the second looked at %d, in all %d (%v, %v)", some, done.Looked, head(t, s)-before, ok, err)
		}
	})
}

func TestWhileANodeIsAtItAnotherLeavesItAlone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := crowd(t, s, 3)
		before := head(t, s)
		if _, ok, err := s.TakeLease(t.Context(), "rerate", "other", w.now, time.Minute); err != nil || !ok {
			t.Fatal(ok, err)
		}
		done, ok, err := w.Rerate(t.Context(), catalog.RerateOptions{Leases: s, Holder: "a", All: true, Progress: nil})
		if err != nil || ok || done.Looked > 0 || head(t, s) != before {
			t.Errorf("got %+v, %v, %v", done, ok, err)
		}
	})
}
