package catalog

import (
	"reflect"
	"strings"
	"unicode"
)

// factFields are the fields of Facts by index, in the words of the API.
var factFields = fieldNames(reflect.TypeFor[Facts]())

// profileFields are the fields of Profile by index, in the words of the API.
var profileFields = fieldNames(reflect.TypeFor[Profile]())

// DiffFacts names what differs between two sets of tidy facts.
func DiffFacts(a, b Facts) []string { return diff(factFields, reflect.ValueOf(a), reflect.ValueOf(b)) }

// DiffProfiles names what differs between two tidy profiles.
func DiffProfiles(a, b Profile) []string {
	return diff(profileFields, reflect.ValueOf(a), reflect.ValueOf(b))
}

func diff(names []string, a, b reflect.Value) []string {
	var out []string
	for i, name := range names {
		if !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
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

// snake turns a Go name into one of the API: StatusChangedAt into
// status_changed_at, AdoptionURL into adoption_url, FeLV into felv.
func snake(name string) string {
	switch name {
	case "FeLV", "YouTube":
		return strings.ToLower(name)
	}
	var b strings.Builder
	runes := []rune(name)
	for i, r := range runes {
		begins := i > 0 && unicode.IsUpper(r) &&
			(unicode.IsLower(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if begins {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
