package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"trailcat/internal/errcode"
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
		return nil, "", fileError(errcode.UnknownFormat, "The file has no rows, so its format cannot be detected. Name the format: "+formatNames()+".")
	}
	matches := matchingFormats(t.index)
	switch {
	case len(matches) == 0:
		return nil, "", fileError(errcode.UnknownFormat, "The file does not match any built-in format ("+formatNames()+"). "+describeClosest(t)+" You can write a format of your own as YAML; see docs/import.md.")
	case len(matches) > 1 && matches[0].specificity(t.index) == matches[1].specificity(t.index):
		return nil, "", fileError(errcode.AmbiguousFormat, fmt.Sprintf("The file matches the formats %q and %q. Name the right one.", matches[0].Name, matches[1].Name))
	}
	f = matches[0]
	return f, fmt.Sprintf("%s (%s), detected by the columns %s", f.Name, f.Title, shorten(strings.Join(columnNames(f.closestRequirement(t.index)), ", "))), nil
}

// isEmpty reports whether a table has no header, as a JSON list without objects.
func (t *table) isEmpty() bool { return t.json != nil && t.json.isEmpty }

// checkHeader returns an error with code wrong_format if a table lacks required
// columns. The message names them, and the format that matches better, if there
// is one.
func (f *Format) checkHeader(t *table) error {
	missing := f.missing(t)
	if len(missing) == 0 || t.isEmpty() {
		return nil
	}
	message := fmt.Sprintf("The file does not match format %q: missing column %s.", f.Name, strings.Join(missing, ", "))
	if better := matchingFormats(t.index); len(better) > 0 && better[0].Name != f.Name {
		message += fmt.Sprintf(" It has all columns of format %q.", better[0].Name)
	} else {
		message += fmt.Sprintf(" Its columns are %s.", shorten(strings.Join(t.header, ", ")))
	}
	return fileError(errcode.WrongFormat, message)
}

// missing returns the quoted names of the columns that a table lacks of the
// closest required set.
func (f *Format) missing(t *table) []string {
	var missing []string
	for _, c := range f.closestRequirement(t.index) {
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

// closestRequirement returns the set of required columns of which a table lacks
// the fewest.
func (f *Format) closestRequirement(index map[string]int) []column {
	best, fewest := f.requiredColumns[0], len(f.requiredColumns[0])+1
	for _, set := range f.requiredColumns {
		if n := missingCount(set, index); n < fewest {
			best, fewest = set, n
		}
	}
	return best
}

// specificity returns how many columns the format requires. Of several matching
// formats the one with most is the best match.
func (f *Format) specificity(index map[string]int) int { return len(f.closestRequirement(index)) }

// match returns the share of the required columns that a table has, from 0 to 1. For automatic
// detection it is that of the closest format.
func (f *Format) match(index map[string]int) float64 {
	if !f.auto {
		set := f.closestRequirement(index)
		return 1 - float64(missingCount(set, index))/float64(len(set))
	}
	_, best := closestFormat(index)
	return best
}

// closestFormat returns the built-in format of whose required columns a table has the largest
// share, and that share. The format is nil if it has none of any format.
func closestFormat(index map[string]int) (closest *Format, share float64) {
	for _, f := range Formats() {
		if m := f.match(index); m > share {
			closest, share = f, m
		}
	}
	return closest, share
}

// missingCount returns how many columns of a set a table lacks.
func missingCount(set []column, index map[string]int) int {
	missing := 0
	for _, c := range set {
		if _, ok := index[c.key]; !ok {
			missing++
		}
	}
	return missing
}

// matchingFormats returns the built-in formats that a table matches, the best
// match first.
func matchingFormats(index map[string]int) []*Format {
	matches := slices.DeleteFunc(Formats(), func(f *Format) bool { return missingCount(f.closestRequirement(index), index) > 0 })
	slices.SortStableFunc(matches, func(a, b *Format) int { return b.specificity(index) - a.specificity(index) })
	return matches
}

// requiredByAny returns the keys of the columns that built-in formats require.
var requiredByAny = sync.OnceValue(func() map[string]bool {
	keys := map[string]bool{}
	for _, f := range Formats() {
		for _, c := range slices.Concat(f.requiredColumns...) {
			keys[c.key] = true
		}
	}
	return keys
})

// describeClosest returns a sentence about the format that a table comes closest
// to and the columns that it lacks.
func describeClosest(t *table) string {
	closest, _ := closestFormat(t.index)
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
