package search

import "slices"

// candidate is a slot and where it stands in the order of the walk.
type candidate struct {
	slot uint32
	key  key
}

// key is where a slot stands now.
func (p *plan) key(slot uint32) key {
	switch p.order {
	case OrderDistance:
		return p.keyAt(p.st.placeOf[slot], slot)
	case OrderFarthest:
		return p.keyAt(p.st.placeOf[slot], slot).reversed()
	case OrderRandom:
		return p.randomKey(slot)
	default:
		return p.st.standing(p.order, slot)
	}
}

func (p *plan) keyAt(number, slot uint32) key {
	dot := p.near.dot(&p.st.places.units[number])
	return key{a: distanceKey(dot), b: p.st.places.all[number].tie, n: p.st.numbers[slot]}
}

func (p *plan) randomKey(slot uint32) key {
	number := p.st.numbers[slot]
	if place, ok := p.random.indexOf(number); ok {
		return key{a: place}
	}
	return key{a: 1 << 63, n: number} // came after the walk began
}

// previousKey is where a slot stood before it moved.
func (p *plan) previousKey(was *sortKeyVersion) key {
	number := p.st.numbers[was.slot]
	switch p.order {
	case OrderDistance:
		return p.keyAt(was.place, was.slot)
	case OrderFarthest:
		return p.keyAt(was.place, was.slot).reversed()
	case OrderRandom:
		return p.randomKey(was.slot)
	case OrderNewest:
		return newestKey(was.listed, number)
	case OrderOldest:
		return newestKey(was.listed, number).reversed()
	case OrderUpdated:
		return key{a: lateFirst(was.updated), n: -number}
	case OrderName:
		return key{name: []byte(was.name), n: number}
	default:
		place, _ := activityOfOrder(p.order)
		return suitKey(was.low[place], number)
	}
}

// pinSnapshot makes the walk see the order as it was at a number of the log, behind a key.
func (p *plan) pinSnapshot(seq int64, after key) {
	p.skip = p.scratch.set(p.st.blocks())
	matters := movedIn(p.order) | newlyListed
	p.st.past.since(seq, func(was *sortKeyVersion) {
		if was.moved&matters == 0 || p.skip.has(was.slot) {
			return
		}
		p.skip.add(was.slot)
		if was.moved&newlyListed != 0 || !p.has(was.slot) {
			return
		}
		if then := p.previousKey(was); then.compare(after) > 0 {
			p.elsewhere = append(p.elsewhere, candidate{was.slot, then})
		}
	})
	slices.SortFunc(p.elsewhere, func(a, b candidate) int { return a.key.compare(b.key) })
}

// scanBudget is how many slots a walk looks at before it looks for all that may be
// answers instead.
const scanBudget = 4096

// sortThreshold is how many answers are sorted rather than met on a walk.
const sortThreshold = 8192

// list is the first answers behind a key, at most as many as asked. All is every
// answer if they were counted already.
func (p *plan) list(after *key, most int, all *bitset, count int) []candidate {
	if all != nil && count <= sortThreshold {
		return p.topK(all, after, most)
	}
	if all == nil && p.maxMatches() <= scanBudget && len(p.tests[0].anyOf) == 1 {
		return p.topK(p.tests[0].anyOf[0], after, most)
	}
	if p.order == OrderFarthest {
		if all == nil {
			all = p.matches("")
		}
		return p.topK(all, after, most) // nobody walks from the far end of the world often enough to pave the way
	}
	_, bySuit := activityOfOrder(p.order)
	if (bySuit || p.order == OrderRandom) && p.random.mask() > 16*uint64(p.st.live.n) {
		return p.topK(&p.st.live, after, most) // the numbers are too far apart to try them
	}
	out := make([]candidate, 0, most)
	looked := 0
	for slot := range p.next(after) {
		if looked++; looked == scanBudget && all == nil {
			if all = p.matches(""); all.n <= sortThreshold {
				return p.topK(all, after, most)
			}
		}
		if all != nil && !all.has(slot) || all == nil && !p.inAll(slot) || p.skip != nil && p.skip.has(slot) || !p.matchesColumns(slot) {
			continue
		}
		at := p.key(slot)
		if out = p.mergeDisplaced(out, &at, most); len(out) == most {
			return out
		}
		if out = append(out, candidate{slot, at}); len(out) == most {
			return out
		}
	}
	return p.mergeDisplaced(out, nil, most)
}

// mergeDisplaced adds what stood before a key when the walk began.
func (p *plan) mergeDisplaced(out []candidate, before *key, most int) []candidate {
	for len(p.elsewhere) > 0 && len(out) < most && (before == nil || p.elsewhere[0].key.compare(*before) < 0) {
		out = append(out, p.elsewhere[0])
		p.elsewhere = p.elsewhere[1:]
	}
	return out
}

// topK is the first answers behind a key among candidates.
func (p *plan) topK(candidates *bitset, after *key, most int) []candidate {
	best := make([]candidate, 0, most+1)
	offer := func(f candidate) {
		if after != nil && f.key.compare(*after) <= 0 {
			return
		}
		if len(best) == most && f.key.compare(best[most-1].key) > 0 {
			return
		}
		at, _ := slices.BinarySearchFunc(best, f.key, func(b candidate, k key) int { return b.key.compare(k) })
		if best = slices.Insert(best, at, f); len(best) > most {
			best = best[:most]
		}
	}
	for slot := range candidates.all() {
		if p.has(slot) && (p.skip == nil || !p.skip.has(slot)) {
			offer(candidate{slot, p.key(slot)})
		}
	}
	for _, f := range p.elsewhere {
		offer(f)
	}
	return best
}
