// Package bitset implements sets of small integers (document ordinals) as
// bitmaps with a summary level, and set algebra on them. It depends on no other
// package of this module and does not know what the members stand for.
package bitset

import (
	"iter"
	"math/bits"
)

// BlockSize is the number of members that one summary word covers: 64 words of
// 64 bits.
const BlockSize = 64 * 64

// Set is a set of integers from 0 up to its capacity. The zero value is an empty
// set of capacity 0. A Set is not safe for concurrent use while it changes.
type Set struct {
	words []uint64 // one bit for each member

	// summary has one bit for each word. A clear bit means that the word is zero,
	// so sparse sets are scanned quickly; a set bit may belong to a zero word.
	summary []uint64
	n       int
}

// Grow raises the capacity to blocks × BlockSize if it is smaller.
func (s *Set) Grow(blocks int) {
	if blocks <= len(s.summary) {
		return
	}
	words, summary := make([]uint64, blocks*64), make([]uint64, blocks)
	copy(words, s.words)
	copy(summary, s.summary)
	s.words, s.summary = words, summary
}

// HasCapacity reports whether the set was ever grown.
func (s *Set) HasCapacity() bool { return len(s.words) > 0 }

// Has reports whether i is a member. i may exceed the capacity.
func (s *Set) Has(i uint32) bool {
	w := int(i >> 6)
	return w < len(s.words) && s.words[w]>>(i&63)&1 != 0
}

// FirstOf returns the index of the first of some integers that is a member, or their number
// if none is.
func (s *Set) FirstOf(list []uint32) int {
	for at, i := range list {
		if s.Has(i) {
			return at
		}
	}
	return len(list)
}

// Add adds i, which must be below the capacity.
func (s *Set) Add(i uint32) {
	w, bit := i>>6, uint64(1)<<(i&63)
	if s.words[w]&bit == 0 {
		s.words[w] |= bit
		s.summary[i>>12] |= 1 << (w & 63)
		s.n++
	}
}

// Remove removes i if it is a member.
func (s *Set) Remove(i uint32) {
	if s.Has(i) {
		s.words[i>>6] &^= 1 << (i & 63)
		s.n--
	}
}

// Clear removes all members and keeps the capacity.
func (s *Set) Clear() {
	for b, summary := range s.summary {
		if summary != 0 {
			clear(s.words[b<<6 : b<<6+64])
		}
	}
	clear(s.summary)
	s.n = 0
}

// Len returns the number of members as Add, Remove, Clear, CopyFrom and Recount
// keep it. The set algebra (Intersect, IntersectUnion, Union, Fill, Subtract,
// FilterRange) does not maintain it: call Recount afterwards.
func (s *Set) Len() int { return s.n }

// Recount counts the members again and returns their number.
func (s *Set) Recount() int {
	n := 0
	for b, summary := range s.summary {
		if summary == 0 {
			continue
		}
		for _, w := range s.words[b<<6 : b<<6+64] {
			n += bits.OnesCount64(w)
		}
	}
	s.n = n
	return n
}

// IsEmpty reports whether the set has no member. It is exact after set algebra,
// too.
func (s *Set) IsEmpty() bool {
	for range s.All() {
		return false
	}
	return true
}

// All returns an iterator over the members in ascending order. Remove may be
// called during the iteration.
func (s *Set) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for b, summary := range s.summary {
			for ; summary != 0; summary &= summary - 1 {
				w := b<<6 | bits.TrailingZeros64(summary)
				for word := s.words[w]; word != 0; word &= word - 1 {
					if !yield(uint32(w<<6 | bits.TrailingZeros64(word))) {
						return
					}
				}
			}
		}
	}
}

// Words returns the bitmap: bit i%64 of word i/64 is set if i is a member. The
// caller must not change it.
func (s *Set) Words() []uint64 { return s.words }

// SetWords makes s the set of a bitmap, as Words returns it. The members must be below the
// capacity of s.
func (s *Set) SetWords(words []uint64) {
	clear(s.words[copy(s.words, words):])
	for b := range s.summary {
		s.summary[b] = 0
		for i, w := range s.words[b<<6 : b<<6+64] {
			if w != 0 {
				s.summary[b] |= 1 << i
			}
		}
	}
	s.Recount()
}

