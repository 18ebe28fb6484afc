package hints

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

func TestWhatASentenceSays(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want map[string]int
	}{
		"what is denied is not said":                     {"He is not a curious cat.", nil},
		"denied may say the opposite":                    {"She isn't shy.", map[string]int{"stranger_ease": 4}},
		"not a fan of":                                   {"He's not a fan of being held.", map[string]int{"handling_comfort": 2}},
		"never hides":                                    {"She never hides when visitors come.", nil},
		"the owner is somebody else":                     {"His owner loves treats and long hikes.", nil},
		"your cat is another cat":                        {"Your cat loves to play.", nil},
		"the other cat is another cat":                   {"The other cat hides from strangers.", nil},
		"the cat that does it with others":               {"She gets along with other cats and loves to play.", map[string]int{"animal_ease": 4, "play_drive": 4}},
		"a wish is not so":                               {"He would love to learn to walk on a leash.", nil},
		"a home is not the cat":                          {"We are looking for a calm and quiet home for her.", nil},
		"a friend is not the cat":                        {"Bring a brave kitty friend.", nil},
		"what was is over":                               {"She was shy when she came.", nil},
		"what was so once is over":                       {"He used to hide from strangers.", nil},
		"a fragment speaks of the cat":                   {"Playful and curious!", map[string]int{"play_drive": 4, "novelty_response": 4}},
		"a name is no word":                              {"Biscuit Brave is here.", nil},
		"stress changes nothing":                         {"He really, and I mean it, just loves to really play.", map[string]int{"play_drive": 4}},
		"curly apostrophes are apostrophes":              {"She isn’t shy.", map[string]int{"stranger_ease": 4}},
		"lines that go on go on":                         {"She loves to watch\nbirds.", map[string]int{"outdoor_interest": 4}},
		"what contradicts itself says nothing":           {"She is shy. She is outgoing.", nil},
		"the lower of two levels that lie near together": {"I can get overstimulated. I may be sensitive to handling.", map[string]int{"handling_comfort": 2}},
		"one hint for each trait":                        {"He is playful. He loves to play. He loves his toys.", map[string]int{"play_drive": 4}},
		"a question says nothing":                        {"Do you love to play? Is she shy?", nil},
		"a line of a list is answered":                   {"- Good with dogs: no\n- Lap cat: yes\n- Likes to be held: unknown", map[string]int{"animal_ease": 2, "person_bond": 4}},
		"not only is no denial":                          {"She isn't just a lap cat.", map[string]int{"person_bond": 4}},
		"a no reaches over an or":                        {"He is not shy or timid.", map[string]int{"stranger_ease": 4}},
		"a no may reach over an and":                     {"He does not sit there and crave attention.", nil},
		"what takes trust speaks of the bond":            {"Once she knows you she loves to be held and follows you around.", map[string]int{"person_bond": 4}},
		"hope is no news":                                {"We hope he becomes a lap cat.", nil},
		"nobody knows":                                   {"We wonder whether she is shy.", nil},
		"what may come is not so":                        {"She could be your little shadow.", nil},
		"the cat that is sought is another cat":          {"Looking for a kitten who will adapt quickly?", nil},
		"a name that is not the cat's is somebody else":  {"Sarah is an avid hiker who loves treats.", nil},
		"shy with dogs is not shy":                       {"Shy around dogs, friendly with everyone.", map[string]int{"stranger_ease": 4}},
		"but now turns it":                               {"She hissed at the other cats, but now she is good with dogs.", map[string]int{"animal_ease": 4}},
		"for a moment is hardly":                         {"He likes to be held for a moment.", nil},
		"less is not more":                               {"He is less playful than his sister.", nil},
		"what it does counts before what it is called":   {"She is timid. She hides from strangers.", map[string]int{"stranger_ease": 1}},
		"what it is called may contradict what it does":  {"She is outgoing. She hides from strangers.", nil},
		"words of other languages are words":             {"Elle est très joueuse, ñandú, 猫が好き。", nil},
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

func TestFieldsAndTagsSayWhereTheyWereRead(t *testing.T) {
	t.Parallel()
	got := Find(&catalog.Facts{
		Name: "Biscuit", IndoorOnly: new(true), GoodWith: catalog.GoodWith{Dogs: new(false)},
		Traits: catalog.Traits{Energy: "High", Leash: "yes", Travel: "no", Crate: "", Tags: []string{"Curious", "doesWellInCar", "Temperament: RED"}},
	})
	want := []Hint{
		{"animal_ease", 2, "good_with.dogs", "false", "field-dogs"},
		{"harness_comfort", 4, "traits.leash", "yes", "field-leash"},
		{"novelty_response", 4, "traits.tags", "Curious", "curious"},
		{"outdoor_experience", 1, "indoor_only", "true", "field-indoor-only"},
		{"play_drive", 4, "traits.energy", "High", "field-energy"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("a car that is both fine and not is neither (-want +got):\n%s", diff)
	}
}

func TestWordsBeginWithTheNoThatDeniesThem(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"She isn't shy.": "isn't shy", "He does not seem to get along with other cats!": "not seem to get along with other cats",
		"Biscuit is a curious girl.": "curious", "Loud noises don't scare her.": "Loud noises don't scare her",
	} {
		got := Find(&catalog.Facts{Name: "Biscuit", Description: text})
		if len(got) != 1 || got[0].Words != want {
			t.Errorf("%q is read as %+v, want the words %q", text, got, want)
		}
	}
}

func TestFlagsReportWhatTheySayAndNoMore(t *testing.T) {
	t.Parallel()
	got := FindFlags(&catalog.Facts{Microchipped: new(true), ShotsCurrent: new(false), FIV: new(false), FeLV: new(true), SpecialNeeds: new(true)})
	want := []HealthFlag{
		{"ID.CHIP", "microchipped", true},
		{"MED.CORE", "shots_current", false},
		{"MED.FIV_POS", "fiv", true},
		{"MED.FELV_POS", "felv", false},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Whatever is written, reading it ends, keeps to the bounds and quotes the text.
func TestAnyTextIsRead(t *testing.T) {
	t.Parallel()
	words := []string{"he", "she", "loves", "to", "play", "not", "shy", "is", "a", "dog", "owner", "window", "birds", ",", ".", "\n", "…", "hides", "when", "new", "people", "come", "É", "really"}
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.Custom(func(t *rapid.T) string {
			return strings.Join(rapid.SliceOfN(rapid.SampledFrom(words), 0, 40).Draw(t, "words"), rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		})).Draw(t, "text")
		f := catalog.Facts{Name: "Biscuit", Description: text}
		got := Find(&f)
		if again := Find(&f); !slices.Equal(got, again) {
			t.Fatalf("read again it says %v after %v", again, got)
		}
		for i, h := range got {
			if h.Level < 1 || h.Level > 5 || i > 0 && got[i-1].Trait >= h.Trait || len(h.Words) == 0 || len(h.Words) > len(text) {
				t.Fatalf("%q says %+v", text, got)
			}
		}
	})
}
