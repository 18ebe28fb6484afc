// Package vocab turns what shelters write into our terms: breeds, colours and
// coat patterns, ages, sexes and alteration, sizes, coats, dates and names.
//
// Each Read function takes the text of a field as it stood in somebody's file.
// It answers with the terms it found and with the words that it did not
// understand, as they were written; the latter is empty when all was understood.
// A field that is blank or says "unknown" is understood, and its answer is the
// zero value: unknown is never "no". A term of ours reads as itself.
//
// Breed and colour names are Petfinder's, so that one vocabulary serves every
// side. What words mean stands in tables/, not in code. The package knows no
// cats, no files and no shelters, and it keeps no state.
package vocab

// Sex is a cat's sex.
type Sex string

// The sexes.
const (
	SexFemale  Sex = "female"
	SexMale    Sex = "male"
	SexUnknown Sex = "unknown"
)

// Sexes lists every Sex.
func Sexes() []Sex { return []Sex{SexFemale, SexMale, SexUnknown} }

// Size is how large a cat is for a cat. Empty means that nobody said.
type Size string

// The sizes.
const (
	SizeSmall  Size = "small"
	SizeMedium Size = "medium"
	SizeLarge  Size = "large"
	SizeXLarge Size = "xlarge"
)

// Sizes lists every Size, small ones first.
func Sizes() []Size { return []Size{SizeSmall, SizeMedium, SizeLarge, SizeXLarge} }

// Coat is the length of a cat's hair. Empty means that nobody said.
type Coat string

// The coats.
const (
	CoatHairless Coat = "hairless"
	CoatShort    Coat = "short"
	CoatMedium   Coat = "medium"
	CoatLong     Coat = "long"
)

// Coats lists every Coat, bare ones first.
func Coats() []Coat { return []Coat{CoatHairless, CoatShort, CoatMedium, CoatLong} }

// AgeGroup is the band of life that a cat is in. Empty means unknown.
type AgeGroup string

// The age groups. The bounds are those of Petfinder's site since March 2026.
const (
	Kitten AgeGroup = "kitten" // less than 12 months
	Young  AgeGroup = "young"  // less than 36 months
	Adult  AgeGroup = "adult"  // less than 96 months
	Senior AgeGroup = "senior"
)

// AgeGroups lists every AgeGroup, young ones first.
func AgeGroups() []AgeGroup { return []AgeGroup{Kitten, Young, Adult, Senior} }

// AgeGroupOf is the group of a cat of so many whole months. It is empty for a
// negative age.
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
