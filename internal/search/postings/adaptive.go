package postings

import (
	"iter"

	"trailcat/internal/search/bitset"
)

// Adaptive is a postings list for a term that may be frequent. A rare term has a List; a
// frequent one has a bitset, which is a filter as it is, and on which counting is about
// twenty times as fast. The zero value is an empty list.
type Adaptive struct {
	rare     List
	frequent bitset.Set
}

// minFrequent is the number of documents above which a term may become frequent.
// In a large index the bound is one document in 64, so that the bitset is at most
// four times as large as the List would be.
const minFrequent = 1024

// NewAdaptive returns a list with the documents of another, which it takes over. blocks is
// the capacity of the index in bitset blocks.
func NewAdaptive(list List, blocks int) Adaptive {
	a := Adaptive{rare: list, frequent: bitset.Set{}}
	a.convert(blocks)
	return a
}

func (a *Adaptive) isFrequent() bool { return a.frequent.HasCapacity() }

// convert gives a term that has become frequent its bitset.
func (a *Adaptive) convert(blocks int) {
	if a.isFrequent() || a.rare.Len() <= max(minFrequent, blocks*bitset.BlockSize/64) {
		return
	}
	a.frequent.Grow(blocks)
	for ordinal := range a.rare.All() {
		a.frequent.Add(ordinal)
	}
	a.rare = List{sparse: nil, dense: nil}
}

// Add adds a document. blocks is the capacity of the index in bitset blocks.
func (a *Adaptive) Add(ordinal uint32, blocks int) {
	if !a.isFrequent() {
		a.rare.Add(ordinal)
		a.convert(blocks)
		return
	}
	a.frequent.Grow(blocks)
	a.frequent.Add(ordinal)
}

// Set returns the documents of a frequent term, or nil for a rare one. The caller must not
// change the set.
func (a *Adaptive) Set() *bitset.Set {
	if !a.isFrequent() {
		return nil
	}
	return &a.frequent
}

// Remove removes a document if it is in the list.
func (a *Adaptive) Remove(ordinal uint32) {
	if a.isFrequent() {
		a.frequent.Remove(ordinal)
	} else {
		a.rare.Remove(ordinal)
	}
}

// UnionInto adds the documents to s. buffer is an empty set with the capacity of
// s, and empty again afterwards.
func (a *Adaptive) UnionInto(s, buffer *bitset.Set) {
	if a.isFrequent() {
		s.Union(&a.frequent)
	} else {
		a.rare.UnionInto(s, buffer)
	}
}

// All returns an iterator over the documents in ascending order.
func (a *Adaptive) All() iter.Seq[uint32] {
	if a.isFrequent() {
		return a.frequent.All()
	}
	return a.rare.All()
}

// Len returns the number of documents.
func (a *Adaptive) Len() int {
	if a.isFrequent() {
		return a.frequent.Len()
	}
	return a.rare.Len()
}

// IntersectionCount returns the number of documents that are in s.
func (a *Adaptive) IntersectionCount(s *bitset.Set) int {
	if a.isFrequent() {
		return a.frequent.IntersectionCount(s)
	}
	return a.rare.IntersectionCount(s)
}
