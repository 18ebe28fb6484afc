package vocab

import "slices"

// ParseTerm returns the one term of a field that words mean, as a filter needs it: sex,
// age_group, coat, size, breed, color, pattern, temperament and status by their vocabulary,
// and every other field as an answer: true or false. It returns false if the words mean
// none, several, or something else besides, as "spayed female" does for the sex.
func ParseTerm(field, words string) (term string, ok bool) {
	unparsed := ""
	switch field {
	case "sex":
		sex, altered, rest := ParseSex(words)
		term, unparsed = string(sex), rest
		if sex == SexUnknown || altered != nil {
			term = ""
		}
	case "age_group":
		age, _, rest := ParseAge(words)
		term, unparsed = string(age.Group), rest
		if age.Precision != PrecisionGroup { // an age, of which the group is only a part
			term = ""
		}
	case "coat":
		coat, rest := ParseCoat(words)
		term, unparsed = string(coat), rest
	case "size":
		size, rest := ParseSize(words)
		term, unparsed = string(size), rest
	case "breed":
		term = breedTerm(words)
	case "color":
		term = colorTerm(words)
	case "pattern":
		colors, rest := ParseColors(words)
		term, unparsed = string(colors.Pattern), rest
		if alone, _ := ParseColors(term); alone != colors { // the words name a color, too
			term = ""
		}
	case "temperament":
		var terms []string
		if terms, unparsed = ParseTemperament(words); len(terms) == 1 {
			term = terms[0]
		}
	case "status":
		term, _, _ = ParseStatus(words)
	default:
		answer, rest := ParseAnswer(field, words)
		if unparsed = rest; answer != nil {
			term = map[bool]string{true: "true", false: "false"}[*answer]
		}
	}
	return term, term != "" && unparsed == ""
}

// breedTerm returns the breed that words name without saying more, or "".
func breedTerm(words string) string {
	p := breedParser{lexicon: breedWords()}
	p.parseField(words)
	if b := p.breed; b.Secondary == "" && b.Mixed == nil && !p.hasColor && len(p.unparsed) == 0 {
		return b.Primary
	}
	return ""
}

// colorTerm returns the color that words name without saying more, or "".
func colorTerm(words string) string {
	colors, unparsed := ParseColors(words)
	if alone, _ := ParseColors(colors.Primary); unparsed != "" || alone != colors {
		return ""
	}
	return colors.Primary
}

// ParseAnswer parses the answer to the question of a field, such as fiv: by yes and no, or
// by the words of the field. It returns nil if the answer is unknown, and the words that it
// did not understand.
func ParseAnswer(field, words string) (answer *bool, unparsed string) {
	switch {
	case field == "altered":
		return ParseAltered(words)
	case slices.Contains([]Virus{FIV, FeLV}, Virus(field)):
		return ParseVirusTest(words, Virus(field))
	default:
		return ParseBool(words)
	}
}
