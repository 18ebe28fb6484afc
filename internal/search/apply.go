package search

import (
	"bytes"

	"trailcat/internal/catalog"
)

// batch is the content of consecutive log entries, ready to be applied.
type batch struct {
	last      catalog.Change // the last log entry
	shelters  []catalog.Shelter
	documents []document
	reindex   bool                  // apply cats of a known version, too: a shelter changed
	read      []catalog.LogPosition // positions at which the log entries, shelters and cats were read
}

// batchApplier applies a batch. Its steps are called in order, each under the lock,
// so that queries never wait for long.
type batchApplier struct {
	batch
	data  *indexData
	slots []uint32
	docs  []*document // by index in slots
}

// beginBatch finds or creates the slots of the cats that are newer than the index.
func (d *indexData) beginBatch(b batch) batchApplier {
	a := batchApplier{batch: b, data: d}
	for i := range b.documents {
		doc := &b.documents[i]
		slot, known := d.slotOf(doc.id)
		if known && (doc.version < d.versions[slot] || doc.version == d.versions[slot] && !b.reindex) {
			continue
		}
		if !known {
			slot = d.newSlot(doc.id, doc.number)
		}
		a.slots, a.docs = append(a.slots, slot), append(a.docs, doc)
	}
	return a
}

// indexTerms updates the postings of terms and tags for some of the cats. The text
// records stay until commit: they hold the names by which cats are sorted.
func (a *batchApplier) indexTerms(from, to int) {
	for i := from; i < to; i++ {
		a.data.setTerms(a.slots[i], a.docs[i].text)
	}
}

// commit applies everything else and moves the head to the end of the batch.
func (a *batchApplier) commit() {
	d := a.data
	for _, s := range a.shelters {
		d.shelters.upsert(s)
	}
	groups := d.ageGroupsOn(d.today)
	moves := make([]orderMask, len(a.slots))
	for i, slot := range a.slots {
		moves[i] = d.recordHistory(a.last.Seq, slot, a.docs[i])
	}
	d.reorder(a.slots, moves, (*sortedSlots).remove)
	for i, slot := range a.slots {
		d.putDocument(slot, a.docs[i], groups)
	}
	d.reorder(a.slots, moves, (*sortedSlots).insert)
	d.head.Seq, d.head.CommitID = a.last.Seq, a.last.CommitID
	d.advanceRows(a.read...)
	d.textArena.CompactOne(d.textRefs)
	d.cardArena.CompactOne(d.cardRefs)
}

// recordHistory records the sort keys of a slot if they are about to change, and
// returns the orders in which it moves.
func (d *indexData) recordHistory(seq int64, slot uint32, doc *document) orderMask {
	wasListed := d.live.Has(slot)
	if !wasListed && !doc.listed {
		return 0
	}
	v := sortKeyVersion{seq: seq, slot: slot, place: d.placeOf[slot], listedAt: d.listedAt[slot], updatedAt: d.updatedAt[slot], rank: d.scores[slot].suitabilityRank}
	switch {
	case !wasListed:
		v.moved = movedAll | newlyListed
	case !doc.listed:
		v.moved = movedAll
	default:
		v.moved = d.changedOrders(slot, doc)
	}
	if wasListed && v.moved&movedName != 0 {
		v.name = string(d.name(slot))
	}
	if v.moved != 0 {
		d.history.add(v)
	}
	return v.moved
}

// changedOrders compares a listed slot with its new document.
func (d *indexData) changedOrders(slot uint32, doc *document) orderMask {
	var m orderMask
	if d.listedAt[slot] != doc.listedAt {
		m |= movedNewest
	}
	if d.updatedAt[slot] != doc.updatedAt {
		m |= movedUpdated
	}
	if name, _ := cutField(doc.text); !bytes.Equal(name, d.name(slot)) {
		m |= movedName
	}
	if d.places.all[d.placeOf[slot]].point != doc.point {
		m |= movedPlace
	}
	if d.scores[slot].suitabilityRank != doc.scores.suitabilityRank {
		m |= movedSuitability
	}
	return m
}

