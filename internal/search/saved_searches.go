package search

import (
	"math/bits"
	"sync"
)

// Percolator holds questions that wait for cats, indexed the other way round:
// a cat leads to the few questions that it may answer. It may be used from many
// goroutines.
//
// Every question lies in the buckets of its narrowest part: the cells of the map
// that its circle touches, its shelters, breeds, words and so on. Those without
// such a part lie together with all that ask for the same closed fields, and are
// looked at once for all. What is in a cat's buckets is then asked in full.
type Percolator struct {
	mu      sync.RWMutex
	saved   []saved           // by slot
	slots   map[string]uint32 // by id
	owners  map[string]int    // how many each has
	free    []uint32
	buckets candidateIndex
}

// saved is one question.
type saved struct {
	QueryRef
	lies []uint32 // in these buckets
}

// QueryRef is a saved search that a cat answers: what its owner calls it, and who that is.
type QueryRef struct{ ID, Owner, Name string }

// NewSavedSearches holds none yet.
func NewSavedSearches() *Percolator {
	return &Percolator{slots: map[string]uint32{}, owners: map[string]int{}, buckets: newBuckets()}
}

// Put takes up a question, or replaces what was asked under its id. It finds the
// same fault with it as the index does; then there is none under this id.
func (s *Percolator) Put(as QueryRef, q Query) error {
	m, err := NewMatcher(q)
	keys := keysOf(&q, &m)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(as.ID)
	if err != nil {
		return err
	}
	slot := uint32(len(s.saved))
	if last := len(s.free) - 1; last >= 0 {
		slot, s.free = s.free[last], s.free[:last]
	} else {
		s.saved = append(s.saved, saved{})
	}
	s.saved[slot] = saved{QueryRef: as, lies: s.buckets.put(indexedQuery{m, slot}, keys)}
	s.slots[as.ID] = slot
	s.owners[as.Owner]++
	return nil
}

// Remove forgets a question, if there is one of this id.
func (s *Percolator) Remove(id string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remove(id)
}

func (s *Percolator) remove(id string) {
	if slot, ok := s.slots[id]; ok {
		owner := s.saved[slot].Owner
		if s.owners[owner]--; s.owners[owner] == 0 {
			delete(s.owners, owner)
		}
		s.buckets.take(slot, s.saved[slot].lies)
		s.saved[slot] = saved{}
		s.free = append(s.free, slot)
		delete(s.slots, id)
	}
}

// RemoveOf forgets all questions of an owner.
func (s *Percolator) RemoveOf(owner string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.owners[owner] == 0 {
		return
	}
	for _, one := range s.saved {
		if one.Owner == owner && one.ID != "" {
			s.remove(one.ID)
		}
	}
}

// CountByOwner is how many questions of an owner wait.
func (s *Percolator) CountByOwner(owner string) int {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.owners[owner]
}

// Matching is the questions that a cat answers.
func (s *Percolator) Matching(cat *MatchDocument) []QueryRef {
	matched, _ := s.Diff(nil, cat)
	return matched
}

// Diff is the questions that a cat answers now and did not before, and those
// that it did and no longer does. It is nil where there is no such cat.
func (s *Percolator) Diff(before, now *MatchDocument) (matched, left []QueryRef) {
	before, now = before.ifListed(), now.ifListed()
	alike := before.sameRouting(now)
	if alike {
		now.text = before.words()
	}
	for _, cat := range []*MatchDocument{before, now} {
		if cat != nil {
			cat.words() // while nobody waits
		}
	}
	var came, went smallBitset
	s.mu.RLock()
	defer s.mu.RUnlock()
	if alike {
		for w := range s.buckets.of(now, before) {
			switch was, is := w.Matches(before), w.Matches(now); {
			case is && !was:
				came.add(w.slot, len(s.saved))
			case was && !is:
				went.add(w.slot, len(s.saved))
			}
		}
	} else {
		s.onlyIn(now, before, &came)
		s.onlyIn(before, now, &went)
	}
	return s.found(&came), s.found(&went)
}

// onlyIn tallies the questions that one cat answers and the other does not.
func (s *Percolator) onlyIn(cat, other *MatchDocument, t *smallBitset) {
	if cat == nil {
		return
	}
	for w := range s.buckets.of(cat, cat) {
		if w.Matches(cat) && (other == nil || !w.Matches(other)) {
			t.add(w.slot, len(s.saved))
		}
	}
}

func (s *Percolator) found(t *smallBitset) []QueryRef {
	if t.n == 0 {
		return nil
	}
	out := make([]QueryRef, 0, t.n)
	for i, word := range t.words {
		for ; word != 0; word &= word - 1 {
			out = append(out, s.saved[i*64+bits.TrailingZeros64(word)].QueryRef)
		}
	}
	return out
}

// smallBitset is a set of slots: a cat may lead to a question twice.
type smallBitset struct {
	words []uint64
	n     int
}

// add puts in a slot, of so many.
func (t *smallBitset) add(slot uint32, slots int) {
	if t.words == nil {
		t.words = make([]uint64, slots/64+1)
	}
	if word, bit := &t.words[slot/64], uint64(1)<<(slot%64); *word&bit == 0 {
		*word |= bit
		t.n++
	}
}
