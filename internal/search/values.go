package search

import (
	"trailcat/internal/catalog"
	"trailcat/internal/search/bitset"
	"trailcat/internal/vocab"
)

// value is one value of a field, with the slots that have it.
type value struct {
	name string
	set  bitset.Set
}

// fieldValues are the values of one field.
type fieldValues struct {
	def    fieldDef
	values []*value          // of the vocabulary in its order, then others in order of appearance
	known  map[string]*value // of the vocabulary; does not change
	other  map[string]*value
}

// find returns a value by name, or nil if no cat ever had it.
func (f *fieldValues) find(name string) *value {
	if v := f.known[name]; v != nil {
		return v
	}
	return f.other[name]
}

// getOrCreate returns a value by name, and adds it if it is new.
func (f *fieldValues) getOrCreate(name string) *value {
	if v := f.find(name); v != nil {
		return v
	}
	v := &value{name: name}
	f.values = append(f.values, v)
	f.other[name] = v
	return v
}

// anyOf returns the sets of those of the values that some cat has.
func (f *fieldValues) anyOf(values []string) []*bitset.Set {
	var sets []*bitset.Set
	for _, name := range values {
		if v := f.find(name); v != nil && v.set.Len() > 0 {
			sets = append(sets, &v.set)
		}
	}
	return sets
}

// matching returns the value of a listed cat that equals a name except for case and
// accents, or nil.
func (f *fieldValues) matching(name string) *value {
	for _, v := range f.values {
		if v.set.Len() > 0 && vocab.Fold(v.name) == vocab.Fold(name) {
			return v
		}
	}
	return nil
}

// newFields returns all fields with one set for each value. The shelter, tags and ids
// are not among them: they have too many values.
func newFields() map[Field]*fieldValues {
	fields := map[Field]*fieldValues{}
	for _, def := range fieldDefs() {
		if def.Field == FieldShelter || def.Field == FieldTag || def.Field == FieldIDs {
			continue
		}
		f := &fieldValues{def: def, known: map[string]*value{}, other: map[string]*value{}}
		for _, name := range def.Values {
			f.known[name] = f.getOrCreate(name)
		}
		clear(f.other)
		fields[def.Field] = f
	}
	return fields
}

// fieldValueSet has the values of a cat: those of the vocabulary, and the names of
// others, which may be new.
type fieldValueSet struct {
	known []*value
	other []otherValue
}

type otherValue struct {
	field *fieldValues
	name  string
}

// valuesOf reads the values of a cat. It needs no lock.
func valuesOf(fields []*fieldValues, c *catalog.Cat) fieldValueSet {
	set := fieldValueSet{known: make([]*value, 0, 48), other: nil}
	var field *fieldValues
	add := func(name string) {
		if v := field.known[name]; v != nil {
			set.known = append(set.known, v)
		} else if name != "" {
			set.other = append(set.other, otherValue{field, name})
		}
	}
	for _, field = range fields {
		switch def := &field.def; {
		case def.ordinal != nil:
			set.known = append(set.known, field.values[def.ordinal(c)])
		case def.read != nil:
			def.read(c, add)
		}
	}
	return set
}
