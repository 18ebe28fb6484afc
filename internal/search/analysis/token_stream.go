package analysis

import (
	"iter"
	"maps"
	"strings"
)

// TokenStream is the tokens of one document in order, field after field. It does
// not change and is safe for concurrent use.
type TokenStream struct {
	tokens []token // a zero token after each field
	stems  map[string]struct{}
}

// Stems returns an iterator over the distinct stems, in no particular order. It
// includes the empty stem, which separates fields.
func (s *TokenStream) Stems() iter.Seq[string] { return maps.Keys(s.stems) }

// StemmedTerm is a term of a query: one word, or the words of a phrase.
type StemmedTerm struct {
	Stems  []string // of the words, in order
	Prefix string   // the word itself if it may be the start of a longer one
}

// NewStemmedTerm stems the words of a term. If isPrefix, words is one word, which
// may be the start of a longer one.
func NewStemmedTerm(words []string, isPrefix bool) StemmedTerm {
	t := StemmedTerm{Stems: make([]string, len(words)), Prefix: ""}
	for i, word := range words {
		t.Stems[i] = stemOf(word)
	}
	if isPrefix {
		t.Prefix = words[0]
	}
	return t
}

// Matches reports whether the term occurs in a document.
func (t *StemmedTerm) Matches(s *TokenStream) bool {
	for _, stem := range t.Stems {
		if _, ok := s.stems[stem]; !ok {
			return t.Prefix != "" && s.hasPrefix(t.Prefix)
		}
	}
	return len(t.Stems) == 1 || s.hasPhrase(t.Stems)
}

// hasPrefix reports whether a token starts with prefix.
func (s *TokenStream) hasPrefix(prefix string) bool {
	for i := range s.tokens {
		if strings.HasPrefix(s.tokens[i].text, prefix) {
			return true
		}
	}
	return false
}

// hasPhrase reports whether the stems occur one after the other.
func (s *TokenStream) hasPhrase(stems []string) bool {
	for at := range len(s.tokens) - len(stems) + 1 {
		n := 0
		for n < len(stems) && s.tokens[at+n].stem == stems[n] {
			n++
		}
		if n == len(stems) {
			return true
		}
	}
	return false
}
