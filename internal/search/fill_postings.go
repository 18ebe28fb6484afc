package search

import (
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

const (
	// postingParts is how many goroutines make postings; each takes the stems
	// with its remainder.
	postingParts = 2
	// stretch is how many slots are sorted by stem at a time: what a container of
	// a roaring bitmap spans.
	stretch = 1 << 16
)

// makePostings makes the postings of a part of the stems from all texts, one
// stretch of slots after the other, by counting sort. That is several times
// faster than to add slot by slot, and leaves no slack.
func (st *stock) makePostings(part uint32) {
	counts := make([]uint32, len(st.stems)+1)
	var slots []uint32
	for from := 0; from < st.slots(); from += stretch {
		to := min(from+stretch, st.slots())
		clear(counts)
		for stem := range st.stemsOf(part, from, to) {
			counts[stem]++
		}
		total := uint32(0)
		for stem, n := range counts {
			counts[stem] = total
			total += n
		}
		slots = slices.Grow(slots[:0], int(total))[:total]
		for stem, slot := range st.stemsOf(part, from, to) {
			slots[counts[stem]] = slot
			counts[stem]++
		}
		at := uint32(0)
		for stem := range st.stems { // now a count is where the stem's slots end
			if end := counts[stem]; end > at {
				st.stems[stem].addMany(slots[at:end])
				at = end
			}
		}
	}
	for stem := int(part); stem < len(st.stems); stem += postingParts {
		if p := &st.stems[stem]; p.many != nil { // copies have no room to spare
			p.many = p.many.Clone()
		} else {
			p.few = slices.Clone(p.few)
		}
	}
}

// addMany adds slots that come after all others.
func (p *postings) addMany(slots []uint32) {
	slots = slices.Compact(slots)
	switch {
	case p.many != nil:
		p.many.AddMany(slots)
	case len(p.few)+len(slots) <= maxFew:
		p.few = append(p.few, slots...)
	default:
		p.many = roaring.New()
		p.many.AddMany(p.few)
		p.many.AddMany(slots)
		p.few = nil
	}
}

// stemsOf goes through the stems of a part that the texts of some slots have.
func (st *stock) stemsOf(part uint32, from, to int) func(yield func(stem, slot uint32) bool) {
	return func(yield func(stem, slot uint32) bool) {
		for slot := from; slot < to; slot++ {
			_, stems := textOf(st.textSlab.get(st.texts[slot]))
			for stem := range stemsIn(stems) {
				if stem%postingParts == part && !yield(stem, uint32(slot)) {
					return
				}
			}
		}
	}
}