// CopyFrom makes s equal to o, whose members must be below the capacity of s.
func (s *Set) CopyFrom(o *Set) {
	clear(s.words[copy(s.words, o.words):])
	clear(s.summary[copy(s.summary, o.summary):])
	s.n = o.n
}

// Intersect keeps the members that are also in o.
func (s *Set) Intersect(o *Set) {
	for b, summary := range s.summary {
		if summary == 0 {
			continue
		}
		if b >= len(o.summary) || summary&o.summary[b] == 0 {
			clear(s.words[b<<6 : b<<6+64])
			s.summary[b] = 0
			continue
		}
		mine, theirs := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(o.words[b<<6:])
		var remaining uint64
		for i := range mine {
			mine[i] &= theirs[i]
			remaining |= mine[i]
		}
		s.summary[b] = summary & o.summary[b]
		if remaining == 0 {
			s.summary[b] = 0
		}
	}
}

// IntersectUnion keeps the members that are in at least one of the others.
func (s *Set) IntersectUnion(others []*Set) {
	if len(others) == 1 {
		s.Intersect(others[0])
		return
	}
	for b, summary := range s.summary {
		if summary == 0 {
			continue
		}
		mine := (*[64]uint64)(s.words[b<<6:])
		var union [64]uint64
		for _, o := range others {
			if b < len(o.summary) && o.summary[b] != 0 {
				theirs := (*[64]uint64)(o.words[b<<6:])
				for i := range union {
					union[i] |= theirs[i]
				}
			}
		}
		var remaining uint64
		for i := range mine {
			mine[i] &= union[i]
			remaining |= mine[i]
		}
		if remaining == 0 {
			s.summary[b] = 0
		}
	}
}

// Union adds the members of o, which must be below the capacity of s.
func (s *Set) Union(o *Set) {
	for b, summary := range o.summary {
		if summary == 0 {
			continue
		}
		s.summary[b] |= summary
		mine, theirs := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(o.words[b<<6:])
		for i := range mine {
			mine[i] |= theirs[i]
		}
	}
}

// Fill adds the members of a bitmap that write stores into the words of s, which must be
// empty.
func (s *Set) Fill(write func(words []uint64)) {
	write(s.words)
	for b := range s.summary {
		var summary uint64
		for i, w := range (*[64]uint64)(s.words[b<<6:]) {
			summary |= (w | -w) >> 63 << i // 1 unless w is 0, without a branch
		}
		s.summary[b] = summary
	}
}

// Subtract removes the members that are in o.
func (s *Set) Subtract(o *Set) {
	for i := range min(len(s.words), len(o.words)) {
		s.words[i] &^= o.words[i]
	}
}

// IntersectionCount returns the number of members that s and o share.
func (s *Set) IntersectionCount(o *Set) int {
	n := 0
	for b := range min(len(s.summary), len(o.summary)) {
		both := s.summary[b] & o.summary[b]
		switch {
		case both == 0:
		case bits.OnesCount64(both) > 24:
			mine, theirs := (*[64]uint64)(s.words[b<<6:]), (*[64]uint64)(o.words[b<<6:])
			var even, odd int // two independent sums for instruction-level parallelism
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

// FilterRange keeps the members whose value in the column is between low and
// high, both included: none if low is above high. The column's capacity must be at
// least that of the set.
func FilterRange[T int32 | int64](s *Set, column []T, low, high T) {
	if low > high {
		clear(s.words)
		return
	}
	column = column[:cap(column)]
	for w, word := range s.words {
		if word == 0 {
			continue
		}
		var inside uint64
		for i, v := range column[w<<6 : w<<6+64] {
			bit := uint64(0)
			if uint64(v)-uint64(low) <= uint64(high)-uint64(low) { // branchless: the values are in random order
				bit = 1
			}
			inside |= bit << i
		}
		s.words[w] = word & inside
	}
}
