package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestOutcome_RoundTrip(t *testing.T) {
	t.Parallel()

	cat := plainCat(1, "shl_1")
	whole := full[catalog.Outcome](t)
	whole.CatID, whole.Days = cat.ID, 60
	none := catalog.Outcome{ID: "out_2", CatID: cat.ID, Activity: "hike", Days: 30, Tried: true, CalmOutings: new(0), CreatedAt: moment(59), UpdatedAt: moment(59)}
	want := []catalog.Outcome{whole, none}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), []catalog.Cat{cat}, nil) })
		for range 2 { // insert, then replace
			write(t, s, func(tx catalog.Tx) error {
				for _, o := range want {
					if err := tx.Outcomes.SaveOutcome(t.Context(), o); err != nil {
						return err
					}
				}
				return nil
			})
		}
		got, err := s.Outcomes(t.Context(), cat.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("outcomes of the cat: error %v (-want +got):\n%s", err, diff)
		}
		got, err = s.OutcomesByRubric(t.Context(), whole.Predicted.Rubric)
		if diff := cmp.Diff(want[:1], got); err != nil || diff != "" {
			t.Errorf("outcomes of the rubric: error %v (-want +got):\n%s", err, diff)
		}
		again := none
		again.ID = "out_3"
		err = s.Write(t.Context(), func(tx catalog.Tx) error { return tx.Outcomes.SaveOutcome(t.Context(), again) })
		if catalog.KindOf(err) != catalog.Conflict {
			t.Errorf("two reports of the same adoption, activity and day: %v, want a conflict", err)
		}
	})
}
