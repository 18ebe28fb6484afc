package search

import "trailcat/internal/catalog"

// withheld are the cats that are not for a reader; nil where that is none.
func (st *stock) withheld(from catalog.Reader, s *scratch) *set {
	var hidden *set
	for _, number := range st.shelters.withholding {
		home := st.shelters.all[number]
		if !home.Withholds(from) {
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

// askReader adds that a cat is not withheld from who asks. It is a test like any
// other, so counts, facets and walks are right by themselves.
func (p *plan) askReader(from catalog.Reader) {
	hidden := p.st.withheld(from, p.scratch)
	if hidden == nil {
		return
	}
	shown := p.scratch.set(p.st.blocks())
	shown.copyOf(&p.st.live)
	shown.andNot(hidden)
	p.tests = append(p.tests, test{field: "", anyOf: []*set{shown}, most: p.st.live.n - hidden.n})
}
