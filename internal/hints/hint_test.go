package hints

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

func TestFind_Sentences(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want map[string]int
	}{
		"negated":                           {"He is not a curious cat.", nil},
		"negated with a level":              {"She isn't shy.", map[string]int{"stranger_ease": 4}},
		"not a fan of":                      {"He's not a fan of being held.", map[string]int{"handling_comfort": 2}},
		"never":                             {"She never hides when visitors come.", nil},
		"owner is the subject":              {"His owner loves treats and long hikes.", nil},
		"your cat":                          {"Your cat loves to play.", nil},
		"other cat":                         {"The other cat hides from strangers.", nil},
		"with other cats":                   {"She gets along with other cats and loves to play.", map[string]int{"animal_ease": 4, "play_drive": 4}},
		"would love to":                     {"He would love to learn to walk on a leash.", nil},
		"description of a home":             {"We are looking for a calm and quiet home for her.", nil},
		"description of a friend":           {"Bring a brave kitty friend.", nil},
		"past":                              {"She was shy when she came.", nil},
		"used to":                           {"He used to hide from strangers.", nil},
		"fragment":                          {"Playful and curious!", map[string]int{"play_drive": 4, "novelty_response": 4}},
		"name of the cat":                   {"Biscuit Brave is here.", nil},
		"intensifiers and an insertion":     {"He really, and I mean it, just loves to really play.", map[string]int{"play_drive": 4}},
		"typographic apostrophe":            {"She isn’t shy.", map[string]int{"stranger_ease": 4}},
		"sentence over two lines":           {"She loves to watch\nbirds.", map[string]int{"outdoor_interest": 4}},
		"contradiction":                     {"She is shy. She is outgoing.", nil},
		"lower of two adjacent levels":      {"I can get overstimulated. I may be sensitive to handling.", map[string]int{"handling_comfort": 2}},
		"one hint per trait":                {"He is playful. He loves to play. He loves his toys.", map[string]int{"play_drive": 4}},
		"question":                          {"Do you love to play? Is she shy?", nil},
		"list with answers":                 {"- Good with dogs: no\n- Lap cat: yes\n- Likes to be held: unknown", map[string]int{"animal_ease": 2, "person_bond": 4}},
		"isn't just":                        {"She isn't just a lap cat.", map[string]int{"person_bond": 4}},
		"negation over or":                  {"He is not shy or timid.", map[string]int{"stranger_ease": 4}},
		"negation over and":                 {"He does not sit there and crave attention.", nil},
		"once she knows you":                {"Once she knows you she loves to be held and follows you around.", map[string]int{"person_bond": 4}},
		"hope":                              {"We hope he becomes a lap cat.", nil},
		"wonder whether":                    {"We wonder whether she is shy.", nil},
		"could be":                          {"She could be your little shadow.", nil},
		"wanted cat":                        {"Looking for a kitten who will adapt quickly?", nil},
		"another name":                      {"Sarah is an avid hiker who loves treats.", nil},
		"restriction to dogs":               {"Shy around dogs, friendly with everyone.", map[string]int{"stranger_ease": 4}},
		"but now":                           {"She hissed at the other cats, but now she is good with dogs.", map[string]int{"animal_ease": 4}},
		"for a moment":                      {"He likes to be held for a moment.", nil},
		"less":                              {"He is less playful than his sister.", nil},
		"behaviour before description":      {"She is timid. She hides from strangers.", map[string]int{"stranger_ease": 1}},
		"description contradicts behaviour": {"She is outgoing. She hides from strangers.", nil},
		"other languages":                   {"Elle est très joueuse, ñandú, 猫が好き。", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got map[string]int
			for _, h := range Find(&catalog.Facts{Name: "Biscuit Brave", Description: tt.text}) {
				if got == nil {
					got = map[string]int{}
				}
				got[h.Trait] = h.Level
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("%q (-want +got):\n%s", tt.text, diff)
			}
		})
	}
}

func TestFind_FieldsAndTags(t *testing.T) {
	t.Parallel()
	got := Find(&catalog.Facts{
		Name: "Biscuit", IndoorOnly: new(true), GoodWith: catalog.GoodWith{Dogs: new(false)},
		Traits: catalog.Traits{Energy: "High", Leash: "yes", Travel: "no", Crate: "", Tags: []string{"Curious", "doesWellInCar", "Temperament: RED"}},
	})
	want := []Hint{
		{"animal_ease", 2, "good_with.dogs", "false", "field-dogs", "not good with dogs", false},
		{"harness_comfort", 4, "traits.leash", "yes", "field-leash", "leash trained", true},
		{"novelty_response", 4, "traits.tags", "Curious", "curious", "", false},
		{"outdoor_experience", 1, "indoor_only", "true", "field-indoor-only", "indoor only", false},
		{"play_drive", 4, "traits.energy", "High", "field-energy", "energy: high", true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("hints, without the contradicting ones on travel (-want +got):\n%s", diff)
	}
}

func TestFind_WordsIncludeNegation(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"She isn't shy.": "isn't shy", "He does not seem to get along with other cats!": "not seem to get along with other cats",
		"Biscuit is a curious girl.": "curious", "Loud noises don't scare her.": "Loud noises don't scare her",
	} {
		got := Find(&catalog.Facts{Name: "Biscuit", Description: text})
		if len(got) != 1 || got[0].Words != want {
			t.Errorf("%q: got %+v, want one hint with the words %q", text, got, want)
		}
	}
}

func TestFindFlags(t *testing.T) {
	t.Parallel()
	got := FindFlags(&catalog.Facts{Microchipped: new(true), ShotsCurrent: new(false), FIV: new(false), FeLV: new(true), SpecialNeeds: new(true)})
	want := []HealthFlag{
		{"ID.CHIP", "microchipped", true},
		{"MED.CORE", "shots_current", false},
		{"MED.FIV_POS", "fiv", true},
		{"MED.FELV_POS", "felv", false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("flags (-want +got):\n%s", diff)
	}
}

// For any text, Find terminates, keeps levels within 1 to 5 and returns the same
// hints again.
func TestProperty_FindAcceptsAnyText(t *testing.T) {
	t.Parallel()
	words := []string{"he", "she", "loves", "to", "play", "not", "shy", "is", "a", "dog", "owner", "window", "birds", ",", ".", "\n", "…", "hides", "when", "new", "people", "come", "É", "really"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 40).Draw(t, "words"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		})).Draw(t, "text")
		f := catalog.Facts{Name: "Biscuit", Description: text}
		got := Find(&f)
		if again := Find(&f); !slices.Equal(got, again) {
			t.Fatalf("second call: got %v, want %v", again, got)
		}
		for i, h := range got {
			if h.Level < 1 || h.Level > 5 || i > 0 && got[i-1].Trait >= h.Trait || len(h.Words) == 0 || len(h.Words) > len(text) {
				t.Fatalf("%q: got invalid hint %+v in %+v", text, h, got)
			}
		}
	})
}
