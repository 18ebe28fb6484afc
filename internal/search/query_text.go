package search

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"trailcat/internal/errcode"
	"trailcat/internal/search/analysis"
	"trailcat/internal/search/bitset"
)

// maxTextLen is the maximum length of a query text in characters.
const maxTextLen = 200

// minPrefixLen is the minimum length of a prefix in bytes. A single character starts
// a tenth of all words: it would be slow and hardly selective.
const minPrefixLen = 2

// term is a part of a query text: a word, or a phrase of several words that must
// follow each other. A prefix is one word that may be the start of a longer one.
type term struct {
	words    []string
	isPrefix bool
}

// parseQueryText parses a query text into terms.
func parseQueryText(text string) ([]term, error) {
	if text == "" {
		return nil, nil
	}
	if utf8.RuneCountInString(text) > maxTextLen {
		return nil, badParameter("q", errcode.TooLong, fmt.Sprintf("Must be at most %d characters.", maxTextLen))
	}
	var terms []term
	pieces := strings.Split(text, `"`)
	for i, piece := range pieces {
		words, quoted, last := analysis.Tokens(piece), i%2 == 1, i == len(pieces)-1
		if quoted && len(words) == 0 && !last {
			return nil, badParameter("q", errcode.EmptyPhrase, "A phrase in quotation marks must contain a word.")
		}
		var phrase []string
		for n, word := range words {
			spelled := analysis.Spell(word)
			phrase = append(phrase, spelled...)
			if !quoted {
				isPrefix := last && n == len(words)-1 && len(spelled) == 1 && !strings.HasSuffix(piece, " ") && len(word) >= minPrefixLen
				terms = append(terms, term{words: spelled, isPrefix: isPrefix})
			}
		}
		if quoted && len(phrase) > 0 {
			terms = append(terms, term{words: phrase})
		}
	}
	if len(terms) == 0 {
		return nil, badParameter("q", errcode.NoWords, "Must contain a letter or digit.")
	}
	return terms, nil
}

// addTextFilter requires all terms of a query text.
func (p *plan) addTextFilter(text string) error {
	terms, err := parseQueryText(text)
	if err != nil {
		return err
	}
	for _, t := range terms {
		switch {
		case len(t.words) > 1:
			p.addPhrase(t.words)
		case t.isPrefix:
			p.addStems(p.data.terms.StemsWithPrefix(t.words[0]))
		default:
			p.addWord(t.words[0])
		}
	}
	return nil
}

func (p *plan) addWord(word string) {
	stem, ok := p.data.terms.Stem(word)
	if !ok {
		p.addStems(nil)
		return
	}
	p.addStems([]uint32{stem})
}

// addStems requires at least one of the stems.
func (p *plan) addStems(stems []uint32) {
	stems = slices.DeleteFunc(stems, func(stem uint32) bool { return int(stem) >= len(p.data.stems) })
	maxMatches := 0
	for _, stem := range stems {
		maxMatches += p.data.stems[stem].Len()
	}
	p.filters = append(p.filters, filter{field: "", anyOf: []*bitset.Set{p.stemSet(stems)}, maxMatches: maxMatches})
}

// stemSet returns the cats with one of the stems.
func (p *plan) stemSet(stems []uint32) *bitset.Set {
	if len(stems) == 1 {
		if set := p.data.stems[stems[0]].Set(); set != nil {
			return set
		}
	}
	s, buffer := p.newSet(), p.newSet()
	for _, stem := range stems {
		p.data.stems[stem].UnionInto(s, buffer)
	}
	return s
}

// addPhrase requires the words one after the other.
func (p *plan) addPhrase(words []string) {
	var phrase []byte
	for _, word := range words {
		p.addWord(word)
		if stem, ok := p.data.terms.Stem(word); ok {
			phrase = analysis.AppendStem(phrase, stem)
		}
	}
	p.phrases = append(p.phrases, phrase)
	p.hasColumnFilters = true
}

func (p *plan) matchesPhrases(slot uint32) bool {
	_, stems := parseText(p.data.textArena.Get(p.data.textRefs[slot]))
	for _, phrase := range p.phrases {
		if !analysis.ContainsPhrase(stems, phrase) {
			return false
		}
	}
	return true
}
