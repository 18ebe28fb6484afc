package ingest

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// measurePattern matches a number with or without a unit. A comma before three digits
// separates thousands, any other one the decimals.
var measurePattern = regexp.MustCompile(`(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?|\.\d+)\s*([a-z]*)\.?`)

// kilogramsPer returns how many kilograms a unit is, or 0 for an unknown unit.
func kilogramsPer(unit string) float64 {
	return map[string]float64{
		"kg": 1, "kgs": 1, "kilogram": 1, "kilograms": 1, "g": 0.001, "grams": 0.001,
		"lb": 0.45359237, "lbs": 0.45359237, "pound": 0.45359237, "pounds": 0.45359237,
		"oz": 0.028349523125, "ounce": 0.028349523125, "ounces": 0.028349523125,
	}[unit]
}

// centimetersPer returns how many centimeters a unit is, or 0 for an unknown
// unit.
func centimetersPer(unit string) float64 {
	return map[string]float64{"cm": 1, "mm": 0.1, "in": 2.54, "inch": 2.54, "inches": 2.54}[unit]
}

// measureSetter returns a setter of a measure such as "8 lb 4 oz". A number
// without a unit has the unit of the field; without one it is not understood.
func measureSetter(pointer string, units func(string) float64, at func(*catalog.Facts) **float64) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		set: func(f *catalog.Facts, values []string, r fieldReader) string {
			text := strings.ToLower(values[0])
			if strings.Trim(measurePattern.ReplaceAllString(text, ""), " ,") != "" {
				return values[0]
			}
			total := 0.0
			for _, part := range measurePattern.FindAllStringSubmatch(text, -1) {
				n, err := parseNumber(part[1])
				unit := part[2]
				if unit == "" {
					unit = r.numberUnit()
				}
				if err != nil || units(unit) == 0 {
					return values[0]
				}
				total += n * units(unit)
			}
			if total > 0 { // software writes 0 for unknown
				*at(f) = new(math.Round(total*1000) / 1000)
			}
			return ""
		},
		isEmpty:  vocab.IsPlaceholder,
		settings: []string{"unit", "unit_from"},
	}
}

// thousands matches a number with commas between its thousands.
var thousands = regexp.MustCompile(`^\d{1,3}(,\d{3})+(\.|$)`)

// parseNumber parses a number as measurePattern matches it.
func parseNumber(text string) (float64, error) {
	if thousands.MatchString(text) {
		text = strings.ReplaceAll(text, ",", "")
	}
	return strconv.ParseFloat(strings.Replace(text, ",", ".", 1), 64)
}

// localWeight stands for the usual unit of weight in the shelter's country.
const localWeight = "local"

// numberUnit returns the unit of a number without one: that of the unit column,
// or the field's.
func (r fieldReader) numberUnit() string {
	_, text := r.row.firstValue(r.unitFrom)
	unit := cmp.Or(strings.ToLower(strings.Trim(text, ". ")), r.unit)
	if unit != localWeight {
		return unit
	}
	if currencyOf(cmp.Or(r.country, "US")) == "USD" {
		return "lb"
	}
	return "kg"
}

var (
	// pricePattern matches an amount of money with an optional currency sign or code.
	pricePattern = regexp.MustCompile(`^(?:[A-Za-z]{3}|[A-Za-z]{0,2}[$€£])? ?(\d[\d.,'’ ]*?) ?(?:[A-Za-z]{3}|[$€£])?$`)
	// amountPattern matches the number of an amount and its decimals. Decimals follow a
	// point or a comma. Thousands are separated by spaces or apostrophes, by commas, or by
	// points if a comma separates the decimals; 1.250 could be either and is no amount.
	amountPattern = regexp.MustCompile(`^(?:(\d{1,9}|\d{1,3}(?:[ '’]\d{3})+)(?:[.,](\d{0,2}))?|(\d{1,3}(?:,\d{3})+)(?:\.(\d{0,2}))?|(\d{1,3}(?:\.\d{3})+),(\d{0,2}))$`)
	digitGap      = strings.NewReplacer(" ", "", "'", "", "’", "", ",", "", ".", "")
)

// The units of fees that are not amounts with decimals.
const (
	centsUnit       = "minor"
	centsInJSONUnit = "minor_in_json" // tables have amounts
)

// isEmptyFee reports whether a fee is a placeholder, and not 0.
func isEmptyFee(value string) bool {
	return vocab.IsPlaceholder(value) && !strings.Contains(value, "0")
}

func setFee(f *catalog.Facts, values []string, r fieldReader) string {
	switch normalize(values[0]) {
	case "waived", "free", "fee waived", "no fee":
		f.Fee.Waived = new(true)
		return ""
	}
	minor, ok := r.parsePrice(values[0])
	switch {
	case !ok:
		return values[0]
	case minor == 0 && r.zeroIsUnknown:
		return ""
	}
	f.Fee.Minor, f.Fee.Currency = &minor, r.feeCurrency()
	return ""
}

// parsePrice returns an amount in cents. Decimals show that a value is an amount
// although its column is in cents: if only files of the other kind have amounts, it is
// one, otherwise it is in doubt and not understood.
func (r fieldReader) parsePrice(text string) (cents int64, ok bool) {
	price := pricePattern.FindStringSubmatch(strings.Join(strings.Fields(text), " "))
	if price == nil {
		return 0, false
	}
	amount := amountPattern.FindStringSubmatch(price[1])
	if amount == nil {
		return 0, false
	}
	digits, decimals := digitGap.Replace(amount[1]+amount[3]+amount[5]), amount[2]+amount[4]+amount[6]
	inCents := r.unit == centsUnit || r.unit == centsInJSONUnit && r.row.table.isJSON()
	isWhole := decimals == "" || decimals == "0" // as in 12500.0, a number of cents in JSON
	switch {
	case inCents && isWhole:
	case r.unit == centsUnit:
		return 0, false
	default:
		digits += (decimals + "00")[:2]
	}
	cents, err := strconv.ParseInt(digits, 10, 64)
	return cents, err == nil
}

// feeCurrency returns the currency of an amount: that of the currency column, of
// the shelter's country, or the field's.
func (r fieldReader) feeCurrency() string {
	_, text := r.row.firstValue(r.currencyFrom)
	return cmp.Or(strings.ToUpper(text), currencyOf(r.country), r.currency)
}

// currencyOf returns the currency, as an ISO 4217 code, of a country given by its
// ISO 3166 code. It returns "" for countries that are not in the list.
func currencyOf(country string) string {
	return map[string]string{
		"US": "USD", "PR": "USD", "GU": "USD", "VI": "USD", "AS": "USD", "MP": "USD", "CA": "CAD", "MX": "MXN", "GB": "GBP", "AU": "AUD", "NZ": "NZD", "CH": "CHF",
		"SE": "SEK", "NO": "NOK", "DK": "DKK", "PL": "PLN", "CZ": "CZK", "JP": "JPY",
		"IE": "EUR", "DE": "EUR", "AT": "EUR", "FR": "EUR", "BE": "EUR", "NL": "EUR", "LU": "EUR", "IT": "EUR", "ES": "EUR", "PT": "EUR", "FI": "EUR", "GR": "EUR",
	}[strings.ToUpper(country)]
}
