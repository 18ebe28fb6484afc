package search

import "sync"

// valueMask is a set of values of closed fields of which a cat has exactly one
// value each, a bit for every value. A question allows some of the values; what
// it does not ask for it allows entirely. So a cat passes all such clauses of a
// question if its signature is within that of the question, in three steps.
type valueMask [4]uint64

func (s *valueMask) set(bit int) { s[bit/64] |= 1 << (bit % 64) }

func (s *valueMask) clear(bit int) { s[bit/64] &^= 1 << (bit % 64) }

func (s *valueMask) has(bit int) bool { return s[bit/64]>>(bit%64)&1 > 0 }

// subsetOf says that all bits of s are in o.
func (s *valueMask) subsetOf(o *valueMask) bool {
	return s[0]&^o[0]|s[1]&^o[1]|s[2]&^o[2]|s[3]&^o[3] == 0
}

// fullMask is the signature of a question without clauses.
func fullMask() valueMask { return valueMask{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)} }

// maskedField is where a field stands in signatures. After the bits of its
// values comes one for a cat that has none of them.
type maskedField struct {
	def    *fieldDef
	from   int
	number map[string]int // of a value
}

// signedFields says where the fields stand in signatures.
var signedFields = sync.OnceValue(func() (fields struct {
	all []*maskedField
	of  map[Field]*maskedField
},
) {
	fields.of = map[Field]*maskedField{}
	next := 0
	for i := range fieldDefs() {
		def := &fieldDefs()[i]
		if !def.Closed || next+len(def.Values)+1 > 64*len(valueMask{}) {
			continue
		}
		field := &maskedField{def: def, from: next, number: map[string]int{}}
		for n, value := range def.Values {
			field.number[value] = n
		}
		next += len(def.Values) + 1
		fields.all = append(fields.all, field)
		fields.of[def.Field] = field
	}
	return fields
})

// ordinalOf is the number of the value that the cat has.
func (f *maskedField) ordinalOf(s *MatchDocument) int {
	if f.def.answer != nil {
		return int(f.def.answer(s.cat))
	}
	mark := len(f.def.Values)
	s.values(f.def, func(value string) {
		if n, ok := f.number[value]; ok {
			mark = n
		}
	})
	return mark
}

// allow takes from a question's signature the values for which a clause does not ask.
func (f *maskedField) allow(s *valueMask, anyOf []string) {
	var asked valueMask
	for _, value := range anyOf {
		if n, ok := f.number[value]; ok {
			asked.set(f.from + n)
		}
	}
	for bit := f.from; bit <= f.from+len(f.def.Values); bit++ {
		if !asked.has(bit) {
			s.clear(bit)
		}
	}
}
