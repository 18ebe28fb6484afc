package search

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"trailcat/internal/search/bitset"
)

// candidate is a slot with its sort key in the order of the query.
type candidate struct {
	slot uint32
	key  sortKey
}

// key returns the current sort key of a slot.
func (p *plan) key(slot uint32) sortKey {
	switch p.order {
	case OrderDistance:
		return p.placeKey(p.data.placeOf[slot], slot)
	case OrderFarthest:
		return p.placeKey(p.data.placeOf[slot], slot).reversed()
	case OrderRandom:
		return p.randomKey(slot)
	default:
		return p.data.sortKey(p.order, slot)
	}
}

func (p *plan) placeKey(place, slot uint32) sortKey {
	dot := p.radius.dot(&p.data.places.units[place])
	return sortKey{a: distanceKey(dot), b: p.data.places.all[place].tieBreaker, n: p.data.numbers[slot]}
}

func (p *plan) randomKey(slot uint32) sortKey {
	number := p.data.numbers[slot]
	if index, ok := p.random.IndexOf(number); ok {
		return sortKey{a: index}
	}
	return sortKey{a: 1 << 63, n: number} // created after the scan started
}

// previousKey returns the sort key of a slot before a change.
func (p *plan) previousKey(v *sortKeyVersion) sortKey {
	switch p.order {
	case OrderDistance:
		return p.placeKey(v.place, v.slot)
	case OrderFarthest:
		return p.placeKey(v.place, v.slot).reversed()
	case OrderRandom:
		return p.randomKey(v.slot)
	default:
		return v.key(p.order, p.data.numbers[v.slot])
	}
}

// pinSnapshot makes the scan see the order as of a log position, after a key.
func (p *plan) pinSnapshot(seq int64, after sortKey) {
	p.movedSlots = p.newSet()
	relevant := movedIn(p.order) | newlyListed
	p.data.history.since(seq, func(v *sortKeyVersion) {
		if v.moved&relevant == 0 || p.movedSlots.Has(v.slot) {
			return
		}
		p.movedSlots.Add(v.slot)
		if v.moved&newlyListed != 0 || !p.matches(v.slot) {
			return
		}
		if previous := p.previousKey(v); previous.compare(after) > 0 {
			p.displaced = append(p.displaced, candidate{v.slot, previous})
		}
	})
	slices.SortFunc(p.displaced, func(a, b candidate) int { return a.key.compare(b.key) })
}

const (
	// slotsPerBlock is how many slots a scan examines in the time in which one block of the
	// matching set is computed.
	slotsPerBlock = 128
	// maxFew is the number of matches of the most selective filter up to which the other
	// filters are not made into a set.
	maxFew = 4096
	// sortThreshold is the number of matches up to which they may be sorted rather than
	// found by a scan in order.
	sortThreshold = 8192
	// scanFactor is how many slots a scan of a stored order examines in the time in which
	// one match is sorted: the former are read in sequence, the keys of matches are not in the
	// processor's cache.
	scanFactor = 16
)

// scanBudget returns the number of slots that a scan examines before it computes the matching
// set instead, which takes as long.
func (p *plan) scanBudget() int { return max(512, slotsPerBlock*p.data.blocks()) }

// scanLimit returns how many slots a scan may examine before it is faster to sort the given
// number of matches.
func (p *plan) scanLimit(matches int) int {
	switch {
	case matches > sortThreshold:
		return math.MaxInt
	case p.order == OrderNewest || p.order == OrderOldest || p.order == OrderUpdated || p.order == OrderName:
		return scanFactor * matches
	default:
		return 0
	}
}

