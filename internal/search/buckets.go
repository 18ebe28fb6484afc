package search

import (
	"iter"
	"slices"
)

// candidateIndex hold saved searches by what leads to them. Each lies whole in all of
// its buckets: to go from one to the next costs less than to look them up.
type candidateIndex struct {
	all    [][]indexedQuery
	cells  map[cell]uint32
	values map[fieldValue]uint32
	alike  map[valueMask]uint32 // of searches that nothing narrower leads to
}

// indexedQuery is a saved search in a bucket.
type indexedQuery struct {
	Matcher

	slot uint32
}

// fieldWord stands for the stems of a text, where a field is asked for.
const fieldWord Field = "q"

// routingKeys are what leads to a search: any of one kind.
type routingKeys struct {
	cells  []cell
	values []fieldValue
	alike  *valueMask
}

func newBuckets() candidateIndex {
	return candidateIndex{all: nil, cells: map[cell]uint32{}, values: map[fieldValue]uint32{}, alike: map[valueMask]uint32{}}
}

// maxRoutingKeys is in how many buckets a search lies at the most.
const maxRoutingKeys = 16

// keysOf chooses the narrowest part of a question: a shelter, a circle of a city,
// a breed, a tag, a word, then what is wider.
func keysOf(q *Query, m *Matcher) routingKeys {
	cells := cellsAround(q.Near, q.RadiusKm)
	if k, ok := clauseKeys(m, FieldShelter); ok {
		return k
	}
	if len(cells) > 0 && cells[0].level == 0 {
		return routingKeys{cells: cells}
	}
	if k, ok := clauseKeys(m, FieldBreed, FieldTag); ok {
		return k
	}
	if word := longestWord(m); word != "" {
		return routingKeys{values: []fieldValue{{fieldWord, word}}}
	}
	if len(cells) > 0 {
		return routingKeys{cells: cells}
	}
	if k, ok := clauseKeys(m, FieldRegion, FieldColor, FieldSource, FieldCountry); ok {
		return k
	}
	return routingKeys{alike: &m.allowed}
}

// clauseKeys are the values of the first of the fields for which there is a clause.
func clauseKeys(m *Matcher, fields ...Field) (routingKeys, bool) {
	if m.more == nil {
		return routingKeys{}, false
	}
	for _, field := range fields {
		for _, c := range m.more.clauses {
			if c.Field != field || len(c.AnyOf) > maxRoutingKeys {
				continue
			}
			k := routingKeys{values: make([]fieldValue, len(c.AnyOf))}
			for i, value := range c.AnyOf {
				k.values[i] = fieldValue{field, value}
			}
			return k, true
		}
	}
	return routingKeys{}, false
}

// longestWord is the stem of the longest whole word of the text that is asked
// for, since long words are rare.
func longestWord(m *Matcher) string {
	longest := ""
	if m.more != nil {
		for _, t := range m.more.terms {
			for _, stem := range t.stems {
				if t.begun == "" && len(stem) > len(longest) {
					longest = stem
				}
			}
		}
	}
	return longest
}

// put puts a search into the buckets of its keys, and says which those are.
func (b *candidateIndex) put(w indexedQuery, k routingKeys) []uint32 {
	var lies []uint32
	in := func(number uint32) {
		if !slices.Contains(lies, number) {
			b.all[number] = append(b.all[number], w)
			lies = append(lies, number)
		}
	}
	for _, c := range k.cells {
		in(bucketOf(b, b.cells, c))
	}
	for _, v := range k.values {
		in(bucketOf(b, b.values, v))
	}
	if k.alike != nil {
		in(bucketOf(b, b.alike, *k.alike))
	}
	return slices.Clip(lies)
}

// bucketOf is the number of the bucket of a key, which is made if there is none.
func bucketOf[K comparable](b *candidateIndex, of map[K]uint32, key K) uint32 {
	number, ok := of[key]
	if !ok {
		number = uint32(len(b.all))
		b.all = append(b.all, nil)
		of[key] = number
	}
	return number
}

func (b *candidateIndex) take(slot uint32, lies []uint32) {
	for _, number := range lies {
		bucket := b.all[number]
		if i := slices.IndexFunc(bucket, func(w indexedQuery) bool { return w.slot == slot }); i >= 0 {
			last := len(bucket) - 1
			bucket[i], bucket[last] = bucket[last], indexedQuery{}
			b.all[number] = bucket[:last]
		}
	}
}

// of goes through the searches that a cat leads to, or one that differs from it
// in closed fields alone; some may come twice.
func (b *candidateIndex) of(cat, other *MatchDocument) iter.Seq[*indexedQuery] {
	return func(yield func(*indexedQuery) bool) {
		each := func(number uint32, ok bool) bool {
			if ok {
				for i := range b.all[number] {
					if !yield(&b.all[number][i]) {
						return false
					}
				}
			}
			return true
		}
		for _, at := range cellsAt(cat.place) {
			number, ok := b.cells[at]
			if !each(number, ok) {
				return
			}
		}
		for _, v := range cat.said {
			number, ok := b.values[v]
			if !each(number, ok) {
				return
			}
		}
		for stem := range cat.words().stems {
			number, ok := b.values[fieldValue{fieldWord, stem}]
			if !each(number, ok) {
				return
			}
		}
		for allowed, number := range b.alike {
			if (cat.marks.subsetOf(&allowed) || other.marks.subsetOf(&allowed)) && !each(number, true) {
				return
			}
		}
	}
}
