package hashing

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPermutation_IsABijection(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p := Permutation{
			Base: rapid.Int64Range(-1000, 1<<40).Draw(t, "base"), Bits: uint8(rapid.IntRange(1, 12).Draw(t, "bits")),
			Seed: rapid.Int64().Draw(t, "seed"),
		}
		seen := map[int64]bool{}
		for index := range p.MaxIndex() + 1 {
			n := p.At(index)
			seen[n] = true
			if back, ok := p.IndexOf(n); !ok || back != index {
				t.Fatalf("At(%d) = %d, IndexOf(%d) = %d, %t", index, n, n, back, ok)
			}
		}
		if uint64(len(seen)) != p.MaxIndex()+1 {
			t.Errorf("got %d distinct integers, want %d", len(seen), p.MaxIndex()+1)
		}
	})
}