// reorder calls do for each order with the listed slots that move in it.
func (d *indexData) reorder(slots []uint32, moves []orderMask, do func(*sortedSlots, []uint32)) {
	moving := make([]uint32, 0, len(slots))
	for name, order := range d.orders {
		moving = moving[:0]
		for i, slot := range slots {
			if moves[i]&movedIn(name) != 0 && d.live.Has(slot) && d.isRanked(name, slot) {
				moving = append(moving, slot)
			}
		}
		do(order, moving)
	}
}

// fillDocuments adds cats while the index is filled. finish then builds the orders
// and the postings of stems.
func (d *indexData) fillDocuments(docs []document, groups ageGroups) {
	for i := range docs {
		doc := &docs[i]
		if _, known := d.slotOf(doc.id); !known {
			slot := d.newSlot(doc.id, doc.number)
			tags, _ := parseText(doc.text)
			d.setTags(slot, nil, tags)
			d.putDocument(slot, doc, groups)
		}
	}
}

// putDocument stores a document in a slot, except terms, tags and orders.
func (d *indexData) putDocument(slot uint32, doc *document, groups ageGroups) {
	if d.live.Has(slot) {
		d.unlist(slot)
	}
	c := &d.columns
	number, known := d.shelters.byID[doc.shelterID]
	if !known {
		number = d.shelters.upsert(placeholderShelter(doc.shelterID))
	}
	c.versions[slot], c.shelterOf[slot] = doc.version, number
	c.listedAt[slot], c.updatedAt[slot] = doc.listedAt, doc.updatedAt
	c.bornOn[slot], c.reportedAge[slot], c.scores[slot] = doc.bornOn, doc.reportedAge, doc.scores
	c.fees[slot] = doc.fee
	c.textArena.Replace(&c.textRefs[slot], doc.text)
	c.cardArena.Replace(&c.cardRefs[slot], doc.card)
	if doc.listed {
		d.list(slot, doc, d.shelters.all[number], groups)
	}
}

// list adds a slot to the sets of its values, to its shelter and to its place.
func (d *indexData) list(slot uint32, doc *document, s *shelter, groups ageGroups) {
	add := func(v *value) {
		v.set.Grow(d.blocks())
		v.set.Add(slot)
	}
	for _, v := range doc.values.known {
		add(v)
	}
	for _, o := range doc.values.other {
		add(o.field.getOrCreate(o.name))
	}
	add(groups.groupOf(doc.bornOn, d.reportedAgeGroup(slot)))
	if region := s.Address.Region; region != "" {
		add(d.fields[FieldRegion].getOrCreate(region))
	}
	if country := s.Address.Country; country != "" {
		add(d.fields[FieldCountry].getOrCreate(country))
	}
	d.live.Grow(d.blocks())
	d.live.Add(slot)
	s.addCat(slot)
	if doc.hiddenFrom.Any() {
		s.restrictCat(slot, doc.hiddenFrom)
		d.shelters.noteRestriction(d.shelterOf[slot])
	}
	d.placeOf[slot] = d.places.getOrCreate(doc.point)
	d.places.all[d.placeOf[slot]].addSlot(slot, d.numbers)
}

// unlist reverts list.
func (d *indexData) unlist(slot uint32) {
	for _, f := range d.sets {
		for _, v := range f.values {
			v.set.Remove(slot)
		}
	}
	d.live.Remove(slot)
	s := d.shelters.all[d.shelterOf[slot]]
	s.removeCat(slot)
	if len(s.restrictions) > 0 {
		s.unrestrictCat(slot)
		d.shelters.noteRestriction(d.shelterOf[slot])
	}
	d.places.all[d.placeOf[slot]].removeSlot(slot, d.numbers)
}
