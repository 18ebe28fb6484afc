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
		"bigger cities first":        {"rock", 3, []string{"Rockford, IL, US", "Rockville, MD, US", "Rock Hill, SC, US"}},
		"a state narrows":            {"rock, m", 2, []string{"Rockville, MD, US", "Rockford, MI, US"}},
		"a state's name narrows":     {"portland, ore", 5, []string{"Portland, OR, US"}},
		"a state without a comma":    {"rockville md", 5, []string{"Rockville, MD, US"}},
		"a country adds nothing":     {"portland, or, us", 5, []string{"Portland, OR, US"}},
		"st is saint":                {"st. lou", 1, []string{"Saint Louis, MO, US"}},
		"st is not only saint":       {"st", 4, []string{"Saint Louis, MO, US", "Saint Paul, MN, US", "Saint Petersburg, FL, US", "Stockton, CA, US"}},
		"accents may be left out":    {"trois-ri", 1, []string{"Trois-Rivières, QC, CA"}},
		"postal codes in order":      {"2085", 3, []string{"Rockville, MD 20850, US", "Rockville, MD 20851, US", "Rockville, MD 20852, US"}},
		"a whole postal code":        {"20850", 3, []string{"Rockville, MD 20850, US"}},
		"beyond a forward sortation": {"m5v 2", 3, []string{"Toronto, ON M5V, CA"}},
		"one letter is a city's":     {"q", 1, []string{"Quebec City, QC, CA"}},
		"no such place":              {"zzz", 3, nil},
		"nothing typed":              {" ", 3, nil},
		"only a comma":               {", md", 3, nil},
		"no room":                    {"rock", 0, nil},
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

func TestEveryBeginningLeadsToItsCity(t *testing.T) {
	t.Parallel()
	g := Default()
	rapid.Check(t, func(t *rapid.T) {
		want := g.Sample(rapid.IntRange(0, g.Len()-1).Draw(t, "place")).Label()
		cut := rapid.IntRange(1, len(want)).Draw(t, "typed")
		typed := strings.TrimRight(strings.ToValidUTF8(want[:cut], ""), " '.")
		if _, isCode := postalPrefix(typed); isCode || nameKey(typed) == "" {
			t.Skip("begins as a postal code does")
		}
		got := g.Complete(typed, g.Len())
		seen := map[string]bool{}
		for _, p := range got {
			if seen[p.Label()] {
				t.Fatalf("Complete(%q) gives %s twice", typed, p)
			}
			seen[p.Label()] = true
		}
		if !seen[want] {
			t.Fatalf("Complete(%q) gives %d places without %s", typed, len(got), want)
		}
	})
}
