package ingest

import (
	"cmp"
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// setSex also sets the alteration, which many systems write into the same column.
func setSex(f *catalog.Facts, values []string, _ fieldReader) string {
	sex, altered, unparsed := vocab.ParseSex(values[0])
	f.Sex = sex
	if altered != nil {
		f.Altered = altered
	}
	return unparsed
}

func setAltered(f *catalog.Facts, values []string, r fieldReader) string {
	altered, unparsed := vocab.ParseAltered(values[0])
	if altered != nil { // otherwise the column of the sex may have set it
		f.Altered = r.invert(altered)
	}
	return unparsed
}

func setBreed(f *catalog.Facts, values []string, _ fieldReader) (unparsed string) {
	f.Breed, unparsed = vocab.ParseBreed(values...)
	return unparsed
}

func setColors(f *catalog.Facts, values []string, _ fieldReader) (unparsed string) {
	f.Colors, unparsed = vocab.ParseColors(values...)
	return unparsed
}

// breedSetter returns the setter of one breed. A known name is used as it is.
// Other values may contain more than one name, so clearing the first breed clears
// the whole breed.
func breedSetter(pointer string, at func(*vocab.Breed) *string, order int) factSetter {
	return factSetter{
		pointer: pointer,
		clear: func(f *catalog.Facts) {
			if *at(&f.Breed) = ""; order == 1 {
				f.Breed = vocab.Breed{}
			}
		},
		set: func(f *catalog.Facts, values []string, _ fieldReader) string {
			if vocab.IsBreed(values[0]) {
				*at(&f.Breed) = values[0]
				return ""
			}
			parsed, unparsed := vocab.ParseBreed(values[0])
			*at(&f.Breed) = parsed.Primary
			f.Breed.Unknown = f.Breed.Unknown || parsed.Unknown
			if f.Breed.Secondary == "" {
				f.Breed.Secondary = parsed.Secondary
			}
			if f.Breed.Mixed == nil {
				f.Breed.Mixed = parsed.Mixed
			}
			return unparsed
		},
		order: order,
	}
}

func setBreedUnknown(f *catalog.Facts, values []string, _ fieldReader) string {
	unknown, unparsed := vocab.ParseBool(values[0])
	f.Breed.Unknown = unknown != nil && *unknown
	return unparsed
}

// colorSetter returns the setter of one color. A known name is used as it is.
// Other values may contain more than one name, so clearing the first color clears
// all colors.
func colorSetter(pointer string, at func(*vocab.Colors) *string, order int) factSetter {
	return factSetter{
		pointer: pointer,
		clear: func(f *catalog.Facts) {
			if *at(&f.Colors) = ""; order == 1 {
				f.Colors = vocab.Colors{}
			}
		},
		set: func(f *catalog.Facts, values []string, _ fieldReader) string {
			if vocab.IsColor(values[0]) {
				*at(&f.Colors) = values[0]
				return ""
			}
			parsed, unparsed := vocab.ParseColors(values[0])
			*at(&f.Colors) = parsed.Primary
			f.Colors.Pattern = cmp.Or(f.Colors.Pattern, parsed.Pattern)
			return unparsed
		},
		order: order,
	}
}

func setPattern(f *catalog.Facts, values []string, _ fieldReader) string {
	if p := vocab.Pattern(normalize(values[0])); slices.Contains(vocab.Patterns(), p) {
		f.Colors.Pattern = p
		return ""
	}
	parsed, unparsed := vocab.ParseColors(values[0])
	f.Colors.Pattern = parsed.Pattern
	return unparsed
}

// setMicrochip stores a hash that distinguishes microchips, not the number. A column of the
// question whether there is one may have answered before.
func setMicrochip(f *catalog.Facts, values []string, _ fieldReader) string {
	hash, chipped, unparsed := catalog.ReadMicrochip(values[0])
	f.MicrochipHash = hash
	if chipped != nil {
		f.Microchipped = chipped
	}
	return unparsed
}

// virusSetter returns a setter of the result of a test, of which true is positive.
func virusSetter(pointer string, virus vocab.Virus, at func(*catalog.Facts) **bool) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			result, unparsed := vocab.ParseVirusTest(values[0], virus)
			*at(f) = r.invert(result)
			return unparsed
		},
		settings: []string{"inverted"},
	}
}

func setCoat(f *catalog.Facts, values []string, _ fieldReader) (unparsed string) {
	f.Coat, unparsed = vocab.ParseCoat(values[0])
	return unparsed
}

func setSize(f *catalog.Facts, values []string, _ fieldReader) (unparsed string) {
	f.Size, unparsed = vocab.ParseSize(values[0])
	return unparsed
}

func setTemperament(f *catalog.Facts, values []string, _ fieldReader) (unparsed string) {
	f.Temperament, unparsed = vocab.ParseTemperament(values...)
	return unparsed
}

func setAgeGroup(f *catalog.Facts, values []string, _ fieldReader) string {
	if group := vocab.AgeGroup(normalize(values[0])); slices.Contains(vocab.AgeGroups(), group) {
		f.AgeGroup = group
		return ""
	}
	age, _, unparsed := vocab.ParseAge(values[0])
	f.AgeGroup = age.Group
	return unparsed
}
