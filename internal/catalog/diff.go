package catalog

import (
	"reflect"
	"strings"
	"unicode"
)

// factFields are the API names of the fields of Facts, by index.
var factFields = fieldNames(reflect.TypeFor[Facts]())

// profileFields are the API names of the fields of Profile, by index.
var profileFields = fieldNames(reflect.TypeFor[Profile]())

// DiffFacts returns the API names of the fields that differ between two sets of
// normalized facts.
func DiffFacts(a, b Facts) []string { return diff(factFields, reflect.ValueOf(a), reflect.ValueOf(b)) }

// DiffProfiles returns the API names of the fields that differ between two
// normalized profiles.
func DiffProfiles(a, b Profile) []string {
	return diff(profileFields, reflect.ValueOf(a), reflect.ValueOf(b))
}

func diff(names []string, a, b reflect.Value) []string {
	var out []string
	for i, name := range names {
		x, y := a.Field(i), b.Field(i)
		if x.IsZero() && y.IsZero() {
			continue // most fields are unset, and copying them takes time
		}
		if !reflect.DeepEqual(x.Interface(), y.Interface()) {
			out = append(out, name)
		}
	}
	return out
}

func fieldNames(t reflect.Type) []string {
	names := make([]string, t.NumField())
	for i := range names {
		names[i] = snake(t.Field(i).Name)
	}
	return names
}

// snake converts a Go name to an API name: StatusChangedAt to status_changed_at,
// AdoptionURL to adoption_url, FeLV to felv.
func snake(name string) string {
	switch name {
	case "FeLV", "YouTube":
		return strings.ToLower(name)
	}
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		startsWord := i > 0 && unicode.IsUpper(r) &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if startsWord {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
