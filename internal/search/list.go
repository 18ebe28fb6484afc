package search

// putDocument makes a slot what the entry says.
func (st *indexData) putDocument(slot uint32, e *document, groups ageGroups) {
	if st.live.has(slot) {
		st.unlist(slot)
	}
	c := &st.columns
	home, known := st.shelters.byID[e.shelterID]
	if !known {
		home = st.shelters.put(placeholderShelter(e.shelterID))
	}
	c.versions[slot], c.shelterOf[slot] = e.version, home
	c.listed[slot], c.updated[slot] = e.listedAt, e.updatedAt
	c.born[slot], c.saidAge[slot], c.suits[slot] = e.born, e.saidAge, e.suits
	c.textSlab.replace(&c.texts[slot], e.text)
	c.cardSlab.replace(&c.cards[slot], e.card)
	if e.listed {
		st.list(slot, e, st.shelters.all[home], groups)
	}
}

// list puts a slot into all sets and lists to which it belongs.
func (st *indexData) list(slot uint32, e *document, home *shelter, groups ageGroups) {
	put := func(v *value) {
		v.set.grow(st.blocks())
		v.set.add(slot)
	}
	for _, v := range e.said.known {
		put(v)
	}
	for _, o := range e.said.other {
		put(o.field.getOrCreate(o.name))
	}
	put(groups.of(e.born, st.reportedAgeGroup(slot)))
	if region := home.Address.Region; region != "" {
		put(st.fields[FieldRegion].getOrCreate(region))
	}
	if country := home.Address.Country; country != "" {
		put(st.fields[FieldCountry].getOrCreate(country))
	}
	st.live.grow(st.blocks())
	st.live.add(slot)
	home.put(slot)
	st.placeOf[slot] = st.places.meet(e.point)
	st.places.all[st.placeOf[slot]].put(slot, st.numbers)
}

// unlist takes a slot out of all sets and lists.
func (st *indexData) unlist(slot uint32) {
	for _, f := range st.plain {
		for _, v := range f.values {
			v.set.remove(slot)
		}
	}
	st.live.remove(slot)
	st.shelters.all[st.shelterOf[slot]].take(slot)
	st.places.all[st.placeOf[slot]].take(slot, st.numbers)
}

// sweep clears one chunk of each slab if that is worth it.
func (st *indexData) sweep() {
	if chunk := st.textSlab.fragmentedChunk(); chunk >= 0 {
		st.textSlab.compactChunk(chunk, st.texts)
	}
	if chunk := st.cardSlab.fragmentedChunk(); chunk >= 0 {
		st.cardSlab.compactChunk(chunk, st.cards)
	}
}
