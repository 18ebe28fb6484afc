package search

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// randomRating returns no rating for some cats, and for others one whose parts are
// independent of each other.
func randomRating(t *rapid.T) catalog.Rating {
	if rapid.IntRange(0, 2).Draw(t, "rated") == 0 {
		return catalog.Rating{}
	}
	r := catalog.Rating{Rubric: "1.0.0", BestFit: rapid.SampledFrom(append(catalog.Activities(), catalog.IndoorEnrichment, "")).Draw(t, "best fit")}
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

// randomImpression returns a reading with impressions that are independent of each other.
func randomImpression(t *rapid.T) catalog.ListingReading {
	impression := rapid.SampledFrom(append(catalog.Impressions(), ""))
	i := catalog.Impression{Overall: impression.Draw(t, "impression"), Phrases: 1}
	for n := range i.Activities {
		i.Activities[n] = impression.Draw(t, "impression of an activity")
	}
	return catalog.ListingReading{Impression: i}
}

// impressionOf returns a cat's impression as filters have it. The activity may be empty.
func impressionOf(c catalog.Cat, activity string) string {
	i := c.Reading.Impression.Overall
	if activity != "" {
		i = c.Reading.Impression.Activities[slices.Index(catalog.Activities(), activity)]
	}
	return cmp.Or(i, "unknown")
}

// impressionRank returns the place of a cat's impression in lists.
func impressionRank(c catalog.Cat, activity string) int {
	return slices.Index([]string{"confident", "mixed", "unknown", "shy"}, impressionOf(c, activity))
}

func orZero(x *float64) float64 {
	if x == nil {
		return 0
	}
	return *x
}

// lowerBound returns what a cat is sorted by, or -1 if it has no score. The activity may
// be empty.
func lowerBound(c catalog.Cat, activity string) float64 {
	low := -1.0
	for _, a := range c.Rating.Activities {
		if a.Low != nil && (activity == "" || activity == a.Activity) {
			low = max(low, *a.Low)
		}
	}
	return low
}

func randomSuitabilityFilter(t *rapid.T) SuitabilityFilter {
	sample := func(name string, from []string) []string {
		if rapid.Bool().Draw(t, name+" set") {
			return rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, 3, rapid.ID).Draw(t, name)
		}
		return nil
	}
	s := SuitabilityFilter{Activities: sample("activities", catalog.Activities()), Readiness: sample("readiness", catalog.Readinesses()), Grades: sample("grades", catalog.Grades()), Impression: sample("impressions", append(catalog.Impressions(), "unknown"))}
	if rapid.Bool().Draw(t, "score set") {
		s.ScoreMin = new(float64(rapid.IntRange(0, 6).Draw(t, "score")) * 10.1)
	}
	return s
}

// matchesCat reports whether a cat meets the condition, computed without an index.
func (s SuitabilityFilter) matchesCat(c catalog.Cat) bool {
	r := c.Rating
	meets := func(readiness, grade, impression string, score *float64) bool {
		return (s.Impression == nil || slices.Contains(s.Impression, impression)) && (s.Readiness == nil || slices.Contains(s.Readiness, readiness)) && (s.Grades == nil || slices.Contains(s.Grades, grade)) &&
			(s.ScoreMin == nil || score != nil && *score >= *s.ScoreMin)
	}
	if len(s.Activities) == 0 {
		return meets(best(r, catalog.Readinesses(), func(a catalog.ActivityRating) string { return a.Readiness }),
			best(r, catalog.Grades(), func(a catalog.ActivityRating) string { return a.Grade }), impressionOf(c, ""), r.Overall)
	}
	return slices.ContainsFunc(s.Activities, func(activity string) bool {
		a := r.Activity(activity)
		return meets(a.Readiness, a.Grade, impressionOf(c, activity), a.Score)
	})
}

// best returns the best value over the activities; values are sorted from worst to best.
func best(r catalog.Rating, values []string, valueOf func(catalog.ActivityRating) string) string {
	at := 0
	for _, activity := range catalog.Activities() {
		at = max(at, slices.Index(values, valueOf(r.Activity(activity))))
	}
	return values[at]
}

