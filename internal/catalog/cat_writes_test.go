package catalog_test

import (
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestRemoveMissing(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		of := func(source, id string, status catalog.Status) catalog.CatUpdate {
			return catalog.CatUpdate{ExternalID: id, Source: source, Edit: func(f *catalog.Facts) { f.Name, f.Status = id, status }}
		}
		updated := fx.put(t, of("csv", "here", catalog.Available), of("csv", "held", catalog.OnHold), of("csv", "adopted", catalog.Adopted),
			of("csv", "left alone", catalog.Available), of("api", "another source's", catalog.Available))
		got, err := fx.RemoveMissing(t.Context(), fx.shelter.ID, "csv", []string{"here", "held", "held", "adopted", "another source's", "never seen"})
		if err != nil || len(got) != 2 {
			t.Fatalf("%+v, %v; want two removed", got, err)
		}
		want := map[string]catalog.Status{
			"here": catalog.Removed, "held": catalog.Removed, "adopted": catalog.Adopted,
			"left alone": catalog.Available, "another source's": catalog.Available,
		}
		for _, o := range updated {
			cat := fx.cat(t, o.Cat.ID)
			if cat.Status != want[cat.ExternalID] || (cat.Status == catalog.Removed) != (cat.StatusReason == catalog.AbsentFromSnapshot) {
				t.Errorf("%s: got status %s with reason %q", cat.ExternalID, cat.Status, cat.StatusReason)
			}
		}
		before := head(t, s)
		if again, err := fx.RemoveMissing(t.Context(), fx.shelter.ID, "csv", []string{"here", "held"}); err != nil || len(again) != 0 || head(t, s) != before {
			t.Errorf("a second call: %d removed, the log went from %d to %d (%v)", len(again), before, head(t, s), err)
		}
		if tried, err := fx.DryRun().RemoveMissing(t.Context(), fx.shelter.ID, "csv", []string{"left alone"}); err != nil || len(tried) != 1 || head(t, s) != before {
			t.Errorf("dry run: %d results, and the log went from %d to %d (%v)", len(tried), before, head(t, s), err)
		}
	})
}

func (fx *fixture) cat(t *testing.T, id string) catalog.Cat {
	t.Helper()
	cat, err := fx.store.Cat(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func head(t *testing.T, s *store.Store) int64 {
	t.Helper()
	h, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Seq
}
