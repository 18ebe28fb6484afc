package ingest

import (
	"slices"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// laySex also lays the alteration, which many write into the same column.
func laySex(f *catalog.Facts, words []string, _ reading) string {
	sex, altered, left := vocab.ReadSex(words[0])
	f.Sex = sex
	if altered != nil {
		f.Altered = altered
	}
	return left
}

func layAltered(f *catalog.Facts, words []string, r reading) string {
	altered, left := vocab.ReadAltered(words[0])
	if altered != nil { // else a column of sexes may have told it
		f.Altered = r.answered(altered)
	}
	return left
}

func layBreed(f *catalog.Facts, words []string, _ reading) (left string) {
	f.Breed, left = vocab.ReadBreed(words...)
	return left
}

func layColors(f *catalog.Facts, words []string, _ reading) (left string) {
	f.Colors, left = vocab.ReadColors(words...)
	return left
}

func layCoat(f *catalog.Facts, words []string, _ reading) (left string) {
	f.Coat, left = vocab.ReadCoat(words[0])
	return left
}

func laySize(f *catalog.Facts, words []string, _ reading) (left string) {
	f.Size, left = vocab.ReadSize(words[0])
	return left
}

func layAgeGroup(f *catalog.Facts, words []string, _ reading) string {
	if group := vocab.AgeGroup(same(words[0])); slices.Contains(vocab.AgeGroups(), group) {
		f.AgeGroup = group
		return ""
	}
	age, _, left := vocab.ReadAge(words[0])
	f.AgeGroup = age.Group
	return left
}
