package rating

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

func TestImpressions(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	for name, tt := range map[string]struct {
		levels []TraitLevel
		want   Impression
	}{
		"nothing is said":                  {nil, ""},
		"a trait of another rubric":        {[]TraitLevel{{"purring", 5}}, ""},
		"a trait that weighs nothing":      {[]TraitLevel{{"carrier_comfort", 5}}, ""},
		"curious":                          {[]TraitLevel{{"outdoor_interest", 4}}, ImpressionConfident},
		"startles easily":                  {[]TraitLevel{{"sound_recovery", 2}}, ImpressionShy},
		"neither":                          {[]TraitLevel{{"sound_recovery", 3}}, ImpressionMixed},
		"curious, and startles easily":     {[]TraitLevel{{"outdoor_interest", 5}, {"sound_recovery", 2}}, ImpressionMixed},
		"confident with one middle level":  {[]TraitLevel{{"outdoor_interest", 4}, {"novelty_response", 4}, {"sound_recovery", 3}}, ImpressionConfident},
		"one bold trait among many middle": {[]TraitLevel{{"outdoor_interest", 4}, {"novelty_response", 3}, {"sound_recovery", 3}, {"handling_comfort", 3}}, ImpressionMixed},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := r.Impressions(tt.levels).Activities[0]; got != tt.want {
				t.Errorf("leash walk: got %q, want %q", got, tt.want)
			}
		})
	}
}

// A higher level of a trait never gives a shyer impression, unless it contradicts another
// trait.
func TestProperty_ImpressionsAreMonotone(t *testing.T) {
	t.Parallel()
	r := rubric120(t)
	ascending := []Impression{ImpressionShy, ImpressionMixed, ImpressionConfident}
	rapid.Check(t, func(t *rapid.T) {
		traits := rapid.SliceOfNDistinct(rapid.SampledFrom(r.TraitCodes()), 1, -1, rapid.ID[string]).Draw(t, "traits")
		from := rapid.SampledFrom([]int{1, 3}).Draw(t, "lowest level") // of three, so that none contradicts another
		var before []TraitLevel
		for _, trait := range traits {
			before = append(before, TraitLevel{trait, rapid.IntRange(from, from+2).Draw(t, trait)})
		}
		after := slices.Clone(before)
		after[0].Level = from + 2
		x, y := r.Impressions(before), r.Impressions(after)
		for i, activity := range append(r.ActivityCodes(), "overall") {
			a, b := x.Overall, y.Overall
			if i < len(x.Activities) {
				a, b = x.Activities[i], y.Activities[i]
			}
			if slices.Index(ascending, b) < slices.Index(ascending, a) {
				t.Fatalf("%s: got %q for %v and %q for %v", activity, a, before, b, after)
			}
		}
		slices.Reverse(before)
		if again := r.Impressions(before); again.Overall != x.Overall || !slices.Equal(again.Activities, x.Activities) {
			t.Fatalf("got %v and, in another order of traits, %v", x, again)
		}
	})
}
