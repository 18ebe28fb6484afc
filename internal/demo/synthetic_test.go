package demo_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

var today = time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC)

func set(tb testing.TB, cats, shelters int, seed uint64) *demo.Set {
	tb.Helper()
	s, err := demo.Synthetic(geo.Default(), demo.Options{Cats: cats, Shelters: shelters, Seed: seed, Today: today})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// facts are what an edit makes of a cat that nobody has met.
func facts(e catalog.CatUpdate) catalog.Facts {
	var f catalog.Facts
	e.Edit(&f)
	return f
}

func all(s *demo.Set) []catalog.Facts {
	var out []catalog.Facts
	for shelter := range s.Shelters() {
		for e := range s.Cats(shelter) {
			out = append(out, facts(e))
		}
	}
	return out
}

func TestEveryMadeCatIsAPossibleOne(t *testing.T) {
	t.Parallel()
	cats := all(set(t, 20_000, 60, 1))
	if len(cats) != 20_000 {
		t.Fatalf("got %d cats, want 20000", len(cats))
	}
	for _, f := range cats {
		untidied := f
		f.Normalize()
		if changed := catalog.DiffFacts(untidied, f); len(changed) > 0 && !slices.Equal(changed, []string{"traits"}) {
			t.Fatalf("%s was made untidy in %v", f.Name, changed)
		}
		if bad := f.Faults(today); len(bad) > 0 {
			t.Fatalf("%s: %v", f.Name, bad)
		}
		if f.ListedAt.After(today) || f.StatusChangedAt.Before(f.ListedAt) || f.ListedAt.Before(f.Birth.On) {
			t.Fatalf("%s was born %v, listed %v, changed %v", f.Name, f.Birth.On, f.ListedAt, f.StatusChangedAt)
		}
	}
}

func TestMadeCatsAreLikeRealOnes(t *testing.T) {
	t.Parallel()
	cats := all(set(t, 20_000, 60, 1))
	tests := map[string]struct {
		want float64 // of 1, as Petfinder's 19,980 listings of July 2023
		is   func(catalog.Facts) bool
	}{
		"domestic short hair":     {0.774, func(f catalog.Facts) bool { return f.Breed.Primary == "Domestic Short Hair" }},
		"siamese":                 {0.014, func(f catalog.Facts) bool { return f.Breed.Primary == "Siamese" }},
		"kitten":                  {0.616, func(f catalog.Facts) bool { return f.AgeGroupOn(today) == vocab.Kitten }},
		"adult":                   {0.205, func(f catalog.Facts) bool { return f.AgeGroupOn(today) == vocab.Adult }},
		"senior":                  {0.026, func(f catalog.Facts) bool { return f.AgeGroupOn(today) == vocab.Senior }},
		"female":                  {0.513, func(f catalog.Facts) bool { return f.Sex == vocab.SexFemale }},
		"small":                   {0.48, func(f catalog.Facts) bool { return f.Size == vocab.SizeSmall }},
		"without a description":   {0.359, func(f catalog.Facts) bool { return f.Description == "" }},
		"without a colour":        {0.47, func(f catalog.Facts) bool { return f.Colors.Primary == "" }},
		"nobody knows about dogs": {0.86, func(f catalog.Facts) bool { return f.GoodWith.Dogs == nil }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := 0
			for _, f := range cats {
				if test.is(f) {
					n++
				}
			}
			if got := float64(n) / float64(len(cats)); math.Abs(got-test.want) > 0.03 {
				t.Errorf("got a share of %.3f, want %.3f ± 0.03", got, test.want)
			}
		})
	}
}

func TestDescriptionsAreAsLongAsRealOnes(t *testing.T) {
	t.Parallel()
	var letters []int
	stems := map[string]bool{}
	for _, f := range all(set(t, 20_000, 60, 1)) {
		if f.Description == "" {
			continue
		}
		letters = append(letters, len(f.Description))
		for word := range strings.FieldsSeq(strings.ToLower(f.Description)) {
			stems[strings.TrimRight(strings.Trim(word, ".,:;!?"), "s")] = true
		}
		if i := strings.IndexAny(f.Description, "{}[]<>"); i >= 0 {
			t.Fatalf("a gap was left open in %q", f.Description)
		}
	}
	slices.Sort(letters)
	// King County's descriptions of February 2019: half are under 778 letters, one in ten over 1851.
	if median, most := letters[len(letters)/2], letters[len(letters)*9/10]; median < 650 || median > 950 || most < 1200 || most > 2300 {
		t.Errorf("got a median of %d letters and a ninth decile of %d, want about 780 and 1850", median, most)
	}
	if len(stems) < 3000 {
		t.Errorf("got %d different words, want some thousands", len(stems))
	}
}

func TestTheSameSeedMakesTheSameSet(t *testing.T) {
	t.Parallel()
	if !reflect.DeepEqual(all(set(t, 500, 7, 1)), all(set(t, 500, 7, 1))) {
		t.Error("the same seed made two sets")
	}
	if reflect.DeepEqual(all(set(t, 500, 7, 1)), all(set(t, 500, 7, 2))) {
		t.Error("two seeds made the same set")
	}
}

func TestACatIsTheSameInWhateverOrderItIsMade(t *testing.T) {
	t.Parallel()
	s := set(t, 2000, 20, 1)
	shelters := slices.Collect(s.Shelters())
	rapid.Check(t, func(t *rapid.T) {
		of := rapid.SampledFrom(shelters).Draw(t, "shelter")
		n := rapid.IntRange(0, of.Cats-1).Draw(t, "number")
		alone := s.Cat(&of, n)
		inTurn := slices.Collect(s.Cats(of))[n]
		if alone.ExternalID != inTurn.ExternalID || !reflect.DeepEqual(facts(alone), facts(inTurn)) {
			t.Fatalf("cat %d of %s depends on the order", n, of.ExternalID)
		}
	})
}

func TestAFewSheltersHoldMostCats(t *testing.T) {
	t.Parallel()
	sum, large := 0, 0
	for of := range set(t, 400_000, 1100, 1).Shelters() {
		sum += of.Cats
		if of.Cats > 800 {
			large++
		}
		if of.Cats == 0 || len(of.Profile.AdoptionPolicy) > 2000 {
			t.Errorf("%s has %d cats and a policy of %d letters", of.ExternalID, of.Cats, len(of.Profile.AdoptionPolicy))
		}
	}
	if sum != 400_000 || large < 50 || large > 150 {
		t.Errorf("the shelters hold %d cats, and %d of them over 800; want 400000 and about a tenth", sum, large)
	}
}

func TestASetNeedsAShelter(t *testing.T) {
	t.Parallel()
	if _, err := demo.Synthetic(geo.Default(), demo.Options{Cats: 1, Shelters: 0, Seed: 1, Today: today}); err == nil {
		t.Error("got a set without a shelter")
	}
}

// BenchmarkCats makes cats one after the other; 10 µs each are 100,000 a second.
func BenchmarkCats(b *testing.B) {
	of := slices.Collect(set(b, 400_000, 1100, 1).Shelters())[100]
	s := set(b, 400_000, 1100, 1)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Cat(&of, i)
	}
}
