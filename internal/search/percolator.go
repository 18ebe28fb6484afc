package search

import (
	"sync"

	"trailcat/internal/search/bitset"
)

// Percolator stores queries and finds those that a cat matches: the reverse of an
// Index. It is safe for concurrent use.
//
// Every query is in the buckets of its most selective condition: the map cells of its
// radius, its shelters, breeds, words and so on. Queries without such a condition are
// in one bucket with all that allow the same values of closed fields. The queries in a
// cat's buckets are candidates, which are then matched in full.
type Percolator struct {
	mu         sync.RWMutex
	queries    []registeredQuery // by slot
	slots      map[string]uint32 // by id
	counts     map[string]int    // of queries, by owner
	free       []uint32          // slots
	candidates candidateIndex
}

// registeredQuery is a stored query. Its ID is empty if the slot is free.
type registeredQuery struct {
	QueryRef
	buckets []uint32
}

// QueryRef identifies a stored query: its id, its owner and the owner's name for it.
type QueryRef struct{ ID, Owner, Name string }

// NewPercolator returns a percolator without queries.
func NewPercolator() *Percolator {
	return &Percolator{slots: map[string]uint32{}, counts: map[string]int{}, candidates: newCandidateIndex()}
}

// Put stores a query, or replaces the one with the same id. It returns the same error
// for an invalid query as an Index; no query is then stored with this id.
func (p *Percolator) Put(ref QueryRef, q Query) error {
	m, err := NewMatcher(q)
	keys := routingKeysOf(&q, &m)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remove(ref.ID)
	if err != nil {
		return err
	}
	slot := uint32(len(p.queries))
	if last := len(p.free) - 1; last >= 0 {
		slot, p.free = p.free[last], p.free[:last]
	} else {
		p.queries = append(p.queries, registeredQuery{})
	}
	p.queries[slot] = registeredQuery{QueryRef: ref, buckets: p.candidates.add(indexedQuery{m, slot}, keys)}
	p.slots[ref.ID] = slot
	p.counts[ref.Owner]++
	return nil
}

// Remove removes the query with an id, if it exists.
func (p *Percolator) Remove(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.remove(id)
}

func (p *Percolator) remove(id string) {
	if slot, ok := p.slots[id]; ok {
		owner := p.queries[slot].Owner
		if p.counts[owner]--; p.counts[owner] == 0 {
			delete(p.counts, owner)
		}
		p.candidates.remove(slot, p.queries[slot].buckets)
		p.queries[slot] = registeredQuery{}
		p.free = append(p.free, slot)
		delete(p.slots, id)
	}
}

// RemoveOwner removes all queries of an owner.
func (p *Percolator) RemoveOwner(owner string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.counts[owner] == 0 {
		return
	}
	for _, q := range p.queries {
		if q.Owner == owner && q.ID != "" {
			p.remove(q.ID)
		}
	}
}

// CountByOwner returns the number of queries of an owner.
func (p *Percolator) CountByOwner(owner string) int {
	p.mu.RLock()
	defer p.mu.RUnlock()
	return p.counts[owner]
}

// Matching returns the queries that a cat matches.
func (p *Percolator) Matching(cat *MatchDocument) []QueryRef {
	matched, _ := p.Diff(nil, cat)
	return matched
}

// Diff returns the queries that a cat matches after a change and not before (entered),
// and those that it matched before and not after (left). before is nil for a new cat,
// after for a deleted one.
func (p *Percolator) Diff(before, after *MatchDocument) (entered, left []QueryRef) {
	if !before.isListed() {
		before = nil
	}
	if !after.isListed() {
		after = nil
	}
	sameRouting := before != nil && after != nil && before.sameRouting(after)
	if sameRouting {
		after.tokens = before.tokenStream()
	}
	for _, d := range []*MatchDocument{before, after} {
		if d != nil {
			d.tokenStream() // before the lock is taken
		}
	}
	var in, out bitset.Set
	p.mu.RLock()
	defer p.mu.RUnlock()
	if sameRouting {
		for q := range p.candidates.find(after, before) {
			switch matchedBefore, matchesAfter := q.Matches(before), q.Matches(after); {
			case matchesAfter && !matchedBefore:
				p.addTo(&in, q.slot)
			case matchedBefore && !matchesAfter:
				p.addTo(&out, q.slot)
			}
		}
	} else {
		p.addOnlyMatchedBy(after, before, &in)
		p.addOnlyMatchedBy(before, after, &out)
	}
	return p.refs(&in), p.refs(&out)
}

// addOnlyMatchedBy adds the queries to a set that cat matches and other does not. Both
// may be nil.
func (p *Percolator) addOnlyMatchedBy(cat, other *MatchDocument, s *bitset.Set) {
	if cat == nil {
		return
	}
	for q := range p.candidates.find(cat, cat) {
		if q.Matches(cat) && (other == nil || !q.Matches(other)) {
			p.addTo(s, q.slot)
		}
	}
}

// addTo adds a query to a set, which is allocated when it is first used.
func (p *Percolator) addTo(s *bitset.Set, slot uint32) {
	if !s.HasCapacity() {
		s.Grow(len(p.queries)/bitset.BlockSize + 1)
	}
	s.Add(slot)
}

func (p *Percolator) refs(s *bitset.Set) []QueryRef {
	if s.Len() == 0 {
		return nil
	}
	refs := make([]QueryRef, 0, s.Len())
	for slot := range s.All() {
		refs = append(refs, p.queries[slot].QueryRef)
	}
	return refs
}