// list returns the first matches after a key, at most limit. matching is the set of
// all matches, and count their number, or nil if it was not computed.
func (p *plan) list(after *sortKey, limit int, matching *bitset.Set, count int) []candidate {
	few := matching // a small superset of the matches, or nil
	p.within, p.examined, p.mostExamined = &p.data.live, 0, p.scanBudget()
	if matching != nil {
		p.within, p.mostExamined = matching, p.scanLimit(count)
	} else if len(p.filters[0].anyOf) == 1 {
		p.within = p.filters[0].anyOf[0]
		if p.maxMatches() <= maxFew {
			few, p.mostExamined = p.within, min(p.mostExamined, p.scanLimit(p.maxMatches()))
		}
	}
	if p.mostExamined == 0 {
		return p.topK(few, after, limit)
	}
	if p.order == OrderFarthest {
		if matching == nil {
			matching = p.matchingSet("")
		}
		return p.topK(matching, after, limit) // farthest-first is rare, so there is no index for it
	}
	_, bySuitability := activityOfOrder(p.order)
	if (bySuitability || p.order == OrderRandom) && p.random.MaxIndex() > 16*uint64(p.data.live.Len()) {
		return p.topK(&p.data.live, after, limit) // the numbers are too sparse to try them one by one
	}
	out := make([]candidate, 0, limit)
	displaced := p.displaced
	for slot := range p.slotsAfter(after) {
		if p.examined++; p.examined > p.mostExamined {
			if few == nil {
				matching = p.matchingSet("")
				few, p.within, p.examined, p.mostExamined = matching, matching, 1, p.scanLimit(matching.Len())
			}
			if p.examined > p.mostExamined {
				p.displaced = displaced // merged into what was found so far
				return p.topK(few, after, limit)
			}
		}
		if matching != nil && !matching.Has(slot) || matching == nil && !p.matchesSets(slot) ||
			p.movedSlots != nil && p.movedSlots.Has(slot) || !p.matchesColumns(slot) {
			continue
		}
		k := p.key(slot)
		if out = p.mergeDisplaced(out, &k, limit); len(out) == limit {
			return out
		}
		if out = append(out, candidate{slot, k}); len(out) == limit {
			return out
		}
	}
	return p.mergeDisplaced(out, nil, limit)
}

// mergeDisplaced appends the displaced cats that come before a key.
func (p *plan) mergeDisplaced(out []candidate, before *sortKey, limit int) []candidate {
	for len(p.displaced) > 0 && len(out) < limit && (before == nil || p.displaced[0].key.compare(*before) < 0) {
		out = append(out, p.displaced[0])
		p.displaced = p.displaced[1:]
	}
	return out
}

// topK returns the first matches after a key among the slots of a set, at most limit.
func (p *plan) topK(slots *bitset.Set, after *sortKey, limit int) []candidate {
	best := make([]candidate, 0, limit+1)
	offer := func(c candidate) {
		if after != nil && c.key.compare(*after) <= 0 {
			return
		}
		if len(best) == limit && c.key.compare(best[limit-1].key) > 0 {
			return
		}
		at, _ := slices.BinarySearchFunc(best, c.key, func(b candidate, k sortKey) int { return b.key.compare(k) })
		if best = slices.Insert(best, at, c); len(best) > limit {
			best = best[:limit]
		}
	}
	leading, least, greatest := p.leadingKey(), uint64(0), uint64(math.MaxUint64)
	if after != nil {
		least = after.a
	}
	for slot := range slots.All() {
		if leading != nil {
			// Most slots are too far back: what one column shows spares the others.
			if a := leading(slot); a < least || a > greatest {
				continue
			}
		}
		if p.matches(slot) && (p.movedSlots == nil || !p.movedSlots.Has(slot)) {
			if offer(candidate{slot, p.key(slot)}); len(best) == limit {
				greatest = best[limit-1].key.a
			}
		}
	}
	for _, c := range p.displaced {
		offer(c)
	}
	return best
}

// leadingKey returns a function that returns the first number of a slot's sort key, or nil if
// that takes as long as the whole key. The slot may be of a cat that is not listed.
func (p *plan) leadingKey() func(slot uint32) uint64 {
	d := p.data
	switch p.order {
	case OrderDistance, OrderFarthest:
		if len(d.places.units) == 0 { // no cat was ever listed
			return nil
		}
		var reverse uint64
		if p.order == OrderFarthest {
			reverse = math.MaxUint64
		}
		return func(slot uint32) uint64 { return distanceKey(p.radius.dot(&d.places.units[d.placeOf[slot]])) ^ reverse }
	case OrderNewest:
		return func(slot uint32) uint64 { return latestFirst(d.listedAt[slot]) }
	case OrderOldest:
		return func(slot uint32) uint64 { return ^latestFirst(d.listedAt[slot]) }
	case OrderUpdated:
		return func(slot uint32) uint64 { return latestFirst(d.updatedAt[slot]) }
	default:
		return nil
	}
}

