package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/vocab"
)

// resolve returns the format to read a table with, and if it had to be detected,
// why it was chosen.
func (f *Format) resolve(t *table) (format *Format, reason string, err error) {
	if !f.auto {
		f.mapping.applyHeader(t)
		return f, "", f.checkHeader(t)
	}
	if t.isEmpty() {
		return nil, "", fileError("unknown_format", "The file has no rows, so its format cannot be detected. Name the format: "+formatNames()+".")
	}
	matches := matchingFormats(t.header)
	switch {
	case len(matches) == 0:
		return nil, "", fileError("unknown_format", "The file does not match any built-in format ("+formatNames()+"). "+describeClosest(t)+" You can write a format of your own as YAML; see docs/import.md.")
	case len(matches) > 1 && matches[0].specificity(t.header) == matches[1].specificity(t.header):
		return nil, "", fileError("ambiguous_format", fmt.Sprintf("The file matches the formats %q and %q. Name the right one.", matches[0].Name, matches[1].Name))
	}
	f = matches[0]
	return f, fmt.Sprintf("%s (%s), detected by the columns %s", f.Name, f.Title, shorten(strings.Join(columnNames(f.closestRequirement(t.header)), ", "))), nil
}

// isEmpty reports whether a table has no header, as a JSON list without objects.
func (t *table) isEmpty() bool { return t.documents != nil && len(t.documents.all) == 0 }

// checkHeader returns an error with code wrong_format if a table lacks required
// columns. The message names them, and the format that matches better, if there
// is one.
func (f *Format) checkHeader(t *table) error {
	missing := f.missing(t)
	if len(missing) == 0 || t.isEmpty() {
		return nil
	}
	message := fmt.Sprintf("The file does not match format %q: missing column %s.", f.Name, strings.Join(missing, ", "))
	if better := Detect(t.header); better != nil && better.Name != f.Name {
		message += fmt.Sprintf(" It has all columns of format %q.", better.Name)
	} else {
		message += fmt.Sprintf(" Its columns are %s.", shorten(strings.Join(t.header, ", ")))
	}
	return fileError("wrong_format", message)
}

// missing returns the quoted names of the columns that a table lacks of the
// closest required set.
func (f *Format) missing(t *table) []string {
	var missing []string
	for _, c := range f.closestRequirement(t.header) {
		if t.hasColumn(c) {
			continue
		}
		name := strconv.Quote(c.name)
		if near := vocab.Suggest(c.name, t.header); near != "" {
			name += fmt.Sprintf(" (did you mean %q?)", near)
		}
		missing = append(missing, name)
	}
	return missing
}

// closestRequirement returns the set of required columns of which a header lacks
// the fewest.
func (f *Format) closestRequirement(header []string) []column {
	best, fewest := f.requiredColumns[0], len(f.requiredColumns[0])+1
	for _, set := range f.requiredColumns {
		if n := missingCount(set, header); n < fewest {
			best, fewest = set, n
		}
	}
	return best
}

// specificity returns how many columns the format requires. Of several matching
// formats the one with most is the best match.
func (f *Format) specificity(header []string) int { return len(f.closestRequirement(header)) }

// missingCount returns how many columns of a set a header lacks.
func missingCount(set []column, header []string) int {
	missing := 0
	for _, c := range set {
		if !slices.ContainsFunc(header, func(name string) bool { return columnKey(name) == c.key }) {
			missing++
		}
	}
	return missing
}

// matchingFormats returns the built-in formats that a header matches, the best
// match first.
func matchingFormats(header []string) []*Format {
	matches := slices.DeleteFunc(Formats(), func(f *Format) bool { return missingCount(f.closestRequirement(header), header) > 0 })
	slices.SortStableFunc(matches, func(a, b *Format) int { return b.specificity(header) - a.specificity(header) })
	return matches
}

// Detect returns the built-in format that a header matches best, or nil.
func Detect(header []string) *Format {
	if matches := matchingFormats(header); len(matches) > 0 {
		return matches[0]
	}
	return nil
}

// describeClosest returns a sentence about the format that a table comes closest
// to and the columns that it lacks.
func describeClosest(t *table) string {
	var closest *Format
	best := 0.0
	for _, f := range Formats() {
		set := f.closestRequirement(t.header)
		if share := 1 - float64(missingCount(set, t.header))/float64(len(set)); share > best {
			closest, best = f, share
		}
	}
	if closest == nil {
		return fmt.Sprintf("Its columns are %s.", shorten(strings.Join(t.header, ", ")))
	}
	return fmt.Sprintf("The closest format is %q; missing column %s.", closest.Name, strings.Join(closest.missing(t), ", "))
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
