package vocab

import (
	_ "embed"
	"slices"
	"sync"
)

// Breed is a cat's breed, in the names of Petfinder's breeds. These include coats such
// as Tabby and Tuxedo.
type Breed struct {
	Primary, Secondary string
	Mixed              *bool // nil if not stated
	Unknown            bool  // the field is blank or states an unknown breed
}

//go:embed tables/breeds.tsv
var breedTable string

var breedWords = sync.OnceValue(func() *lexicon { return newFieldLexicon(breedTable, false) })

// Breeds returns the names that Breed may contain, in alphabetical order.
func Breeds() []string {
	return slices.Clone(breedWords().terms)
}

// IsBreed reports whether Breed may contain the name.
func IsBreed(name string) bool {
	_, known := slices.BinarySearch(breedWords().terms, name)
	return known
}

// ParseBreed parses one or two breed fields ("Domestic Shorthair Mix", "SIAMESE/MIX",
// "DSH/Unknown", "Female Ragdoll x Domestic Medium Hair Cat"). It also returns the
// words it did not understand.
//
// A part between slashes or other separators is understood as a whole or not at all:
// a Siberian Husky is not a Siberian. Breeds after the second are dropped. Two breeds
// are a mix, but a coat such as Tabby beside a breed is not.
func ParseBreed(raw ...string) (Breed, string) {
	p := breedParser{lexicon: breedWords()}
	for _, field := range raw {
		p.parseField(field)
	}
	if p.breed.Primary == "" && len(p.unparsed) == 0 {
		// A field with nothing but colors neither names a breed nor states an unknown one.
		if p.hasColor {
			p.unparsed = raw
		} else {
			p.breed.Unknown = true
		}
	}
	return p.breed, joinWords(p.unparsed)
}

// breedParser is the state of ParseBreed.
type breedParser struct {
	*lexicon

	breed    Breed
	onlyCoat bool // Primary is a coat
	hasColor bool
	unparsed []string
}

func (p *breedParser) parseField(field string) {
	t := tokenize(field, p.abbreviations)
	saysUnknown, before := false, p.breed.Primary
	for from := 0; from < len(t.tokens); {
		to, known := p.scanPart(t, from)
		if !known {
			p.unparsed = append(p.unparsed, t.source(from, to))
			from = to
			continue
		}
		hasBreed := false
		for i := from; i < to; {
			e, n := p.match(t, i)
			i += n
			saysUnknown = saysUnknown || e.role == "unknown"
			if e.role == "hair" {
				continue
			}
			hasBreed = p.addEntry(e) || hasBreed
		}
		if !hasBreed {
			p.addHair(t, from, to)
		}
		from = to
	}
	if saysUnknown && before == "" && p.breed.Primary != "" && p.breed.Mixed == nil {
		p.breed.Mixed = new(true) // "DSH/Unknown": the other parent is unknown
	}
}

// scanPart returns the end of the part that begins at a token, and whether all of it is
// known.
func (p *breedParser) scanPart(t *text, from int) (to int, known bool) {
	known = true
	for to = from; to < len(t.tokens); {
		if to > from && t.tokens[to].breakBefore {
			break
		}
		e, n := p.match(t, to)
		known = known && e.role != ""
		to += n
	}
	return to, known
}

// addEntry applies an entry and reports whether it names a breed.
func (p *breedParser) addEntry(e entry) bool {
	switch e.role {
	case "mix":
		p.breed.Mixed = new(true)
	case "pure":
		if p.breed.Mixed == nil {
			p.breed.Mixed = new(false)
		}
	case "color":
		p.hasColor = true
	case "breed", "coat", "hair":
		p.addBreed(e.term, e.role == "coat")
		return e.role != "coat"
	}
	return false
}

// addHair adds the domestic breeds that hair lengths stand for in a part that names no
// other breed.
func (p *breedParser) addHair(t *text, from, to int) {
	for i := from; i < to; {
		e, n := p.match(t, i)
		if e.role == "hair" {
			p.addEntry(e)
		}
		i += n
	}
}

func (p *breedParser) addBreed(name string, isCoat bool) {
	b := &p.breed
	if b.Primary == "" {
		b.Primary, p.onlyCoat = name, isCoat
		return
	}
	if name == b.Primary || name == b.Secondary {
		return
	}
	if b.Secondary == "" {
		b.Secondary = name
	}
	if !isCoat && !p.onlyCoat {
		b.Mixed = new(true)
	}
}
