package analysis

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"trailcat/internal/vocab"
)

// spellings returns the words that other words are spelled as, by the stem of the other
// word: texts and queries with shorthair match those with short hair.
var spellings = sync.OnceValue(func() map[string][]string { return spellingsByStem(vocab.Spellings()) })

// spellingsByStem returns the same in every process, since a saved TermDictionary has them:
// of the spellings of words with one stem, that of the last word.
func spellingsByStem(full map[string]string) map[string][]string {
	out := map[string][]string{}
	for _, word := range slices.Sorted(maps.Keys(full)) {
		if stem := stemOf(word); stem != stemOf(full[word]) { // unequal spellings can have one stem
			out[stem] = strings.Fields(full[word])
		}
	}
	return out
}

// Spell returns the words that a word of a query stands for, in the spelling that every
// text is found by.
func Spell(word string) []string {
	if words, ok := spellings()[stemOf(word)]; ok {
		return words
	}
	return []string{word}
}
