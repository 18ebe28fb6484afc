package search

import "encoding/binary"

// addTextFilter adds that all words and phrases of a text occur.
func (p *plan) addTextFilter(text string) error {
	terms, err := termsOf(text)
	if err != nil {
		return err
	}
	for _, t := range terms {
		switch {
		case len(t.words) > 1:
			p.askPhrase(t.words)
		case t.begun:
			p.askStems(p.st.lexicon.stemsOfPrefix([]byte(t.words[0])))
		default:
			p.askWord(t.words[0])
		}
	}
	return nil
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
			p.st.stems[stem].orInto(s, room)
			most += p.st.stems[stem].len()
		}
	}
	p.tests = append(p.tests, filter{field: "", anyOf: []*bitset{s}, most: most})
}

// askPhrase adds that the words occur one after the other.
func (p *plan) askPhrase(words []string) {
	var run []byte
	for _, word := range words {
		p.askWord(word)
		if stem, ok := p.st.lexicon.stem([]byte(word)); ok {
			run = binary.AppendUvarint(run, uint64(stem))
		}
	}
	p.phrases = append(p.phrases, run)
	p.asksColumns = true
}
