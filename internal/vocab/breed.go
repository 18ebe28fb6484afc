package vocab

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Breed is what is known of a cat's breed, in the names of Petfinder's breeds.
// These count coats such as Tabby and Tuxedo among the breeds.
type Breed struct {
	Primary, Secondary string
	Mixed              *bool // nil where nobody said
	Unknown            bool  // somebody said that they do not know, or nothing
}

//go:embed tables/breeds.tsv
var breedTable string

var breedWords = sync.OnceValue(func() *lexicon { return newLexicon(breedTable, false) })

// Breeds lists the names a Breed may have, in alphabetical order.
func Breeds() []string {
	return slices.Clone(breedWords().names)
}

// IsBreed says whether a Breed may have the name.
func IsBreed(name string) bool {
	_, known := slices.BinarySearch(breedWords().names, name)
	return known
}

// ParseBreed reads one or two breed fields ("Domestic Shorthair Mix",
// "SIAMESE/MIX", "DSH/Unknown", "Female Ragdoll x Domestic Medium Hair Cat").
// It also answers with what it did not understand.
//
// A part between slashes or the like is understood as a whole or not at all, so
// that a Siberian Husky is no Siberian. Of more than two breeds the first two
// remain. Two breeds make a mix, but a coat such as Tabby beside a breed does not.
func ParseBreed(raw ...string) (Breed, string) {
	r := breedReading{lexicon: breedWords()}
	for _, field := range raw {
		r.read(field)
	}
	if r.breed.Primary == "" && len(r.left.words) == 0 {
		// Nothing but colours is no breed, and not the shelter's word that it has none.
		if r.colored {
			r.left.add(strings.Join(raw, ", "))
		} else {
			r.breed.Unknown = true
		}
	}
	return r.breed, r.left.String()
}

// breedReading is a reading under way.
type breedReading struct {
	*lexicon

	breed   Breed
	coats   bool // Primary is only a coat
	colored bool
	left    unparsedWords
}

func (r *breedReading) read(field string) {
	t := newText(field, r.short)
	unsure, before := false, r.breed.Primary
	for from := 0; from < len(t.words); {
		to, known := r.part(t, from)
		if !known {
			r.left.add(t.written(from, to))
			from = to
			continue
		}
		bred := false
		for i := from; i < to; {
			e, n := r.at(t, i)
			i += n
			unsure = unsure || e.role == "unknown"
			if e.role == "hair" {
				continue
			}
			bred = r.take(e) || bred
		}
		if !bred {
			r.takeHair(t, from, to)
		}
		from = to
	}
	if unsure && before == "" && r.breed.Primary != "" && r.breed.Mixed == nil {
		r.breed.Mixed = new(true) // "DSH/Unknown": the other parent is not known
	}
}

// part finds the end of the part that begins at a word, and whether all of it is known.
func (r *breedReading) part(t *text, from int) (to int, known bool) {
	known = true
	for to = from; to < len(t.words); {
		if to > from && t.words[to].breaks {
			break
		}
		e, n := r.at(t, to)
		known = known && e.role != ""
		to += n
	}
	return to, known
}

// take adds what an entry says and answers whether that was a breed.
func (r *breedReading) take(e entry) bool {
	switch e.role {
	case "mix":
		r.breed.Mixed = new(true)
	case "pure":
		if r.breed.Mixed == nil {
			r.breed.Mixed = new(false)
		}
	case "color":
		r.colored = true
	case "breed", "coat", "hair":
		r.takeBreed(e.term, e.role == "coat")
		return e.role != "coat"
	}
	return false
}

func (r *breedReading) takeHair(t *text, from, to int) {
	for i := from; i < to; {
		e, n := r.at(t, i)
		if e.role == "hair" {
			r.take(e)
		}
		i += n
	}
}

func (r *breedReading) takeBreed(name string, coat bool) {
	b := &r.breed
	if b.Primary == "" {
		b.Primary, r.coats = name, coat
		return
	}
	if name == b.Primary || name == b.Secondary {
		return
	}
	if b.Secondary == "" {
		b.Secondary = name
	}
	if !coat && !r.coats {
		b.Mixed = new(true)
	}
}
