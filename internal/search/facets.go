package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
)

// maxCounts is how many values of shelters and tags are told.
const maxCounts = 100

// facets counts the values of fields among all answers; for a field with a
// clause of its own, as if that clause had not been said.
func (p *plan) facets(fields []Field, all *bitset) map[Field][]Count {
	if len(fields) == 0 {
		return nil
	}
	out := make(map[Field][]Count, len(fields))
	for _, field := range fields {
		base := all
		if p.hasClause(field) {
			base = p.matches(field)
		}
		counts := p.countValues(field, base)
		slices.SortFunc(counts, func(a, b Count) int {
			if a.Count != b.Count {
				return b.Count - a.Count
			}
			return strings.Compare(a.Value, b.Value)
		})
		if (field == FieldShelter || field == FieldTag) && len(counts) > maxCounts {
			counts = counts[:maxCounts]
		}
		out[field] = counts
	}
	return out
}

func (p *plan) countValues(field Field, base *bitset) []Count {
	switch field {
	case FieldShelter:
		return p.countShelters(base)
	case FieldTag:
		return p.countTags(base)
	default:
		return p.countSets(field, base)
	}
}

// countSets counts the values that have a set each.
func (p *plan) countSets(field Field, base *bitset) []Count {
	f := p.st.fields[field]
	if f == nil || len(f.values) == 0 {
		return []Count{}
	}
	counts := []Count{}
	// Every cat has one value of a closed field: what is left after the others is
	// that of the most frequent, which would take longest to count.
	var most *value
	left := base.n
	if f.def.Closed {
		most = slices.MaxFunc(f.values, func(a, b *value) int { return cmp.Compare(a.set.n, b.set.n) })
	}
	for _, v := range f.values {
		if v == most {
			continue
		}
		if n := v.set.countAnd(base); n > 0 {
			counts = append(counts, Count{v.name, n})
			left -= n
		}
	}
	if most != nil && left > 0 {
		counts = append(counts, Count{most.name, left})
	}
	return counts
}

// countShelters goes through the answers or, where these are fewer, through the
// listed cats that are none.
func (p *plan) countShelters(base *bitset) []Count {
	all := p.st.shelters.all
	byShelter := make([]int, len(all))
	looked, each := base, 1
	if 2*base.n > p.st.live.n {
		looked, each = p.scratch.set(p.st.blocks()), -1
		looked.copyFrom(&p.st.live)
		looked.andNot(base)
		for number, s := range all {
			byShelter[number] = len(s.cats)
		}
	}
	for w, word := range looked.words {
		for ; word != 0; word &= word - 1 {
			byShelter[p.st.shelterOf[w<<6|bits.TrailingZeros64(word)]] += each
		}
	}
	counts := []Count{}
	for number, n := range byShelter {
		if n > 0 {
			counts = append(counts, Count{all[number].ID, n})
		}
	}
	return counts
}

func (p *plan) countTags(base *bitset) []Count {
	counts := []Count{}
	for tag, tagged := range p.st.tags {
		if n := tagged.countIn(base); n > 0 {
			counts = append(counts, Count{tag, n})
		}
	}
	return counts
}
