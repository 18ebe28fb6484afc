package search

import (
	"bytes"
	"cmp"
	"math"
	"slices"

	"trailcat/internal/vocab"
)

// filter is a part of a question that set algebra can answer: a slot must be in
// one of the sets.
type filter struct {
	field Field // whose clause it is; empty for text and place
	anyOf []*bitset
	most  int // no more slots than this pass
}

func (t *filter) has(slot uint32) bool {
	for _, s := range t.anyOf {
		if s.has(slot) {
			return true
		}
	}
	return false
}

// plan is a question made ready to be asked of each slot. It is good while the
// lock is held.
type plan struct {
	st      *indexData
	scratch *queryBuffers
	order   Order
	tests   []filter // the narrowest first

	// What is asked of columns, slot by slot.
	bornFrom, bornTo int32 // both ends count
	listedSince      int64
	listedBefore     int64
	name             []byte // folded; a part of the cat's
	updatedSince     int64
	phrases          [][]byte
	asksColumns      bool

	near      *radiusFilter
	random    permutation
	skip      *bitset // slots that stood elsewhere when the walk began, or nowhere
	elsewhere []candidate
}

// newPlan makes the question ready. It finds fault with what the caller can mend.
func (st *indexData) newPlan(q *Query, s *queryBuffers) (*plan, error) {
	p := &plan{
		st: st, scratch: s, order: q.order(),
		bornFrom: math.MinInt32, bornTo: math.MaxInt32,
		listedSince: microsOf(q.ListedSince), listedBefore: math.MaxInt64, updatedSince: microsOf(q.UpdatedSince),
		name: []byte(vocab.Fold(q.Name)),
	}
	if !q.ListedBefore.IsZero() {
		p.listedBefore = microsOf(q.ListedBefore)
	}
	p.asksColumns = p.listedSince > math.MinInt64 || p.listedBefore < math.MaxInt64 || p.updatedSince > math.MinInt64 || len(p.name) > 0
	p.addAgeFilter(q)
	if q.Near != nil {
		p.near = vicinityOf(*q.Near, q.RadiusKm)
	}
	_, bySuit := activityOfOrder(p.order)
	switch {
	case q.Order == OrderSuitability && !bySuit:
		return nil, unknownActivity(q.OrderFor)
	case !bySuit && !slices.Contains(Orders(), p.order):
		return nil, badParameter("order", "unknown_value", "is none of distance, farthest, newest, oldest, updated, name, suitability, random")
	case p.near == nil && (p.order == OrderDistance || p.order == OrderFarthest):
		return nil, badParameter("order", "needs_near", "by distance needs near")
	case p.near == nil && q.RadiusKm != 0:
		return nil, badParameter("radius_km", "needs_near", "needs near")
	}
	for _, c := range q.Where {
		if err := p.addFieldFilter(c); err != nil {
			return nil, err
		}
	}
	if err := p.askSuits(q.Suits); err != nil {
		return nil, err
	}
	if err := p.addTextFilter(q.Text); err != nil {
		return nil, err
	}
	p.addVisibilityFilter(q.Reader)
	if p.near != nil && p.near.nearest > -2 && p.order != OrderDistance {
		p.addRadiusFilter()
	}
	if !slices.ContainsFunc(p.tests, func(t filter) bool { return st.fields[t.field] != nil }) {
		// Values are had by listed cats alone; words may still be those of others.
		p.tests = append(p.tests, filter{field: "", anyOf: []*bitset{&st.live}, most: st.live.n})
	}
	slices.SortStableFunc(p.tests, func(a, b filter) int { return cmp.Compare(a.most, b.most) })
	return p, nil
}

// addAgeFilter turns months of age into days of birth.
func (p *plan) addAgeFilter(q *Query) {
	if q.AgeMonthsMin == nil && q.AgeMonthsMax == nil {
		return
	}
	p.asksColumns = true
	p.bornFrom = unknownBirthDay + 1
	if q.AgeMonthsMin != nil {
		p.bornTo = latestBirthDay(p.st.today, clampMonths(*q.AgeMonthsMin))
	}
	if q.AgeMonthsMax != nil {
		p.bornFrom = latestBirthDay(p.st.today, clampMonths(*q.AgeMonthsMax)+1) + 1
	}
	if q.AgeMonthsMin == nil || *q.AgeMonthsMin <= 0 {
		p.bornTo = math.MaxInt32
	}
}

func clampMonths(months int) int { return min(max(months, -1), 12*1000) }

// addFieldFilter adds what a clause asks.
func (p *plan) addFieldFilter(c Clause) error {
	t := filter{field: c.Field}
	switch c.Field {
	case FieldShelter:
		t.anyOf, t.most = p.sheltersSet(c.AnyOf)
	case FieldTag:
		t.anyOf, t.most = p.tagsSet(c.AnyOf)
	default:
		f := p.st.fields[c.Field]
		if f == nil {
			return badParameter(string(c.Field), "unknown_parameter", "is not a field of a cat")
		}
		t.anyOf = f.anyOf(c.AnyOf)
		for _, s := range t.anyOf {
			t.most += s.n
		}
	}
	p.tests = append(p.tests, t)
	return nil
}

// has says that a slot is an answer.
func (p *plan) has(slot uint32) bool { return p.inAll(slot) && p.matchesColumns(slot) }

// inAll says that a slot passes every test.
func (p *plan) inAll(slot uint32) bool {
	for i := range p.tests {
		if !p.tests[i].has(slot) {
			return false
		}
	}
	return true
}

// matchesColumns says that a slot is what was asked of columns, and near enough.
func (p *plan) matchesColumns(slot uint32) bool {
	st := p.st
	if p.asksColumns {
		if st.born[slot] < p.bornFrom || st.born[slot] > p.bornTo || st.listed[slot] < p.listedSince || st.listed[slot] >= p.listedBefore || st.updated[slot] < p.updatedSince {
			return false
		}
		if len(p.name) > 0 && !bytes.Contains(st.name(slot), p.name) {
			return false
		}
		if len(p.phrases) > 0 && !p.hasPhrases(slot) {
			return false
		}
	}
	return p.near == nil || p.near.nearest == -2 || p.near.contains(&st.places.units[st.placeOf[slot]])
}

func (p *plan) hasPhrases(slot uint32) bool {
	_, stems := textOf(p.st.textSlab.get(p.st.texts[slot]))
	for _, phrase := range p.phrases {
		if !containsPhrase(stems, phrase) {
			return false
		}
	}
	return true
}
