package search

import "trailcat/internal/vocab"

// sheltersSet is the cats of shelters, by id or code.
func (p *plan) sheltersSet(names []string) ([]*bitset, int) {
	s := p.scratch.set(p.st.blocks())
	for _, name := range names {
		if number, ok := p.st.shelters.find(name); ok {
			for _, slot := range p.st.shelters.all[number].cats {
				s.add(slot)
			}
		}
	}
	return []*bitset{s}, s.n
}

// tagsSet is the cats with a tag.
func (p *plan) tagsSet(names []string) ([]*bitset, int) {
	s, room := p.scratch.set(p.st.blocks()), p.scratch.set(p.st.blocks())
	most := 0
	for _, name := range names {
		if tagged := p.st.tags[vocab.Fold(name)]; tagged != nil {
			tagged.into(s, room)
			most += tagged.len()
		}
	}
	return []*bitset{s}, most
}

// addRadiusFilter adds that a cat lives within the radius.
func (p *plan) addRadiusFilter() {
	s := p.scratch.set(p.st.blocks())
	for _, i := range p.st.places.latitudeBand(&p.near.from, p.near.nearest) {
		if p.near.contains(&p.st.places.units[i]) {
			for _, slot := range p.st.places.all[i].slots {
				s.add(slot)
			}
		}
	}
	p.tests = append(p.tests, filter{field: "", anyOf: []*bitset{s}, most: s.n})
}
