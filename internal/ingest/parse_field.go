package ingest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"gopkg.in/yaml.v3"

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
	slices.SortStableFunc(out, func(a, b *field) int { return cmp.Compare(a.target.after, b.target.after) })
	return out
}

func parseField(n node, name string, t factSetter) *field {
	f := &field{name: name, target: t}
	if n.Kind != yaml.MappingNode {
		f.from = n.columns()
		return f.checked(n)
	}
	known := map[string]func(node){
		"from":   intoColumns(&f.from),
		"or":     intoColumns(&f.or),
		"when":   func(n node) { f.when = parseCondition(n) },
		"only":   func(n node) { f.only = n.pattern() },
		"past":   func(n node) { f.past = n.pattern() },
		"values": func(n node) { f.as = parseValues(n) },
	}
	special := map[string]func(node){
		"as_of":         intoColumns(&f.asOf),
		"not_after":     intoColumns(&f.notAfter),
		"prefix":        into(&f.prefix),
		"split":         into(&f.split),
		"skip":          func(n node) { f.skip = n.pattern() },
		"unit":          into(&f.unit),
		"unit_from":     intoColumns(&f.unitFrom),
		"currency":      into(&f.currency),
		"currency_from": intoColumns(&f.currencyFrom),
		"inverted":      func(n node) { f.inverted = n.yes() },
		"as_is":         func(n node) { f.asIs = n.yes() },
	}
	for _, setting := range t.takes {
		known[setting] = special[setting]
	}
	n.settings(known)
	return f.checked(n)
}

// checked is the field, once what it lacks is noted.
func (f *field) checked(n node) *field {
	if len(f.from) == 0 {
		n.addError(`needs "from", the column that tells it`)
	}
	if f.name == "fee" && len(f.currency) != 3 {
		n.addError(`needs "currency", an ISO 4217 code such as USD`)
	}
	if fault := f.unitFault(); fault != "" {
		n.addError("%s", fault)
	}
	return f
}

// unitFault says what is wrong with the unit that a field names.
func (f *field) unitFault() string {
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
