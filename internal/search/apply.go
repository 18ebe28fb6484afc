package search

import (
	"bytes"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/search/bitset"
	"trailcat/internal/search/postings"
)

const (
	// catsPerStep and stemsPerStep bound how long the lock is held: a step ends with the cat
	// that reaches one of them.
	catsPerStep  = 50
	stemsPerStep = 1000 // gained or lost by a cat
)

// catStep is the content of consecutive log entries about a few cats, applied at once. Most
// of the work is done without the lock, by the one goroutine that changes the data: it finds
// what changes and where. apply then only stores, under the lock.
type catStep struct {
	data    *indexData
	last    catalog.Change // the last of the log entries
	changes []slotChange
	grow    func()
	orders  map[Order]reordering
	stems   []postings.Adaptive // the postings with capacity for new stems
}

// slotChange is a cat with a new document.
type slotChange struct {
	slot      uint32
	document  *document
	isNew     bool // the slot is to be created
	wasListed bool

	moved   orderMask
	history sortKeyVersion // if moved

	lost, gained     []*value
	created          []otherValue // gained values that no cat ever had
	oldTags, newTags [][]byte     // if the text changed
	lostStems        []uint32
	gainedStems      []uint32
}

// planStep prepares the first of some log entries: n of them. It takes their cats from the
// documents, by id, and ignores those that are not newer than the index. Nothing else
// changes. The shelters of the documents must be known.
func (d *indexData) planStep(entries []catalog.Change, documents map[string]*document, groups ageGroups) (s *catStep, n int) {
	s = &catStep{data: d, orders: map[Order]reordering{}}
	next, stems := uint32(d.numSlots()), 0
	for n < len(entries) && len(s.changes) < catsPerStep && stems < stemsPerStep {
		s.last = entries[n]
		n++
		doc := documents[s.last.ResourceID]
		delete(documents, s.last.ResourceID)
		if doc == nil {
			continue
		}
		slot, known := d.slotOf(doc.id)
		if known && doc.version <= d.versions[slot] {
			continue
		}
		c := slotChange{slot: slot, document: doc, isNew: !known, wasListed: known && d.live.Has(slot)}
		if !known {
			c.slot = next
			next++
		}
		d.planMoves(&c)
		d.planValues(&c, groups)
		d.planTerms(&c)
		stems += len(c.lostStems) + len(c.gainedStems)
		s.changes = append(s.changes, c)
	}
	s.grow = d.growth(int(next) - d.numSlots())
	for _, o := range storedOrders() {
		s.orders[o] = d.planReordering(o, s.changes)
	}
	s.stems = d.planStems(s.changes)
	return s, n
}

// planMoves finds the orders in which a cat moves, and what it is sorted by before.
func (d *indexData) planMoves(c *slotChange) {
	if !c.wasListed {
		if c.document.listed {
			c.moved = movedAll | newlyListed
			c.history = sortKeyVersion{slot: c.slot, moved: c.moved}
		}
		return
	}
	before := d.sortValues(c.slot)
	place := d.placeOf[c.slot]
	c.moved = movedAll
	if c.document.listed {
		c.moved = before.changes(c.document.sortValues())
		if d.places.all[place].point != c.document.point {
			c.moved |= movedPlace
		}
	}
	if c.moved&movedName == 0 {
		before.name = nil
	}
	before.name = bytes.Clone(before.name)
	c.history = sortKeyVersion{sortValues: before, slot: c.slot, place: place, moved: c.moved}
}

// planValues compares the values of a cat with those of its document.
func (d *indexData) planValues(c *slotChange, groups ageGroups) {
	var values []*value
	if c.document.listed {
		values, c.created = d.valuesOf(nil, c.document, groups)
	}
	if !c.wasListed {
		c.gained = values
		return
	}
	for _, f := range d.sets {
		for _, v := range f.values {
			if v.set.Has(c.slot) && !slices.Contains(values, v) {
				c.lost = append(c.lost, v)
			}
		}
	}
	c.gained = slices.DeleteFunc(values, func(v *value) bool { return v.set.Has(c.slot) })
}

// valuesOf appends the values of a listed cat to known. Those that no cat ever had are
// returned apart, because they have to be created.
func (d *indexData) valuesOf(known []*value, doc *document, groups ageGroups) (values []*value, created []otherValue) {
	values = append(append(known, doc.values.known...), groups.groupOf(doc.bornOn, reportedAgeGroup(doc.reportedAge)))
	add := func(f *fieldValues, name string) {
		if v := f.find(name); v != nil {
			values = append(values, v)
		} else if name != "" {
			created = append(created, otherValue{f, name})
		}
	}
	for _, o := range doc.values.other {
		add(o.field, o.name)
	}
	address := &d.shelters.all[d.shelters.byID[doc.shelterID]].Address
	add(d.fields[FieldRegion], address.Region)
	add(d.fields[FieldCountry], address.Country)
	return values, created
}

