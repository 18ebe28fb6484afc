package hints

import (
	"cmp"
	"slices"

	"trailcat/internal/catalog"
)

// Hint is one thing that a listing says of a trait.
type Hint struct {
	Trait  string // in the words of the rubric
	Level  int    // 1 to 5, by the rubric's anchors
	Source string // "description", or the field in the words of the API
	Words  string // exactly as they stand there
	Rule   string // the id of the rule that read it
}

// Description is the Source of what was read in a listing's text.
const Description = "description"

// apart is how many levels hints may lie apart before they contradict each other.
const apart = 2

// Of reads a listing's hints, at most one for each trait, by trait in the order
// of the alphabet. Of several on one trait it gives the first of the middle
// level, the lower of two; where they contradict each other it gives none.
func Of(f *catalog.Facts) []Hint {
	var found []Hint
	found = fromFields(found, f)
	book := rules()
	for _, tag := range f.Traits.Tags {
		found = book.read(found, "traits.tags", tag, "")
	}
	found = book.read(found, Description, f.Description, f.Name)
	return oneEach(found)
}

func oneEach(found []Hint) []Hint {
	slices.SortStableFunc(found, func(a, b Hint) int {
		return cmp.Or(cmp.Compare(a.Trait, b.Trait), cmp.Compare(a.Level, b.Level))
	})
	out := found[:0]
	for len(found) > 0 {
		n := 1
		for n < len(found) && found[n].Trait == found[0].Trait {
			n++
		}
		if found[n-1].Level-found[0].Level < apart {
			middle := found[(n-1)/2].Level
			i := slices.IndexFunc(found, func(h Hint) bool { return h.Level == middle })
			out = append(out, found[i])
		}
		found = found[n:]
	}
	return out
}
