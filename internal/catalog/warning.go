package catalog

import (
	"regexp"
	"slices"
	"strings"

	"trailcat/internal/vocab"
)

// Warning says why the words of a source for a fact were not understood. The words are kept
// in Facts.Unparsed, and the fact is unknown.
type Warning struct{ Code, Message string }

// The codes of warnings.
const (
	WarningPlaceholder   = "placeholder"
	WarningAmbiguousDate = "ambiguous_date"
	WarningImpossible    = "impossible_value"
	WarningTooLong       = "too_long"
	WarningNotUnderstood = "not_understood"
)

// UnparsedWarning returns the warning for the words that Facts.Unparsed has for a field.
func UnparsedWarning(field, words string) Warning {
	switch isDate := isDateField(field); {
	case vocab.IsPlaceholder(words), field == "name" && vocab.IsPlaceholderName(words):
		return Warning{WarningPlaceholder, "Stands for a missing value. Leave the field empty if the value is not known."}
	case isDate && isAmbiguousDate(words):
		return Warning{WarningAmbiguousDate, "It is not clear whether the day or the month comes first. Write dates as 2026-10-25, or set dates in the format."}
	case isDate && isDateText(words), field == "age" && vocab.StatesAge(words), isNumberField(field) && numberText.MatchString(words):
		return Warning{WarningImpossible, "Not possible for a cat, or against another value of the row."}
	case isFieldOf(field, KindProse, KindList), field == "name":
		return Warning{WarningTooLong, "Longer than the limit. The rest was left out."}
	case field == "microchip":
		return Warning{WarningNotUnderstood, "Not the number of a microchip, or rounded by a spreadsheet. Format the column as text."}
	default:
		return Warning{WarningNotUnderstood, "Not understood."}
	}
}

// numberText matches a number with or without a unit or a currency.
var numberText = regexp.MustCompile(`^[-+$€£]?\s*\d[\d.,]*\s*\pL{0,10}\.?$`)

func isDateField(field string) bool {
	return field == "birth" || isFieldOf(field, KindDate, KindMoment)
}

func isNumberField(field string) bool {
	return field == "fee" || isFieldOf(field, KindMeasure)
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
