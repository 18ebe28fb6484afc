package search

import "strings"

// tokenStream is the words of a cat in order, with a gap after each field: a word
// that is empty.
type tokenStream struct {
	words []wordStem
	stems map[string]struct{}
}

// words are those of all fields that the index reads.
func (s *MatchDocument) words() *tokenStream {
	if s.text != nil {
		return s.text
	}
	c := s.cat
	var words []wordStem
	for _, field := range shortTexts(c) {
		words = s.stemmer.append(words, field)
	}
	for _, tag := range c.Traits.Tags {
		words = s.stemmer.append(words, tag)
	}
	words = s.stemmer.append(words, c.Description)
	s.text = &tokenStream{words: words, stems: make(map[string]struct{}, len(words))}
	for _, w := range words {
		s.text.stems[w.stem] = struct{}{}
	}
	return s.text
}

// stemmedTerm is a term by the stems of its words.
type stemmedTerm struct {
	stems []string
	begun string // the word itself if it may go on
}

func newSought(t term) stemmedTerm {
	s := stemmedTerm{stems: make([]string, len(t.words)), begun: ""}
	for i, word := range t.words {
		s.stems[i] = stemOf(word)
	}
	if t.begun {
		s.begun = t.words[0]
	}
	return s
}

// matches says that the term occurs in a text.
func (t *stemmedTerm) matches(text *tokenStream) bool {
	for _, stem := range t.stems {
		if _, ok := text.stems[stem]; !ok {
			return t.begun != "" && text.hasPrefix(t.begun)
		}
	}
	return len(t.stems) == 1 || text.hasPhrase(t.stems)
}

// hasPrefix says that a word begins so.
func (w *tokenStream) hasPrefix(word string) bool {
	for i := range w.words {
		if strings.HasPrefix(w.words[i].word, word) {
			return true
		}
	}
	return false
}

// hasPhrase says that a phrase occurs.
func (w *tokenStream) hasPhrase(phrase []string) bool {
	for at := range len(w.words) - len(phrase) + 1 {
		n := 0
		for n < len(phrase) && w.words[at+n].stem == phrase[n] {
			n++
		}
		if n == len(phrase) {
			return true
		}
	}
	return false
}
