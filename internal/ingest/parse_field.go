package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

func parseFields(n node) []*field {
	var out []*field
	n.forEachEntry(func(name string, value node) {
		t, ok := targets()[name]
		if !ok {
			names := slices.Sorted(maps.Keys(targets()))
			said := "is no fact that a format can tell; docs/import.md lists them"
			if near := vocab.Suggest(name, names); near != "" {
				said = fmt.Sprintf("is no fact that a format can tell; did you mean %q?", near)
			}
			value.addError("%s", said)
			return
		}
		out = append(out, parseField(value, name, t))
	})
	return inOrder(out)
}

// withFieldsByName adds a field for each fact that no field sets. It reads the
// column that has the fact's name.
func withFieldsByName(fields []*field) []*field {
	for _, fact := range catalog.FactTable() {
		known := slices.ContainsFunc(fields, func(f *field) bool { return f.name == fact.Name })
		if t, ok := targets()[fact.Name]; ok && !known {
			fields = append(fields, &field{name: fact.Name, target: t, from: []column{newColumn(fact.FlatName())}})
		}
	}
	return inOrder(fields)
}

// inOrder sorts fields so that those that refine others follow them.
func inOrder(fields []*field) []*field {
	slices.SortStableFunc(fields, func(a, b *field) int { return cmp.Compare(a.target.after, b.target.after) })
	return fields
}

func parseField(n node, name string, t factSetter) *field {
	f := &field{name: name, target: t}
	if n.Kind != yaml.MappingNode {
		f.from = n.columns()
		return f.validate(n)
	}
	known := map[string]func(node){
		"from":   setColumns(&f.from),
		"or":     setColumns(&f.fallback),
		"when":   func(n node) { f.when = parseCondition(n) },
		"only":   func(n node) { f.extract = n.pattern() },
		"past":   func(n node) { f.dropThrough = n.pattern() },
		"values": func(n node) { f.values = parseValues(n) },
	}
	special := map[string]func(node){
		"as_of":         setColumns(&f.asOf),
		"not_after":     setColumns(&f.notAfter),
		"prefix":        setText(&f.prefix),
		"split":         setText(&f.split),
		"skip":          func(n node) { f.skip = n.pattern() },
		"unit":          setText(&f.unit),
		"unit_from":     setColumns(&f.unitFrom),
		"currency":      setText(&f.currency),
		"currency_from": setColumns(&f.currencyFrom),
		"inverted":      func(n node) { f.inverted = n.boolean() },
		"as_is":         func(n node) { f.asIs = n.boolean() },
	}
	for _, setting := range t.takes {
		known[setting] = special[setting]
	}
	n.forEachSetting(known)
	return f.validate(n)
}

// validate is the field, once what it lacks is noted.
func (f *field) validate(n node) *field {
	if len(f.from) == 0 {
		n.addError(`needs "from", the column that tells it`)
	}
	if f.name == "fee" && len(f.currency) != 3 {
		n.addError(`needs "currency", an ISO 4217 code such as USD`)
	}
	if fault := f.unitError(); fault != "" {
		n.addError("%s", fault)
	}
	return f
}

// unitError says what is wrong with the unit that a field names.
func (f *field) unitError() string {
	known := f.unit == ""
	switch f.name {
	case "fee":
		if f.unit != "" && f.unit != "minor" {
			return `unit is "minor" for cents, or left out for dollars and cents`
		}
		return ""
	case "weight_kg":
		known = known || f.unit == localWeight || kilograms(f.unit) != 0
	case "girth_cm", "body_length_cm":
		known = known || centimetres(f.unit) != 0
	case "age":
		known = known || slices.Contains([]string{"days", "weeks", "months", "years"}, f.unit)
	default:
		known = known || f.unit == unixTime
	}
	if !known {
		return fmt.Sprintf("%q is no unit of this measure", f.unit)
	}
	return ""
}

func parseValues(n node) map[string]string {
	out := map[string]string{}
	n.forEachEntry(func(said string, stands node) { out[same(said)] = stands.text() })
	return out
}
