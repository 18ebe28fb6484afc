package analysis

import (
	"strings"
	"sync"

	"trailcat/internal/vocab"
)

// spellings returns the words that other words are spelled as, by the stem of the other
// word: texts and queries with shorthair match those with short hair.
var spellings = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for word, full := range vocab.Spellings() {
		if stem := stemOf(word); stem != stemOf(full) { // unequal spellings can have one stem
			out[stem] = strings.Fields(full)
		}
	}
	return out
})

// Spell returns the words that a word of a query stands for, in the spelling that every
// text is found by.
func Spell(word string) []string {
	if words, ok := spellings()[stemOf(word)]; ok {
		return words
	}
	return []string{word}
}
