package ingest

import (
	"slices"
	"strings"

	"trailcat/internal/vocab"
)

// condition is what a row must say for a rule to hold: all of its tests. An
// empty condition always holds.
type condition []test

// test is a question to one column. Every answer that it asks for must be given.
type test struct {
	column column
	is     []string // one of these words; see same
	not    []string // none of these
	begins []string // begins with one of these
	blank  *bool
	cat    *bool // means a cat
}

func (c condition) holds(r row) bool {
	for _, t := range c {
		if !t.holds(r.get(t.column)) {
			return false
		}
	}
	return true
}

func (t test) holds(said string) bool {
	words := same(said)
	switch {
	case len(t.is) > 0 && !slices.Contains(t.is, words):
		return false
	case slices.Contains(t.not, words):
		return false
	case len(t.begins) > 0 && !slices.ContainsFunc(t.begins, func(b string) bool { return strings.HasPrefix(words, b) }):
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
