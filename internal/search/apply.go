package search

import (
	"bytes"

	"trailcat/internal/catalog"
)

// batch is what came out of some lines of the log.
type batch struct {
	seq      int64 // the last of the lines
	shelters []catalog.Shelter
	cats     []entry
	again    bool // also cats of a version that is known: something around them changed
}

// applying is a batch on its way into the stock. Its steps are taken in order,
// each under the lock, so that nobody waits long for the lock.
type applying struct {
	batch
	st    *stock
	slots []uint32
	cats  []*entry
}

// begin finds the slots of the cats that are news.
func (st *stock) begin(b batch) applying {
	a := applying{batch: b, st: st}
	for i := range b.cats {
		e := &b.cats[i]
		slot, known := st.slotOf(e.id)
		if known && (e.version < st.versions[slot] || e.version == st.versions[slot] && !b.again) {
			continue
		}
		if !known {
			slot = st.newSlot(e.id, e.number)
		}
		a.slots, a.cats = append(a.slots, slot), append(a.cats, e)
	}
	return a
}

// indexWords makes the words and tags of some of the cats lead to them. The
// texts themselves stay for now: they hold the names by which cats are sorted.
func (a *applying) indexWords(from, to int) {
	for i := from; i < to; i++ {
		a.st.setWords(a.slots[i], a.cats[i].text)
	}
}

// end makes everything else as of the end of the batch.
func (a *applying) end() {
	st := a.st
	for _, s := range a.shelters {
		st.shelters.put(s)
	}
	groups := st.ageGroupsOn(st.today)
	moves := make([]moved, len(a.slots))
	for i, slot := range a.slots {
		moves[i] = st.remember(a.seq, slot, a.cats[i])
	}
	st.reorder(a.slots, moves, (*order).take)
	for i, slot := range a.slots {
		st.write(slot, a.cats[i], groups)
	}
	st.reorder(a.slots, moves, (*order).put)
	st.head.Seq = max(st.head.Seq, a.seq)
	st.sweep()
}

// fill puts in cats while the stock is being made: orders and postings come later.
func (st *stock) fill(entries []entry, groups ageGroups) {
	for i := range entries {
		e := &entries[i]
		if _, known := st.slotOf(e.id); !known {
			slot := st.newSlot(e.id, e.number)
			tags, _ := textOf(e.text)
			st.setTags(slot, nil, tags)
			st.write(slot, e, groups)
		}
	}
}

// remember notes what the slot was sorted by if that is about to change, and
// says in which orders it will move.
func (st *stock) remember(seq int64, slot uint32, e *entry) moved {
	was := st.live.has(slot)
	if !was && !e.listed {
		return 0
	}
	p := past{seq: seq, slot: slot, place: st.placeOf[slot], listed: st.listed[slot], updated: st.updated[slot], low: st.suits[slot].low}
	switch {
	case !was:
		p.moved = movedAll | appeared
	case !e.listed:
		p.moved = movedAll
	default:
		p.moved = st.moves(slot, e)
	}
	if was && p.moved&movedName != 0 {
		p.name = string(st.name(slot))
	}
	if p.moved != 0 {
		st.past.add(p)
	}
	return p.moved
}

// moves compares a listed slot with what it will become.
func (st *stock) moves(slot uint32, e *entry) moved {
	var m moved
	if st.listed[slot] != e.listedAt {
		m |= movedNewest
	}
	if st.updated[slot] != e.updatedAt {
		m |= movedUpdated
	}
	if name, _ := cutField(e.text); !bytes.Equal(name, st.name(slot)) {
		m |= movedName
	}
	if st.places.all[st.placeOf[slot]].point != e.point {
		m |= movedPlace
	}
	if st.suits[slot].low != e.suits.low {
		m |= movedSuits
	}
	return m
}

// reorder takes the slots that move out of the orders, or puts those that are
// listed back in.
func (st *stock) reorder(slots []uint32, moves []moved, do func(*order, []uint32)) {
	some := make([]uint32, 0, len(slots))
	for name, o := range st.orders {
		some = some[:0]
		for i, slot := range slots {
			if moves[i]&movedIn(name) != 0 && st.live.has(slot) && st.stands(name, slot) {
				some = append(some, slot)
			}
		}
		do(o, some)
	}
}