// TestSuitabilityFilter_AgreesWithTheRatings compares the hits and counts of the index with
// the ratings of the cats one by one.
func TestSuitabilityFilter_AgreesWithTheRatings(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		sim := newSimulation(t, rapid.IntRange(1, 60).Draw(t, "cats"))
		q := Query{Limit: 100, Order: OrderOldest, Facets: []Field{FieldBestFit, FieldReadiness, FieldImpression}}
		for range rapid.IntRange(1, 2).Draw(t, "filters") {
			q.Suitability = append(q.Suitability, randomSuitabilityFilter(t))
		}
		facet, impressionFacet := FieldReadiness, FieldImpression
		if first := q.Suitability[0]; len(q.Suitability) == 1 && len(first.Activities) == 1 {
			facet, impressionFacet = ReadinessField(first.Activities[0]), ImpressionField(first.Activities[0])
			q.Facets[1], q.Facets[2] = facet, impressionFacet
		}
		page, err := sim.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		var want []string
		readiness, impressions, bestFit := map[string]int{}, map[string]int{}, map[string]int{}
		for _, c := range sim.cats {
			if c.Status == catalog.Removed {
				continue
			}
			matches, matchesRest, matchesWithoutImpression := true, true, true
			for _, s := range q.Suitability {
				matches = matches && s.matchesCat(c)
				without := s
				s.Readiness, without.Impression = nil, nil
				matchesRest = matchesRest && s.matchesCat(c)
				matchesWithoutImpression = matchesWithoutImpression && without.matchesCat(c)
			}
			if matches {
				want = append(want, c.ID)
				bestFit[cmp.Or(c.Rating.BestFit, unknown)]++
			}
			if matchesRest {
				readiness[fieldValueOf(facet, c)]++
			}
			if matchesWithoutImpression {
				impressions[fieldValueOf(impressionFacet, c)]++
			}
		}
		if got := ids(page); !slices.Equal(slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))) {
			t.Errorf("%+v: got %v, want %v", q.Suitability, got, want)
		}
		if got := countsOf(page.Facets[facet]); fmt.Sprint(got) != fmt.Sprint(readiness) {
			t.Errorf("%s: got %v, want %v", facet, got, readiness)
		}
		if got := countsOf(page.Facets[impressionFacet]); fmt.Sprint(got) != fmt.Sprint(impressions) {
			t.Errorf("%s: got %v, want %v", impressionFacet, got, impressions)
		}
		if got := countsOf(page.Facets[FieldBestFit]); fmt.Sprint(got) != fmt.Sprint(bestFit) {
			t.Errorf("best fit: got %v, want %v", got, bestFit)
		}
	})
}

// fieldValueOf returns a cat's value of a field of which every cat has exactly one.
func fieldValueOf(f Field, c catalog.Cat) string {
	defs := fieldDefs()
	def := defs[slices.IndexFunc(defs, func(d fieldDef) bool { return d.Field == f })]
	return def.Values[def.ordinal(&c)]
}

func countsOf(counts []Count) map[string]int {
	out := map[string]int{}
	for _, c := range counts {
		out[c.Value] = c.Count
	}
	return out
}

func TestSuitability_SortsAndFilters(t *testing.T) {
	t.Parallel()

	f := newFixture()
	rate := func(number int, score, low float64, readiness string) {
		f.editCat(number, func(c *catalog.Cat) {
			c.Rating = catalog.Rating{Rubric: "1.0.0", Overall: &score, BestFit: "leash_walk", Activities: []catalog.ActivityRating{
				{Activity: "leash_walk", Score: &score, Low: &low, High: new(100.0), Readiness: readiness, Grade: "C"},
				{Activity: "hike", Readiness: catalog.ReadinessNotAssessed, Grade: "none"},
			}}
		})
	}
	rate(2, 80, 40, catalog.ReadinessWithTraining)
	rate(3, 70, 60, catalog.ReadinessNow)
	rate(5, 0, 0, "build_confidence_first")
	f.editCat(1, func(c *catalog.Cat) {
		c.Reading.Impression = catalog.Impression{Overall: catalog.ImpressionShy, Activities: [4]string{catalog.ImpressionShy, "", "", catalog.ImpressionMixed}, Phrases: 1}
	})
	x := filled(t, f)
	leash := []string{"leash_walk"}
	tests := map[string]struct {
		query Query
		want  []string
	}{
		"sort by lower bound, cats without one last": {Query{Order: OrderSuitability, OrderFor: "leash_walk"}, []string{"Cleo", "Bo", "Élan", "Dot", "Ada"}},
		"sort by the most suitable activity":         {Query{Order: OrderSuitability}, []string{"Cleo", "Bo", "Élan", "Dot", "Ada"}},
		"cats without a score sort by impression":    {Query{Order: OrderSuitability, OrderFor: "patio_visit"}, []string{"Ada", "Bo", "Cleo", "Dot", "Élan"}},
		"an impression of an activity":               {Query{Suitability: []SuitabilityFilter{{Activities: []string{"patio_visit"}, Impression: []string{catalog.ImpressionMixed}}}}, []string{"Ada"}},
		"an impression in general":                   {Query{Suitability: []SuitabilityFilter{{Impression: []string{catalog.ImpressionMixed}}}}, nil},
		"a listing that says nothing":                {Query{Suitability: []SuitabilityFilter{{Activities: leash, Impression: []string{unknown}}}}, []string{"Bo", "Cleo", "Dot", "Élan"}},
		"an activity without scores sorts by number": {Query{Order: OrderSuitability, OrderFor: "hike"}, []string{"Ada", "Bo", "Cleo", "Dot", "Élan"}},
		"a score of 0 is a score":                    {Query{Suitability: []SuitabilityFilter{{Activities: leash, ScoreMin: new(0.0)}}}, []string{"Bo", "Cleo", "Élan"}},
		"one of two activities":                      {Query{Suitability: []SuitabilityFilter{{Activities: []string{"hike", "leash_walk"}, Readiness: []string{catalog.ReadinessNow}}}}, []string{"Cleo"}},
		"an unrated cat is not yet assessed":         {Query{Suitability: []SuitabilityFilter{{Activities: leash, Readiness: []string{catalog.ReadinessNotAssessed}}}}, []string{"Ada", "Dot"}},
		"the cat overall":                            {Query{Where: where(FieldReadiness, catalog.ReadinessNow, "build_confidence_first")}, []string{"Cleo", "Élan"}},
		"best fit":                                   {Query{Where: where(FieldBestFit, unknown)}, []string{"Ada", "Dot"}},
		"an empty list matches no cat":               {Query{Suitability: []SuitabilityFilter{{Activities: leash, Readiness: []string{}}}}, nil},
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
