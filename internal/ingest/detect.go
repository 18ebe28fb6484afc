package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/vocab"
)

// resolve finds the format that a table is read as, and what to say of the choice
// if there was one.
func (f *Format) resolve(t *table) (settled *Format, takenFor string, err error) {
	if !f.auto {
		f.mapping.applyHeader(t)
		return f, "", f.checkHeader(t)
	}
	if t.isEmpty() {
		return nil, "", fileError("unknown_format", "The file has no rows, so that it cannot be told what it is. Name its format: "+formatNames()+".")
	}
	fits := matchingFormats(t.header)
	switch {
	case len(fits) == 0:
		return nil, "", fileError("unknown_format", "The file is of no format that is built in ("+formatNames()+"). "+describeClosest(t)+" A format of your own can be written as YAML; see docs/import.md.")
	case len(fits) > 1 && fits[0].specificity(t.header) == fits[1].specificity(t.header):
		return nil, "", fileError("ambiguous_format", fmt.Sprintf("The file could be of format %q or %q. Name the one it is.", fits[0].Name, fits[1].Name))
	}
	f = fits[0]
	return f, fmt.Sprintf("%s (%s), by its columns %s", f.Name, f.Title, shorten(strings.Join(columnNames(f.closestRequirement(t.header)), ", "))), nil
}

// isEmpty says that a table has not even a header to go by.
func (t *table) isEmpty() bool { return t.docs != nil && len(t.docs.all) == 0 }

// checkHeader says what is wrong with the columns of a file, and which format fits better.
func (f *Format) checkHeader(t *table) error {
	missing := f.missing(t)
	if len(missing) == 0 || t.isEmpty() {
		return nil
	}
	said := fmt.Sprintf("The file is not of format %q: it has no column %s.", f.Name, strings.Join(missing, ", "))
	if better := Detect(t.header); better != nil && better.Name != f.Name {
		said += fmt.Sprintf(" It has all columns of format %q.", better.Name)
	} else {
		said += fmt.Sprintf(" Its columns are %s.", shorten(strings.Join(t.header, ", ")))
	}
	return fileError("wrong_format", said)
}

// missing names the columns that a table lacks, of the set of which it lacks least.
func (f *Format) missing(t *table) []string {
	var missing []string
	for _, c := range f.closestRequirement(t.header) {
		if t.hasColumn(c) {
			continue
		}
		said := strconv.Quote(c.name)
		if near := vocab.Suggest(c.name, t.header); near != "" {
			said += fmt.Sprintf(" (is it %q?)", near)
		}
		missing = append(missing, said)
	}
	return missing
}

// closestRequirement is the set of columns a file must have that comes nearest to a header.
func (f *Format) closestRequirement(header []string) []column {
	best, least := f.requiredColumns[0], len(f.requiredColumns[0])+1
	for _, set := range f.requiredColumns {
		if lacks := missingCount(set, header); lacks < least {
			best, least = set, lacks
		}
	}
	return best
}

// specificity is how many columns the format asks for, the more the surer.
func (f *Format) specificity(header []string) int { return len(f.closestRequirement(header)) }

func missingCount(set []column, header []string) int {
	lacks := 0
	for _, c := range set {
		if !slices.ContainsFunc(header, func(name string) bool { return columnKey(name) == c.key }) {
			lacks++
		}
	}
	return lacks
}

// matchingFormats are the built-in formats that a file with these columns can be of, the surest first.
func matchingFormats(header []string) []*Format {
	fits := slices.DeleteFunc(Formats(), func(f *Format) bool { return missingCount(f.closestRequirement(header), header) > 0 })
	slices.SortStableFunc(fits, func(a, b *Format) int { return b.specificity(header) - a.specificity(header) })
	return fits
}

// Detect is the built-in format that a file with these columns is of, or nil. Where
// several fit, it is the one that asks for most columns.
func Detect(header []string) *Format {
	if fits := matchingFormats(header); len(fits) > 0 {
		return fits[0]
	}
	return nil
}

// describeClosest tells of the format that a table comes nearest to, and what it lacks.
func describeClosest(t *table) string {
	var near *Format
	share := 0.0
	for _, f := range Formats() {
		set := f.closestRequirement(t.header)
		if has := 1 - float64(missingCount(set, t.header))/float64(len(set)); has > share {
			near, share = f, has
		}
	}
	if near == nil {
		return fmt.Sprintf("Its columns are %s.", shorten(strings.Join(t.header, ", ")))
	}
	return fmt.Sprintf("It comes closest to %q, but has no column %s.", near.Name, strings.Join(near.missing(t), ", "))
}

func columnNames(columns []column) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.name)
	}
	return out
}

func formatNames() string {
	var out []string
	for _, f := range Formats() {
		out = append(out, f.Name)
	}
	return strings.Join(out, ", ")
}
