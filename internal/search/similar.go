package search

import (
	"strconv"

	"trailcat/internal/catalog"
	"trailcat/internal/search/bitset"
)

// similarityFields returns the fields by which cats are compared, most important
// first.
func similarityFields() []Field {
	return []Field{FieldBreed, FieldColor, FieldPattern, FieldAgeGroup, FieldSex, FieldSize, FieldCoat}
}

// Similar returns the available cats most similar to the cat with a number: those of
// the same breed first, among these those of the same colours, and so on by
// similarityFields. Unknown values of the cat are ignored. Among equals the nearest
// is first, then the lower number. DistanceKm is from the cat. Cats that are hidden
// from the audience are excluded.
func (x *Index) Similar(audience catalog.Audience, number int64, limit int) ([]Hit, error) {
	b := x.buffers.get()
	defer x.buffers.put(b)
	x.mu.RLock()
	defer x.mu.RUnlock()
	d := x.data
	if d == nil {
		return nil, errNotFilled()
	}
	slot, ok := d.slotOfNumber(number)
	if !ok || !d.live.Has(slot) {
		return nil, catalog.NotFoundError("cat", strconv.FormatInt(number, 10))
	}
	s := similaritySearch{data: d, buffers: b, center: newRadiusFilter(d.places.all[d.placeOf[slot]].point, 0), limit: min(max(1, limit), maxLimit)}
	for _, field := range similarityFields() {
		for _, v := range d.fields[field].values {
			if v.name != unknown && v.set.Has(slot) {
				s.traits = append(s.traits, &v.set)
			}
		}
	}
	others := b.newSet(d.blocks())
	others.CopyFrom(d.available())
	others.Remove(slot)
	if hidden := d.hiddenCats(audience, b); hidden != nil {
		others.Subtract(hidden)
	}
	s.search(others, 0)
	hits := d.hits(s.found, s.center)
	d.addCards(hits, s.found)
	return hits, nil
}

// similaritySearch searches cats with as many of the traits as possible.
type similaritySearch struct {
	data    *indexData
	buffers *queryBuffers
	traits  []*bitset.Set // most important first
	center  *radiusFilter
	limit   int
	found   []candidate
}

// search finds those of the others that have the trait at an index and as many of
// the following traits as possible; then, up to the limit, those that do not have it.
// It modifies others.
func (s *similaritySearch) search(others *bitset.Set, trait int) {
	if len(s.found) == s.limit {
		return
	}
	if trait == len(s.traits) {
		s.addNearest(others)
		return
	}
	used := s.buffers.used
	with := s.buffers.newSet(s.data.blocks())
	with.CopyFrom(others)
	with.Intersect(s.traits[trait])
	if !with.IsEmpty() {
		s.search(with, trait+1)
	}
	s.buffers.used = used // release the sets of the recursion
	if len(s.found) < s.limit {
		others.Subtract(s.traits[trait])
		s.search(others, trait+1)
	}
}

// addNearest adds the nearest of the others, up to the limit. It compares few; of many, it
// is sooner to meet enough on the way from place to place: about one of live/others cats is
// one of them.
func (s *similaritySearch) addNearest(others *bitset.Set) {
	p := plan{data: s.data, buffers: s.buffers, order: OrderDistance, radius: s.center}
	missing := s.limit - len(s.found)
	if n := others.Recount(); n*n <= missing*s.data.live.Len() {
		s.found = append(s.found, p.topK(others, nil, missing)...)
		return
	}
	for slot := range p.nearestFirst(nil) {
		if !others.Has(slot) {
			continue
		}
		s.found = append(s.found, candidate{slot, p.key(slot)})
		if len(s.found) == s.limit {
			return
		}
	}
}
