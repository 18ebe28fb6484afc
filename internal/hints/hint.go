package hints

import (
	"math"
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

// maxSpread is how many levels hints may lie apart before they contradict each other.
const maxSpread = 2

// Find reads a listing's hints, at most one for each trait, by trait in the order
// of the alphabet. Of several on one trait it gives the first of the middle
// level, the lower of two, of those that say what the cat does, if any do, and not
// only what it is called; where they contradict each other it gives none.
func Find(f *catalog.Facts) []Hint {
	book := rules()
	var room [32]candidateHint
	var page [512]token // to read on; longer texts get one of their own
	found := book.fromFields(room[:0], f)
	for _, tag := range f.Traits.Tags {
		found = book.read(found, page[:0], "traits.tags", tag, "")
	}
	return oneEach(book.read(found, page[:0], Description, f.Description, f.Name))
}

// candidateHint is a hint with its trait's place in the alphabet.
type candidateHint struct {
	trait int
	loose bool // it gives way to those that are not
	hint  Hint
}

// rank orders findings by trait, loose ones last, and by level, those of one level
// as they were found. It is a number since long texts have dozens.
type rank uint64

func rankOf(f *candidateHint, i int) rank {
	r := rank(f.trait)<<48 | rank(f.hint.Level)<<32 | rank(i)
	if f.loose {
		r |= 1 << 40
	}
	return r
}

func (r rank) trait() int   { return int(r >> 48) }
func (r rank) kind() int    { return int(r >> 40) } // the trait, and whether it is loose
func (r rank) level() int   { return int(r >> 32 & 0xFF) }
func (r rank) finding() int { return int(r & (1<<32 - 1)) }

func oneEach(found []candidateHint) []Hint {
	var room [64]rank
	ranks := room[:0]
	for i := range found {
		ranks = append(ranks, rankOf(&found[i], i))
	}
	slices.Sort(ranks)
	var out []Hint
	for len(ranks) > 0 {
		n := 1
		for n < len(ranks) && ranks[n].trait() == ranks[0].trait() {
			n++
		}
		if i, agreed := agree(ranks[:n]); agreed {
			out = append(out, found[i].hint)
		}
		ranks = ranks[n:]
	}
	return out
}

// agree is the first finding of the level that those on one trait agree on, if they do.
func agree(ranks []rank) (finding int, agreed bool) {
	firm, low, high := 0, ranks[0].level(), ranks[0].level()
	for i, r := range ranks {
		low, high = min(low, r.level()), max(high, r.level())
		if r.kind() == ranks[0].kind() {
			firm = i + 1 // those after it give way
		}
	}
	if high-low >= maxSpread {
		return 0, false
	}
	middle := ranks[(firm-1)/2].level()
	finding = math.MaxInt
	for _, r := range ranks {
		if r.level() == middle {
			finding = min(finding, r.finding())
		}
	}
	return finding, true
}
