package search

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// A list that is reordered in place has the same slots as one that is built from all cats.
func TestReordering_EqualsRemovingAndInserting(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		slots := make([]uint32, rapid.IntRange(0, 30).Draw(t, "length"))
		for i := range slots {
			slots[i] = uint32(i)
		}
		at := rapid.IntRange(0, len(slots))
		var r reordering
		if len(slots) > 0 {
			r.removed = rapid.SliceOfDistinct(rapid.IntRange(0, len(slots)-1), rapid.ID).Draw(t, "removed")
			slices.Sort(r.removed)
		}
		places := rapid.SliceOfN(at, 0, 30).Draw(t, "inserted")
		slices.Sort(places)
		for i, place := range places {
			r.inserted = append(r.inserted, insertion{at: place, slot: uint32(100 + i)})
		}
		var want []uint32
		for i := range len(slots) + 1 {
			for _, in := range r.inserted {
				if in.at == i {
					want = append(want, in.slot)
				}
			}
			if i < len(slots) && !slices.Contains(r.removed, i) {
				want = append(want, slots[i])
			}
		}
		r.slots = slots
		r.slots = withCapacity(slots, max(len(slots), r.size()))
		if got := r.apply(); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}
