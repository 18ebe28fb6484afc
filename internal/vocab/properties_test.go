package vocab

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// words draws texts of the kind that shelters write, and any text at all.
func words() *rapid.Generator[string] {
	var known []string
	for _, l := range []*lexicon{breedWords(), colorWords(), sexWords(), sizeWords(), coatWords(), answerWords(), ageWords()} {
		for spelling := range l.phrases {
			known = append(known, spelling)
		}
		for short := range l.short {
			known = append(known, short)
		}
	}
	slices.Sort(known)
	piece := rapid.OneOf(rapid.SampledFrom(known), rapid.StringN(0, 5, -1), rapid.StringMatching(`-?[0-9]{1,3}(\.[0-9])?`))
	joint := rapid.SampledFrom([]string{" ", "/", ", ", "-", " and ", " x ", " ("})
	bytes := rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })
	return rapid.OneOf(rapid.String(), bytes, rapid.Custom(func(t *rapid.T) string {
		var b strings.Builder
		for range rapid.IntRange(1, 5).Draw(t, "pieces") {
			b.WriteString(piece.Draw(t, "piece") + joint.Draw(t, "joint"))
		}
		return b.String()
	}))
}

func TestToReadTwiceChangesNothing(t *testing.T) {
	t.Parallel()

	texts := words()
	rapid.Check(t, func(t *rapid.T) {
		a, b := texts.Draw(t, "a"), texts.Draw(t, "b")

		breed, _ := ParseBreed(a, b)
		again, left := ParseBreed(breed.Primary, breed.Secondary)
		if again.Primary != breed.Primary || again.Secondary != breed.Secondary || left != "" {
			t.Errorf("breed %+v reads as %+v, left %q", breed, again, left)
		}

		colors, _ := ParseColors(a, b)
		same, left := ParseColors(colors.Primary, colors.Secondary, colors.Tertiary)
		if same.Pattern = colors.Pattern; same != colors || left != "" {
			t.Errorf("colours %+v read as %+v, left %q", colors, same, left)
		}

		if once := Fold(a); Fold(once) != once {
			t.Errorf("Fold(%q) = %q, then %q", a, once, Fold(once))
		}
		if once := NormalizeName(a); NormalizeName(once) != once {
			t.Errorf("ReadName(%q) = %q, then %q", a, once, NormalizeName(once))
		}
	})
}

func TestAnythingCanBeRead(t *testing.T) {
	t.Parallel()

	texts := words()
	rapid.Check(t, func(t *rapid.T) {
		raw := texts.Draw(t, "raw")

		breed, left := ParseBreed(raw)
		if breed.Primary != "" && !slices.Contains(Breeds(), breed.Primary) {
			t.Errorf("%q is of breed %q", raw, breed.Primary)
		}
		if breed.Primary == "" && breed.Unknown == (left != "") {
			t.Errorf("%q has no breed, unknown %t and left %q", raw, breed.Unknown, left)
		}
		colors, _ := ParseColors(raw)
		for _, name := range []string{colors.Primary, colors.Secondary, colors.Tertiary} {
			if name != "" && !slices.Contains(ColorNames(), name) {
				t.Errorf("%q has colour %q", raw, name)
			}
		}
		if colors.Pattern != "" && !slices.Contains(Patterns(), colors.Pattern) {
			t.Errorf("%q has pattern %q", raw, colors.Pattern)
		}
		sex, _, _ := ParseSex(raw)
		size, _ := ParseSize(raw)
		coat, _ := ParseCoat(raw)
		if !slices.Contains(Sexes(), sex) || size != "" && !slices.Contains(Sizes(), size) || coat != "" && !slices.Contains(Coats(), coat) {
			t.Errorf("%q: sex %q, size %q, coat %q", raw, sex, size, coat)
		}
		ParseAltered(raw)
		ParseDate(raw)
		Suggest(raw, Breeds())
		age, known, left := ParseAge(raw)
		if known != (age.Precision != "") || known && (left != "" || !slices.Contains(AgeGroups(), age.Group)) || age.Months < 0 || age.Days < 0 {
			t.Errorf("ReadAge(%q) = %+v, %t, left %q", raw, age, known, left)
		}
	})
}

func TestOurTermsReadAsThemselves(t *testing.T) {
	t.Parallel()

	for _, s := range Sexes() {
		if got, _, left := ParseSex(string(s)); got != s || left != "" {
			t.Errorf("ReadSex(%q) = %q, left %q", s, got, left)
		}
	}
	for _, s := range Sizes() {
		if got, left := ParseSize(string(s)); got != s || left != "" {
			t.Errorf("ReadSize(%q) = %q, left %q", s, got, left)
		}
	}
	for _, c := range Coats() {
		if got, left := ParseCoat(string(c)); got != c || left != "" {
			t.Errorf("ReadCoat(%q) = %q, left %q", c, got, left)
		}
	}
	for _, g := range AgeGroups() {
		if got, known, left := ParseAge(string(g)); got.Group != g || !known || left != "" {
			t.Errorf("ReadAge(%q) = %+v, left %q", g, got, left)
		}
	}
}

// TestALongTextIsReadInItsOwnTime fails by running out of time.
func TestALongTextIsReadInItsOwnTime(t *testing.T) {
	t.Parallel()

	for _, word := range []string{"tabby ", "domestic ", "black/", "1 ", "*", "é", "zebra "} {
		long := strings.Repeat(word, 40_000)
		ParseBreed(long)
		ParseColors(long)
		ParseAge(long)
		NormalizeName(long)
		ParseDate(long)
		ParseSize(long)
		ParseAltered(long)
		Suggest(long, Breeds())
	}
}
