package search

import (
	"slices"

	"trailcat/internal/catalog"
)

// Shelter is a shelter by its id or its code, and how many of its cats can be
// adopted now.
func (x *Index) Shelter(idOrCode string) (s catalog.Shelter, availableCats int, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return catalog.Shelter{}, 0, false
	}
	number, ok := x.stock.shelters.find(idOrCode)
	if !ok {
		return catalog.Shelter{}, 0, false
	}
	at := x.stock.shelters.all[number]
	return *at.Shelter, x.stock.availableAt(at), true
}

// ShelterInfo is a shelter by its id or its code. It does not count cats, which costs a
// look at each.
func (x *Index) ShelterInfo(idOrCode string) (catalog.Shelter, bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return catalog.Shelter{}, false
	}
	number, ok := x.stock.shelters.find(idOrCode)
	if !ok {
		return catalog.Shelter{}, false
	}
	return *x.stock.shelters.all[number].Shelter, true
}

func (st *indexData) availableAt(s *shelter) int {
	n := 0
	for _, slot := range s.cats {
		if st.available().has(slot) {
			n++
		}
	}
	return n
}

// Shelters answers a question. An error is a *catalog.Error when the caller can
// mend the question. Shelters that change places during a walk may be met twice
// or not at all.
func (x *Index) Shelters(q ShelterQuery) (ShelterPage, error) {
	q.Limit = min(max(1, q.Limit), maxLimit)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return ShelterPage{}, errNotFilled()
	}
	return x.stock.shelterPage(&q)
}

// rankedShelter is a shelter that was found and where it stands.
type rankedShelter struct {
	at  *shelter
	key key
	km  float64
}

func (st *indexData) shelterPage(q *ShelterQuery) (ShelterPage, error) {
	order := q.order()
	switch {
	case !slices.Contains(ShelterOrders(), order):
		return ShelterPage{}, badParameter("order", "unknown_value", "is none of distance, name, code, region, country, age")
	case order == SheltersByDistance && q.Near == nil:
		return ShelterPage{}, badParameter("order", "needs_near", "by distance needs near")
	case q.Near == nil && q.RadiusKm != 0:
		return ShelterPage{}, badParameter("radius_km", "needs_near", "needs near")
	}
	at := cursor{question: q.hash(), seq: st.head.Seq}
	var err error
	if q.Cursor != "" {
		if at, err = decodeCursor(q.Cursor, st.secret, at.question); err != nil {
			return ShelterPage{}, err
		}
	}
	all := st.findShelters(q)
	page := ShelterPage{Seq: st.head.Seq}
	if q.Total {
		page.Total = new(len(all))
	}
	compare := key.compare
	if q.Reverse {
		compare = func(a, b key) int { return b.compare(a) }
	}
	slices.SortFunc(all, func(a, b rankedShelter) int { return compare(a.key, b.key) })
	if q.Cursor != "" {
		all = slices.DeleteFunc(all, func(s rankedShelter) bool { return compare(s.key, at.last) <= 0 })
	} else {
		all = all[min(max(0, q.Skip), len(all)):]
	}
	if page.HasMore = len(all) > q.Limit; page.HasMore {
		all = all[:q.Limit]
		at.last = all[q.Limit-1].key
		page.Next = at.encode(st.secret)
	}
	page.Hits = make([]ShelterHit, len(all))
	for i, s := range all {
		page.Hits[i] = ShelterHit{Shelter: *s.at.Shelter, AvailableCats: 0, DistanceKm: s.km}
		if !s.at.HiddenFrom(q.Reader) {
			page.Hits[i].AvailableCats = st.availableAt(s.at)
		}
	}
	return page, nil
}
