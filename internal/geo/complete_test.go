package geo

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct {
		prefix string
		limit  int
		want   []string
	}{
		"larger cities first":           {"rockf", 1, []string{"Rockford, IL, US"}},
		"state filters":                 {"rock, m", 2, []string{"Rockville, MD, US", "Rockland, MA, US"}},
		"state name filters":            {"portland, ore", 5, []string{"Portland, OR, US"}},
		"state without comma":           {"rockville md", 5, []string{"Rockville, MD, US"}},
		"country is ignored":            {"portland, or, us", 5, []string{"Portland, OR, US"}},
		"st means saint":                {"st. lou", 1, []string{"Saint Louis, MO, US"}},
		"st also matches other names":   {"st", 4, []string{"Stuttgart, Baden-Württemberg, DE", "Staten Island, NY, US", "Stoke-on-Trent, England, GB", "Saint Louis, MO, US"}},
		"accents are optional":          {"trois-ri", 1, []string{"Trois-Rivières, QC, CA"}},
		"postal codes in order":         {"2085", 3, []string{"Rockville, MD 20850, US", "Rockville, MD 20851, US", "Rockville, MD 20852, US"}},
		"complete postal code":          {"20850", 3, []string{"Rockville, MD 20850, US"}},
		"Canadian code beyond its area": {"m5v 2", 3, []string{"Toronto, ON M5V, CA"}},
		"British code beyond its area":  {"sw1a 1aa", 3, []string{"Westminster Abbey, England SW1A, GB"}},
		"code before its city":          {"10115 be", 3, []string{"Berlin, 10115, DE"}},
		"ZIP codes come first":          {"1011", 1, []string{"New York, NY 10110, US"}},
		"country filters":               {"london, canada", 1, []string{"London, ON, CA"}},
		"single letter is a city":       {"q", 1, []string{"Queens, NY, US"}},
		"unknown place":                 {"zzz", 3, nil},
		"blank":                         {" ", 3, nil},
		"missing city":                  {", md", 3, nil},
		"limit of zero":                 {"rock", 0, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, p := range g.Complete(tt.prefix, tt.limit) {
				got = append(got, p.String())
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("Complete(%q, %d) = %q, want %q", tt.prefix, tt.limit, got, tt.want)
			}
		})
	}
}

func TestComplete_EveryPrefixFindsItsCity(t *testing.T) {
	t.Parallel()
	g := Default()
	rapid.Check(t, func(t *rapid.T) {
		want := g.Sample(rapid.IntRange(0, g.Samples()-1).Draw(t, "place")).Label()
		length := rapid.IntRange(1, len(want)).Draw(t, "length")
		typed := strings.TrimRight(strings.ToValidUTF8(want[:length], ""), " '.")
		if nameKey(typed) == "" || strings.ContainsAny(typed, "0123456789") {
			t.Skip("no letters, or perhaps the prefix of a postal code")
		}
		got := g.Complete(typed, g.cities.names.len())
		seen := map[string]bool{}
		for _, p := range got {
			if seen[p.Label()] {
				t.Fatalf("Complete(%q) returns %s twice", typed, p)
			}
			seen[p.Label()] = true
		}
		if !seen[want] {
			t.Fatalf("Complete(%q) returns %d places, want %s among them", typed, len(got), want)
		}
	})
}
