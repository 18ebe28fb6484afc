package vocab

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

//go:embed tables/placeholders.tsv
var placeholderTable string

var placeholderWords = sync.OnceValue(func() *lexicon { return newLexicon(placeholderTable, false) })

// IsPlaceholder reports whether a field has a word instead of a value: "None", "N/A",
// "null", "TBD", zeros, or nothing but punctuation.
func IsPlaceholder(raw string) bool {
	return placeholderWords().whole(raw).role == "placeholder" || isBlank(raw)
}

// isBlank reports whether a field has nothing but zeros, punctuation and white space.
func isBlank(raw string) bool {
	return !strings.ContainsFunc(raw, func(r rune) bool { return r != '0' && !unicode.IsPunct(r) && !unicode.IsSpace(r) })
}

// IsPlaceholderName reports whether a field has a word instead of a name: a placeholder,
// "No", "Unnamed", or nothing but decoration such as stars and quotes.
func IsPlaceholderName(raw string) bool {
	return IsPlaceholder(raw) || placeholderWords().whole(raw).role == "name"
}
