package search

import (
	"trailcat/internal/catalog"
	"trailcat/internal/search/bitset"
)

// hiddenCats returns the cats that their shelters hide from an audience, or nil if
// there are none.
func (d *indexData) hiddenCats(audience catalog.Audience, b *queryBuffers) *bitset.Set {
	var hidden *bitset.Set
	for _, number := range d.shelters.restricted {
		s := d.shelters.all[number]
		if !s.HidesFrom(audience) {
			continue
		}
		if hidden == nil {
			hidden = b.newSet(d.blocks())
		}
		for _, slot := range s.cats {
			hidden.Add(slot)
		}
	}
	return hidden
}

// addVisibilityFilter excludes the cats that are hidden from an audience. It is a
// filter like any other, so counts, facets and scans need no special case.
func (p *plan) addVisibilityFilter(audience catalog.Audience) {
	hidden := p.data.hiddenCats(audience, p.buffers)
	if hidden == nil {
		return
	}
	visible := p.newSet()
	visible.CopyFrom(&p.data.live)
	visible.Subtract(hidden)
	p.filters = append(p.filters, filter{field: "", anyOf: []*bitset.Set{visible}, maxMatches: p.data.live.Len() - hidden.Len()})
}

// HiddenShelters returns the ids of the shelters that hide their cats from an audience.
func (x *Index) HiddenShelters(audience catalog.Audience) ([]string, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return nil, errNotFilled()
	}
	var ids []string
	for _, number := range x.data.shelters.restricted {
		if s := x.data.shelters.all[number]; s.HidesFrom(audience) {
			ids = append(ids, s.ID)
		}
	}
	return ids, nil
}
