package ingest

import (
	"cmp"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// laySex also lays the alteration, which many write into the same column.
func laySex(f *catalog.Facts, words []string, _ fieldReader) string {
	sex, altered, left := vocab.ParseSex(words[0])
	f.Sex = sex
	if altered != nil {
		f.Altered = altered
	}
	return left
}

func layAltered(f *catalog.Facts, words []string, r fieldReader) string {
	altered, left := vocab.ParseAltered(words[0])
	if altered != nil { // else a column of sexes may have told it
		f.Altered = r.answered(altered)
	}
	return left
}

func layBreed(f *catalog.Facts, words []string, _ fieldReader) (left string) {
	f.Breed, left = vocab.ParseBreed(words...)
	return left
}

func layColors(f *catalog.Facts, words []string, _ fieldReader) (left string) {
	f.Colors, left = vocab.ParseColors(words...)
	return left
}

// breedName is a target that is one breed. A name of ours stands as it is; other
// words may say more than the name, so the first breed clears all that they can.
func breedName(pointer string, at func(*vocab.Breed) *string, after int) factSetter {
	return factSetter{
		pointer: pointer,
		clear: func(f *catalog.Facts) {
			if *at(&f.Breed) = ""; after == 1 {
				f.Breed = vocab.Breed{}
			}
		},
		lay: func(f *catalog.Facts, words []string, _ fieldReader) string {
			if vocab.IsBreed(words[0]) {
				*at(&f.Breed) = words[0]
				return ""
			}
			read, left := vocab.ParseBreed(words[0])
			*at(&f.Breed) = read.Primary
			f.Breed.Unknown = f.Breed.Unknown || read.Unknown
			if f.Breed.Secondary == "" {
				f.Breed.Secondary = read.Secondary
			}
			if f.Breed.Mixed == nil {
				f.Breed.Mixed = read.Mixed
			}
			return left
		},
		after: after,
	}
}

func layBreedUnknown(f *catalog.Facts, words []string, _ fieldReader) string {
	said, left := vocab.ParseBool(words[0])
	f.Breed.Unknown = said != nil && *said
	return left
}

// colorName is a target that is one colour. A name of ours stands as it is; other
// words may say more than the name, so the first colour clears all that they can.
func colorName(pointer string, at func(*vocab.Colors) *string, after int) factSetter {
	return factSetter{
		pointer: pointer,
		clear: func(f *catalog.Facts) {
			if *at(&f.Colors) = ""; after == 1 {
				f.Colors = vocab.Colors{}
			}
		},
		lay: func(f *catalog.Facts, words []string, _ fieldReader) string {
			if vocab.IsColor(words[0]) {
				*at(&f.Colors) = words[0]
				return ""
			}
			read, left := vocab.ParseColors(words[0])
			*at(&f.Colors) = read.Primary
			f.Colors.Pattern = cmp.Or(f.Colors.Pattern, read.Pattern)
			return left
		},
		after: after,
	}
}

func layPattern(f *catalog.Facts, words []string, _ fieldReader) string {
	if p := vocab.Pattern(same(words[0])); slices.Contains(vocab.Patterns(), p) {
		f.Colors.Pattern = p
		return ""
	}
	read, left := vocab.ParseColors(words[0])
	f.Colors.Pattern = read.Pattern
	return left
}

// layMicrochip keeps what tells two chips apart, and not the number.
func layMicrochip(f *catalog.Facts, words []string, _ fieldReader) string {
	number, _, _ := strings.Cut(words[0], "\n")
	if f.MicrochipHash = catalog.HashMicrochip(number); f.MicrochipHash != "" {
		f.Microchipped = new(true)
	}
	return ""
}

func layCoat(f *catalog.Facts, words []string, _ fieldReader) (left string) {
	f.Coat, left = vocab.ParseCoat(words[0])
	return left
}

func laySize(f *catalog.Facts, words []string, _ fieldReader) (left string) {
	f.Size, left = vocab.ParseSize(words[0])
	return left
}

func layAgeGroup(f *catalog.Facts, words []string, _ fieldReader) string {
	if group := vocab.AgeGroup(same(words[0])); slices.Contains(vocab.AgeGroups(), group) {
		f.AgeGroup = group
		return ""
	}
	age, _, left := vocab.ParseAge(words[0])
	f.AgeGroup = age.Group
	return left
}
