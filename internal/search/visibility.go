package search

import (
	"iter"

	"trailcat/internal/catalog"
	"trailcat/internal/search/bitset"
	"trailcat/internal/vocab"
)

// hiddenCats returns the cats that are hidden from an audience, or nil if there are none.
func (d *indexData) hiddenCats(audience catalog.Audience, b *queryBuffers) *bitset.Set {
	var hidden *bitset.Set
	for _, number := range d.shelters.restricted {
		for slots := range d.shelters.all[number].hiddenSlots(audience) {
			if hidden == nil {
				hidden = b.newSet(d.blocks())
			}
			for _, slot := range slots {
				hidden.Add(slot)
			}
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

// Hidden returns the ids of the shelters that hide all their cats from an audience, and
// those of the cats of other shelters that are hidden from it.
func (x *Index) Hidden(audience catalog.Audience) (map[string]struct{}, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	d := x.data
	if d == nil {
		return nil, errNotFilled()
	}
	ids := map[string]struct{}{}
	for _, number := range d.shelters.restricted {
		s := d.shelters.all[number]
		if s.HidesFrom(audience) {
			ids[s.ID] = struct{}{}
			continue
		}
		for slots := range s.hiddenSlots(audience) {
			for _, slot := range slots {
				ids[d.ids[slot].String()] = struct{}{}
			}
		}
	}
	return ids, nil
}

// HidesAny reports whether any listed cat is hidden from an audience.
func (x *Index) HidesAny(audience catalog.Audience) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return false
	}
	for _, number := range x.data.shelters.restricted {
		for slots := range x.data.shelters.all[number].hiddenSlots(audience) {
			if len(slots) > 0 {
				return true
			}
		}
	}
	return false
}

// Shows reports whether a cat, by its id or number, is listed and not hidden from an
// audience. While the index is empty it reports true.
func (x *Index) Shows(idOrNumber string, audience catalog.Audience) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	d := x.data
	if d == nil {
		return true
	}
	slot, ok := d.findCat(idOrNumber)
	return ok && d.live.Has(slot) && d.shows(slot, audience)
}

// ShowsValue reports whether a listed cat that is not hidden from an audience has a value
// of a field; see FindValue. While the index is empty it reports true.
func (x *Index) ShowsValue(field Field, name string, audience catalog.Audience) bool {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return true
	}
	if field == FieldTag {
		list := x.data.tags[vocab.Fold(name)]
		return list != nil && x.data.showsAny(list.All(), audience)
	}
	v := x.data.fields[field].matching(name)
	return v != nil && x.data.showsAny(v.set.All(), audience)
}

// shows reports whether a cat is not hidden from an audience.
func (d *indexData) shows(slot uint32, audience catalog.Audience) bool {
	s := d.shelters.all[d.shelterOf[slot]]
	return !s.HidesCat(s.restrictionOf(slot), audience)
}

func (d *indexData) showsAny(slots iter.Seq[uint32], audience catalog.Audience) bool {
	for slot := range slots {
		if d.shows(slot, audience) {
			return true
		}
	}
	return false
}
