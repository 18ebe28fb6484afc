// Package postings implements postings lists: the documents that contain a term,
// as ordinals. It depends on package bitset of this module and does not know what
// the documents or terms are.
package postings

import (
	"iter"
	"slices"

	"github.com/RoaringBitmap/roaring/v2"

	"trailcat/internal/search/bitset"
)

// List is a set of document ordinals. Most terms are rare and have a short sorted
// slice; the others have a roaring bitmap. The zero value is an empty list. It is
// not safe for concurrent use while it changes.
type List struct {
	sparse []uint32
	dense  *roaring.Bitmap
}

// denseThreshold is the length above which a slice becomes a bitmap. At about this
// length, with the ordinals spread over a large index, the two take the same
// memory, and a slice is one object where a bitmap is twenty.
const denseThreshold = 256

// Add adds a document.
func (l *List) Add(ordinal uint32) {
	if l.dense != nil {
		l.dense.Add(ordinal)
		return
	}
	if last := len(l.sparse) - 1; last < 0 || l.sparse[last] < ordinal {
		l.sparse = append(l.sparse, ordinal)
	} else if at, found := slices.BinarySearch(l.sparse, ordinal); !found {
		l.sparse = slices.Insert(l.sparse, at, ordinal)
	}
	if len(l.sparse) > denseThreshold {
		l.dense, l.sparse = roaring.BitmapOf(l.sparse...), nil
	}
}

// AppendSorted adds documents in ascending order, all after those of the list.
// Duplicates are dropped; the slice is modified.
func (l *List) AppendSorted(ordinals []uint32) {
	ordinals = slices.Compact(ordinals)
	switch {
	case l.dense != nil:
		l.dense.AddMany(ordinals)
	case len(l.sparse)+len(ordinals) <= denseThreshold:
		l.sparse = append(l.sparse, ordinals...)
	default:
		l.dense = roaring.New()
		l.dense.AddMany(l.sparse)
		l.dense.AddMany(ordinals)
		l.sparse = nil
	}
}

// Trim releases spare capacity by copying.
func (l *List) Trim() {
	if l.dense != nil {
		l.dense = l.dense.Clone()
	} else {
		l.sparse = slices.Clone(l.sparse)
	}
}

// Remove removes a document if it is in the list.
func (l *List) Remove(ordinal uint32) {
	if l.dense != nil {
		l.dense.Remove(ordinal)
	} else if at, found := slices.BinarySearch(l.sparse, ordinal); found {
		l.sparse = slices.Delete(l.sparse, at, at+1)
	}
}

// UnionInto adds the documents to s. buffer is an empty set with the capacity of
// s, and empty again afterwards.
func (l *List) UnionInto(s, buffer *bitset.Set) {
	for _, ordinal := range l.sparse {
		s.Add(ordinal)
	}
	if l.dense == nil || l.dense.IsEmpty() {
		return
	}
	if l.dense.GetCardinality() < uint64(len(s.Words())/8) {
		l.dense.Iterate(func(ordinal uint32) bool {
			s.Add(ordinal)
			return true
		})
		return
	}
	if s.IsEmpty() {
		s.Fill(l.dense.WriteDenseTo)
		return
	}
	buffer.Fill(l.dense.WriteDenseTo)
	s.Union(buffer)
	buffer.Clear()
}

// Len returns the number of documents.
func (l *List) Len() int {
	if l.dense != nil {
		return int(l.dense.GetCardinality())
	}
	return len(l.sparse)
}

// All returns an iterator over the documents in ascending order.
func (l *List) All() iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		if l.dense != nil {
			l.dense.Iterate(yield)
			return
		}
		for _, ordinal := range l.sparse {
			if !yield(ordinal) {
				return
			}
		}
	}
}

// IntersectionCount returns the number of documents that are in s.
func (l *List) IntersectionCount(s *bitset.Set) int {
	n := 0
	for ordinal := range l.All() {
		if s.Has(ordinal) {
			n++
		}
	}
	return n
}
