package search

import (
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"
)

// maxText is how long a text to search for may be, in letters.
const maxText = 200

// minBegun is how many bytes of a word make a beginning. One letter stands for a
// tenth of all words, which would narrow nothing down and take long.
const minBegun = 2

// askText adds that all words and phrases of a text occur.
func (p *plan) askText(text string) error {
	if text == "" {
		return nil
	}
	if utf8.RuneCountInString(text) > maxText {
		return badParameter("q", "too_long", fmt.Sprintf("is longer than %d letters", maxText))
	}
	asked := false
	pieces := strings.Split(text, `"`)
	for i, piece := range pieces {
		quoted := i%2 == 1
		terms := wordsOf(piece)
		switch {
		case len(terms) > 0:
			asked = true
		case quoted && i < len(pieces)-1:
			return badParameter("q", "empty_phrase", "has nothing between its quotes")
		}
		if quoted {
			p.askPhrase(terms)
			continue
		}
		for n, term := range terms {
			begun := i == len(pieces)-1 && n == len(terms)-1 && !strings.HasSuffix(piece, " ") && len(term) >= minBegun
			if begun {
				p.askStems(p.st.lexicon.stemsOfPrefix([]byte(term)))
			} else {
				p.askWord(term)
			}
		}
	}
	if !asked {
		return badParameter("q", "no_words", "has no letters or digits to search for")
	}
	return nil
}

func wordsOf(text string) []string {
	var out []string
	var buf [maxWord]byte
	for word := range words(text, &buf) {
		out = append(out, string(word))
	}
	return out
}

func (p *plan) askWord(word string) {
	stem, ok := p.st.lexicon.stem([]byte(word))
	if !ok {
		p.askStems(nil)
		return
	}
	p.askStems([]uint32{stem})
}

// askStems adds that one of the stems occurs.
func (p *plan) askStems(stems []uint32) {
	s, room := p.scratch.set(p.st.blocks()), p.scratch.set(p.st.blocks())
	most := 0
	for _, stem := range stems {
		if int(stem) < len(p.st.stems) {
			p.st.stems[stem].into(s, room)
			most += p.st.stems[stem].len()
		}
	}
	p.tests = append(p.tests, test{field: "", anyOf: []*set{s}, most: most})
}

// askPhrase adds that the words occur one after the other.
func (p *plan) askPhrase(terms []string) {
	var run []byte
	for _, term := range terms {
		p.askWord(term)
		if stem, ok := p.st.lexicon.stem([]byte(term)); ok {
			run = binary.AppendUvarint(run, uint64(stem))
		}
	}
	if len(terms) > 1 {
		p.phrases = append(p.phrases, run)
		p.asksColumns = true
	}
}
