package search

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"

	"trailcat/internal/search/bitset"
)

// maxCounts is the maximum number of counts for shelters and for tags.
const maxCounts = 100

// facets counts the values of fields in the matching set; a field with a clause of
// its own is counted as if the query did not have that clause.
func (p *plan) facets(fields []Field, matching *bitset.Set) map[Field][]Count {
	if len(fields) == 0 {
		return nil
	}
	out := make(map[Field][]Count, len(fields))
	for _, field := range fields {
		base := matching
		if p.hasClause(field) {
			base = p.matchingSet(field)
		}
		counts := p.countValues(field, base)
		limit := len(counts)
		if field == FieldShelter || field == FieldTag {
			limit = min(limit, maxCounts)
		}
		out[field] = mostFrequent(counts, limit)
	}
	return out
}

// mostFrequent sorts counts, the most frequent value first, and returns the first limit of
// them.
func mostFrequent(counts []Count, limit int) []Count {
	if limit < len(counts) { // leave out what is too rare before names are compared
		numbers := make([]int, len(counts))
		for i, c := range counts {
			numbers[i] = c.Count
		}
		slices.Sort(numbers)
		least := numbers[len(numbers)-limit]
		counts = slices.DeleteFunc(counts, func(c Count) bool { return c.Count < least })
	}
	slices.SortFunc(counts, func(a, b Count) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Value, b.Value)
	})
	return counts[:limit]
}

func (p *plan) countValues(field Field, base *bitset.Set) []Count {
	switch field {
	case FieldShelter:
		return p.countShelters(base)
	case FieldTag:
		return p.countTags(base)
	default:
		return p.countSets(field, base)
	}
}

// countSets counts the values of a field with one set for each value.
func (p *plan) countSets(field Field, base *bitset.Set) []Count {
	f := p.data.fields[field]
	if f == nil || len(f.values) == 0 {
		return []Count{}
	}
	counts := []Count{}
	// Every cat has exactly one value of a closed field, so the count of the most
	// frequent value, which takes longest, is what the others leave.
	var largest *value
	remaining := base.Len()
	if f.def.Closed {
		largest = slices.MaxFunc(f.values, func(a, b *value) int { return cmp.Compare(a.set.Len(), b.set.Len()) })
	}
	for _, v := range f.values {
		if v == largest {
			continue
		}
		if n := v.set.IntersectionCount(base); n > 0 {
			counts = append(counts, Count{v.name, n})
			remaining -= n
		}
	}
	if largest != nil && remaining > 0 {
		counts = append(counts, Count{largest.name, remaining})
	}
	return f.def.addIncluded(counts)
}

// addIncluded adds to the count of each value that of the values that it includes.
func (d *fieldDef) addIncluded(counts []Count) []Count {
	if d.includes == nil {
		return counts
	}
	cats := map[string]int{}
	for _, c := range counts {
		cats[c.Value] = c.Count
	}
	counts = counts[:0]
	for _, value := range d.Values {
		n := cats[value]
		for _, included := range d.includes[value] {
			n += cats[included]
		}
		if n > 0 {
			counts = append(counts, Count{value, n})
		}
	}
	return counts
}

// countShelters scans the base or, if that is smaller, the listed cats that are not
// in the base.
func (p *plan) countShelters(base *bitset.Set) []Count {
	all := p.data.shelters.all
	byShelter := make([]int, len(all))
	scanned, step := base, 1
	if 2*base.Len() > p.data.live.Len() {
		scanned, step = p.newSet(), -1
		scanned.CopyFrom(&p.data.live)
		scanned.Subtract(base)
		for number, s := range all {
			byShelter[number] = len(s.cats)
		}
	}
	for w, word := range scanned.Words() {
		for ; word != 0; word &= word - 1 {
			byShelter[p.data.shelterOf[w<<6|bits.TrailingZeros64(word)]] += step
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

func (p *plan) countTags(base *bitset.Set) []Count {
	counts := []Count{}
	for tag, list := range p.data.tags {
		if n := list.IntersectionCount(base); n > 0 {
			counts = append(counts, Count{tag, n})
		}
	}
	return counts
}
