package catalog_test

import (
	"slices"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// byDescription rates a cat as on hold if its description says so, and grades
// recorded evidence.
func byDescription(cat catalog.Cat, assessments []catalog.Assessment, _ []catalog.HealthItem, on time.Time) (catalog.Rating, catalog.ListingReading) {
	r := catalog.Rating{Rubric: "1", On: on, BestFit: "hike", Activities: []catalog.ActivityRating{{Activity: "hike", Readiness: catalog.ReadinessNotAssessed, Grade: "none"}}}
	switch {
	case cat.Description == "hold me":
		r.Activities[0].Readiness = "on_hold"
	case len(assessments) == 0:
		return catalog.Rating{}, catalog.ListingReading{}
	}
	if len(assessments) > 0 {
		r.Activities[0].Grade = "C"
	}
	return r, catalog.ListingReading{}
}

func describe(id, text string) catalog.CatUpdate {
	return edit(id, func(f *catalog.Facts) { f.Name, f.Description = id, text })
}

func TestUpsertCats_RatesTheListing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		fx.Catalog = fx.WithRater(byDescription)
		made := fx.put(t, describe("ada", "hold me"), describe("bo", "calm"), describe("cleo", "calm"))
		if got := readiness(made[0].Cat); got != "on_hold" {
			t.Errorf("a new cat: got readiness %q, want on_hold", got)
		}
		if made[1].Cat.Rating.Rubric != "" {
			t.Errorf("a cat without evidence: got rating %+v, want none", made[1].Cat.Rating)
		}
		fx.assess(t, made[2].Cat.ID)

		put := fx.put(t, describe("ada", "let me go"), describe("bo", "hold me"), describe("cleo", "hold me"))
		for i, want := range []string{"", "on_hold", "on_hold"} {
			if got := readiness(fx.cat(t, put[i].Cat.ID)); got != want {
				t.Errorf("%s: got readiness %q, want %q", put[i].Cat.Name, got, want)
			}
		}
		if grade := fx.cat(t, put[2].Cat.ID).Rating.Activities[0].Grade; grade != "C" {
			t.Errorf("got grade %s, want C", grade)
		}
		entries := fx.log(t, 0)
		for _, entry := range entries[len(entries)-3:] {
			if !slices.Equal(entry.Fields, []string{"description", "adventure"}) {
				t.Errorf("got log fields %v, want description and adventure", entry.Fields)
			}
		}
	})
}

func TestUpsertCats_OtherFactsAreNotRated(t *testing.T) {
	t.Parallel()
	fx := newFixture(t, storetest.New(t))
	rated := 0
	fx.Catalog = fx.WithRater(func(cat catalog.Cat, a []catalog.Assessment, h []catalog.HealthItem, on time.Time) (catalog.Rating, catalog.ListingReading) {
		rated++
		return byDescription(cat, a, h, on)
	})
	fx.put(t, edit("ada", func(f *catalog.Facts) { f.Name = "Ada" }))
	if rated != 1 {
		t.Fatalf("a new cat was rated %d times, want once, want once", rated)
	}
	fx.put(t, edit("ada", func(f *catalog.Facts) { f.Name, f.URL = "Ada", "https://example.org/ada" }))
	if rated != 1 {
		t.Error("a change of the URL rated the cat again")
	}
}

func readiness(cat catalog.Cat) string {
	if len(cat.Rating.Activities) == 0 {
		return ""
	}
	return cat.Rating.Activities[0].Readiness
}

func TestUpsertCats_KeepsTheReadingOfTheListing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		fx.Catalog = fx.WithRater(func(cat catalog.Cat, _ []catalog.Assessment, _ []catalog.HealthItem, _ time.Time) (catalog.Rating, catalog.ListingReading) {
			if cat.Summary == "" {
				return catalog.Rating{}, catalog.ListingReading{}
			}
			return catalog.Rating{}, catalog.ListingReading{Temperament: []catalog.TemperamentReading{{Term: "playful", Quote: cat.Summary}}}
		})
		summarize := func(summary string) catalog.CatUpdate {
			return edit("ada", func(f *catalog.Facts) { f.Name, f.Summary = "Ada", summary })
		}
		for _, summary := range []string{"plays", "plays all day", ""} {
			id := fx.put(t, summarize(summary))[0].Cat.ID
			reading := fx.cat(t, id).Reading.Temperament
			if summary == "" && len(reading) > 0 || summary != "" && (len(reading) != 1 || reading[0].Quote != summary) {
				t.Errorf("got the reading %+v, want the quote %q", reading, summary)
			}
		}
		entries := fx.log(t, 0)
		if got, want := entries[len(entries)-1].Fields, []string{"summary", "listing_reading"}; !slices.Equal(got, want) {
			t.Errorf("got log fields %v, want %v", got, want)
		}
	})
}
