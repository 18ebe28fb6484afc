package ingest

import (
	"slices"
	"strings"

	"trailcat/internal/vocab"
)

// condition is what a row must say for a rule to hold: all of its tests. An
// empty condition always holds.
type condition []columnTest

// columnTest is a question to one column. Every answer that it asks for must be given.
type columnTest struct {
	column   column
	anyOf    []string // one of these words; see same
	noneOf   []string // none of these
	prefixes []string // begins with one of these
	blank    *bool
	cat      *bool // means a cat
}

func (c condition) matches(r row) bool {
	for _, t := range c {
		if !t.holds(r.value(t.column)) {
			return false
		}
	}
	return true
}

func (t columnTest) holds(said string) bool {
	words := same(said)
	switch {
	case len(t.anyOf) > 0 && !slices.Contains(t.anyOf, words):
		return false
	case slices.Contains(t.noneOf, words):
		return false
	case len(t.prefixes) > 0 && !slices.ContainsFunc(t.prefixes, func(b string) bool { return strings.HasPrefix(words, b) }):
		return false
	case t.blank != nil && *t.blank != (words == ""):
		return false
	case t.cat != nil && *t.cat != vocab.IsCat(said):
		return false
	default:
		return true
	}
}

func (c condition) columns() []column {
	var out []column
	for _, t := range c {
		out = append(out, t.column)
	}
	return out
}
