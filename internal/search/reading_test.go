package search

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// The filters by temperament and by facts that a listing makes likely find exactly the
// cats whose details say so, in the index and in the matcher of saved searches, and
// facets count what the filters find.
func TestProperty_ReadingsFilterLikeDetails(t *testing.T) {
	t.Parallel()
	traits := []string{"playful", "shy", "lap_cat"}
	rapid.Check(t, func(t *rapid.T) {
		f := newFixture()
		terms := rapid.SliceOfNDistinct(rapid.SampledFrom(traits), 0, 2, rapid.ID)
		answer := rapid.SampledFrom([]*bool{nil, new(true), new(false)})
		for n := range rapid.IntRange(1, 12).Draw(t, "cats") {
			c := catalog.Cat{ShelterID: f.shelters[0].ID, Facts: catalog.Facts{
				Name: fmt.Sprint("Cat ", n), Temperament: terms.Draw(t, "stated"), GoodWith: catalog.GoodWith{Dogs: answer.Draw(t, "dogs")},
			}}
			for _, term := range terms.Draw(t, "read") {
				c.Reading.Temperament = append(c.Reading.Temperament, catalog.TemperamentReading{Term: term, Quote: term})
			}
			if likely := answer.Draw(t, "likely"); likely != nil {
				c.Reading.Household = []catalog.HouseholdReading{{Fact: "good_with_dogs", Likely: *likely, Quote: "dogs"}}
			}
			f.addCat(c)
		}
		x := New(f, testOptions())
		if err := x.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		facets := page(t, x, Query{Limit: 100, Facets: []Field{FieldTemperament, FieldGoodWithDogs}}).Facets
		for _, clause := range []Clause{
			{FieldTemperament, []string{"playful"}},
			{FieldTemperament, []string{"shy"}},
			{FieldTemperament, []string{"lap_cat"}},
			{FieldTemperament, []string{"playful", "shy"}},
			{FieldGoodWithDogs, []string{"likely", "unknown"}},
			{FieldGoodWithDogs, []string{"true"}},
			{FieldGoodWithDogs, []string{"false"}},
			{FieldGoodWithDogs, []string{"unknown"}},
			{FieldGoodWithDogs, []string{"likely"}},
			{FieldGoodWithDogs, []string{"unlikely"}},
		} {
			q := Query{Limit: 100, Where: []Clause{clause}}
			m, err := NewMatcher(q)
			if err != nil {
				t.Fatal(err)
			}
			var want, matched []string
			builder := NewDocumentBuilder(testOptions().PostalPoint)
			for i := range f.cats {
				if c := &f.cats[i]; detailsSay(c, clause) {
					want = append(want, c.ID)
				}
				if m.Matches(builder.Build(&f.cats[i], &f.shelters[0], today)) {
					matched = append(matched, f.cats[i].ID)
				}
			}
			var got []string
			for _, hit := range page(t, x, q).Hits {
				got = append(got, hit.ID)
			}
			slices.Sort(got)
			slices.Sort(want)
			slices.Sort(matched)
			if !slices.Equal(got, want) || !slices.Equal(matched, want) {
				t.Fatalf("%v: index %v, matcher %v, want %v", clause, got, matched, want)
			}
			if len(clause.AnyOf) > 1 {
				continue
			}
			counted := 0
			for _, count := range facets[clause.Field] {
				if count.Value == clause.AnyOf[0] {
					counted = count.Count
				}
			}
			if counted != len(want) {
				t.Fatalf("%v: facet counts %d, the filter finds %d", clause, counted, len(want))
			}
		}
	})
}

// detailsSay decides a clause by the details of a cat.
func detailsSay(c *catalog.Cat, clause Clause) bool {
	return slices.ContainsFunc(clause.AnyOf, func(value string) bool {
		stated, read := c.GoodWith.Dogs, c.Reading.Likely("good_with_dogs")
		switch {
		case clause.Field == FieldTemperament:
			return slices.Contains(c.Temperament, value) ||
				slices.ContainsFunc(c.Reading.Temperament, func(r catalog.TemperamentReading) bool { return r.Term == value })
		case value == "true":
			return stated != nil && *stated
		case value == "false":
			return stated != nil && !*stated
		case value == "unknown":
			return stated == nil
		case value == "likely":
			return stated != nil && *stated || stated == nil && read != nil && *read
		default:
			return stated != nil && !*stated || stated == nil && read != nil && !*read
		}
	})
}

func page(t *rapid.T, x *Index, q Query) Page {
	p, err := x.Cats(q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
