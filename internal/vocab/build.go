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

var sizeWords = sync.OnceValue(func() *lexicon { return newLexicon(sizeTable, false) })

var coatWords = sync.OnceValue(func() *lexicon { return newLexicon(coatTable, false) })

// ParseSize reads a size ("MED", "X-LRG", "KITTN", "Small 25 lbs (11 kg) or less").
// A kitten is small. It answers with the whole field when it is no size, or two.
func ParseSize(raw string) (Size, string) {
	term, left := readOne(sizeWords(), raw)
	return Size(term), left
}

// ParseCoat reads the length of a coat ("Short", "DLH", "medium haired"). It
// answers with the whole field when it is no coat, or two.
func ParseCoat(raw string) (Coat, string) {
	term, left := readOne(coatWords(), raw)
	return Coat(term), left
}

// readOne finds the one term that a field names. Numbers beside it are let be.
func readOne(l *lexicon, raw string) (term, left string) {
	found, unknown := l.readAll(raw)
	said := false
	for _, e := range found {
		said = said || e.role == "unknown"
		if e.term == "" || e.term == term {
			continue
		}
		if term != "" {
			return "", raw
		}
		term = e.term
	}
	for words := range strings.SplitSeq(unknown, ", ") {
		if !isNumber(words) {
			return "", raw
		}
	}
	if term == "" && !said && Fold(raw) != "" {
		return "", raw
	}
	return term, ""
}

func isNumber(word string) bool {
	return strings.Trim(word, "0123456789") == ""
}
