package hints

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// readingOf returns the terms and household facts that are read from a listing, each
// with its quote, as lines: "playful: playful", "good_with_dogs likely: good with dogs".
func readingOf(f catalog.Facts) []string {
	_, reading := Read(&f)
	var out []string
	for _, r := range reading.Temperament {
		out = append(out, r.Term+": "+r.Quote)
	}
	for _, r := range reading.Household {
		likely := " unlikely: "
		if r.Likely {
			likely = " likely: "
		}
		out = append(out, r.Fact+likely+r.Quote)
	}
	return out
}

func TestRead_Sentences(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"She is a playful and curious girl.":                       "playful: playful|curious: curious",
		"He's an affectionate lap cat.":                            "affectionate: affectionate|lap_cat: lap cat",
		"She is not a lap cat.":                                    "",
		"He isn't a lap cat, but he likes to sit near you.":        "",
		"She loves to curl up on your lap.":                        "lap_cat: curl up on your lap",
		"He can be shy at first.":                                  "",
		"She is a little shy around strangers.":                    "",
		"Shy at first, she soon warms up.":                         "",
		"Biscuit is a shy and gentle cat.":                         "gentle: gentle|shy: shy",
		"She isn't shy at all.":                                    "",
		"His brother is shy.":                                      "",
		"We are looking for a calm home.":                          "",
		"A quiet, calm home would suit her.":                       "",
		"He needs an active family.":                               "",
		"We hope she becomes more confident.":                      "",
		"She was shy when she came to us.":                         "",
		"Is she talkative?":                                        "",
		"She is talkative and will tell you all about her day.":    "talkative: talkative",
		"He has a lot to say!":                                     "talkative: has a lot to say",
		"She is playful. She is not very playful.":                 "",
		"No dogs please.":                                          "good_with_dogs unlikely: No dogs",
		"No dogs, cats or children, please.":                       "good_with_children unlikely: No dogs, cats or children|good_with_dogs unlikely: No dogs, cats or children|good_with_cats unlikely: No dogs, cats or children",
		"There are no dogs at the shelter.":                        "",
		"No dogs have met her yet.":                                "",
		"She lived with dogs.":                                     "",
		"He lived happily with dogs.":                              "good_with_dogs likely: lived happily with dogs",
		"Would do best without small children.":                    "",
		"She would do best without children.":                      "good_with_children unlikely: best without children",
		"He would do best in a home without other cats.":           "good_with_cats unlikely: home without other cats",
		"She gets along well with kids, dogs, and other cats.":     "good_with_children likely: gets along well with kids, dogs, and other cats|good_with_dogs likely: gets along well with kids, dogs, and other cats|good_with_cats likely: gets along well with kids, dogs, and other cats",
		"He does not get along with other cats.":                   "good_with_cats unlikely: not get along with other cats",
		"Good with dogs who respect his space.":                    "",
		"Good with kids over ten.":                                 "",
		"Good with older children.":                                "",
		"She should do well with dogs.":                            "",
		"He loves dogs. He is scared of dogs.":                     "",
		"She loves cat toys and dog beds.":                         "playful: loves cat toys",
		"She prefers to be the only cat.":                          "good_with_cats unlikely: prefers to be the only cat",
		"He must be an only pet.":                                  "good_with_dogs unlikely: must be an only pet|good_with_cats unlikely: must be an only pet",
		"She is looking for an adult-only home.":                   "good_with_children unlikely: adult-only home",
		"He would love an indoor only home.":                       "indoor_only likely: indoor only home",
		"She was indoor only before.":                              "",
		"He is declawed.":                                          "declawed likely: declawed",
		"He is not declawed.":                                      "declawed unlikely: not declawed",
		"- Good with dogs: no\n- Lap cat: yes\n- Playful: unknown": "lap_cat: Lap cat|good_with_dogs unlikely: Good with dogs",
		"She is far from shy.":                                     "",
		"Be patient and calm and she will come to you.":            "",
		"She's becoming a lap cat.":                                "",
		"Gets on well with other cats.":                            "good_with_cats likely: Gets on well with other cats",
		"He needs a dog-friendly home.":                            "",
		"He's cat-friendly.":                                       "good_with_cats likely: cat-friendly",
		"She is not dog friendly.":                                 "good_with_dogs unlikely: not dog friendly",
		"We do not know if she is good with dogs.":                 "",
		"He likes cats his own size.":                              "",
		"If you want a lap cat, she is not for you.":               "",
		"She would rather sit next to you than on your lap.":       "",
		"She's neither playful nor cuddly.":                        "",
		"Not only is she playful, she is smart too.":               "playful: playful|smart: smart",
		"She is shy and needs a confident cat friend.":             "shy: shy",
		"Her kittens are playful. She is calm.":                    "calm: calm",
		"No kids under 12, please.":                                "",
		"He is not good with dogs, but loves cats.":                "good_with_dogs unlikely: not good with dogs|good_with_cats likely: loves cats",
		"Elle est douce et joueuse.":                               "",
	} {
		got := strings.Join(readingOf(catalog.Facts{Name: "Biscuit", Description: text}), "|")
		if got != want {
			t.Errorf("%q:\n got %s\nwant %s", text, got, want)
		}
	}
}

