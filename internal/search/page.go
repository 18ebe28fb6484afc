package search

import (
	"slices"
	"time"
)

// maxLimit bounds a page, so that no question asks for everything at once.
const maxLimit = 1000

// Cats answers a question. An error is a *catalog.Error when the caller can mend
// the question: a cursor that is bad_cursor or cursor_expired, a text without a
// word, an order that needs a place.
func (x *Index) Cats(q Query) (Page, error) {
	q.Limit = min(max(1, q.Limit), maxLimit)
	s := x.workshop.borrow()
	defer x.workshop.put(s)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return Page{}, errNotFilled()
	}
	return x.stock.page(&q, s)
}

func (st *indexData) page(q *Query, s *queryBuffers) (Page, error) {
	p, err := st.newPlan(q, s)
	if err != nil {
		return Page{}, err
	}
	secret := st.secret
	at := cursor{question: q.hash(), seq: st.head.Seq, random: st.shuffleOf(q.Seed)}
	var after *key
	if q.Cursor != "" {
		if at, err = decodeCursor(q.Cursor, secret, at.question); err != nil {
			return Page{}, err
		}
		if at.seq < st.past.reach {
			return Page{}, cursorError("cursor_expired", tooOld)
		}
		at.random.seed = q.Seed
		after = &at.last
	}
	p.random = at.random

	page := Page{Seq: st.head.Seq}
	var all *bitset
	count := 0
	if q.Total || len(q.Facets) > 0 || q.Skip > 0 {
		p.materialize()
		all = p.matches("")
		count = all.n
		page.Facets = p.facets(q.Facets, all)
	}
	if q.Total {
		page.Total = new(count)
	}
	switch {
	case after != nil:
		p.pinSnapshot(at.seq, *after)
	case q.Skip >= count && q.Skip > 0:
		return page, nil
	case q.Skip > 0:
		after = new(p.keyAtOffset(q.Skip, all, count))
	}
	hits := p.list(after, q.Limit+1, all, count)
	if page.HasMore = len(hits) > q.Limit; page.HasMore {
		hits = hits[:q.Limit]
		at.last = hits[q.Limit-1].key
		page.Next = at.encode(secret)
	}
	page.Hits = st.hits(hits, p.near)
	if !q.Bare {
		st.showCards(page.Hits, hits, s)
	}
	return page, nil
}

// hits says what was found.
func (st *indexData) hits(list []candidate, near *radiusFilter) []Hit {
	out := make([]Hit, len(list))
	for i, f := range list {
		out[i] = st.hit(f.slot)
		if near != nil {
			out[i].DistanceKm = near.km(&st.places.units[st.placeOf[f.slot]])
		}
	}
	return out
}

// showCards puts the cards to what was found. Those of a page share one piece of memory.
func (st *indexData) showCards(hits []Hit, list []candidate, s *queryBuffers) {
	ends := make([]int, len(list))
	s.cards = s.cards[:0]
	for i, f := range list {
		s.cards = st.books.unfold(s.cards, st.cardSlab.get(st.cards[f.slot]))
		ends[i] = len(s.cards)
	}
	cards := slices.Clip(slices.Clone(s.cards))
	from := 0
	for i := range hits {
		hits[i].Card = cards[from:ends[i]:ends[i]]
		from = ends[i]
	}
}

func (st *indexData) hit(slot uint32) Hit {
	var birth time.Time
	if st.born[slot] != unknownBirthDay {
		birth = dateOf(st.born[slot])
	}
	return Hit{
		Card: nil, ID: st.ids[slot].String(), Number: st.numbers[slot], Version: int64(st.versions[slot]),
		ShelterID: st.shelters.all[st.shelterOf[slot]].ID,
		Birth:     birth, AgeGroup: st.reportedAgeGroup(slot), DistanceKm: -1,
	}
}
