package ingest

import (
	"regexp"
	"slices"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// field says which columns a fact is read from and how.
type field struct {
	name   string // of the fact, as in the API
	setter factSetter

	from        []column          // all that are not empty are read
	fallback    []column          // used if all of from are empty: the first that is not
	when        condition         // otherwise the fact is unknown
	extract     *regexp.Regexp    // reads only the match, or its last group
	dropThrough *regexp.Regexp    // drops everything up to the end of the match
	values      map[string]string // replacements of values; see normalize

	asOf         []column // the date of an age; otherwise the day of the import
	notAfter     []column // the latest possible date of a birth
	prefix       string
	split        string         // separates list entries; otherwise commas, semicolons, bars and line breaks do
	skip         *regexp.Regexp // list entries to drop
	unit         string
	unitFrom     []column // the unit of a number without one
	currency     string
	currencyFrom []column
	inverted     bool
	// zeroIsUnknown is for software that writes 0 for a fee that is not set.
	zeroIsUnknown bool
	asIs          bool
}

// anyValue is the key in field.values that matches every other value.
const anyValue = "*"

// fieldReader is a field bound to a row.
type fieldReader struct {
	*field

	row       row
	id        string // the shelter's ID of the cat
	asOf      time.Time
	zone      *time.Location
	country   string                       // of the shelter
	dateOrder func(column) vocab.DateOrder // of day and month in a column
	photos    *rowPhotos
}

// set sets the fact, which was cleared before, to what the row says. Text that is
// not understood is kept with the cat, so that it is neither lost nor guessed at.
func (r fieldReader) set(facts *catalog.Facts) {
	unparsed := ""
	if values := r.columnValues(); len(values) > 0 {
		unparsed = r.setter.set(facts, values, r)
	} else if r.setter.setMissing != nil {
		unparsed = r.setter.setMissing(facts, r)
	}
	r.keep(facts, unparsed)
}

// maxUnparsed is how many characters of words that are not understood are kept.
const maxUnparsed = 1000

// keep keeps words that are not understood with the cat, instead of earlier ones.
func (r fieldReader) keep(facts *catalog.Facts, words string) {
	if words == "" && facts.Unparsed[r.name] == "" {
		return
	}
	if runes := []rune(words); len(runes) > maxUnparsed {
		words = string(runes[:maxUnparsed]) + "…"
	}
	facts.KeepUnparsed(r.name, words)
}

// valueColumn returns the column that the first value is read from.
func (r fieldReader) valueColumn() column {
	for _, c := range r.columns() {
		if r.value(c) != "" {
			return c
		}
	}
	return column{}
}

// columnValues returns the values of the field's columns that are not empty.
func (r fieldReader) columnValues() []string {
	if !r.when.matches(r.row) {
		return nil
	}
	var values []string
	for _, c := range r.from {
		if value := r.value(c); value != "" {
			values = append(values, value)
		}
	}
	for _, c := range r.fallback {
		if len(values) > 0 {
			break
		}
		if value := r.value(c); value != "" {
			values = append(values, value)
		}
	}
	return values
}

// value returns the value of a column after extraction and replacement.
func (r fieldReader) value(c column) string {
	value := r.row.value(c)
	if !r.setter.isHTML {
		value = DecodeEntities(value)
	}
	if r.dropThrough != nil {
		if end := r.dropThrough.FindStringIndex(value); end != nil {
			value = value[end[1]:]
		}
	}
	if r.extract != nil {
		match := r.extract.FindStringSubmatch(value)
		if len(match) == 0 {
			return ""
		}
		value = match[len(match)-1]
	}
	if len(r.values) > 0 {
		value = r.replace(value)
	}
	if r.isEmpty(value) {
		return ""
	}
	return value
}

// replace returns the value that the format has in place of another one.
func (r fieldReader) replace(value string) string {
	if replacement, ok := r.values[normalize(value)]; ok {
		return replacement
	}
	if replacement, ok := r.values[anyValue]; ok && value != "" {
		return replacement
	}
	return value
}

// isEmpty reports whether a value says nothing. "No name" is a name if it is taken as it
// is, but "N/A" is none.
func (r fieldReader) isEmpty(value string) bool {
	switch {
	case r.asIs:
		return vocab.IsPlaceholder(value)
	case r.setter.isEmpty != nil:
		return r.setter.isEmpty(value)
	default:
		return false
	}
}

// columns returns all columns that the fact is read from.
func (f *field) columns() []column { return slices.Concat(f.from, f.fallback) }