// planTerms compares the tags and stems of a cat with those of its document.
func (d *indexData) planTerms(c *slotChange) {
	var old []byte
	if !c.isNew {
		old = d.textArena.Get(d.textRefs[c.slot])
	}
	if bytes.Equal(old, c.document.text) {
		return
	}
	var oldStems, newStems []byte
	c.oldTags, oldStems = parseText(old)
	c.newTags, newStems = parseText(c.document.text)
	c.lostStems, c.gainedStems = d.compareStems(oldStems, newStems)
}

// planStems returns the postings with capacity for new stems.
func (d *indexData) planStems(changes []slotChange) []postings.Adaptive {
	count := len(d.stems)
	for i := range changes {
		for _, stem := range changes[i].gainedStems {
			count = max(count, int(stem)+1)
		}
	}
	if count > cap(d.stems) {
		return withCapacity(d.stems, count+count/8)[:count]
	}
	return d.stems[:count]
}

// apply applies the step and moves the head to its last log entry. It is called under the
// lock.
func (s *catStep) apply() {
	d := s.data
	s.grow()
	d.stems = s.stems
	for i := range s.changes {
		c := &s.changes[i]
		if c.isNew {
			d.newSlot(c.document.id, c.document.number)
		}
		if c.moved != 0 {
			c.history.seq = s.last.Seq
			d.history.add(c.history)
		}
	}
	for o, r := range s.orders {
		d.orders[o] = r.apply()
	}
	for i := range s.changes {
		c := &s.changes[i]
		d.setTags(c.slot, c.oldTags, c.newTags)
		for _, stem := range c.lostStems {
			d.stems[stem].Remove(c.slot)
		}
		for _, stem := range c.gainedStems {
			d.stems[stem].Add(c.slot, d.blocks())
		}
		d.store(c)
	}
	d.advance(s.last)
}

// advance moves the head to a log entry.
func (d *indexData) advance(last catalog.Change) {
	d.head.Seq, d.head.CommitID = last.Seq, last.CommitID
}

// fillDocuments adds cats while the index is filled. finish then builds the orders
// and the postings of stems.
func (d *indexData) fillDocuments(docs []document, groups ageGroups) {
	d.growth(len(docs))()
	var c slotChange
	for i := range docs {
		doc := &docs[i]
		if _, known := d.slotOf(doc.id); known {
			continue
		}
		d.shelters.addPlaceholder(doc.shelterID)
		c = slotChange{slot: d.newSlot(doc.id, doc.number), document: doc, gained: c.gained[:0]}
		if doc.listed {
			c.gained, c.created = d.valuesOf(c.gained, doc, groups)
		}
		tags, _ := parseText(doc.text)
		d.setTags(c.slot, nil, tags)
		d.store(&c)
	}
}

// store stores a document in its slot, except terms, tags and orders.
func (d *indexData) store(c *slotChange) {
	slot, doc := c.slot, c.document
	for _, v := range c.lost {
		v.set.Remove(slot)
	}
	for _, v := range c.gained {
		d.addTo(&v.set, slot)
	}
	for _, v := range c.created {
		d.addTo(&v.field.getOrCreate(v.name).set, slot)
	}
	number := d.shelters.byID[doc.shelterID]
	if c.wasListed {
		d.removeFromShelter(slot, doc.listed && number == d.shelterOf[slot])
	}
	moves := !c.wasListed || !doc.listed || d.places.all[d.placeOf[slot]].point != doc.point
	if c.wasListed && moves {
		d.places.all[d.placeOf[slot]].removeSlot(slot, d.numbers)
	}
	columns := &d.columns
	columns.versions[slot], columns.shelterOf[slot] = doc.version, number
	columns.listedAt[slot], columns.updatedAt[slot] = doc.listedAt, doc.updatedAt
	columns.bornOn[slot], columns.reportedAge[slot], columns.scores[slot] = doc.bornOn, doc.reportedAge, doc.scores
	columns.fees[slot] = doc.fee
	columns.textArena.Replace(&columns.textRefs[slot], doc.text)
	columns.cardArena.Replace(&columns.cardRefs[slot], doc.card)
	if !doc.listed {
		d.live.Remove(slot)
		return
	}
	d.addTo(&d.live, slot)
	s := d.shelters.all[number]
	s.addCat(slot)
	if doc.hiddenFrom.Any() {
		s.restrictCat(slot, doc.hiddenFrom)
		d.shelters.noteRestriction(number)
	}
	if moves {
		d.placeOf[slot] = d.places.getOrCreate(doc.point)
		d.places.all[d.placeOf[slot]].addSlot(slot, d.numbers)
	}
}

// addTo adds a slot to a set that has one bit for each slot.
func (d *indexData) addTo(s *bitset.Set, slot uint32) {
	s.Grow(d.blocks())
	s.Add(slot)
}

// removeFromShelter removes a listed slot from its shelter, or only its restriction if it
// stays there.
func (d *indexData) removeFromShelter(slot uint32, stays bool) {
	s := d.shelters.all[d.shelterOf[slot]]
	if !stays {
		s.removeCat(slot)
	}
	if len(s.restrictions) > 0 {
		s.unrestrictCat(slot)
		d.shelters.noteRestriction(d.shelterOf[slot])
	}
}
