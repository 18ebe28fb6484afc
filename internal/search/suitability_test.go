package search

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// anyRating is none for some cats, and for the others one of which the parts
// have nothing to do with each other.
func anyRating(t *rapid.T) catalog.Rating {
	if rapid.IntRange(0, 2).Draw(t, "rated") == 0 {
		return catalog.Rating{}
	}
	r := catalog.Rating{Rubric: "1.0.0", BestFit: rapid.SampledFrom(append(catalog.Activities(), catalog.IndoorEnrichment)).Draw(t, "best fit")}
	for _, activity := range catalog.Activities() {
		a := catalog.ActivityRating{
			Activity: activity, Grade: rapid.SampledFrom(catalog.Grades()).Draw(t, "grade"),
			Readiness: rapid.SampledFrom(catalog.Readinesses()).Draw(t, "readiness"),
		}
		if a.Readiness != catalog.ReadinessNotAssessed {
			low := float64(rapid.IntRange(0, 6).Draw(t, "low")) * 10.1
			a.Low, a.Score, a.High = &low, new(low+3), new(low+6)
			r.Overall = new(max(low, orZero(r.Overall)))
		}
		r.Activities = append(r.Activities, a)
	}
	return r
}

func orZero(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

// lowOf is by what a cat is ordered, -1 where it has no score.
func lowOf(c catalog.Cat, activity string) float64 {
	low := -1.0
	for _, a := range c.Rating.Activities {
		if a.Low != nil && (activity == "" || activity == a.Activity) {
			low = max(low, *a.Low)
		}
	}
	return low
}

func anySuit(t *rapid.T) SuitabilityFilter {
	some := func(name string, from []string) []string {
		if rapid.Bool().Draw(t, name+" asked") {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 3, rapid.ID).Draw(t, name)
		}
		return nil
	}
	s := SuitabilityFilter{Activities: some("activities", catalog.Activities()), Readiness: some("readiness", catalog.Readinesses()), Grades: some("grades", catalog.Grades())}
	if rapid.Bool().Draw(t, "score asked") {
		s.ScoreMin = new(float64(rapid.IntRange(0, 6).Draw(t, "score")) * 10.1)
	}
	return s
}

// holds is what a Suit means, by the plainest of means.
func (s SuitabilityFilter) holds(r catalog.Rating) bool {
	fits := func(readiness, grade string, score *float64) bool {
		return (s.Readiness == nil || slices.Contains(s.Readiness, readiness)) && (s.Grades == nil || slices.Contains(s.Grades, grade)) &&
			(s.ScoreMin == nil || score != nil && *score >= *s.ScoreMin)
	}
	if len(s.Activities) == 0 {
		return fits(most(r, catalog.Readinesses(), func(a catalog.ActivityRating) string { return a.Readiness }),
			most(r, catalog.Grades(), func(a catalog.ActivityRating) string { return a.Grade }), r.Overall)
	}
	return slices.ContainsFunc(s.Activities, func(activity string) bool {
		a := r.Of(activity)
		return fits(a.Readiness, a.Grade, a.Score)
	})
}

func most(r catalog.Rating, values []string, of func(catalog.ActivityRating) string) string {
	at := 0
	for _, activity := range catalog.Activities() {
		at = max(at, slices.Index(values, of(r.Of(activity))))
	}
	return values[at]
}

