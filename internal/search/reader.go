package search

import "trailcat/internal/catalog"

// withheld are the cats that are not for a reader; nil where that is none.
func (st *indexData) withheld(from catalog.Audience, s *queryBuffers) *bitset {
	var hidden *bitset
	for _, number := range st.shelters.withholding {
		home := st.shelters.all[number]
		if !home.HiddenFrom(from) {
			continue
		}
		if hidden == nil {
			hidden = s.set(st.blocks())
		}
		for _, slot := range home.cats {
			hidden.add(slot)
		}
	}
	return hidden
}

// addVisibilityFilter adds that a cat is not withheld from who asks. It is a test like any
// other, so counts, facets and walks are right by themselves.
func (p *plan) addVisibilityFilter(from catalog.Audience) {
	hidden := p.st.withheld(from, p.scratch)
	if hidden == nil {
		return
	}
	shown := p.scratch.set(p.st.blocks())
	shown.copyFrom(&p.st.live)
	shown.andNot(hidden)
	p.tests = append(p.tests, filter{field: "", anyOf: []*bitset{shown}, most: p.st.live.n - hidden.n})
}
