package search

import (
	"cmp"
	"slices"
	"time"
)

// CatsByNumberRange is a cat by its number, and when it last changed.
type CatsByNumberRange struct {
	ID        string
	Number    int64
	UpdatedAt time.Time
}

// Numbered is all cats that match a question and have a number from first to last,
// by number. The order, cursor and limit of the question do not count.
func (x *Index) Numbered(q Query, first, last int64) ([]CatsByNumberRange, error) {
	var out []CatsByNumberRange
	err := x.eachMatch(q, func(st *indexData, slot uint32) {
		if n := st.numbers[slot]; first <= n && n <= last {
			out = append(out, CatsByNumberRange{ID: st.ids[slot].String(), Number: n, UpdatedAt: time.UnixMicro(st.updated[slot]).UTC()})
		}
	})
	slices.SortFunc(out, func(a, b CatsByNumberRange) int { return cmp.Compare(a.Number, b.Number) })
	return out, err
}

// LastChanges is, for each run of so many numbers, from 1 on, when a cat in it that
// matches a question last changed; the zero time where there is none.
func (x *Index) LastChanges(q Query, run int64) ([]time.Time, error) {
	var latest []int64
	err := x.eachMatch(q, func(st *indexData, slot uint32) {
		at := int((st.numbers[slot] - 1) / run)
		for len(latest) <= at {
			latest = append(latest, 0)
		}
		latest[at] = max(latest[at], st.updated[slot])
	})
	out := make([]time.Time, len(latest))
	for i, micros := range latest {
		if micros != 0 {
			out[i] = time.UnixMicro(micros).UTC()
		}
	}
	return out, err
}

// eachMatch shows every match once, in no order.
func (x *Index) eachMatch(q Query, show func(st *indexData, slot uint32)) error {
	s := x.workshop.borrow()
	defer x.workshop.put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return errNotFilled()
	}
	q.Order = OrderNewest
	p, err := x.stock.newPlan(&q, s)
	if err != nil {
		return err
	}
	p.materialize()
	for slot := range p.matches("").all() {
		if p.matchesColumns(slot) {
			show(x.stock, slot)
		}
	}
	return nil
}
