package vocab

import (
	_ "embed"
	"sync"
)

//go:embed tables/sexes.tsv
var sexTable string

var sexWords = sync.OnceValue(func() *lexicon { return newLexicon(sexTable, false) })

// ParseSex reads a field that tells the sex, the alteration or both ("Spayed
// Female", "Intact Male", "S", "Unaltered"). The alteration is true when the cat
// is spayed or neutered, and nil when the field does not say. It also answers
// with what it did not understand.
//
// A word that only hints at a sex, as neutered does at a male, yields to one that
// tells it. A field that tells both sexes is not understood.
func ParseSex(raw string) (Sex, *bool, string) {
	found, left := sexWords().readAll(raw)
	var told, hinted Sex
	var altered *bool
	clash := false
	for _, e := range found {
		switch e.role {
		case "sex":
			clash = clash || told != "" && told != Sex(e.term)
			told = Sex(e.term)
		case "altered", "intact":
			is := e.role == "altered"
			clash = clash || altered != nil && *altered != is
			altered = &is
			hinted = hint(hinted, Sex(e.term))
		}
	}
	switch {
	case clash:
		return SexUnknown, nil, raw
	case told != "":
		return told, altered, left
	case hinted != "":
		return hinted, altered, left
	default:
		return SexUnknown, altered, left
	}
}

// hint is what two hints at a sex make together.
func hint(a, b Sex) Sex {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	default:
		return SexUnknown
	}
}

// ParseAltered reads a field that tells whether a cat is spayed or neutered, by
// yes and no ("Yes", "0") or by name ("spayed", "intact", "Neutered Male"). It
// answers nil when that is not known, and with what it did not understand.
func ParseAltered(raw string) (*bool, string) {
	answer, left := ParseBool(raw)
	if left == "" {
		return answer, ""
	}
	if _, altered, left := ParseSex(raw); altered != nil {
		return altered, left
	}
	return nil, raw
}
