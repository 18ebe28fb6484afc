package vocab

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed tables/sizes.tsv
var sizeTable string

//go:embed tables/coats.tsv
var coatTable string

var sizeWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(sizeTable, false) })

var coatWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(coatTable, false) })

// ParseSize parses a size ("MED", "X-LRG", "KITTN", "Small 25 lbs (11 kg) or less").
// A kitten is small. It returns the whole field as unparsed if it names no size, or
// two.
func ParseSize(raw string) (Size, string) {
	term, unparsed := parseSingle(sizeWords(), raw)
	return Size(term), unparsed
}

// ParseCoat parses the length of a coat ("Short", "DLH", "medium haired"). It returns
// the whole field as unparsed if it names no coat, or two.
func ParseCoat(raw string) (Coat, string) {
	term, unparsed := parseSingle(coatWords(), raw)
	return Coat(term), unparsed
}

// parseSingle returns the only term that a field names. It ignores numbers.
func parseSingle(l *lexicon, raw string) (term, unparsed string) {
	found, unknown := l.parse(raw)
	saysUnknown := false
	for _, e := range found {
		saysUnknown = saysUnknown || e.role == "unknown"
		if e.term == "" || e.term == term {
			continue
		}
		if term != "" {
			return "", raw
		}
		term = e.term
	}
	for _, words := range unknown {
		if !isNumber(words) {
			return "", raw
		}
	}
	if term == "" && !saysUnknown && Fold(raw) != "" {
		return "", raw
	}
	return term, ""
}

func isNumber(word string) bool {
	return strings.Trim(word, "0123456789") == ""
}
