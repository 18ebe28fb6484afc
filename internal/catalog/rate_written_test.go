package catalog_test

import (
	"slices"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// byDescription holds cats whose listing says so, and counts what is recorded.
func byDescription(cat catalog.Cat, assessments []catalog.Assessment, _ []catalog.HealthItem, on time.Time) catalog.Rating {
	r := catalog.Rating{Rubric: "1", On: on, BestFit: "hike", Activities: []catalog.ActivityRating{{Activity: "hike", Readiness: catalog.ReadinessNotAssessed, Grade: "none"}}}
	switch {
	case cat.Description == "hold me":
		r.Activities[0].Readiness = "on_hold"
	case len(assessments) == 0:
		return catalog.Rating{}
	}
	if len(assessments) > 0 {
		r.Activities[0].Grade = "C"
	}
	return r
}

func describe(id, text string) catalog.CatUpdate {
	return edit(id, func(f *catalog.Facts) { f.Name, f.Description = id, text })
}

func TestWhatAListingSaysIsRatedWhenItIsWritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.Catalog = w.WithRater(byDescription)
		made := w.put(t, describe("ada", "hold me"), describe("bo", "calm"), describe("cleo", "calm"))
		if got := readiness(made[0].Cat); got != "on_hold" {
			t.Errorf("a new cat is %q", got)
		}
		if made[1].Cat.Rating.Rubric != "" {
			t.Errorf("a cat of which nothing is known has the rating %+v", made[1].Cat.Rating)
		}
		w.assess(t, made[2].Cat.ID)

		put := w.put(t, describe("ada", "let me go"), describe("bo", "hold me"), describe("cleo", "hold me"))
		for i, want := range []string{"", "on_hold", "on_hold"} {
			if got := readiness(w.cat(t, put[i].Cat.ID)); got != want {
				t.Errorf("%s is now %q, want %q", put[i].Cat.Name, got, want)
			}
		}
		if grade := w.cat(t, put[2].Cat.ID).Rating.Activities[0].Grade; grade != "C" {
			t.Errorf("the grade of what was recorded is now %s", grade)
		}
		lines := w.log(t, 0)
		for _, line := range lines[len(lines)-3:] {
			if !slices.Equal(line.Fields, []string{"description", "adventure"}) {
				t.Errorf("the log says %v of a cat that is rated otherwise", line.Fields)
			}
		}
	})
}

func TestWhatNoRatingFollowsFromRatesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, storetest.New(t))
	rated := 0
	w.Catalog = w.WithRater(func(cat catalog.Cat, a []catalog.Assessment, h []catalog.HealthItem, on time.Time) catalog.Rating {
		rated++
		return byDescription(cat, a, h, on)
	})
	w.put(t, edit("ada", func(f *catalog.Facts) { f.Name = "Ada" }))
	if rated != 1 {
		t.Fatalf("a new cat was rated %d times", rated)
	}
	w.put(t, edit("ada", func(f *catalog.Facts) { f.Name, f.URL = "Ada", "https://example.org/ada" }))
	if rated != 1 {
		t.Error("another address rated the cat anew")
	}
}

func readiness(cat catalog.Cat) string {
	if len(cat.Rating.Activities) == 0 {
		return ""
	}
	return cat.Rating.Activities[0].Readiness
}