// TestSuitsMeanWhatTheySay: the index finds and counts the cats that reading
// their ratings one by one does.
func TestSuitsMeanWhatTheySay(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.IntRange(1, 60).Draw(t, "cats"))
		q := Query{Limit: 100, Order: OrderOldest, Facets: []Field{FieldBestFit, FieldReadiness}}
		for range rapid.IntRange(1, 2).Draw(t, "suits") {
			q.Suitability = append(q.Suitability, anySuit(t))
		}
		counted := FieldReadiness
		if only := q.Suitability[0]; len(q.Suitability) == 1 && len(only.Activities) == 1 {
			counted = ReadinessField(only.Activities[0])
			q.Facets[1] = counted
		}
		page, err := w.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		readiness, fits := map[string]int{}, map[string]int{}
		for _, c := range w.cats {
			if c.Status == catalog.Removed {
				continue
			}
			holds, elsewhere := true, true
			for _, s := range q.Suitability {
				holds = holds && s.holds(c.Rating)
				s.Readiness = nil
				elsewhere = elsewhere && s.holds(c.Rating)
			}
			if holds {
				want = append(want, c.ID)
				fits[cmp.Or(c.Rating.BestFit, catalog.IndoorEnrichment)]++
			}
			if elsewhere {
				readiness[valueOf(counted, c)]++
			}
		}
		if got := ids(page); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%+v: got %v, want %v", q.Suitability, got, want)
		}
		if got := countsOf(page.Facets[counted]); fmt.Sprint(got) != fmt.Sprint(readiness) {
			t.Errorf("%s: got %v, want %v", counted, got, readiness)
		}
		if got := countsOf(page.Facets[FieldBestFit]); fmt.Sprint(got) != fmt.Sprint(fits) {
			t.Errorf("best fit: got %v, want %v", got, fits)
		}
	})
}

// valueOf reads a field of which every cat has one value off a cat.
func valueOf(f Field, c catalog.Cat) string {
	defs := fieldDefs()
	def := defs[slices.IndexFunc(defs, func(d fieldDef) bool { return d.Field == f })]
	return def.Values[def.answer(&c)]
}

func countsOf(counts []Count) map[string]int {
	out := map[string]int{}
	for _, c := range counts {
		out[c.Value] = c.Count
	}
	return out
}

func TestThinEvidenceDoesNotWin(t *testing.T) {
	t.Parallel()

	f := smallTown()
	rate := func(number int, score, low float64, readiness string) {
		f.change(number, func(c *catalog.Cat) {
			c.Rating = catalog.Rating{Rubric: "1.0.0", Overall: &score, BestFit: "leash_walk", Activities: []catalog.ActivityRating{
				{Activity: "leash_walk", Score: &score, Low: &low, High: new(100.0), Readiness: readiness, Grade: "C"},
				{Activity: "hike", Readiness: catalog.ReadinessNotAssessed, Grade: "none"},
			}}
		})
	}
	rate(2, 80, 40, catalog.ReadinessWithTraining)
	rate(3, 70, 60, catalog.ReadinessNow)
	rate(5, 0, 0, "build_confidence_first")
	x := filled(t, f)
	leash := []string{"leash_walk"}
	tests := map[string]struct {
		query Query
		want  []string
	}{
		"by the lower end, and who has none last by number": {Query{Order: OrderSuitability, OrderFor: "leash_walk"}, []string{"Cleo", "Bo", "Élan", "Ada", "Dot"}},
		"of all outings the most suitable":                  {Query{Order: OrderSuitability}, []string{"Cleo", "Bo", "Élan", "Ada", "Dot"}},
		"hikes, for which nobody has a score":               {Query{Order: OrderSuitability, OrderFor: "hike"}, []string{"Ada", "Bo", "Cleo", "Dot", "Élan"}},
		"a score of 0 is a score":                           {Query{Suitability: []SuitabilityFilter{{Activities: leash, ScoreMin: new(0.0)}}}, []string{"Bo", "Cleo", "Élan"}},
		"ready for one of two":                              {Query{Suitability: []SuitabilityFilter{{Activities: []string{"hike", "leash_walk"}, Readiness: []string{catalog.ReadinessNow}}}}, []string{"Cleo"}},
		"not rated is not yet assessed":                     {Query{Suitability: []SuitabilityFilter{{Activities: leash, Readiness: []string{catalog.ReadinessNotAssessed}}}}, []string{"Ada", "Dot"}},
		"one clause on the cat as a whole":                  {Query{Where: where(FieldReadiness, catalog.ReadinessNow, "build_confidence_first")}, []string{"Cleo", "Élan"}},
		"to begin with":                                     {Query{Where: where(FieldBestFit, catalog.IndoorEnrichment)}, []string{"Ada", "Dot"}},
		"two things that nobody is at once":                 {Query{Suitability: []SuitabilityFilter{{Activities: leash, Readiness: []string{}}}}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			test.query.Limit = 2
			var got []string
			for more := true; more; {
				page, err := x.Cats(test.query)
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, names(page)...)
				more, test.query.Cursor = page.HasMore, page.Next
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}
