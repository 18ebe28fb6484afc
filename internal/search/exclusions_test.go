package search

import (
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// The index, the matcher of saved searches and the facets agree with what a reader of the
// cats would find: ids and fees select, excluded values remove, and a cat about which
// nothing is known is not excluded.
func TestProperty_IDsFeesAndExclusionsFindWhatTheCatsSay(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		source := randomSource(t)
		for i := range source.shelters { // visibility has tests of its own
			source.shelters[i].HiddenFrom = catalog.Restriction{}
		}
		x, builder := New(source, testOptions()), NewDocumentBuilder(testOptions().PostalPoint)
		if err := x.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		q := Query{
			FeeMin: sampleOf(t, nil, new(0.0), new(1.25), new(60.0)), FeeMax: sampleOf(t, nil, new(0.0), new(125.0), new(125.5)),
			Facets: []Field{FieldBreed, FieldAgeGroup}, Limit: 100, Total: true,
		}
		for range rapid.IntRange(0, 3).Draw(t, "exclusions") {
			q.Exclude = append(q.Exclude, randomListedClause(t))
		}
		if rapid.Bool().Draw(t, "by id") {
			q.Where = []Clause{{FieldIDs, []string{"1", "3", "3", "98", source.cats[0].ID}}}
		}
		matcher, err := NewMatcher(q)
		if err != nil {
			t.Fatal(err)
		}
		var want, matched []string
		breeds := map[string]int{}
		for i := range source.cats {
			c := &source.cats[i]
			if matcher.Matches(builder.Build(c, source.shelterOf(c), today)) {
				matched = append(matched, c.ID)
			}
			if c.Status == catalog.Removed || !feeWithin(c.Fee, q.FeeMin, q.FeeMax) ||
				slices.ContainsFunc(q.Where, func(clause Clause) bool { return !catSays(source, c, clause) }) ||
				slices.ContainsFunc(q.Exclude, func(clause Clause) bool { return catSays(source, c, clause) }) {
				continue
			}
			want = append(want, c.ID)
			for _, breed := range slices.Compact([]string{c.Breed.Primary, c.Breed.Secondary}) {
				breeds[breed]++
			}
		}
		result := page(t, x, q)
		got := ids(result)
		slices.Sort(got)
		slices.Sort(want)
		slices.Sort(matched)
		if !slices.Equal(got, want) || !slices.Equal(matched, want) || *result.Total != len(want) {
			t.Fatalf("%+v: index %v, matcher %v, total %d, want %v", q, got, matched, *result.Total, want)
		}
		for _, count := range result.Facets[FieldBreed] {
			if count.Count != breeds[count.Value] {
				t.Errorf("%+v: facet counts %d of %s, want %d", q, count.Count, count.Value, breeds[count.Value])
			}
		}
	})
}

// randomListedClause returns a clause on one of the fields that callers can exclude by.
func randomListedClause(t *rapid.T) Clause {
	for {
		switch c := randomClause(t); c.Field { //nolint:exhaustive // catSays knows these
		case FieldBreed, FieldColor, FieldTag, FieldShelter, FieldRegion, FieldSource, FieldAgeGroup, FieldSize, FieldIDs:
			return c
		}
	}
}

// catSays reports whether the facts of a cat or its shelter have one of the values of a
// clause.
func catSays(source *fakeSource, c *catalog.Cat, clause Clause) bool {
	shelter := source.shelterOf(c)
	return slices.ContainsFunc(clause.AnyOf, func(value string) bool {
		switch clause.Field { //nolint:exhaustive // randomListedClause draws these
		case FieldBreed:
			return c.Breed.Primary == value || c.Breed.Secondary == value
		case FieldColor:
			return c.Colors.Primary == value || c.Colors.Secondary == value || c.Colors.Tertiary == value
		case FieldTag:
			folded := vocab.Fold(value) // nothing is left of a tag without letters and digits, which cannot be found
			return folded != "" && slices.ContainsFunc(c.Traits.Tags, func(tag string) bool { return vocab.Fold(tag) == folded })
		case FieldShelter:
			return shelter.ID == value || shelter.Code == value
		case FieldRegion:
			return shelter.Address.Region == value
		case FieldSource:
			return c.Source == value
		case FieldAgeGroup:
			return orUnknown(c.AgeGroupOn(today)) == value
		case FieldSize:
			return orUnknown(c.Size) == value
		default:
			return c.ID == value || strconv.FormatInt(c.Number, 10) == value
		}
	})
}

func feeWithin(fee catalog.Fee, low, high *float64) bool {
	if low == nil && high == nil {
		return true
	}
	minor, decimals := fee.Minor, map[string]int64{"USD": 100, "XYZ": 100, "JPY": 1, "KWD": 1000}[fee.Currency]
	if fee.Waived != nil && *fee.Waived {
		minor, decimals = new(int64(0)), 1
	}
	if minor == nil {
		return false
	}
	amount := float64(*minor) / float64(decimals)
	return (low == nil || *low <= amount) && (high == nil || amount <= *high)
}
