package bitset

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestSet_Algebra(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		draw := func(name string) ([]uint32, *Set) {
			members := rapid.SliceOfDistinct(rapid.Uint32Range(0, 2*BlockSize-1), rapid.ID).Draw(t, name)
			slices.Sort(members)
			s := &Set{}
			s.Grow(2)
			for _, m := range members {
				s.Add(m)
			}
			return members, s
		}
		a, as := draw("a")
		b, bs := draw("b")
		c, cs := draw("c")
		both := slices.DeleteFunc(slices.Clone(a), func(m uint32) bool { return !slices.Contains(b, m) })
		if got := as.IntersectionCount(bs); got != len(both) {
			t.Errorf("IntersectionCount: got %d, want %d", got, len(both))
		}
		and := &Set{}
		and.Grow(2)
		and.CopyFrom(as)
		and.IntersectUnion([]*Set{bs, cs})
		want := slices.DeleteFunc(slices.Clone(a), func(m uint32) bool { return !slices.Contains(b, m) && !slices.Contains(c, m) })
		if got := slices.Collect(and.All()); !slices.Equal(got, want) || and.Recount() != len(want) || and.IsEmpty() != (len(want) == 0) {
			t.Errorf("IntersectUnion: got %v, want %v", got, want)
		}
		if and.Clear(); slices.ContainsFunc(and.Words(), func(w uint64) bool { return w != 0 }) || !and.IsEmpty() {
			t.Error("Clear: got members, want none")
		}
		as.Intersect(bs)
		if got := slices.Collect(as.All()); !slices.Equal(got, both) {
			t.Errorf("Intersect: got %v, want %v", got, both)
		}
	})
}
