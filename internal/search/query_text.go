package search

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText is how long a text to search for may be, in letters.
const maxText = 200

// minPrefixLen is how many bytes of a word make a beginning. One letter stands for a
// tenth of all words, which would narrow nothing down and take long.
const minPrefixLen = 2

// term is a part of a text to search for: a word, or a phrase of several that
// must follow each other. A begun word may go on.
type term struct {
	words []string
	begun bool
}

// termsOf takes a text to search for apart.
func termsOf(text string) ([]term, error) {
	if text == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(text) > maxText {
		return nil, badParameter("q", "too_long", fmt.Sprintf("is longer than %d letters", maxText))
	}
	var terms []term
	pieces := strings.Split(text, `"`)
	for i, piece := range pieces {
		words, quoted, last := wordsOf(piece), i%2 == 1, i == len(pieces)-1
		if quoted && len(words) == 0 && !last {
			return nil, badParameter("q", "empty_phrase", "has nothing between its quotes")
		}
		if quoted && len(words) > 0 {
			terms = append(terms, term{words: words})
			continue
		}
		for n, word := range words {
			begun := last && n == len(words)-1 && !strings.HasSuffix(piece, " ") && len(word) >= minPrefixLen
			terms = append(terms, term{words: []string{word}, begun: begun})
		}
	}
	if len(terms) == 0 {
		return nil, badParameter("q", "no_words", "has no letters or digits to search for")
	}
	return terms, nil
}

func wordsOf(text string) []string {
	var out []string
	var buf [maxTokenLen]byte
	for word := range words(text, &buf) {
		out = append(out, string(word))
	}
	return out
}
