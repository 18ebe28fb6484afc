package vocab

import (
	"slices"
	"testing"
)

func TestParseTemperament(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		raw      string
		want     []string
		unparsed string
	}{
		{"Playful", []string{"playful"}, ""},
		{"lap_cat", []string{"lap_cat"}, ""},
		{"Lap Cat; very affectionate / Curious", []string{"lap_cat", "affectionate", "curious"}, ""},
		{"shy and gentle", []string{"shy", "gentle"}, ""},
		{"not shy", nil, "not shy"},
		{"playful, dancing queen", []string{"playful"}, "dancing queen"},
		{"Joueuse et très affectueuse", []string{"playful", "affectionate"}, ""},
		{"Calme|GÊNÉE", []string{"calm", "shy"}, ""},
		{"Unknown", nil, ""},
		{"", nil, ""},
	} {
		got, unparsed := ParseTemperament(tt.raw)
		if !slices.Equal(got, tt.want) || unparsed != tt.unparsed {
			t.Errorf("%q: got %v, unparsed %q; want %v, %q", tt.raw, got, unparsed, tt.want, tt.unparsed)
		}
	}
	for _, term := range Temperaments() {
		if got, unparsed := ParseTemperament(term); len(got) != 1 || got[0] != term || unparsed != "" {
			t.Errorf("%s: got %v, unparsed %q; want itself", term, got, unparsed)
		}
	}
}

func TestParseHousehold(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct {
		fact         string
		affirmed, ok bool
	}{
		"Good with dogs":           {"good_with_dogs", true, true},
		"NO KIDS":                  {"good_with_children", false, true},
		"Pas d'enfants":            {"good_with_children", false, true},
		"Bonne avec les chats":     {"good_with_cats", true, true},
		"Indoor only":              {"indoor_only", true, true},
		"Front declawed":           {"declawed", true, true},
		"Good with dogs and cats?": {},
		"Dogs - Unknown":           {},
	} {
		if fact, affirmed, ok := ParseHousehold(raw); fact != want.fact || affirmed != want.affirmed || ok != want.ok {
			t.Errorf("%q: got %q, %t, %t; want %v", raw, fact, affirmed, ok, want)
		}
	}
}
