package search

import (
	"time"

	"trailcat/internal/errcode"
	"trailcat/internal/search/bitset"
)

// maxLimit is the maximum length of a page, so that no query returns everything at
// once.
const maxLimit = 1000

// Cats answers a query. An error is a *catalog.Error if the query is invalid: a
// cursor with the code bad_cursor or cursor_expired, a text without a word, a sort
// order that requires a place.
func (x *Index) Cats(q Query) (Page, error) {
	q.Limit = min(max(1, q.Limit), maxLimit)
	b := x.buffers.get()
	defer x.buffers.put(b)
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return Page{}, errNotFilled()
	}
	return x.data.page(&q, b)
}

func (d *indexData) page(q *Query, b *queryBuffers) (Page, error) {
	p, err := d.newPlan(q, b)
	if err != nil {
		return Page{}, err
	}
	position := cursor{queryHash: q.hash(), seq: d.head.Seq, random: d.permutation(q.Seed)}
	var after *sortKey
	if q.Cursor != "" {
		if position, err = decodeCursor(q.Cursor, d.secret, position.queryHash); err != nil {
			return Page{}, err
		}
		if position.seq < d.history.completeAfter {
			return Page{}, cursorError(errcode.CursorExpired, expiredCursorMessage)
		}
		position.random.Seed = q.Seed
		after = &position.last
	}
	p.random = position.random

	page := Page{Seq: d.head.Seq}
	var matching *bitset.Set
	count := 0
	if q.Total || len(q.Facets) > 0 || q.Offset > 0 {
		p.materialize()
		matching = p.matchingSet("")
		count = matching.Len()
		page.Facets = p.facets(q.Facets, matching)
	}
	if q.Total {
		page.Total = new(count)
	}
	switch {
	case after != nil:
		p.pinSnapshot(position.seq, *after)
	case q.Offset >= count && q.Offset > 0:
		return page, nil
	case q.Offset > 0:
		after = new(p.keyAtOffset(q.Offset, matching, count))
	}
	found := p.list(after, q.Limit+1, matching, count)
	if page.HasMore = len(found) > q.Limit; page.HasMore {
		found = found[:q.Limit]
		position.last = found[q.Limit-1].key
		page.Next = position.encode(d.secret)
	}
	page.Hits = d.hits(found, p.radius)
	if !q.WithoutCards {
		d.addCards(page.Hits, found)
	}
	return page, nil
}

// hits returns the candidates as hits without cards. radius may be nil.
func (d *indexData) hits(candidates []candidate, radius *radiusFilter) []Hit {
	out := make([]Hit, len(candidates))
	for i, c := range candidates {
		out[i] = d.hit(c.slot)
		if radius != nil {
			out[i].DistanceKm = radius.km(&d.places.units[d.placeOf[c.slot]])
		}
	}
	return out
}

// addCards adds the cards to hits.
func (d *indexData) addCards(hits []Hit, candidates []candidate) {
	for i, c := range candidates {
		hits[i].Card = d.cards.Open(d.cardArena.Get(d.cardRefs[c.slot]))
	}
}

func (d *indexData) hit(slot uint32) Hit {
	var birth time.Time
	if d.bornOn[slot] != unknownBirthDay {
		birth = dateOf(d.bornOn[slot])
	}
	return Hit{
		ID: d.ids[slot].String(), Number: d.numbers[slot], Version: int64(d.versions[slot]),
		ShelterID: d.shelters.all[d.shelterOf[slot]].ID,
		Birth:     birth, AgeGroup: reportedAgeGroup(d.reportedAge[slot]), DistanceKm: -1,
	}
}
