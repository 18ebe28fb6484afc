package vocab

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed tables/temperaments.tsv
var temperamentTable string

//go:embed tables/household.tsv
var householdTable string

var temperamentWords = sync.OnceValue(func() *lexicon { return newLexicon(temperamentTable, true) })

var householdWords = sync.OnceValue(func() *lexicon { return newLexicon(householdTable, false) })

// Temperaments returns the traits of character, such as playful and lap_cat.
func Temperaments() []string { return temperamentWords().terms }

// ParseTemperament parses lists of traits ("Playful, lap cat", "Affectueuse; douce").
// An entry of a list with a word that is not understood is returned as unparsed as a
// whole, so that "not shy" is not taken for shy.
func ParseTemperament(lists ...string) (terms []string, unparsed string) {
	var unknown []string
	for _, list := range lists {
		for text := range strings.FieldsFuncSeq(list, isListSeparator) {
			found, unknownWords := temperamentWords().parse(text)
			if len(unknownWords) > 0 {
				unknown = append(unknown, strings.TrimSpace(text))
				continue
			}
			for _, e := range found {
				if e.role == "temperament" && !slices.Contains(terms, e.term) {
					terms = append(terms, e.term)
				}
			}
		}
	}
	return terms, joinWords(unknown)
}

func isListSeparator(c rune) bool { return strings.ContainsRune(",;|/\n", c) }

// TemperamentWord is a word that means a trait wherever it describes a cat, also in
// a description.
type TemperamentWord struct{ Term, Word string }

// TemperamentWords returns the words for traits in descriptions, all English, with
// each trait itself among its words.
func TemperamentWords() []TemperamentWord {
	var out []TemperamentWord
	for row := range strings.Lines(skipComments(temperamentTable)) {
		if e, spellings := parseRow(row, true); e.role == "temperament" && e.note == "text" {
			for spelling := range strings.SplitSeq(Fold(e.term)+"; "+spellings, "; ") {
				out = append(out, TemperamentWord{e.term, spelling})
			}
		}
	}
	return out
}

// ParseHousehold parses a statement such as "Good with dogs", "No kids" or "Pas de
// chats". It returns the fact by the name of its filter, such as good_with_dogs, and
// whether the statement affirms it. It returns false for ok if the text is no such
// statement.
func ParseHousehold(raw string) (fact string, affirmed, ok bool) {
	p, ok := householdWords().phrases[Fold(raw)]
	return p.term, p.role == "yes", ok
}
