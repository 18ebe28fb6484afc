package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// Warning says why the words of a source for a fact were not understood. The words are kept
// in Facts.Unparsed, and the fact is unknown.
type Warning struct {
	Code    errcode.Code
	Message string
}

// UnparsedWarning returns the warning for the words that Facts.Unparsed has for a field. Its
// message says what is expected.
func UnparsedWarning(field, words string) Warning {
	switch isDate := field == "birth" || isFieldOf(field, KindDate, KindMoment); {
	case vocab.IsPlaceholder(words), field == "name" && vocab.IsPlaceholderName(words):
		return Warning{errcode.Placeholder, "Stands for a missing value. Leave the field empty if the value is not known."}
	case isDate && isAmbiguousDate(words):
		return Warning{errcode.AmbiguousDate, "It is not clear whether the day or the month comes first. Write dates as 2026-10-25, or state the order in the format of the file."}
	case isDate && isDateText(words), field == "age" && vocab.StatesAge(words):
		return Warning{errcode.ImpossibleValue, "Not possible for a cat, or it contradicts another date. Correct the one that is wrong."}
	case negative.MatchString(words) && (field == "fee" || isFieldOf(field, KindMeasure)):
		return Warning{errcode.ImpossibleValue, "Must not be negative."}
	case field == "name":
		return tooLong("%d characters", MaxName)
	case isFieldOf(field, KindProse):
		return tooLong("%d bytes", MaxDescription)
	case field == "traits.tags", field == "bonded_with":
		return tooLong("%d entries", MaxTags)
	case field == "photos" && startsWithURL(words):
		return tooLong("%d photos", MaxPhotos)
	default:
		return Warning{errcode.NotUnderstood, expectation(field, words)}
	}
}

// RefusedWarning returns the warning for a value that Facts.Validate refuses.
func RefusedWarning(e FieldError) Warning {
	switch e.Code {
	case errcode.TooLong, errcode.TooMany:
		return Warning{errcode.TooLong, e.Message}
	case errcode.UnknownValue, errcode.Malformed:
		return Warning{errcode.NotUnderstood, e.Message}
	default:
		return Warning{errcode.ImpossibleValue, e.Message}
	}
}

func tooLong(limit string, n int) Warning {
	return Warning{errcode.TooLong, fmt.Sprintf("Longer than "+limit+". The rest was left out.", n)}
}

// negative matches a negative number or amount.
var negative = regexp.MustCompile(`^-\s*[$€£]?\s*\d`)

// startsWithURL reports whether the first word is a valid URL.
func startsWithURL(words string) bool {
	first, _, _ := strings.Cut(words, ", ")
	return CheckURL(first) == ""
}

// expectation returns a sentence that says what is expected of a field in place of words
// that are not understood.
func expectation(field, words string) string {
	switch field {
	case "birth":
		return "Expected a date such as 2023-04-01, a month such as 2023-04, or a year."
	case "birth.precision":
		return "Expected day, week, month or year."
	case "age":
		return "Expected an age such as 2 years or 10 weeks."
	case "age_group":
		return "Expected kitten, young, adult or senior."
	case "sex":
		return "Expected female, male or unknown, or a word such as neutered male."
	case "altered":
		return "Expected yes or no, or a word such as spayed."
	case "coat":
		return "Expected hairless, short, medium or long."
	case "size":
		return "Expected small, medium, large or xlarge."
	case "breed", "breed.primary", "breed.secondary":
		return expectedTerm("breed", words, vocab.Breeds())
	case "colors", "colors.primary", "colors.secondary", "colors.tertiary":
		return expectedTerm("color", words, vocab.ColorNames())
	case "colors.pattern":
		return expectedTerm("pattern", words, vocab.Words(vocab.Patterns()))
	case "temperament":
		return expectedTerm("temperament", words, vocab.Temperaments())
	case "microchip":
		return "Expected the number of a microchip. If a spreadsheet rounded it, format the column as text."
	case "fiv", "felv":
		return "Expected yes or no, or the result of a test, such as negative."
	case "weight_kg":
		return "Expected a weight with its unit, such as 4.2 kg or 9 lb 4 oz."
	case "girth_cm", "body_length_cm":
		return "Expected a length with its unit, such as 38 cm or 15 in."
	case "fee":
		return "Expected an amount such as 125 or 125.00. In a column in cents, expected a whole number."
	case "url", "terms.url":
		return "Expected an http or https URL."
	case "photos":
		return "Expected an http or https URL, or the name of a photo in the zip file."
	case "videos":
		return "Expected an http or https URL. A file name is not enough, because others cannot load it."
	case "terms.license":
		return CheckLicense(words)
	}
	switch {
	case isFieldOf(field, KindTriState, KindFlag):
		return "Expected yes or no. Leave the field empty if the answer is not known."
	case isFieldOf(field, KindDate, KindMoment):
		return "Expected a date such as 2026-10-25."
	default:
		return "Expected another value; docs/import.md says which."
	}
}

func expectedTerm(kind, words string, terms []string) string {
	return fmt.Sprintf("Expected a %s of the vocabulary, which GET /v1/vocabulary lists.", kind) + didYouMean(words, terms)
}

// isFieldOf reports whether a field is a fact of one of the kinds.
func isFieldOf(field string, kinds ...FactKind) bool {
	return slices.ContainsFunc(factTable(), func(f Fact) bool { return f.Name == field && slices.Contains(kinds, f.Kind) })
}

// isDateText reports whether words are a date in one of the orders of day and month.
func isDateText(words string) bool {
	_, _, partial := vocab.ParsePartialDate(strings.TrimSpace(words))
	return partial || slices.ContainsFunc(vocab.DateOrders(), func(order vocab.DateOrder) bool {
		_, known, _ := vocab.ParseDate(words, order)
		return known
	})
}

// isAmbiguousDate reports whether words are a date in both orders, and not the same.
func isAmbiguousDate(words string) bool {
	_, known, _ := vocab.ParseDate(words, "")
	return !known && isDateText(words)
}
