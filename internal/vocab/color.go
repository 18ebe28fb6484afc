package vocab

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Colors is what a cat's coat looks like: up to three of Petfinder's colours,
// the main one first, and the pattern. Empty means that nobody said. A pattern
// may stand without a colour, as in "Tabby", which is no colour of Petfinder's.
type Colors struct {
	Primary, Secondary, Tertiary string
	Pattern                      Pattern
}

//go:embed tables/colors.tsv
var colorTable string

//go:embed tables/blends.tsv
var blendTable string

var colorWords = sync.OnceValue(func() *lexicon { return newLexicon(colorTable, true) })

// ColorNames lists the names that Colors may have, in alphabetical order.
func ColorNames() []string {
	return slices.Clone(colorWords().names)
}

// IsColor says whether Colors may have the name.
func IsColor(name string) bool {
	_, known := slices.BinarySearch(colorWords().names, name)
	return known
}

// Petfinder's names for a colour with white end alike. A tabby among them is a
// tabby and white.
const (
	white     = "White"
	withWhite = " & White"
)

// colorCombination names a coat word's family and a colour.
type colorCombination struct{ family, color string }

// blends says what a colour becomes beside a coat word.
var blends = sync.OnceValue(func() map[colorCombination]entry {
	all := map[colorCombination]entry{}
	for row := range strings.Lines(tableRows(blendTable)) {
		if cells := strings.Split(strings.TrimSuffix(row, "\n"), "\t"); len(cells) == 4 {
			all[colorCombination{cells[0], cells[1]}] = entry{"name", cells[2], cells[3]}
		}
	}
	return all
})

// ParseColors reads the colour fields of a cat, main colour first ("BLACK/WHITE",
// "brown tabby", "LYNX PT"); a pattern field may follow them. It also answers
// with the words that it did not understand.
//
// Black and white, in either order, is one of Petfinder's names, as gray, orange
// and buff with white are; all other colours stand as they were told. What
// Petfinder cannot name is told by the pattern alone: a lynx point has no colour.
// Of more than three colours the first three remain.
func ParseColors(raw ...string) (Colors, string) {
	r := colorParser{lexicon: colorWords(), blends: blends()}
	for _, field := range raw {
		r.read(field)
	}
	for i := range r.marks {
		r.blend(i, true)
	}
	for i := range r.marks {
		r.blend(i, false)
	}
	for i := range r.marks {
		r.applyDefaults(i)
	}
	return r.colors(), r.left.String()
}
