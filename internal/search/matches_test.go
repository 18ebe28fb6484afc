package search

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
)

func TestCatStates_AgreeWithTheListedPages(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	f.editCat(2, func(c *catalog.Cat) { c.Status = catalog.Removed })
	f.editCat(3, func(c *catalog.Cat) { c.Status = catalog.Pending })
	f.editCat(4, func(c *catalog.Cat) { c.HiddenFrom.Classes = []string{string(catalog.AggregatorReader)} })
	catchUp(t, x)
	ids := []string{"cat_00000000000000000000000000", "not an id"}
	for _, c := range f.cats {
		ids = append(ids, c.ID)
	}
	for i, q := range []Query{
		{},
		{Text: "dogs"},
		{Text: "bengal"},
		{Near: &rockville, RadiusKm: 5},
		{Near: &rockville, RadiusKm: 5, Order: OrderName},
		{Near: &seattle},
		{Where: where(FieldStatus, "available", "pending")},
		{Where: where(FieldRegion, "MD"), AgeMonthsMin: new(12)},
		{Where: where(FieldBreed, "Lykoi")},
		{Where: where(FieldShelter, "MD1"), UpdatedSince: today.AddDate(0, 0, -2)},
		{Name: "o"},
		{Order: OrderRandom, Seed: 4, Cursor: "ignored"},
	} {
		q.Audience = aggregator
		got, err := x.CatStates(q, ids)
		if err != nil {
			t.Fatal(err)
		}
		q.Limit, q.Cursor, q.Audience = 20, "", catalog.Audience{}
		page, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]CatState, len(ids))
		for _, hit := range page.Hits {
			want[slices.Index(ids, hit.ID)].Matches = true
		}
		want[slices.Index(ids, f.cats[1].ID)].Removed = true
		want[slices.Index(ids, f.cats[3].ID)].Hidden = true
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("query %d (-Cats +CatStates):\n%s", i, diff)
		}
	}
	if _, err := x.CatStates(Query{RadiusKm: 5}, ids); catalog.KindOf(err) != catalog.Malformed {
		t.Errorf("a radius without near: got %v, want it rejected", err)
	}
}

func TestCatsByNumber_ReturnsARangeInOrder(t *testing.T) {
	t.Parallel()

	f := newFixture()
	f.editShelter(3, func(s *catalog.Shelter) { s.HiddenFrom.Classes = []string{string(catalog.AggregatorReader)} })
	x := filled(t, f)
	q := Query{Where: where(FieldStatus, "available"), Audience: aggregator}
	numbers := func(first, last int64) []int64 {
		t.Helper()
		cats, err := x.CatsByNumber(q, first, last)
		if err != nil {
			t.Fatal(err)
		}
		var out []int64
		for _, c := range cats {
			out = append(out, c.Number)
			if want := f.cats[c.Number-1]; c.ID != want.ID || !c.UpdatedAt.Equal(want.UpdatedAt) {
				t.Errorf("cat %d: got %s of %s, want %s of %s", c.Number, c.ID, c.UpdatedAt, want.ID, want.UpdatedAt)
			}
		}
		return out
	}
	// Dot, number 4, is hidden, and Élan, number 5, is adopted.
	if got, want := numbers(1, 10), []int64{1, 2, 3}; !slices.Equal(got, want) {
		t.Errorf("1 to 10: got %v, want %v", got, want)
	}
	if got, want := numbers(2, 2), []int64{2}; !slices.Equal(got, want) {
		t.Errorf("2 to 2: got %v, want %v", got, want)
	}
	last, err := x.LastChanges(q, 2)
	if want := []time.Time{today.AddDate(0, 0, -1), today.AddDate(0, 0, -2)}; err != nil || !slices.EqualFunc(last, want, time.Time.Equal) {
		t.Errorf("LastChanges in ranges of 2: got %v and %v, want %v", last, err, want)
	}
	if last, err = x.LastChanges(Query{Where: where(FieldStatus, "adopted")}, 1); err != nil || len(last) != 5 || !last[0].IsZero() || last[4].IsZero() {
		t.Errorf("LastChanges of adopted cats: got %v and %v, want one time at index 4", last, err)
	}
}