// keyAtOffset returns the sort key of the n-th match, so that a page can start after
// it. matching has all count matches, more than n. It examines n slots, or sorts all
// matches if these are few or the order is not stored.
func (p *plan) keyAtOffset(n int, matching *bitset.Set, count int) sortKey {
	if count > sortThreshold && p.order != OrderFarthest && p.order != OrderRandom {
		p.within, p.examined, p.mostExamined = matching, 0, math.MaxInt
		for slot := range p.slotsAfter(nil) {
			if !matching.Has(slot) {
				continue
			}
			if n--; n == 0 {
				return p.key(slot)
			}
		}
	}
	keys := make([]sortKey, 0, count)
	for slot := range matching.All() {
		keys = append(keys, p.key(slot))
	}
	slices.SortFunc(keys, sortKey.compare)
	return keys[n-1]
}

// slotsAfter returns an iterator over all slots after a key, in the current order. It may omit
// slots that are not in p.within, and then counts them as examined.
func (p *plan) slotsAfter(after *sortKey) iter.Seq[uint32] {
	switch p.order {
	case OrderDistance:
		return p.nearestFirst(after)
	case OrderRandom:
		return p.randomOrder(after)
	case OrderOldest:
		return p.oldestFirst(after)
	case OrderNewest, OrderUpdated, OrderName:
		from := 0
		if after != nil {
			from = p.data.firstAfter(p.order, *after)
		}
		return p.selected(p.data.orders[p.order][from:])
	default:
		activity, _ := activityOfOrder(p.order)
		return p.bySuitability(after, activity)
	}
}

// selected iterates over those of some slots that are in p.within, and over all that follow
// when as many as allowed have been examined.
func (p *plan) selected(slots []uint32) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for at := 0; at < len(slots); at++ {
			skipped := p.within.FirstOf(slots[at:][:min(len(slots)-at, max(0, p.mostExamined-p.examined))])
			p.examined += skipped
			if at += skipped; at == len(slots) || !yield(slots[at]) {
				return
			}
		}
	}
}

// oldestFirst iterates over the slots of OrderNewest in reverse.
func (p *plan) oldestFirst(after *sortKey) iter.Seq[uint32] {
	slots := p.data.orders[OrderNewest]
	if after != nil {
		slots = slots[:p.data.firstFrom(OrderNewest, after.reversed())]
	}
	return func(yield func(uint32) bool) {
		for _, slot := range slices.Backward(slots) {
			if !yield(slot) {
				return
			}
		}
	}
}

func (p *plan) randomOrder(after *sortKey) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		index := uint64(0)
		if after != nil {
			index = after.a + 1
		}
		for ; index <= p.random.MaxIndex(); index++ {
			if slot, ok := p.data.slotOfNumber(p.random.At(index)); ok && p.data.live.Has(slot) && !yield(slot) {
				return
			}
		}
	}
}

// bySuitability iterates over the cats with a score in stored order, and then over
// all others by impression and number: most cats are not rated.
func (p *plan) bySuitability(after *sortKey, activity int) iter.Seq[uint32] {
	d := p.data
	ranked, first, number := d.orders[p.order], 0, d.leastNumber
	if after != nil {
		ranked = ranked[d.firstAfter(p.order, *after):]
		if after.isUnscored() {
			first, number = int(min(after.b, uint64(len(rankedImpressions)))), after.n+1
		}
	}
	return func(yield func(uint32) bool) {
		for _, slot := range ranked {
			if !yield(slot) {
				return
			}
		}
		from := number
		for _, impression := range rankedImpressions[first:] {
			for slot := range p.byNumber(&d.fields[impressionFieldAt(activity)].find(impression).set, from) {
				if d.scores[slot].low[activity] == 0 && !yield(slot) {
					return
				}
			}
			from = d.leastNumber
		}
	}
}

// byNumber iterates over the listed slots of a set, by number from the given one. It sorts
// few slots, and finds many by trying all numbers.
func (p *plan) byNumber(set *bitset.Set, from int64) iter.Seq[uint32] {
	d := p.data
	return func(yield func(uint32) bool) {
		if set.Len() <= sortThreshold {
			slots := slices.Collect(set.All())
			slices.SortFunc(slots, func(a, b uint32) int { return cmp.Compare(d.numbers[a], d.numbers[b]) })
			for _, slot := range slots {
				if d.numbers[slot] >= from && !yield(slot) {
					return
				}
			}
			return
		}
		for number := from; number <= d.greatestNumber; number++ {
			slot, ok := d.slotOfNumber(number)
			if ok && set.Has(slot) && !yield(slot) {
				return
			}
		}
	}
}
