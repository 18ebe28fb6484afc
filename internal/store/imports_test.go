package store_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestTouchImport_MovesOneColumnWhileTheImportRuns(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		want := full[catalog.Import](t)
		want.ShelterID, want.Status, want.FinishedAt = "shl_1", catalog.ImportRunning, time.Time{}
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.SaveImport(t.Context(), want) })
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.TouchImport(t.Context(), want.ID, moment(50)) })
		want.TouchedAt = moment(50)
		got, err := s.Import(t.Context(), want.ID)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("read import: error %v (-want +got):\n%s", err, diff)
		}

		want.Status = catalog.ImportInterrupted
		write(t, s, func(tx catalog.Tx) error { return tx.Imports.SaveImport(t.Context(), want) })
		err = s.Write(t.Context(), func(tx catalog.Tx) error { return tx.Imports.TouchImport(t.Context(), want.ID, moment(51)) })
		if catalog.KindOf(err) != catalog.Conflict {
			t.Errorf("touch an interrupted import: got %v, want a conflict", err)
		}
	})
}
