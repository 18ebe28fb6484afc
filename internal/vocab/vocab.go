// Package vocab translates what shelters write into standard terms: breeds, colors
// and coat patterns, ages, sexes and alteration, sizes, coats, statuses, dates and names.
//
// Each Parse function takes the text of a field as it appears in a shelter's file.
// It returns the terms it found and the words it did not understand, as written;
// the second result is empty if everything was understood. A field that is blank
// or says "unknown" is understood, and its result is the zero value: unknown is
// never "no". Every standard term parses as itself.
//
// Breed and color names are Petfinder's, so that imports, exports and the
// Petfinder-compatible API share one vocabulary. The meaning of words is defined in
// tables/, not in code. The package depends on no other package of this program,
// knows no cats, files or shelters, and keeps no state.
package vocab

// Words returns the terms as strings.
func Words[T ~string](terms []T) []string {
	words := make([]string, len(terms))
	for i, t := range terms {
		words[i] = string(t)
	}
	return words
}

// Sex is a cat's sex.
type Sex string

// The sexes.
const (
	SexFemale  Sex = "female"
	SexMale    Sex = "male"
	SexUnknown Sex = "unknown"
)

// Sexes returns every Sex.
func Sexes() []Sex { return []Sex{SexFemale, SexMale, SexUnknown} }

// Size is a cat's size compared with other cats. Empty means not stated.
type Size string

// The sizes.
const (
	SizeSmall  Size = "small"
	SizeMedium Size = "medium"
	SizeLarge  Size = "large"
	SizeXLarge Size = "xlarge"
)

// Sizes returns every Size, the smallest first.
func Sizes() []Size { return []Size{SizeSmall, SizeMedium, SizeLarge, SizeXLarge} }

// Coat is the length of a cat's hair. Empty means not stated.
type Coat string

// The coats.
const (
	CoatHairless Coat = "hairless"
	CoatShort    Coat = "short"
	CoatMedium   Coat = "medium"
	CoatLong     Coat = "long"
)

// Coats returns every Coat, the shortest first.
func Coats() []Coat { return []Coat{CoatHairless, CoatShort, CoatMedium, CoatLong} }

// AgeGroup is a cat's stage of life. Empty means unknown.
type AgeGroup string

// The age groups. The limits are those of Petfinder's site since March 2026.
const (
	Kitten AgeGroup = "kitten" // less than 12 months
	Young  AgeGroup = "young"  // less than 36 months
	Adult  AgeGroup = "adult"  // less than 96 months
	Senior AgeGroup = "senior"
)

// AgeGroups returns every AgeGroup, the youngest first.
func AgeGroups() []AgeGroup { return []AgeGroup{Kitten, Young, Adult, Senior} }

// AgeGroupOf returns the group of a cat whose age is given in whole months. It
// returns "" for a negative age.
func AgeGroupOf(months int) AgeGroup {
	switch {
	case months < 0:
		return ""
	case months < 12:
		return Kitten
	case months < 36:
		return Young
	case months < 96:
		return Adult
	default:
		return Senior
	}
}
