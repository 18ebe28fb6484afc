package ingest

import (
	"regexp"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

// field says which columns a fact comes from and how to read them.
type field struct {
	name   string // of the fact, in the words of the API
	target factSetter

	from        []column          // all of these tell it
	fallback    []column          // the first of these that says something, if they do not
	when        condition         // else it is not known
	extract     *regexp.Regexp    // take what matches, or its first group
	dropThrough *regexp.Regexp    // drop all up to the end of what matches
	values      map[string]string // words that stand for others; see same

	asOf         []column // the day on which an age was true; else the day of the import
	notAfter     []column // a date that a birth cannot be later than
	prefix       string
	split        string         // parts a list; else commas, semicolons, bars and line breaks do
	skip         *regexp.Regexp // entries of a list that are none
	unit         string
	unitFrom     []column // of a number that names no unit
	currency     string
	currencyFrom []column
	inverted     bool
	asIs         bool
}

// anyValue are the words in field.as for which any others stand.
const anyValue = "*"

// fieldReader is a field being read from a row.
type fieldReader struct {
	*field

	row     row
	asOf    time.Time
	zone    *time.Location
	country string // of the shelter
}

// set puts what the row says over the fact, which was cleared. Words that are
// not understood are kept with the cat: not lost, and not guessed at.
func (r fieldReader) set(facts *catalog.Facts) {
	left := ""
	if words := r.words(); len(words) > 0 {
		left = r.target.lay(facts, words, r)
	}
	if left != "" || facts.Raw[r.name] != "" {
		facts.KeepUnparsed(r.name, left)
	}
}

// words are what the row says of the fact, column by column. They are none if it
// says nothing.
func (r fieldReader) words() []string {
	if !r.when.matches(r.row) {
		return nil
	}
	var words []string
	for _, c := range r.from {
		if said := r.value(c); said != "" {
			words = append(words, said)
		}
	}
	for _, c := range r.fallback {
		if len(words) > 0 {
			break
		}
		if said := r.value(c); said != "" {
			words = append(words, said)
		}
	}
	return words
}

func (r fieldReader) value(c column) string {
	said := r.row.value(c)
	if r.dropThrough != nil {
		if end := r.dropThrough.FindStringIndex(said); end != nil {
			said = said[end[1]:]
		}
	}
	if r.extract != nil {
		found := r.extract.FindStringSubmatch(said)
		if len(found) == 0 {
			return ""
		}
		said = found[len(found)-1]
	}
	if stands, ok := r.values[same(said)]; ok {
		said = stands
	} else if stands, ok := r.values[anyValue]; ok && said != "" {
		said = stands
	}
	if r.target.empty != nil && r.target.empty(said) {
		return ""
	}
	return said
}

// columns are all that tell the fact.
func (f *field) columns() []column { return slices.Concat(f.from, f.fallback) }
