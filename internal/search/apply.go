package search

import (
	"bytes"

	"trailcat/internal/catalog"
)

// batch is what came out of some lines of the log.
type batch struct {
	seq      int64 // the last of the lines
	shelters []catalog.Shelter
	cats     []document
	again    bool // also cats of a version that is known: something around them changed
}

// batchApplier is a batch on its way into the stock. Its steps are taken in order,
// each under the lock, so that nobody waits long for the lock.
type batchApplier struct {
	batch
	st    *indexData
	slots []uint32
	cats  []*document
}

// begin finds the slots of the cats that are news.
func (st *indexData) begin(b batch) batchApplier {
	a := batchApplier{batch: b, st: st}
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
func (a *batchApplier) indexWords(from, to int) {
	for i := from; i < to; i++ {
		a.st.setWords(a.slots[i], a.cats[i].text)
	}
}

// commit makes everything else as of the end of the batch.
func (a *batchApplier) commit() {
	st := a.st
	for _, s := range a.shelters {
		st.shelters.put(s)
	}
	groups := st.ageGroupsOn(st.today)
	moves := make([]orderMask, len(a.slots))
	for i, slot := range a.slots {
		moves[i] = st.recordHistory(a.seq, slot, a.cats[i])
	}
	st.reorder(a.slots, moves, (*order).take)
	for i, slot := range a.slots {
		st.putDocument(slot, a.cats[i], groups)
	}
	st.reorder(a.slots, moves, (*order).put)
	st.head.Seq = max(st.head.Seq, a.seq)
	st.sweep()
}

// fill puts in cats while the stock is being made: orders and postings come later.
func (st *indexData) fill(entries []document, groups ageGroups) {
	for i := range entries {
		e := &entries[i]
		if _, known := st.slotOf(e.id); !known {
			slot := st.newSlot(e.id, e.number)
			tags, _ := textOf(e.text)
			st.setTags(slot, nil, tags)
			st.putDocument(slot, e, groups)
		}
	}
}

// recordHistory notes what the slot was sorted by if that is about to change, and
// says in which orders it will move.
func (st *indexData) recordHistory(seq int64, slot uint32, e *document) orderMask {
	was := st.live.has(slot)
	if !was && !e.listed {
		return 0
	}
	p := sortKeyVersion{seq: seq, slot: slot, place: st.placeOf[slot], listed: st.listed[slot], updated: st.updated[slot], low: st.suits[slot].low}
	switch {
	case !was:
		p.moved = movedAll | newlyListed
	case !e.listed:
		p.moved = movedAll
	default:
		p.moved = st.changedOrders(slot, e)
	}
	if was && p.moved&movedName != 0 {
		p.name = string(st.name(slot))
	}
	if p.moved != 0 {
		st.past.add(p)
	}
	return p.moved
}

// changedOrders compares a listed slot with what it will become.
func (st *indexData) changedOrders(slot uint32, e *document) orderMask {
	var m orderMask
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
func (st *indexData) reorder(slots []uint32, moves []orderMask, do func(*order, []uint32)) {
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
