package search

import "trailcat/internal/catalog"

// value is one value of a field, and the slots that have it.
type value struct {
	name string
	set  bitset
}

// fieldValues are the values of one field.
type fieldValues struct {
	def    fieldDef
	values []*value          // as the vocabulary orders them, then as they came
	known  map[string]*value // those of the vocabulary; never changes
	met    map[string]*value // the others
}

// find is a value by its name, nil if no cat ever had it.
func (f *fieldValues) find(name string) *value {
	if v := f.known[name]; v != nil {
		return v
	}
	return f.met[name]
}

// getOrCreate is a value by its name, which is taken up if it is new.
func (f *fieldValues) getOrCreate(name string) *value {
	if v := f.find(name); v != nil {
		return v
	}
	v := &value{name: name}
	f.values = append(f.values, v)
	f.met[name] = v
	return v
}

// anyOf are the sets of the cats that have one of the values.
func (f *fieldValues) anyOf(values []string) []*bitset {
	var sets []*bitset
	for _, name := range values {
		if v := f.find(name); v != nil && v.set.n > 0 {
			sets = append(sets, &v.set)
		}
	}
	return sets
}

// newFields is all fields without a cat.
func newFields() map[Field]*fieldValues {
	fields := map[Field]*fieldValues{}
	for _, def := range fieldDefs() {
		if def.Field == FieldShelter || def.Field == FieldTag {
			continue // there can be too many for a set each
		}
		f := &fieldValues{def: def, known: map[string]*value{}, met: map[string]*value{}}
		for _, name := range def.Values {
			f.known[name] = f.getOrCreate(name)
		}
		clear(f.met)
		fields[def.Field] = f
	}
	return fields
}

// fieldValueSet are the values that a cat has by its facts: those of the
// vocabulary, and the names of others, which may be new.
type fieldValueSet struct {
	known []*value
	other []otherValue
}

type otherValue struct {
	field *fieldValues
	name  string
}

// valuesOf reads the values off a cat. It needs no lock.
func valuesOf(fields []*fieldValues, c *catalog.Cat) fieldValueSet {
	said := fieldValueSet{known: make([]*value, 0, 48), other: nil}
	var field *fieldValues
	say := func(name string) {
		if v := field.known[name]; v != nil {
			said.known = append(said.known, v)
		} else if name != "" {
			said.other = append(said.other, otherValue{field, name})
		}
	}
	for _, field = range fields {
		switch def := &field.def; {
		case def.answer != nil:
			said.known = append(said.known, field.values[def.answer(c)])
		case def.read != nil:
			def.read(c, say)
		}
	}
	return said
}
