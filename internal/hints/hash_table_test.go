package hints

import (
	"testing"

	"pgregory.net/rapid"
)

func TestProperty_LexiconEqualsMap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`[a-c']{1,26}`)
		ids := map[string]wordID{}
		for _, word := range rapid.SliceOf(words).Draw(t, "known") {
			if _, ok := ids[word]; !ok {
				ids[word] = wordID(len(ids) + 1)
			}
		}
		lexicon := newLexicon(ids)
		for _, word := range rapid.SliceOf(words).Draw(t, "looked up") {
			if _, known := ids[word]; !known {
				ids[word] = 0
			}
		}
		for word, want := range ids {
			var key wordKey
			if copy(key[:], word) < len(word) {
				continue // longer than any word of the rules
			}
			if got := lexicon.lookup(&key); got != want {
				t.Fatalf("%q: got id %d, want %d", word, got, want)
			}
		}
	})
}
