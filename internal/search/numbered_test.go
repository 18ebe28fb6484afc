package search

import (
	"slices"
	"testing"
	"time"

	"trailcat/internal/catalog"
)

func TestNumberedCatsComeByNumber(t *testing.T) {
	t.Parallel()

	f := smallTown()
	f.changeShelter(3, func(s *catalog.Shelter) { s.WithheldFrom.Classes = []catalog.AudienceClass{catalog.AggregatorReader} })
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
			if c.ID != f.cats[c.Number-1].ID || !c.UpdatedAt.Equal(f.cats[c.Number-1].UpdatedAt) {
				t.Errorf("%+v is not %+v", c, f.cats[c.Number-1])
			}
		}
		return out
	}
	// Dot, the fourth, is withheld, and Élan, the fifth, adopted.
	if got := numbers(1, 10); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("all: %v", got)
	}
	if got := numbers(2, 2); !slices.Equal(got, []int64{2}) {
		t.Errorf("the second: %v", got)
	}
	last, err := x.LastChanges(q, 2)
	if want := []time.Time{today.AddDate(0, 0, -1), today.AddDate(0, 0, -2)}; err != nil || !slices.EqualFunc(last, want, time.Time.Equal) {
		t.Errorf("last changes by two: %v %v, want %v", last, err, want)
	}
	if last, err = x.LastChanges(Query{Where: where(FieldStatus, "adopted")}, 1); err != nil || len(last) != 5 || !last[0].IsZero() || last[4].IsZero() {
		t.Errorf("of the adopted: %v %v", last, err)
	}
}
