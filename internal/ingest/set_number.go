package ingest

import (
	"cmp"
	"math"
	"regexp"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
)

// amount is a number with or without a unit.
var amount = regexp.MustCompile(`(\d+(?:\.\d+)?|\.\d+)\s*([a-z]*)\.?`)

// kilograms and centimetres say what the units of a measure come to.
func kilograms(unit string) float64 {
	return map[string]float64{
		"kg": 1, "kgs": 1, "kilogram": 1, "kilograms": 1, "g": 0.001, "grams": 0.001,
		"lb": 0.45359237, "lbs": 0.45359237, "pound": 0.45359237, "pounds": 0.45359237,
		"oz": 0.028349523125, "ounce": 0.028349523125, "ounces": 0.028349523125,
	}[unit]
}

func centimetres(unit string) float64 {
	return map[string]float64{"cm": 1, "mm": 0.1, "in": 2.54, "inch": 2.54, "inches": 2.54}[unit]
}

// measure is a target that is a measure, as in "8 lb 4 oz". A number without a
// unit is of the unit that the field names; without that it is not understood.
func measure(pointer string, units func(string) float64, at func(*catalog.Facts) **float64) factSetter {
	return factSetter{
		pointer: pointer,
		clear:   func(f *catalog.Facts) { *at(f) = nil },
		lay: func(f *catalog.Facts, words []string, r fieldReader) string {
			said := strings.ToLower(words[0])
			if strings.Trim(amount.ReplaceAllString(said, ""), " ,") != "" {
				return words[0]
			}
			total := 0.0
			for _, part := range amount.FindAllStringSubmatch(said, -1) {
				n, err := strconv.ParseFloat(part[1], 64)
				unit := part[2]
				if unit == "" {
					unit = r.unitOf()
				}
				if err != nil || units(unit) == 0 {
					return words[0]
				}
				total += n * units(unit)
			}
			if total > 0 { // 0 is how software writes that nobody weighed
				*at(f) = new(math.Round(total*1000) / 1000)
			}
			return ""
		},
		takes: []string{"unit", "unit_from"},
	}
}

// localWeight is the unit of weights that are told as usual in the shelter's country.
const localWeight = "local"

// unitOf is the unit of a number that names none: that of a column of units, or the field's.
func (r fieldReader) unitOf() string {
	_, said := r.row.first(r.unitFrom)
	unit := cmp.Or(strings.ToLower(strings.Trim(said, ". ")), r.unit)
	if unit != localWeight {
		return unit
	}
	if CurrencyOf(cmp.Or(r.country, "US")) == "USD" {
		return "lb"
	}
	return "kg"
}

// price is an amount of money with at most a sign or a code around it.
var price = regexp.MustCompile(`^(?:[A-Za-z]{3}|[$€£])? ?(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.(\d{0,2}))? ?(?:[A-Za-z]{3})?$`)

func layFee(f *catalog.Facts, words []string, r fieldReader) string {
	switch same(words[0]) {
	case "waived", "free", "fee waived", "no fee":
		f.Fee.Waived = new(true)
		return ""
	}
	found := price.FindStringSubmatch(words[0])
	if found == nil {
		return words[0]
	}
	digits := strings.ReplaceAll(found[1], ",", "")
	if r.unit != "minor" {
		digits += (found[2] + "00")[:2]
	}
	minor, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return words[0]
	}
	f.Fee.Minor, f.Fee.Currency = &minor, r.currencyOf()
	return ""
}

// currencyOf is the currency of an amount: that of a column of currencies, of the
// shelter's country, or the field's.
func (r fieldReader) currencyOf() string {
	_, said := r.row.first(r.currencyFrom)
	return cmp.Or(strings.ToUpper(said), CurrencyOf(r.country), r.currency)
}
