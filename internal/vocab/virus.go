package vocab

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"
)

// Virus is a virus that shelters test cats for.
type Virus string

// The viruses: feline immunodeficiency virus and feline leukemia virus.
const (
	FIV  Virus = "fiv"
	FeLV Virus = "felv"
)

//go:embed tables/virus_tests.tsv
var virusTable string

var virusWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(virusTable, false) })

// minusSign matches a minus sign behind a word, which is not a hyphen.
var minusSign = regexp.MustCompile(`(\pL)\s*\(?[-–−]\)?(\s*(?:[/,;&)]|$))`)

// ParseVirusTest parses the result of a test for a virus, which may be written with that
// for the other one ("Positive", "FIV+", "FIV neg, FeLV pos", "SNAP neg", "Negative for FIV
// and FeLV"). It returns true for positive, and nil if the result is unknown. It returns
// the whole field as unparsed if it has other words, or no clear result.
func ParseVirusTest(raw string, virus Virus) (*bool, string) {
	text := minusSign.ReplaceAllString(strings.ReplaceAll(raw, "+", " positive "), "$1 negative $2")
	found, unknown := virusWords().parse(text)
	p := virusParser{results: map[Virus]string{}}
	for _, e := range found {
		p.addEntry(e)
	}
	if len(unknown) > 0 || p.failed || len(p.waiting) > 0 {
		return nil, raw
	}
	result, ok := p.results[virus]
	if !ok && len(p.results) == 0 {
		result = p.result
	}
	switch result {
	case "positive", "negative":
		return new(result == "positive"), ""
	default:
		return nil, ""
	}
}

// virusParser is the state of ParseVirusTest.
type virusParser struct {
	results map[Virus]string // roles
	result  string           // the role of the last result
	before  bool             // results precede the viruses they are of
	waiting []Virus          // for a result
	failed  bool             // the entries contradict each other
}

func (p *virusParser) addEntry(e entry) {
	switch e.role {
	case "virus":
		p.addVirus(Virus(e.term))
	case "test":
		p.addVirus(FIV)
		p.addVirus(FeLV)
	case "positive", "negative", "unknown":
		p.before = p.before || len(p.results) == 0 && len(p.waiting) == 0
		p.failed = p.failed || len(p.waiting) == 0 && p.result != "" && p.result != e.role && (!p.before || len(p.results) == 0)
		p.result = e.role
		for _, virus := range p.waiting {
			p.addResult(virus)
		}
		p.waiting = nil
	}
}

func (p *virusParser) addVirus(virus Virus) {
	if p.before {
		p.addResult(virus)
	} else {
		p.waiting = append(p.waiting, virus)
	}
}

// addResult gives a virus the last result.
func (p *virusParser) addResult(virus Virus) {
	known, twice := p.results[virus]
	p.failed = p.failed || twice && known != p.result
	p.results[virus] = p.result
}
