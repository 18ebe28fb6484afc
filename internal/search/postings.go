package search

import (
	"iter"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"
)

// postings are the slots that have a word or a tag. Most words are rare, and
// live in a short sorted list; the others in a roaring bitmap.
type postings struct {
	few  []uint32
	many *roaring.Bitmap
}

// denseThreshold is how many slots a list holds before it becomes a bitmap. At about this
// many, spread over the slots of a large index, the two are of a size, and a list
// is one object where a bitmap is twenty.
const denseThreshold = 256

func (p *postings) add(slot uint32) {
	if p.many != nil {
		p.many.Add(slot)
		return
	}
	if last := len(p.few) - 1; last < 0 || p.few[last] < slot {
		p.few = append(p.few, slot)
	} else if at, found := slices.BinarySearch(p.few, slot); !found {
		p.few = slices.Insert(p.few, at, slot)
	}
	if len(p.few) > denseThreshold {
		p.many, p.few = roaring.BitmapOf(p.few...), nil
	}
}

func (p *postings) remove(slot uint32) {
	if p.many != nil {
		p.many.Remove(slot)
	} else if at, found := slices.BinarySearch(p.few, slot); found {
		p.few = slices.Delete(p.few, at, at+1)
	}
}

// orInto puts the slots into s. Room is a cleared set; it comes back cleared.
func (p *postings) orInto(s, room *bitset) {
	for _, slot := range p.few {
		s.add(slot)
	}
	if p.many == nil || p.many.IsEmpty() {
		return
	}
	if p.many.GetCardinality() < uint64(len(s.words)/8) {
		p.many.Iterate(func(slot uint32) bool {
			s.add(slot)
			return true
		})
		return
	}
	p.many.WriteDenseTo(room.words)
	for b := range s.blocks {
		to, from := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(room.words[b<<6:])
		for i, w := range from {
			if w != 0 {
				to[i] |= w
				s.blocks[b] |= 1 << i
			}
		}
		*from = [64]uint64{}
	}
}

func (p *postings) len() int {
	if p.many != nil {
		return int(p.many.GetCardinality())
	}
	return len(p.few)
}

// all goes through the slots in order.
func (p *postings) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if p.many != nil {
			p.many.Iterate(yield)
			return
		}
		for _, slot := range p.few {
			if !yield(slot) {
				return
			}
		}
	}
}

// intersectionCount is how many of the slots are in s.
func (p *postings) intersectionCount(s *bitset) int {
	n := 0
	for slot := range p.all() {
		if s.has(slot) {
			n++
		}
	}
	return n
}
