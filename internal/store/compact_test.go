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

// TestCompact_KeepsTheNewestEntryOfEachResource compares the compacted log with
// a model: of the old entries the last one of each existing resource, and all others.
func TestCompact_KeepsTheNewestEntryOfEachResource(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		random := rand.New(rand.NewPCG(1, 2))
		day := time.Date(2026, time.March, 1, 12, 0, 0, 0, time.UTC)
		var log []catalog.Change
		for i := range 1500 {
			op := []catalog.Op{catalog.Created, catalog.Updated, catalog.Rated, catalog.OpRemoved}[random.IntN(4)]
			line := catalog.Change{
				At: day.Add(time.Duration(i) * time.Minute), Op: op, Resource: catalog.CatResource, ResourceID: fmt.Sprint("cat_", random.IntN(200)),
				Version: 1, Before: &catalog.PreImage{},
			}
			if i%10 == 0 {
				line.Resource = catalog.ShelterResource // another resource with the same id
			}
			log = append(log, line)
		}
		if err := s.Write(t.Context(), func(tx catalog.Tx) error { return appendLog(tx, t.Context(), log) }); err != nil {
			t.Fatal(err)
		}
		for _, old := range []int{0, 500, 500, 1250} {
			if _, err := s.Compact(t.Context(), log[old].At); err != nil {
				t.Fatal(err)
			}
			checkCompacted(t, s, log, int64(old))
		}
		if n, err := s.Compact(t.Context(), log[1250].At); n != 0 || err != nil {
			t.Errorf("the second run deleted %d entries (%v), want 0", n, err)
		}
		if _, err := s.Compact(t.Context(), log[len(log)-1].At.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		checkCompacted(t, s, log, int64(len(log)-1))
	})
}

// checkCompacted compares the remaining log with the expected entries.
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
			t.Fatalf("floor %d: entry %d is missing", floor, seq)
		}
		if before := left[at].Before != nil; before != (seq > floor) {
			t.Errorf("floor %d: entry %d has a pre-image: %t", floor, seq, before)
		}
		at++
	}
	if at != len(left) {
		t.Errorf("floor %d: got %d entries, want %d", floor, len(left), at)
	}
}
