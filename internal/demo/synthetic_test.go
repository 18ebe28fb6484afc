package demo_test

import (
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

var today = time.Date(2026, 3, 31, 15, 0, 0, 0, time.UTC)

func syntheticSet(tb testing.TB, cats, shelters int, seed uint64) *demo.Set {
	tb.Helper()
	s, err := demo.Synthetic(geo.Default(), demo.Options{Cats: cats, Shelters: shelters, Seed: seed, Today: today})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// newFacts returns the facts of a new cat after an edit.
func newFacts(e catalog.CatUpdate) catalog.Facts {
	var f catalog.Facts
	e.Edit(&f)
	return f
}

func allFacts(s *demo.Set) []catalog.Facts {
	var out []catalog.Facts
	for shelter := range s.Shelters() {
		for e := range s.Cats(shelter) {
			out = append(out, newFacts(e))
		}
	}
	return out
}

// numCats is large enough that shares of the cats vary little between seeds.
const numCats = 8000

// manyFacts returns the facts of numCats cats. Callers must not change them.
var manyFacts = sync.OnceValues(func() ([]catalog.Facts, error) {
	s, err := demo.Synthetic(geo.Default(), demo.Options{Cats: numCats, Shelters: 60, Seed: 1, Today: today})
	if err != nil {
		return nil, err
	}
	return allFacts(s), nil
})

func sharedFacts(t *testing.T) []catalog.Facts {
	t.Helper()
	cats, err := manyFacts()
	if err != nil {
		t.Fatal(err)
	}
	return cats
}

func TestSynthetic_CatsAreValid(t *testing.T) {
	t.Parallel()
	cats := sharedFacts(t)
	if len(cats) != numCats {
		t.Fatalf("got %d cats, want %d", len(cats), numCats)
	}
	for _, f := range cats {
		before := f
		f.Normalize()
		if changed := catalog.DiffFacts(before, f); len(changed) > 0 && !slices.Equal(changed, []string{"traits"}) {
			t.Fatalf("%s: Normalize changed %v", f.Name, changed)
		}
		if errs := f.Validate(today); len(errs) > 0 {
			t.Fatalf("%s: %v", f.Name, errs)
		}
		if f.ListedAt.After(today) || f.StatusChangedAt.Before(f.ListedAt) || f.ListedAt.Before(f.Birth.On) {
			t.Fatalf("%s: born %v, listed %v, status changed %v; want that order, none in the future", f.Name, f.Birth.On, f.ListedAt, f.StatusChangedAt)
		}
	}
}

func TestSynthetic_FollowsRealDistributions(t *testing.T) {
	t.Parallel()
	cats := sharedFacts(t)
	tests := map[string]struct {
		want float64 // share of Petfinder's 19,980 listings of July 2023, from 0 to 1
		is   func(catalog.Facts) bool
	}{
		"domestic short hair":   {0.774, func(f catalog.Facts) bool { return f.Breed.Primary == "Domestic Short Hair" }},
		"siamese":               {0.014, func(f catalog.Facts) bool { return f.Breed.Primary == "Siamese" }},
		"kitten":                {0.616, func(f catalog.Facts) bool { return f.AgeGroupOn(today) == vocab.Kitten }},
		"adult":                 {0.205, func(f catalog.Facts) bool { return f.AgeGroupOn(today) == vocab.Adult }},
		"senior":                {0.026, func(f catalog.Facts) bool { return f.AgeGroupOn(today) == vocab.Senior }},
		"female":                {0.513, func(f catalog.Facts) bool { return f.Sex == vocab.SexFemale }},
		"small":                 {0.48, func(f catalog.Facts) bool { return f.Size == vocab.SizeSmall }},
		"without a description": {0.359, func(f catalog.Facts) bool { return f.Description == "" }},
		"without a color":       {0.47, func(f catalog.Facts) bool { return f.Colors.Primary == "" }},
		"unknown with dogs":     {0.86, func(f catalog.Facts) bool { return f.GoodWith.Dogs == nil }},
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

func TestSynthetic_DescriptionsAreLikeRealOnes(t *testing.T) {
	t.Parallel()
	var lengths []int
	words := map[string]bool{}
	for _, f := range sharedFacts(t) {
		if f.Description == "" {
			continue
		}
		lengths = append(lengths, len(f.Description))
		for word := range strings.FieldsSeq(strings.ToLower(f.Description)) {
			words[strings.Trim(word, ".,:;!?")] = true
		}
		if strings.ContainsAny(f.Description, "{}[]<>") || !strings.Contains(f.Description, f.Name) {
			t.Fatalf("got %q, want a text with the name %s and no placeholder", f.Description, f.Name)
		}
	}
	slices.Sort(lengths)
	// In King County's descriptions of February 2019 the median is 778 characters, the ninth decile 1851.
	if median, ninth := lengths[len(lengths)/2], lengths[len(lengths)*9/10]; median < 650 || median > 950 || ninth < 1200 || ninth > 2300 {
		t.Errorf("got a median of %d characters and a ninth decile of %d, want about 780 and 1850", median, ninth)
	}
	if len(words) < 2000 {
		t.Errorf("got %d different words, want 2000 or more", len(words))
	}
}

func TestSynthetic_SameSeedGivesSameSet(t *testing.T) {
	t.Parallel()
	if !reflect.DeepEqual(allFacts(syntheticSet(t, 500, 7, 1)), allFacts(syntheticSet(t, 500, 7, 1))) {
		t.Error("one seed gave two different sets")
	}
	if reflect.DeepEqual(allFacts(syntheticSet(t, 500, 7, 1)), allFacts(syntheticSet(t, 500, 7, 2))) {
		t.Error("two seeds gave the same set")
	}
}

func TestSynthetic_CatDoesNotDependOnOrder(t *testing.T) {
	t.Parallel()
	s := syntheticSet(t, 2000, 20, 1)
	shelters := slices.Collect(s.Shelters())
	rapid.Check(t, func(t *rapid.T) {
		shelter := rapid.SampledFrom(shelters).Draw(t, "shelter")
		n := rapid.IntRange(0, shelter.Cats-1).Draw(t, "number")
		alone := s.Cat(&shelter, n)
		inOrder := slices.Collect(s.Cats(shelter))[n]
		if alone.ExternalID != inOrder.ExternalID || !reflect.DeepEqual(newFacts(alone), newFacts(inOrder)) {
			t.Fatalf("cat %d of %s depends on the order of generation", n, shelter.ExternalID)
		}
	})
}

func TestSynthetic_FewSheltersHoldMostCats(t *testing.T) {
	t.Parallel()
	total, large := 0, 0
	for shelter := range syntheticSet(t, 400_000, 1100, 1).Shelters() {
		total += shelter.Cats
		if shelter.Cats > 800 {
			large++
		}
		if shelter.Cats == 0 || len(shelter.Profile.AdoptionPolicy) > 2000 {
			t.Errorf("%s: got %d cats and a policy of %d characters, want at least 1 and at most 2000", shelter.ExternalID, shelter.Cats, len(shelter.Profile.AdoptionPolicy))
		}
	}
	if total != 400_000 || large < 50 || large > 150 {
		t.Errorf("got %d cats and %d shelters with more than 800, want 400000 and about 100", total, large)
	}
}

func TestSynthetic_RejectsZeroShelters(t *testing.T) {
	t.Parallel()
	if _, err := demo.Synthetic(geo.Default(), demo.Options{Cats: 1, Shelters: 0, Seed: 1, Today: today}); err == nil {
		t.Error("got no error, want one for 0 shelters")
	}
}

// BenchmarkCats measures the generation of one cat; 10 µs are 100,000 cats a second.
func BenchmarkCats(b *testing.B) {
	s := syntheticSet(b, 400_000, 1100, 1)
	shelter := slices.Collect(s.Shelters())[100]
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		s.Cat(&shelter, i)
	}
}
