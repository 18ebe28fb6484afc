package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"trailcat/internal/vocab"
)

// national is the only source that covers a whole country: Petfinder's listings of
// July 2023. Breeds, age groups and sexes are counted in it, other facts in the
// cities' files.
const national = "petfinder-2023"

// addVocabulary counts the values in tables of source, value and number of cats.
func (c counts) addVocabulary(folder string) error {
	for name, count := range map[string]func(source, value string, cats int){
		"breeds.tsv": c.addBreed, "colours.tsv": c.addColors, "ages.tsv": c.addAge, "sexes.tsv": c.addSex,
	} {
		data, err := os.ReadFile(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("read the vocabulary: %w", err)
		}
		for line := range strings.Lines(string(data)) {
			cells := strings.Split(strings.TrimRight(line, "\r\n"), "\t")
			if cats, err := strconv.Atoi(cells[len(cells)-1]); err == nil && len(cells) == 3 { // the header has no number
				count(cells[0], cells[1], cats)
			}
		}
	}
	return nil
}

func (c counts) addBreed(source, value string, cats int) {
	breed, _ := vocab.ParseBreed(value)
	switch {
	case source == national:
		c.increase("breed", breed.Primary, cats)
	case strings.HasPrefix(source, "petfinder") || breed.Primary == "":
	default:
		c.increase("second_breed", breed.Secondary, cats)
		if breed.Secondary == "" {
			c.increase("mixed", strconv.FormatBool(breed.Mixed != nil && *breed.Mixed), cats)
		}
	}
}

func (c counts) addColors(source, value string, cats int) {
	if source == "austin-2025" || source == "longbeach-chameleon" {
		return // these sources have one field for each color, so a value is not all colors of a cat
	}
	colors, rest := vocab.ParseColors(value)
	if rest == "" && colors != (vocab.Colors{}) {
		c.increase("colors", strings.Join([]string{colors.Primary, colors.Secondary, colors.Tertiary, string(colors.Pattern)}, "|"), cats)
	}
}

func (c counts) addAge(source, value string, cats int) {
	age, known, _ := vocab.ParseAge(value)
	switch {
	case source == national:
		c.increase("age_group", string(age.Group), cats)
	case known && age.Precision != vocab.PrecisionGroup:
		c.increase("months_"+string(age.Group), strconv.Itoa(age.Months), cats)
	}
}

func (c counts) addSex(source, value string, cats int) {
	sexText, alteredText, both := strings.Cut(value, "|")
	sex, altered, _ := vocab.ParseSex(sexText)
	if both {
		altered, _ = vocab.ParseAltered(alteredText)
	}
	if source == national {
		c.increase("sex", string(sex), cats)
	}
	if altered != nil {
		c.increase("altered", strconv.FormatBool(*altered), cats)
	}
}
