package postings

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/search/bitset"
)

func TestAdaptive_RareAndFrequentTermsHoldTheirDocuments(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		const blocks = 2
		list, base := Adaptive{}, bitset.Set{}
		base.Grow(blocks)
		step := rapid.Uint32Range(1, 12).Draw(t, "step") // a small step makes the term frequent
		want := map[uint32]bool{}
		for ordinal := uint32(0); ordinal < blocks*bitset.BlockSize; ordinal += step {
			list.Add(ordinal, blocks)
			want[ordinal] = true
		}
		for _, ordinal := range rapid.SliceOfN(rapid.Uint32Range(0, blocks*bitset.BlockSize-1), 0, 50).Draw(t, "removed") {
			list.Remove(ordinal)
			delete(want, ordinal)
		}
		shared := 0
		for ordinal := uint32(0); ordinal < blocks*bitset.BlockSize; ordinal += 3 {
			base.Add(ordinal)
			if want[ordinal] {
				shared++
			}
		}
		if list.isFrequent() != (step < 8) {
			t.Errorf("isFrequent: got %t with %d documents", list.isFrequent(), len(want))
		}
		if got := list.IntersectionCount(&base); got != shared || list.Len() != len(want) {
			t.Errorf("got %d of %d documents in the base, want %d of %d", got, list.Len(), shared, len(want))
		}
		encoded, err := list.AppendTo(nil)
		if err != nil {
			t.Fatal(err)
		}
		decoded, err := Decode(encoded, blocks*bitset.BlockSize)
		if err != nil {
			t.Fatal(err)
		}
		if copied := NewAdaptive(decoded, blocks); !slices.Equal(slices.Collect(copied.All()), slices.Collect(list.All())) {
			t.Errorf("encoded and decoded: got %d documents, want %d", copied.Len(), list.Len())
		}
		if set := list.Set(); set != nil && set.Len() != len(want) {
			t.Errorf("Set: got %d documents, want %d", set.Len(), len(want))
		}
		out, buffer := bitset.Set{}, bitset.Set{}
		out.Grow(blocks)
		buffer.Grow(blocks)
		list.UnionInto(&out, &buffer)
		if got := slices.Collect(out.All()); !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
			t.Errorf("UnionInto: got %d documents, want %d", len(got), len(want))
		}
		list.UnionInto(&base, &buffer)
		if got := base.Recount(); got != (blocks*bitset.BlockSize+2)/3+len(want)-shared || !buffer.IsEmpty() {
			t.Errorf("UnionInto a set with members: got %d documents, want %d", got, (blocks*bitset.BlockSize+2)/3+len(want)-shared)
		}
	})
}
