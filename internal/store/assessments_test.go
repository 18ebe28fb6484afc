package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestEvidence_RoundTrip(t *testing.T) {
	t.Parallel()

	day := time.Date(2026, time.November, 17, 0, 0, 0, 0, time.UTC)
	cat := plainCat(1, "shl_1")
	seen := []catalog.Assessment{
		{
			ID: "asm_1", CatID: cat.ID, PartnerID: "prt_1", AssessorID: `s"1é`, KeyID: "key", Role: "staff", Context: "kennel", ObservedOn: day,
			DaysInPlace: new(0), Levels: map[string]int{"sound_recovery": 5, "play_drive": 1}, Note: "line\nline", CreatedAt: moment(1),
			SupersededBy: "asm_2", WithdrawnAt: moment(2),
		},
		{ID: "asm_2", CatID: cat.ID, Levels: map[string]int{"sound_recovery": 4}, ObservedOn: day, CreatedAt: moment(3)},
	}
	health := []catalog.HealthItem{
		{
			CatID: cat.ID, Code: "BEH.BITE", Status: "fail", Severity: "unprovoked", HappenedOn: day, ValidUntil: day.AddDate(1, 0, 0),
			VerifiedBy: "vet", VerifiedOn: day.AddDate(0, 0, 1), PartnerID: "prt_1", UpdatedAt: moment(4),
		},
		{CatID: cat.ID, Code: "ID.CHIP", Status: "ok", UpdatedAt: moment(5)},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), []catalog.Cat{cat}, nil) })
		for range 2 { // insert, then replace
			write(t, s, func(tx catalog.Tx) error {
				for _, a := range seen {
					if err := tx.Evidence.SaveAssessments(t.Context(), []catalog.Assessment{a}); err != nil {
						return err
					}
				}
				for _, h := range health {
					if err := tx.Evidence.SaveHealth(t.Context(), []catalog.HealthItem{h}); err != nil {
						return err
					}
				}
				return nil
			})
		}
		write(t, s, func(tx catalog.Tx) error { // replace all at once
			return errors.Join(tx.Evidence.SaveAssessments(t.Context(), seen), tx.Evidence.SaveHealth(t.Context(), health))
		})
		gotSeen, err := s.Assessments(t.Context(), cat.ID)
		if diff := cmp.Diff(seen, gotSeen); err != nil || diff != "" {
			t.Errorf("assessments: %v (-want +got):\n%s", err, diff)
		}
		gotHealth, err := s.Health(t.Context(), cat.ID)
		if diff := cmp.Diff(health, gotHealth); err != nil || diff != "" {
			t.Errorf("health: %v (-want +got):\n%s", err, diff)
		}
	})
}
