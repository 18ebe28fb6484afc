package search

// write makes a slot what the entry says.
func (st *stock) write(slot uint32, e *entry, groups ageGroups) {
	if st.live.has(slot) {
		st.unlist(slot)
	}
	c := &st.columns
	home, known := st.shelters.byID[e.shelterID]
	if !known {
		home = st.shelters.put(nobodyKnows(e.shelterID))
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
func (st *stock) list(slot uint32, e *entry, home *shelter, groups ageGroups) {
	put := func(v *value) {
		v.set.grow(st.blocks())
		v.set.add(slot)
	}
	for _, v := range e.said.known {
		put(v)
	}
	for _, o := range e.said.other {
		put(o.field.meet(o.name))
	}
	put(groups.of(e.born, st.saidAgeOf(slot)))
	if region := home.Address.Region; region != "" {
		put(st.fields[FieldRegion].meet(region))
	}
	if country := home.Address.Country; country != "" {
		put(st.fields[FieldCountry].meet(country))
	}
	st.live.grow(st.blocks())
	st.live.add(slot)
	home.put(slot)
	st.placeOf[slot] = st.places.meet(e.point)
	st.places.all[st.placeOf[slot]].put(slot, st.numbers)
}

// unlist takes a slot out of all sets and lists.
func (st *stock) unlist(slot uint32) {
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
func (st *stock) sweep() {
	if chunk := st.textSlab.wasteful(); chunk >= 0 {
		st.textSlab.sweep(chunk, st.texts)
	}
	if chunk := st.cardSlab.wasteful(); chunk >= 0 {
		st.cardSlab.sweep(chunk, st.cards)
	}
}
