package search

import "sync"

// valueMask is a set of values of closed fields, one bit for each value. A cat has
// exactly one value of each such field. A query allows some of the values, and all
// values of fields without a clause; so a cat passes all these clauses if its mask is
// a subset of the query's.
type valueMask [4]uint64

func (m *valueMask) set(bit int) { m[bit/64] |= 1 << (bit % 64) }

func (m *valueMask) clear(bit int) { m[bit/64] &^= 1 << (bit % 64) }

func (m *valueMask) has(bit int) bool { return m[bit/64]>>(bit%64)&1 > 0 }

// subsetOf reports whether all bits of m are in o.
func (m *valueMask) subsetOf(o *valueMask) bool {
	return m[0]&^o[0]|m[1]&^o[1]|m[2]&^o[2]|m[3]&^o[3] == 0
}

// fullMask returns the mask of a query without clauses.
func fullMask() valueMask { return valueMask{^uint64(0), ^uint64(0), ^uint64(0), ^uint64(0)} }

// maskedField is a field with its bits in masks. After the bits of its values there
// is one for a cat that has none of them.
type maskedField struct {
	def      *fieldDef
	from     int            // the first bit
	ordinals map[string]int // of the values
}

// maskedFields returns the fields that have bits in masks.
var maskedFields = sync.OnceValue(func() (fields struct {
	all     []*maskedField
	byField map[Field]*maskedField
},
) {
	fields.byField = map[Field]*maskedField{}
	next := 0
	for i := range fieldDefs() {
		def := &fieldDefs()[i]
		if !def.Closed || next+len(def.Values)+1 > 64*len(valueMask{}) {
			continue
		}
		field := &maskedField{def: def, from: next, ordinals: map[string]int{}}
		for n, value := range def.Values {
			field.ordinals[value] = n
		}
		next += len(def.Values) + 1
		fields.all = append(fields.all, field)
		fields.byField[def.Field] = field
	}
	return fields
})

// ordinalOf returns the ordinal of the cat's value.
func (f *maskedField) ordinalOf(d *MatchDocument) int {
	if f.def.ordinal != nil {
		return int(f.def.ordinal(d.cat))
	}
	ordinal := len(f.def.Values)
	d.readValues(f.def, func(value string) {
		if n, ok := f.ordinals[value]; ok {
			ordinal = n
		}
	})
	return ordinal
}

// exclude removes values from a mask.
func (f *maskedField) exclude(m *valueMask, values []string) {
	for _, value := range values {
		if n, ok := f.ordinals[value]; ok {
			m.clear(f.from + n)
		}
	}
}

// restrict removes the values from a mask that are not in anyOf.
func (f *maskedField) restrict(m *valueMask, anyOf []string) {
	var allowed valueMask
	for _, value := range anyOf {
		if n, ok := f.ordinals[value]; ok {
			allowed.set(f.from + n)
		}
	}
	for bit := f.from; bit <= f.from+len(f.def.Values); bit++ {
		if !allowed.has(bit) {
			m.clear(bit)
		}
	}
}
