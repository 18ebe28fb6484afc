package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"trailcat/internal/vocab"
)

// national is the one source that covers a whole country: what Petfinder listed
// in July 2023. It decides breeds, age groups and sexes; the cities' files decide
// what it does not tell.
const national = "petfinder-2023"

// addVocabulary counts the tables of distinct values: source, value, cats.
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
			if cats, err := strconv.Atoi(cells[len(cells)-1]); err == nil && len(cells) == 3 { // the header holds no number
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
		c.add("breed", breed.Primary, cats)
	case strings.HasPrefix(source, "petfinder") || breed.Primary == "":
	default:
		c.add("second_breed", breed.Secondary, cats)
		if breed.Secondary == "" {
			c.add("mixed", strconv.FormatBool(breed.Mixed != nil && *breed.Mixed), cats)
		}
	}
}

func (c counts) addColors(source, value string, cats int) {
	if source == "austin-2025" || source == "longbeach-chameleon" {
		return // they tell each colour of a cat in a field of its own, so a value here is not a cat's coat
	}
	k, left := vocab.ReadColors(value)
	if left == "" && k != (vocab.Colors{}) {
		c.add("colors", strings.Join([]string{k.Primary, k.Secondary, k.Tertiary, string(k.Pattern)}, "|"), cats)
	}
}

func (c counts) addAge(source, value string, cats int) {
	age, known, _ := vocab.ReadAge(value)
	switch {
	case source == national:
		c.add("age_group", string(age.Group), cats)
	case known && age.Precision != vocab.ByGroup:
		c.add("months_"+string(age.Group), strconv.Itoa(age.Months), cats)
	}
}

func (c counts) addSex(source, value string, cats int) {
	sexWords, alteredWords, two := strings.Cut(value, "|")
	sex, altered, _ := vocab.ReadSex(sexWords)
	if two {
		altered, _ = vocab.ReadAltered(alteredWords)
	}
	if source == national {
		c.add("sex", string(sex), cats)
	}
	if altered != nil {
		c.add("altered", strconv.FormatBool(*altered), cats)
	}
}
