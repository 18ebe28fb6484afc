package vocab

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// fieldTexts generates texts like those that shelters write, and arbitrary texts.
func fieldTexts() *rapid.Generator[string] {
	var known []string
	for _, l := range []*lexicon{breedWords(), colorWords(), sexWords(), sizeWords(), coatWords(), answerWords(), ageWords()} {
		for spelling := range l.phrases {
			known = append(known, spelling)
		}
		for abbreviation := range l.abbreviations {
			known = append(known, abbreviation)
		}
	}
	slices.Sort(known)
	piece := rapid.OneOf(rapid.SampledFrom(known), rapid.StringN(0, 5, -1), rapid.StringMatching(`-?[0-9]{1,3}(\.[0-9])?`))
	separator := rapid.SampledFrom([]string{" ", "/", ", ", "-", " and ", " x ", " ("})
	bytes := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	return rapid.OneOf(rapid.String(), bytes, rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 5).Draw(t, "pieces") {
			b.WriteString(piece.Draw(t, "piece") + separator.Draw(t, "separator"))
		}
		return b.String()
	}))
}

func TestParsers_AreIdempotent(t *testing.T) {
	t.Parallel()

	texts := fieldTexts()
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")

		breed, _ := ParseBreed(a, b)
		again, unparsed := ParseBreed(breed.Primary, breed.Secondary)
		if again.Primary != breed.Primary || again.Secondary != breed.Secondary || unparsed != "" {
			t.Errorf("ParseBreed of %+v = %+v, unparsed %q; want the same breed", breed, again, unparsed)
		}

		colors, _ := ParseColors(a, b)
		same, unparsed := ParseColors(colors.Primary, colors.Secondary, colors.Tertiary)
		if same.Pattern = colors.Pattern; same != colors || unparsed != "" {
			t.Errorf("ParseColors of %+v = %+v, unparsed %q; want the same colors", colors, same, unparsed)
		}

		if once := Fold(a); Fold(once) != once {
			t.Errorf("Fold(%q) = %q, then %q; want the same twice", a, once, Fold(once))
		}
		if once := NormalizeName(a); NormalizeName(once) != once {
			t.Errorf("NormalizeName(%q) = %q, then %q; want the same twice", a, once, NormalizeName(once))
		}
	})
}

func TestParsers_AcceptAnyText(t *testing.T) {
	t.Parallel()

	texts := fieldTexts()
	rapid.Check(t, func(t *rapid.T) {
		raw := texts.Draw(t, "raw")

		breed, unparsed := ParseBreed(raw)
		if breed.Primary != "" && !slices.Contains(Breeds(), breed.Primary) {
			t.Errorf("ParseBreed(%q) = %q, want one of Breeds", raw, breed.Primary)
		}
		if breed.Primary == "" && breed.Unknown == (unparsed != "") {
			t.Errorf("ParseBreed(%q) has no breed, unknown %t and unparsed %q; want one of both", raw, breed.Unknown, unparsed)
		}
		colors, _ := ParseColors(raw)
		for _, name := range []string{colors.Primary, colors.Secondary, colors.Tertiary} {
			if name != "" && !slices.Contains(ColorNames(), name) {
				t.Errorf("ParseColors(%q) has color %q, want one of ColorNames", raw, name)
			}
		}
		if colors.Pattern != "" && !slices.Contains(Patterns(), colors.Pattern) {
			t.Errorf("ParseColors(%q) has pattern %q, want one of Patterns", raw, colors.Pattern)
		}
		sex, _, _ := ParseSex(raw)
		size, _ := ParseSize(raw)
		coat, _ := ParseCoat(raw)
		if !slices.Contains(Sexes(), sex) || size != "" && !slices.Contains(Sizes(), size) || coat != "" && !slices.Contains(Coats(), coat) {
			t.Errorf("parsing %q: sex %q, size %q, coat %q; want known terms", raw, sex, size, coat)
		}
		ParseAltered(raw)
		ParseDate(raw, MonthFirst)
		Suggest(raw, Breeds())
		age, known, unparsed := ParseAge(raw)
		if known != (age.Precision != "") || known && (unparsed != "" || !slices.Contains(AgeGroups(), age.Group)) || age.Months < 0 || age.Days < 0 {
			t.Errorf("ParseAge(%q) = %+v, known %t, unparsed %q; want a consistent age", raw, age, known, unparsed)
		}
	})
}

func TestTerms_ParseAsThemselves(t *testing.T) {
	t.Parallel()

	for _, s := range Sexes() {
		if got, _, unparsed := ParseSex(string(s)); got != s || unparsed != "" {
			t.Errorf("ParseSex(%q) = %q, unparsed %q; want the term itself", s, got, unparsed)
		}
	}
	for _, s := range Sizes() {
		if got, unparsed := ParseSize(string(s)); got != s || unparsed != "" {
			t.Errorf("ParseSize(%q) = %q, unparsed %q; want the term itself", s, got, unparsed)
		}
	}
	for _, c := range Coats() {
		if got, unparsed := ParseCoat(string(c)); got != c || unparsed != "" {
			t.Errorf("ParseCoat(%q) = %q, unparsed %q; want the term itself", c, got, unparsed)
		}
	}
	for _, g := range AgeGroups() {
		if got, known, unparsed := ParseAge(string(g)); got.Group != g || !known || unparsed != "" {
			t.Errorf("ParseAge(%q) = %+v, unparsed %q; want the group itself", g, got, unparsed)
		}
	}
}

// TestParsers_LongTextsParseLikeShortOnes parses fields of up to 64 KB. Repeating a word
// must not change what is found, whether it is understood, or what is left of a name.
func TestParsers_LongTextsParseLikeShortOnes(t *testing.T) {
	t.Parallel()

	for _, word := range []string{"a", "9", "\"'", "tabby ", "domestic ", "black/", "1 ", "*", "é", "zebra "} {
		short, long := strings.Repeat(word, 40), strings.Repeat(word, 8_000)
		if diff := cmp.Diff(parseAll(short), parseAll(long)); diff != "" {
			t.Errorf("%q repeated 40 and 8,000 times (-short +long):\n%s", word, diff)
		}
		if got, want := Fold(NormalizeName(long)), Fold(long); got != want {
			t.Errorf("NormalizeName of %q repeated 8,000 times has %d letters, want %d", word, len(got), len(want))
		}
		if got := Suggest(long, Breeds()); got != "" {
			t.Errorf("Suggest of %q repeated 8,000 times = %q, want none", word, got)
		}
	}
}

// parseAll returns the results of all parsers, with unparsed words reduced to whether
// there are any.
func parseAll(raw string) map[string]any {
	breed, breedWords := ParseBreed(raw)
	colors, colorWords := ParseColors(raw)
	age, known, ageWords := ParseAge(raw)
	date, hasDate, dateWords := ParseDate(raw, MonthFirst)
	size, sizeWords := ParseSize(raw)
	altered, alteredWords := ParseAltered(raw)
	return map[string]any{
		"breed": breed, "breed parsed": breedWords == "",
		"colors": colors, "colors parsed": colorWords == "",
		"age": age, "age known": known, "age parsed": ageWords == "",
		"date": date, "date known": hasDate, "date parsed": dateWords == "",
		"size": size, "size parsed": sizeWords == "",
		"altered": altered, "altered parsed": alteredWords == "",
	}
}
