package search

import (
	"cmp"
	"slices"
)

// maxCounts is how many values of shelters and tags are told.
const maxCounts = 100

// facets counts the values of fields among all answers; for a field with a
// clause of its own, as if that clause had not been said.
func (p *plan) facets(fields []Field, all *set) map[Field][]Count {
	if len(fields) == 0 {
		return nil
	}
	out := make(map[Field][]Count, len(fields))
	for _, field := range fields {
		base := all
		if p.asks(field) {
			base = p.answers(field)
		}
		counts := p.countValues(field, base)
		slices.SortFunc(counts, func(a, b Count) int {
			return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Value, b.Value))
		})
		if (field == FieldShelter || field == FieldTag) && len(counts) > maxCounts {
			counts = counts[:maxCounts]
		}
		out[field] = counts
	}
	return out
}

func (p *plan) countValues(field Field, base *set) []Count {
	switch field {
	case FieldShelter:
		return p.countShelters(base)
	case FieldTag:
		return p.countTags(base)
	}
	counts := []Count{}
	if f := p.st.fields[field]; f != nil {
		for _, v := range f.values {
			if n := v.set.countAnd(base); n > 0 {
				counts = append(counts, Count{v.name, n})
			}
		}
	}
	return counts
}

func (p *plan) countShelters(base *set) []Count {
	byShelter := make([]int, len(p.st.shelters.all))
	for slot := range base.all() {
		byShelter[p.st.shelterOf[slot]]++
	}
	counts := []Count{}
	for number, n := range byShelter {
		if n > 0 {
			counts = append(counts, Count{p.st.shelters.all[number].ID, n})
		}
	}
	return counts
}

func (p *plan) countTags(base *set) []Count {
	counts := []Count{}
	for tag, tagged := range p.st.tags {
		if n := tagged.countIn(base); n > 0 {
			counts = append(counts, Count{tag, n})
		}
	}
	return counts
}
