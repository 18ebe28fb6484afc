package demo

import (
	"fmt"
	"strconv"
	"strings"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Shares of 19,980 listings that Petfinder showed in July 2023, of 1.
const (
	withoutDescription = 0.36
	withoutColor       = 0.47
	withoutCoat        = 0.67
	knownWithChildren  = 0.16
	knownWithDogs      = 0.14
	knownWithCats      = 0.24
)

// distributions is what real listings look like.
type distributions struct {
	names    weighted[string]
	breeds   weighted[string]
	seconds  weighted[string]
	mixed    weighted[bool]
	colors   weighted[vocab.Colors]
	groups   weighted[vocab.AgeGroup]
	months   map[vocab.AgeGroup]*weighted[int]
	sexes    weighted[vocab.Sex]
	altered  weighted[bool]
	letters  weighted[int] // of descriptions
	statuses weighted[catalog.Status]
	sizes    map[bool]*weighted[vocab.Size] // of kittens, and of others
}

var likenessOfReal = sync.OnceValues(func() (*distributions, error) {
	t, err := readCounts()
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"name", "breed", "second_breed", "mixed", "colors", "age_group", "sex", "altered", "description_letters"} {
		if len(t[name].values) == 0 {
			return nil, fmt.Errorf("read the counts: there is no table %q", name)
		}
	}
	l := &distributions{
		names:    t["name"],
		breeds:   t["breed"],
		seconds:  t["second_breed"],
		mixed:    convert(t["mixed"], func(s string) bool { return s == "true" }),
		colors:   convert(t["colors"], colorsOf),
		groups:   convert(t["age_group"], func(s string) vocab.AgeGroup { return vocab.AgeGroup(s) }),
		months:   map[vocab.AgeGroup]*weighted[int]{},
		sexes:    convert(t["sex"], func(s string) vocab.Sex { return vocab.Sex(s) }),
		altered:  convert(t["altered"], func(s string) bool { return s == "true" }),
		letters:  convert(t["description_letters"], number),
		statuses: statuses(),
		sizes:    sizes(),
	}
	for _, group := range vocab.AgeGroups() {
		months := convert(t["months_"+string(group)], number)
		l.months[group] = &months
	}
	return l, nil
})

// statuses are our guess: lists for the public hold little but what can be adopted.
func statuses() weighted[catalog.Status] {
	return weighted[catalog.Status]{
		values: []catalog.Status{catalog.Available, catalog.Pending, catalog.OnHold, catalog.Adopted},
		upTo:   []int{85, 91, 96, 100},
	}
}

// sizes are those of Petfinder's listings (small 48, medium 46, large 5 of a
// hundred), parted so that the small ones are mostly kittens.
func sizes() map[bool]*weighted[vocab.Size] {
	kittens := weighted[vocab.Size]{values: []vocab.Size{vocab.SizeSmall, vocab.SizeMedium}, upTo: []int{720, 1000}}
	others := weighted[vocab.Size]{
		values: []vocab.Size{vocab.SizeSmall, vocab.SizeMedium, vocab.SizeLarge, vocab.SizeXLarge},
		upTo:   []int{90, 850, 989, 1000},
	}
	return map[bool]*weighted[vocab.Size]{true: &kittens, false: &others}
}

func colorsOf(s string) vocab.Colors {
	part := append(strings.Split(s, "|"), "", "", "", "")
	return vocab.Colors{Primary: part[0], Secondary: part[1], Tertiary: part[2], Pattern: vocab.Pattern(part[3])}
}

// number is a count of the table, which gen wrote as a number.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
