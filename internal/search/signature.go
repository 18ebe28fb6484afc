package search

import "sync"

// signature is a set of values of closed fields of which a cat has exactly one
// value each, a bit for every value. A question allows some of the values; what
// it does not ask for it allows entirely. So a cat passes all such clauses of a
// question if its signature is within that of the question, in three steps.
type signature [4]uint64

func (s *signature) set(bit int) { s[bit/64] |= 1 << (bit % 64) }

func (s *signature) clear(bit int) { s[bit/64] &^= 1 << (bit % 64) }

func (s *signature) has(bit int) bool { return s[bit/64]>>(bit%64)&1 > 0 }

// within says that all bits of s are in o.
func (s *signature) within(o *signature) bool {
	return s[0]&^o[0]|s[1]&^o[1]|s[2]&^o[2]|s[3]&^o[3] == 0
}

// everything is the signature of a question without clauses.
func everything() signature { return signature{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)} }

// signedField is where a field stands in signatures. After the bits of its
// values comes one for a cat that has none of them.
type signedField struct {
	def    *fieldDef
	from   int
	number map[string]int // of a value
}

// signedFields says where the fields stand in signatures.
var signedFields = sync.OnceValue(func() (fields struct {
	all []*signedField
	of  map[Field]*signedField
},
) {
	fields.of = map[Field]*signedField{}
	next := 0
	for i := range fieldDefs() {
		def := &fieldDefs()[i]
		if !def.Closed || next+len(def.Values)+1 > 64*len(signature{}) {
			continue
		}
		field := &signedField{def: def, from: next, number: map[string]int{}}
		for n, value := range def.Values {
			field.number[value] = n
		}
		next += len(def.Values) + 1
		fields.all = append(fields.all, field)
		fields.of[def.Field] = field
	}
	return fields
})

// markOf is the number of the value that the cat has.
func (f *signedField) markOf(s *Subject) int {
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
func (f *signedField) allow(s *signature, anyOf []string) {
	var asked signature
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
