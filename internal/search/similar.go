package search

import (
	"slices"
	"strconv"

	"trailcat/internal/catalog"
)

// similarityFields are the fields by which cats are alike, what matters most first.
func similarityFields() []Field {
	return []Field{FieldBreed, FieldColor, FieldPattern, FieldAgeGroup, FieldSex, FieldSize, FieldCoat}
}

// Similar is available cats most like the one with a number: of the same breed,
// among those of the same colours, and so on through pattern, age, sex, size and
// coat; what is not known of the cat does not count. Among equals the nearest
// come first, then those with the lower number. DistanceKm is from the cat. What
// is withheld from the reader is not there.
func (x *Index) Similar(from catalog.Audience, number int64, limit int) ([]Hit, error) {
	s := x.workshop.borrow()
	defer x.workshop.put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	st := x.stock
	if st == nil {
		return nil, errNotFilled()
	}
	slot, ok := st.slotOfNumber(number)
	if !ok || !st.live.has(slot) {
		return nil, catalog.NotFoundError("cat", strconv.FormatInt(number, 10))
	}
	like := similarity{st: st, scratch: s, near: vicinityOf(st.places.all[st.placeOf[slot]].point, 0), want: min(max(1, limit), maxLimit)}
	for _, field := range similarityFields() {
		for _, v := range st.fields[field].values {
			if v.name != unknown && v.set.has(slot) {
				like.traits = append(like.traits, &v.set)
			}
		}
	}
	others := s.set(st.blocks())
	others.copyFrom(st.available())
	if others.has(slot) {
		others.remove(slot)
	}
	if hidden := st.withheld(from, s); hidden != nil {
		others.andNot(hidden)
	}
	like.take(others, 0)
	hits := st.hits(like.found, like.near)
	st.showCards(hits, like.found, s)
	return hits, nil
}

// similarity looks for cats with as many of the traits as can be had.
type similarity struct {
	st      *indexData
	scratch *queryBuffers
	traits  []*bitset
	near    *radiusFilter
	want    int
	found   []candidate
}

// take finds those of the others that have the trait at depth, and all that
// follow as far as possible; then, if they are too few, those that have not.
func (l *similarity) take(others *bitset, depth int) {
	if len(l.found) == l.want {
		return
	}
	if depth == len(l.traits) {
		l.takeNearest(others)
		return
	}
	before := l.scratch.taken
	with := l.scratch.set(l.st.blocks())
	with.copyFrom(others)
	with.and(l.traits[depth])
	if slices.Max(with.blocks) > 0 {
		l.take(with, depth+1)
	}
	l.scratch.taken = before // what was lent for those is free again
	if len(l.found) < l.want {
		others.andNot(l.traits[depth])
		l.take(others, depth+1)
	}
}

func (l *similarity) takeNearest(others *bitset) {
	p := plan{st: l.st, scratch: l.scratch, order: OrderDistance, near: l.near}
	l.found = append(l.found, p.topK(others, nil, l.want-len(l.found))...)
}
