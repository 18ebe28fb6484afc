package vocab

import (
	_ "embed"
	"sync"
)

//go:embed tables/answers.tsv
var answerTable string

var answerWords = sync.OnceValue(func() *lexicon { return newLexicon(answerTable, false) })

// ParseBool reads a field that answers yes or no ("Yes", "y", "TRUE", "1"). It
// answers nil when the field is blank or says that nobody knows, and with the
// whole field when it is anything else.
func ParseBool(raw string) (*bool, string) {
	found, left := answerWords().readAll(raw)
	switch {
	case left == "" && len(found) == 0:
		return nil, ""
	case left != "" || len(found) > 1:
		return nil, raw
	case found[0].role == "unknown":
		return nil, ""
	default:
		return new(found[0].role == "yes"), ""
	}
}
