package hints

import (
	"testing"

	"pgregory.net/rapid"
)

func TestALexiconAnswersAsAMapDoes(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`[a-c']{1,26}`)
		ids := map[string]wordID{}
		for _, word := range rapid.SliceOf(words).Draw(t, "known") {
			if _, ok := ids[word]; !ok {
				ids[word] = wordID(len(ids) + 1)
			}
		}
		book := newLexicon(ids)
		for _, word := range rapid.SliceOf(words).Draw(t, "asked") {
			if _, known := ids[word]; !known {
				ids[word] = 0
			}
		}
		for word, want := range ids {
			var asked wordKey
			if copy(asked[:], word) < len(word) {
				continue // longer than the rules' words
			}
			if got := book.id(&asked); got != want {
				t.Fatalf("%q is word %d, want %d", word, got, want)
			}
		}
	})
}