// Every term is read from a plain sentence with each of its words, and not from its
// negation, from a sentence about somebody else, a hope, the past or a question.
func TestRead_EveryTerm(t *testing.T) {
	t.Parallel()
	for _, w := range vocab.TemperamentWords() {
		for _, sentence := range []string{"She is %.", "Biscuit is a % cat."} {
			text := strings.ReplaceAll(sentence, "%", w.Word)
			got := readingOf(catalog.Facts{Name: "Biscuit", Description: text})
			if want := w.Term + ": " + w.Word; len(got) != 1 || got[0] != want {
				t.Errorf("%q: got %q, want %q", text, got, want)
			}
		}
		for _, sentence := range []string{
			"She is not %.", "She isn't %.", "Her brother is %.", "We hope she becomes %.", "She was % once.", "Is she %?",
			"Looking for a % family.", "She might be %.",
		} {
			text := strings.ReplaceAll(sentence, "%", w.Word)
			if got := readingOf(catalog.Facts{Name: "Biscuit", Description: text}); len(got) > 0 {
				t.Errorf("%q: got %q, want nothing", text, got)
			}
		}
	}
}

func TestRead_TagsAndSummary(t *testing.T) {
	t.Parallel()
	got := readingOf(catalog.Facts{
		Name: "Biscuit", Description: "She is not playful. She is good with dogs.", Summary: "A curious girl.",
		Traits: catalog.Traits{Tags: []string{"Playful", "Affectueuse", "No Kids", "pas de chats", "Not shy", "Temperament: BLUE"}},
	})
	want := []string{
		"affectionate: Affectueuse", "playful: Playful", "curious: curious",
		"good_with_children unlikely: No Kids", "good_with_dogs likely: good with dogs", "good_with_cats unlikely: pas de chats",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reading (-want +got):\n%s", diff)
	}
}

// What the shelter states of its household is not read, whatever the text says, and
// without texts and tags nothing is read.
func TestProperty_ReadSaysNothingOnStatedFacts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		answer := rapid.SampledFrom([]*bool{nil, new(true), new(false)})
		sentences := []string{"Good with dogs.", "No dogs please.", "She loves kids.", "He needs a home without cats.", "She is declawed.", "Indoor only.", "She is shy."}
		f := catalog.Facts{
			Name: "Biscuit", Description: strings.Join(rapid.SliceOfN(rapid.SampledFrom(sentences), 0, 5).Draw(t, "sentences"), " "),
			GoodWith:   catalog.GoodWith{Children: answer.Draw(t, "children"), Dogs: answer.Draw(t, "dogs"), Cats: answer.Draw(t, "cats")},
			IndoorOnly: answer.Draw(t, "indoor"), Declawed: answer.Draw(t, "declawed"),
			Traits: catalog.Traits{Tags: rapid.SliceOfN(rapid.SampledFrom([]string{"No dogs", "Good with cats", "Shy"}), 0, 2).Draw(t, "tags")},
		}
		_, reading := Read(&f)
		for _, fact := range readableFacts() {
			if *fact.at(&f) != nil && reading.Likely(fact.name) != nil {
				t.Fatalf("%s is stated, got reading %+v", fact.name, reading)
			}
		}
		f.Description, f.Traits.Tags = "", nil
		if _, reading := Read(&f); !reading.SaysTheSame(catalog.ListingReading{}) {
			t.Fatalf("without text and tags: got %+v, want nothing", reading)
		}
	})
}
