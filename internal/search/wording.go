package search

import "strings"

// wording is the words of a cat in order, with a gap after each field: a word
// that is empty.
type wording struct {
	words []wordStem
	stems map[string]struct{}
}

// words are those of all fields that the index reads.
func (s *Subject) words() *wording {
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
	s.text = &wording{words: words, stems: make(map[string]struct{}, len(words))}
	for _, w := range words {
		s.text.stems[w.stem] = struct{}{}
	}
	return s.text
}

// sought is a term by the stems of its words.
type sought struct {
	stems []string
	begun string // the word itself if it may go on
}

func newSought(t term) sought {
	s := sought{stems: make([]string, len(t.words)), begun: ""}
	for i, word := range t.words {
		s.stems[i] = stemOf(word)
	}
	if t.begun {
		s.begun = t.words[0]
	}
	return s
}

// in says that the term occurs in a text.
func (t *sought) in(text *wording) bool {
	for _, stem := range t.stems {
		if _, ok := text.stems[stem]; !ok {
			return t.begun != "" && text.begins(t.begun)
		}
	}
	return len(t.stems) == 1 || text.has(t.stems)
}

// begins says that a word begins so.
func (w *wording) begins(word string) bool {
	for i := range w.words {
		if strings.HasPrefix(w.words[i].word, word) {
			return true
		}
	}
	return false
}

// has says that a phrase occurs.
func (w *wording) has(phrase []string) bool {
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
