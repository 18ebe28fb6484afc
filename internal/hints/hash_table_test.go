package hints

import (
	"testing"

	"pgregory.net/rapid"
)

func TestProperty_HashTableEqualsMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.Custom(func(t *rapid.T) (out wordKey) {
			copy(out[:], rapid.StringMatching(`[a-c']{1,24}`).Draw(t, "word"))
			return out
		})
		values := map[wordKey]int32{}
		for _, word := range rapid.SliceOf(words).Draw(t, "known") {
			values[word] = int32(len(values) + 1)
		}
		table := newHashTable(values, (*wordKey).hash)
		for _, word := range append(rapid.SliceOf(words).Draw(t, "looked up"), wordKey{'z'}) {
			if got := table.lookup(word.hash(), &word); got != values[word] {
				t.Fatalf("%q: got %d, want %d", word, got, values[word])
			}
		}
		for word, want := range values {
			if got := table.lookup(word.hash(), &word); got != want {
				t.Fatalf("%q: got %d, want %d", word, got, want)
			}
		}
	})
}
