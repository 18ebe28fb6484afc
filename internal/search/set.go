package search

import (
	"iter"
	"math/bits"
)

// slotsPerBlock is how many slots one word of set.blocks speaks for: 64 words of 64 bits.
const slotsPerBlock = 64 * 64

// bitset is a set of slots. Words hold a bit for each slot. Blocks hold a bit for
// each word, clear only where the word is zero, so that sparse sets are passed
// over quickly. A set that was never grown is empty.
type bitset struct {
	words  []uint64
	blocks []uint64
	n      int // the members; not kept for sets made by set algebra
}

// grow makes room for blocks times 4,096 slots.
func (s *bitset) grow(blocks int) {
	if blocks <= len(s.blocks) {
		return
	}
	words, summary := make([]uint64, blocks*64), make([]uint64, blocks)
	copy(words, s.words)
	copy(summary, s.blocks)
	s.words, s.blocks = words, summary
}

func (s *bitset) has(slot uint32) bool {
	w := int(slot >> 6)
	return w < len(s.words) && s.words[w]>>(slot&63)&1 != 0
}

// add puts a slot in; there must be room for it.
func (s *bitset) add(slot uint32) {
	w, bit := slot>>6, uint64(1)<<(slot&63)
	if s.words[w]&bit == 0 {
		s.words[w] |= bit
		s.blocks[slot>>12] |= 1 << (w & 63)
		s.n++
	}
}

func (s *bitset) remove(slot uint32) {
	if s.has(slot) {
		s.words[slot>>6] &^= 1 << (slot & 63)
		s.n--
	}
}

func (s *bitset) clear() {
	clear(s.words)
	clear(s.blocks)
	s.n = 0
}

// all goes through the members in order.
func (s *bitset) all() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for b, some := range s.blocks {
			for ; some != 0; some &= some - 1 {
				w := b<<6 | bits.TrailingZeros64(some)
				for word := s.words[w]; word != 0; word &= word - 1 {
					if !yield(uint32(w<<6 | bits.TrailingZeros64(word))) {
						return
					}
				}
			}
		}
	}
}

// copyFrom makes s equal to o.
func (s *bitset) copyFrom(o *bitset) {
	clear(s.words[copy(s.words, o.words):])
	clear(s.blocks[copy(s.blocks, o.blocks):])
	s.n = o.n
}

// and keeps the members that are also in o.
func (s *bitset) and(o *bitset) {
	for b, some := range s.blocks {
		if some == 0 {
			continue
		}
		if b >= len(o.blocks) || some&o.blocks[b] == 0 {
			clear(s.words[b<<6 : b<<6+64])
			s.blocks[b] = 0
			continue
		}
		mine, theirs := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(o.words[b<<6:])
		var left uint64
		for i := range mine {
			mine[i] &= theirs[i]
			left |= mine[i]
		}
		s.blocks[b] = some & o.blocks[b]
		if left == 0 {
			s.blocks[b] = 0
		}
	}
}

// intersectUnion keeps the members that are in any of the others.
func (s *bitset) intersectUnion(others []*bitset) {
	if len(others) == 1 {
		s.and(others[0])
		return
	}
	for b, some := range s.blocks {
		if some == 0 {
			continue
		}
		mine := (*[64]uint64)(s.words[b<<6:])
		var either [64]uint64
		for _, o := range others {
			if b < len(o.blocks) && o.blocks[b] != 0 {
				theirs := (*[64]uint64)(o.words[b<<6:])
				for i := range either {
					either[i] |= theirs[i]
				}
			}
		}
		var left uint64
		for i := range mine {
			mine[i] &= either[i]
			left |= mine[i]
		}
		if left == 0 {
			s.blocks[b] = 0
		}
	}
}

// or takes up the members of o, for which there must be room. It does not count.
func (s *bitset) or(o *bitset) {
	for b, some := range o.blocks {
		if some == 0 {
			continue
		}
		s.blocks[b] |= some
		mine, theirs := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(o.words[b<<6:])
		for i := range mine {
			mine[i] |= theirs[i]
		}
	}
}

// andNot drops the members that are in o.
func (s *bitset) andNot(o *bitset) {
	for i := range min(len(s.words), len(o.words)) {
		s.words[i] &^= o.words[i]
	}
}

func (s *bitset) count() int {
	n := 0
	for b, some := range s.blocks {
		if some == 0 {
			continue
		}
		for _, w := range s.words[b<<6 : b<<6+64] {
			n += bits.OnesCount64(w)
		}
	}
	return n
}

// countAnd is how many members two sets share.
func (s *bitset) countAnd(o *bitset) int {
	n := 0
	for b := range min(len(s.blocks), len(o.blocks)) {
		both := s.blocks[b] & o.blocks[b]
		switch {
		case both == 0:
		case bits.OnesCount64(both) > 24:
			mine, theirs := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(o.words[b<<6:])
			var even, odd int // two sums, so that neither waits for the other
			for i := 0; i < len(mine); i += 2 {
				even += bits.OnesCount64(mine[i] & theirs[i])
				odd += bits.OnesCount64(mine[i+1] & theirs[i+1])
			}
			n += even + odd
		default:
			for ; both != 0; both &= both - 1 {
				w := b<<6 | bits.TrailingZeros64(both)
				n += bits.OnesCount64(s.words[w] & o.words[w])
			}
		}
	}
	return n
}

// filterRange keeps the members whose value in a column is from low to high. The
// column has room for whole blocks.
func filterRange[T int32 | int64](s *bitset, column []T, low, high T) {
	column = column[:cap(column)]
	for w, word := range s.words {
		if word == 0 {
			continue
		}
		var in uint64
		for i, v := range column[w<<6 : w<<6+64] {
			bit := uint64(0)
			if uint64(v)-uint64(low) <= uint64(high)-uint64(low) { // without a jump: births are in no order
				bit = 1
			}
			in |= bit << i
		}
		s.words[w] = word & in
	}
}
