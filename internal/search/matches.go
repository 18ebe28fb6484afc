package search

import (
	"cmp"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

// CatState is what the index knows of a cat.
type CatState struct {
	Matches bool // it is listed and matches the query, hidden or not
	Hidden  bool // from the audience of the query, by its shelter or, if it is listed, by its own restriction
	Removed bool
}

// CatStates returns the states of some cats, by ID, all as of the same log position. The
// order, cursor and limit of the query are ignored. The state of an unknown cat is zero.
func (x *Index) CatStates(q Query, ids []string) ([]CatState, error) {
	audience := q.Audience
	q.Order, q.Cursor, q.Audience = "", "", catalog.Audience{}
	b := x.buffers.get()
	defer x.buffers.put(b)
	x.mu.RLock()
	defer x.mu.RUnlock()
	d := x.data
	if d == nil {
		return nil, errNotFilled()
	}
	p, err := d.newPlan(&q, b)
	if err != nil {
		return nil, err
	}
	states := make([]CatState, len(ids))
	for i, id := range ids {
		key, ok := parseCatID(id)
		if !ok {
			continue
		}
		if slot, known := d.slotOf(key); known {
			listed := d.live.Has(slot)
			states[i] = CatState{Matches: listed && p.matches(slot), Hidden: !d.shows(slot, audience), Removed: d.removed(slot)}
		}
	}
	return states, nil
}

// NumberedCat is a cat in a range of numbers, and when it last changed.
type NumberedCat struct {
	ID        string
	Number    int64
	UpdatedAt time.Time
}

// CatsByNumber returns all cats that match a query and have a number from first to last,
// by number. The order, cursor and limit of the query are ignored.
func (x *Index) CatsByNumber(q Query, first, last int64) ([]NumberedCat, error) {
	var out []NumberedCat
	err := x.eachMatch(q, func(d *indexData, slot uint32) {
		if n := d.numbers[slot]; first <= n && n <= last {
			out = append(out, NumberedCat{ID: d.ids[slot].String(), Number: n, UpdatedAt: time.UnixMicro(d.updatedAt[slot]).UTC()})
		}
	})
	slices.SortFunc(out, func(a, b NumberedCat) int { return cmp.Compare(a.Number, b.Number) })
	return out, err
}

// LastChanges divides the numbers from 1 on into ranges of size numbers, and returns
// for each when a matching cat in it last changed, or the zero time if there is none.
func (x *Index) LastChanges(q Query, size int64) ([]time.Time, error) {
	var latest []int64
	err := x.eachMatch(q, func(d *indexData, slot uint32) {
		i := int((d.numbers[slot] - 1) / size)
		for len(latest) <= i {
			latest = append(latest, 0)
		}
		latest[i] = max(latest[i], d.updatedAt[slot])
	})
	out := make([]time.Time, len(latest))
	for i, micros := range latest {
		if micros != 0 {
			out[i] = time.UnixMicro(micros).UTC()
		}
	}
	return out, err
}

// eachMatch calls visit for every match once, in no particular order.
func (x *Index) eachMatch(q Query, visit func(d *indexData, slot uint32)) error {
	b := x.buffers.get()
	defer x.buffers.put(b)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return errNotFilled()
	}
	q.Order = OrderNewest
	p, err := x.data.newPlan(&q, b)
	if err != nil {
		return err
	}
	p.materialize()
	for slot := range p.matchingSet("").All() {
		if p.matchesColumns(slot) {
			visit(x.data, slot)
		}
	}
	return nil
}
