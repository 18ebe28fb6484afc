package vocab

import (
	_ "embed"
	"sync"
)

//go:embed tables/sexes.tsv
var sexTable string

//go:embed tables/answers.tsv
var answerTable string

var sexWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(sexTable, false) })

var answerWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(answerTable, false) })

// ParseSex parses a field that states the sex, the alteration or both ("Spayed
// Female", "Intact Male", "S", "Unaltered"). The alteration is true if the cat is
// spayed or neutered, and nil if the field does not say. It also returns the words
// it did not understand.
//
// A word that only implies a sex, as "neutered" implies male, yields to one that
// states it. A field that names both sexes is not understood.
func ParseSex(raw string) (Sex, *bool, string) {
	found, unknown := sexWords().parse(raw)
	var stated, implied Sex
	var altered *bool
	contradicts := false
	for _, e := range found {
		switch e.role {
		case "sex":
			contradicts = contradicts || stated != "" && stated != Sex(e.term)
			stated = Sex(e.term)
		case "altered", "intact":
			isAltered := e.role == "altered"
			contradicts = contradicts || altered != nil && *altered != isAltered
			altered = &isAltered
			implied = mergeImplied(implied, Sex(e.term))
		}
	}
	unparsed := joinWords(unknown)
	switch {
	case contradicts:
		return SexUnknown, nil, raw
	case stated != "":
		return stated, altered, unparsed
	case implied != "":
		return implied, altered, unparsed
	default:
		return SexUnknown, altered, unparsed
	}
}

// mergeImplied returns the sex that two words imply together: unknown if they
// disagree.
func mergeImplied(a, b Sex) Sex {
	switch {
	case a == "" || a == b:
		return b
	case b == "":
		return a
	default:
		return SexUnknown
	}
}

// ParseAltered parses a field that states whether a cat is spayed or neutered, by
// yes and no ("Yes", "0") or by name ("spayed", "intact", "Neutered Male"). It
// returns nil if that is unknown, and the words it did not understand.
func ParseAltered(raw string) (*bool, string) {
	answer, unparsed := ParseBool(raw)
	if unparsed == "" {
		return answer, ""
	}
	if _, altered, unparsed := ParseSex(raw); altered != nil {
		return altered, unparsed
	}
	return nil, raw
}

// ParseBool parses yes or no ("Yes", "y", "TRUE", "1"). It returns nil if the field
// is blank or the answer is unknown, and the whole field as unparsed if it is anything
// else.
func ParseBool(raw string) (*bool, string) {
	found, unknown := answerWords().parse(raw)
	switch {
	case len(unknown) == 0 && len(found) == 0:
		return nil, ""
	case len(unknown) > 0 || len(found) > 1:
		return nil, raw
	case found[0].role == "unknown":
		return nil, ""
	default:
		return new(found[0].role == "yes"), ""
	}
}
