package ingest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/vocab"
)

// checkHeader says what is wrong with the columns of a file, and which format fits better.
func (f *Format) checkHeader(t *table) error {
	var missing []string
	for _, c := range f.needs {
		if t.has(c) {
			continue
		}
		said := strconv.Quote(c.name)
		if near := vocab.Suggest(c.name, t.header); near != "" {
			said += fmt.Sprintf(" (is it %q?)", near)
		}
		missing = append(missing, said)
	}
	if len(missing) == 0 {
		return nil
	}
	said := fmt.Sprintf("The file is not of format %q: it has no column %s.", f.Name, strings.Join(missing, ", "))
	if better := Fit(t.header); better != nil && better.Name != f.Name {
		said += fmt.Sprintf(" It has all columns of format %q.", better.Name)
	} else {
		said += fmt.Sprintf(" Its columns are %s.", shorten(strings.Join(t.header, ", ")))
	}
	return unreadable("wrong_format", said)
}

// Fit is the built-in format that a file with these columns is of, or nil. Where
// several fit, it is the one that asks for most columns.
func Fit(header []string) *Format {
	has := map[string]bool{}
	for _, name := range header {
		has[key(name)] = true
	}
	var best *Format
	for _, f := range Formats() {
		fits := !slices.ContainsFunc(f.needs, func(c column) bool { return !has[c.key] })
		if fits && (best == nil || len(f.needs) > len(best.needs)) {
			best = f
		}
	}
	return best
}
