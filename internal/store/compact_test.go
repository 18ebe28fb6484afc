package store_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestCompactKeepsTheNewest: of what is old the last line of each thing that is
// still there, and everything that is not old.
func TestCompactKeepsTheNewest(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		chance := rand.New(rand.NewPCG(1, 2))
		day := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
		var log []catalog.Change
		for i := range 3000 {
			op := []catalog.Op{catalog.Created, catalog.Updated, catalog.Rated, catalog.OpRemoved}[chance.IntN(4)]
			line := catalog.Change{
				At: day.Add(time.Duration(i) * time.Minute), Op: op, Resource: catalog.CatResource, ResourceID: fmt.Sprint("cat_", chance.IntN(400)),
				Version: 1, Before: &catalog.PreImage{},
			}
			if i%10 == 0 {
				line.Resource = catalog.ShelterResource // of the same id: another thing
			}
			log = append(log, line)
		}
		if err := s.Write(t.Context(), func(tx catalog.Tx) error { return appendLog(tx, t.Context(), log) }); err != nil {
			t.Fatal(err)
		}
		for _, old := range []int{0, 1000, 1000, 2500} {
			if _, err := s.Compact(t.Context(), log[old].At); err != nil {
				t.Fatal(err)
			}
			checkCompacted(t, s, log, int64(old))
		}
		if n, err := s.Compact(t.Context(), log[2500].At); n != 0 || err != nil {
			t.Errorf("the second time %d lines went (%v)", n, err)
		}
		if _, err := s.Compact(t.Context(), log[len(log)-1].At.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		checkCompacted(t, s, log, int64(len(log)-1))
	})
}

// checkCompacted holds what is left of a log against what should be, line by line.
func checkCompacted(t *testing.T, s *store.Store, log []catalog.Change, floor int64) {
	t.Helper()
	head, err := s.Head(t.Context())
	if err != nil || head.Floor != floor || head.Seq != int64(len(log)) {
		t.Errorf("%+v (%v), want floor %d", head, err, floor)
	}
	newest := map[string]int64{}
	for i, line := range log {
		newest[string(line.Resource)+line.ResourceID] = int64(i + 1)
	}
	left, err := s.ChangesWithBefore(t.Context(), 0, len(log))
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, line := range log {
		seq := int64(i + 1)
		if seq <= floor && (newest[string(line.Resource)+line.ResourceID] > seq || line.Op == catalog.OpRemoved) {
			continue
		}
		if at >= len(left) || left[at].Seq != seq {
			t.Fatalf("floor %d: line %d is not left", floor, seq)
		}
		if before := left[at].Before != nil; before != (seq > floor) {
			t.Errorf("floor %d: line %d says what was before: %t", floor, seq, before)
		}
		at++
	}
	if at != len(left) {
		t.Errorf("floor %d: %d lines are left, want %d", floor, len(left), at)
	}
}
