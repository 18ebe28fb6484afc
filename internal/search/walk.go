package search

import "slices"

// found is a slot and where it stands in the order of the walk.
type found struct {
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
	return key{a: rankOf(dot), b: p.st.places.all[number].tie, n: p.st.numbers[slot]}
}

func (p *plan) randomKey(slot uint32) key {
	number := p.st.numbers[slot]
	if place, ok := p.random.place(number); ok {
		return key{a: place}
	}
	return key{a: 1 << 63, n: number} // came after the walk began
}

// keyThen is where a slot stood before it moved.
func (p *plan) keyThen(was *past) key {
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
		place, _ := placeOfOrder(p.order)
		return suitKey(was.low[place], number)
	}
}

// pin makes the walk see the order as it was at a number of the log, behind a key.
func (p *plan) pin(seq int64, after key) {
	p.skip = p.scratch.set(p.st.blocks())
	matters := movedIn(p.order) | appeared
	p.st.past.since(seq, func(was *past) {
		if was.moved&matters == 0 || p.skip.has(was.slot) {
			return
		}
		p.skip.add(was.slot)
		if was.moved&appeared != 0 || !p.has(was.slot) {
			return
		}
		if then := p.keyThen(was); then.compare(after) > 0 {
			p.elsewhere = append(p.elsewhere, found{was.slot, then})
		}
	})
	slices.SortFunc(p.elsewhere, func(a, b found) int { return a.key.compare(b.key) })
}

// patience is how many slots a walk looks at before it looks for all that may be
// answers instead.
const patience = 4096

// fewEnough is how many answers are sorted rather than met on a walk.
const fewEnough = 8192

// list is the first answers behind a key, at most as many as asked. All is every
// answer if they were counted already.
func (p *plan) list(after *key, most int, all *set, count int) []found {
	if all != nil && count <= fewEnough {
		return p.choose(all, after, most)
	}
	if all == nil && p.mostly() <= patience && len(p.tests[0].anyOf) == 1 {
		return p.choose(p.tests[0].anyOf[0], after, most)
	}
	if p.order == OrderFarthest {
		if all == nil {
			all = p.answers("")
		}
		return p.choose(all, after, most) // nobody walks from the far end of the world often enough to pave the way
	}
	_, bySuit := placeOfOrder(p.order)
	if (bySuit || p.order == OrderRandom) && p.random.mask() > 16*uint64(p.st.live.n) {
		return p.choose(&p.st.live, after, most) // the numbers are too far apart to try them
	}
	out := make([]found, 0, most)
	looked := 0
	for slot := range p.next(after) {
		if looked++; looked == patience && all == nil {
			if all = p.answers(""); all.n <= fewEnough {
				return p.choose(all, after, most)
			}
		}
		if all != nil && !all.has(slot) || all == nil && !p.inAll(slot) || p.skip != nil && p.skip.has(slot) || !p.passes(slot) {
			continue
		}
		at := p.key(slot)
		if out = p.meetElsewhere(out, &at, most); len(out) == most {
			return out
		}
		if out = append(out, found{slot, at}); len(out) == most {
			return out
		}
	}
	return p.meetElsewhere(out, nil, most)
}

// meetElsewhere adds what stood before a key when the walk began.
func (p *plan) meetElsewhere(out []found, before *key, most int) []found {
	for len(p.elsewhere) > 0 && len(out) < most && (before == nil || p.elsewhere[0].key.compare(*before) < 0) {
		out = append(out, p.elsewhere[0])
		p.elsewhere = p.elsewhere[1:]
	}
	return out
}

// choose is the first answers behind a key among candidates.
func (p *plan) choose(candidates *set, after *key, most int) []found {
	best := make([]found, 0, most+1)
	offer := func(f found) {
		if after != nil && f.key.compare(*after) <= 0 {
			return
		}
		if len(best) == most && f.key.compare(best[most-1].key) > 0 {
			return
		}
		at, _ := slices.BinarySearchFunc(best, f.key, func(b found, k key) int { return b.key.compare(k) })
		if best = slices.Insert(best, at, f); len(best) > most {
			best = best[:most]
		}
	}
	for slot := range candidates.all() {
		if p.has(slot) && (p.skip == nil || !p.skip.has(slot)) {
			offer(found{slot, p.key(slot)})
		}
	}
	for _, f := range p.elsewhere {
		offer(f)
	}
	return best
}
