package demo

import (
	_ "embed"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
)

//go:embed data/phrases.txt
var phraseText string

// templates holds what can be said, by section, and the words to say it with.
type templates struct {
	sections map[string][]sentence
	words    map[string][]string
}

// sentence is a text with gaps.
type sentence []placeholder

// placeholder is a piece of plain text and what follows it.
type placeholder struct {
	before  string
	kind    gapKind
	words   []string // of a wordGap
	article bool     // a or an goes before the word
	capital bool
}

// gapKind says what fills a gap.
type gapKind byte

const (
	noGap gapKind = iota // the end of the sentence
	wordGap
	nameGap
	friendGap
	theyGap
	themGap
	theirGap
	themselfGap
	numberGap
	cityGap
	shelterGap
)

var gapKinds = map[string]gapKind{
	"name": nameGap, "friend": friendGap, "they": theyGap, "them": themGap, "their": theirGap,
	"themself": themselfGap, "n": numberGap, "city": cityGap, "shelter": shelterGap,
}

var phrases = sync.OnceValues(func() (*templates, error) { return readPhrases(phraseText) })

// readPhrases reads the language that the head of data/phrases.txt tells of.
func readPhrases(text string) (*templates, error) {
	book := &templates{sections: map[string][]sentence{}, words: map[string][]string{}}
	lines := map[string][]string{}
	at := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || line[0] == '#':
		case line[0] == '[' || line[0] == '<':
			at = line
		case strings.HasPrefix(at, "<"):
			name := strings.Trim(at, "<>")
			for word := range strings.SplitSeq(line, ";") {
				book.words[name] = append(book.words[name], strings.TrimSpace(word))
			}
		default:
			lines[strings.Trim(at, "[]")] = append(lines[strings.Trim(at, "[]")], line)
		}
	}
	for section, texts := range lines {
		for _, text := range texts {
			s, err := book.sentence(text)
			if err != nil {
				return nil, fmt.Errorf("read the phrases of [%s]: %w", section, err)
			}
			book.sections[section] = append(book.sections[section], s)
		}
	}
	return book, nil
}

func (p *templates) sentence(text string) (sentence, error) {
	var s sentence
	for {
		before, rest, more := strings.Cut(text, "{")
		if !more {
			return append(s, placeholder{before: before, kind: noGap, words: nil, article: false, capital: false}), nil
		}
		slot, after, closed := strings.Cut(rest, "}")
		name, article := strings.CutPrefix(slot, "a ")
		small := strings.ToLower(name)
		g := placeholder{before: before, kind: gapKinds[small], words: p.words[small], article: article, capital: small != name}
		if g.kind == noGap {
			g.kind = wordGap
		}
		if !closed || g.kind == wordGap && len(g.words) == 0 {
			return nil, fmt.Errorf("nothing fills {%s} in %q", slot, text)
		}
		s, text = append(s, g), after
	}
}

// pickWord draws a word of a list, those that stand first more often, as words are used.
func pickWord[T any](r *rand.Rand, list []T) T {
	return list[int(float64(len(list))*math.Pow(r.Float64(), 1.4))]
}
