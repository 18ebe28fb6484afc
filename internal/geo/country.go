package geo

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// countryNames has one line for each country: its ISO 3166-1 alpha-2 and alpha-3 codes
// and its English name.
//
//go:embed data/countries.txt
var countryNames string

// countryAliases maps other common names to codes.
var countryAliases = map[string]string{
	"america": "US", "unitedstatesofamerica": "US", "uk": "GB", "greatbritain": "GB", "britain": "GB",
	"republicofireland": "IE", "eire": "IE", "aotearoa": "NZ", "deutschland": "DE", "holland": "NL", "nederland": "NL", "thenetherlands": "NL",
	"belgie": "BE", "belgique": "BE", "osterreich": "AT", "oesterreich": "AT", "schweiz": "CH", "suisse": "CH", "svizzera": "CH",
	"virginislands": "VI", "usvirginislands": "VI", "can": "CA",
}

// Country is a country or territory of ISO 3166-1.
type Country struct {
	Code string // alpha-2, such as US
	Name string // English, such as United States
}

type countryIndex struct {
	all   []Country
	codes map[string]string // typedKey of a code or name -> alpha-2 code
}

var allCountries = sync.OnceValue(func() countryIndex {
	index := countryIndex{all: nil, codes: map[string]string{}}
	for line := range strings.Lines(countryNames) {
		code, alpha3, name := cutLine(strings.TrimSuffix(line, "\n"))
		index.all = append(index.all, Country{Code: code, Name: name})
		for _, word := range []string{code, alpha3, name} {
			index.codes[typedKey(word)] = code
		}
	}
	maps.Copy(index.codes, countryAliases)
	return index
})

// Countries returns the countries of ISO 3166-1, by code.
func Countries() []Country { return slices.Clone(allCountries().all) }

// CountryCode returns the ISO 3166-1 alpha-2 code of a country that is given by its code
// of two or three letters or by its name, ignoring case, accents and punctuation.
func CountryCode(text string) (string, bool) {
	code, ok := allCountries().codes[typedKey(text)]
	return code, ok
}

// UnknownNameError reports that a text names no country, or no region. Its message, which
// suggests a name, is intended for the caller of the API.
type UnknownNameError struct{ message string }

func (e *UnknownNameError) Error() string { return e.message }

// ParseCountry is CountryCode with an error, an *UnknownNameError.
func ParseCountry(text string) (string, error) {
	if code, ok := CountryCode(text); ok {
		return code, nil
	}
	var names []string
	for _, c := range allCountries().all {
		names = append(names, c.Name)
	}
	message := fmt.Sprintf("Unknown country %q.", truncate(text))
	if near := nearestName(text, names); near != "" {
		return "", &UnknownNameError{fmt.Sprintf("%s Did you mean %q?", message, near)}
	}
	return "", &UnknownNameError{message + " Expected a code of ISO 3166-1 or an English name, such as US or United States."}
}

// nearestName returns the name with the fewest edits from a text, or "" if more than a
// third of the text differs.
func nearestName(text string, names []string) string {
	key := typedKey(truncate(text))
	var table editTable
	nearest, limit := "", len(key)/3+1
	for _, name := range names {
		if edits := table.distance(key, typedKey(name)); edits < limit {
			nearest, limit = name, edits
		}
	}
	return nearest
}

// IsTerritory reports whether a country code belongs to a territory of the United States
// that uses ZIP codes and may also be written as a state of the United States.
func IsTerritory(country string) bool { return territoryNames[country] != "" }

// territoryNames are the names of the territories of the United States.
var territoryNames = map[string]string{
	"AS": "American Samoa", "GU": "Guam", "MP": "Northern Mariana Islands", "PR": "Puerto Rico", "VI": "U.S. Virgin Islands",
}

// WithTerritories returns country codes. If US is among them, so are its territories.
func WithTerritories(countries []string) []string {
	if !slices.Contains(countries, "US") {
		return countries
	}
	return slices.Compact(slices.Sorted(slices.Values(slices.AppendSeq(slices.Clone(countries), maps.Keys(territoryNames)))))
}

// countryMatches reports whether a place in country belongs to one of the requested
// countries. An empty request matches every country, and US also matches its territories.
func countryMatches(country string, requested []string) bool {
	return len(requested) == 0 || slices.Contains(requested, country) ||
		IsTerritory(country) && slices.Contains(requested, "US")
}

// countryOrder is the order in which a postal code is looked up that several countries
// have: the United States first, then as listed, then all others by code.
var countryOrder = []string{"US", "PR", "GU", "VI", "MP", "AS", "CA", "GB", "IE", "AU", "NZ", "DE", "NL", "BE", "AT", "CH"}

func compareCountries(a, b string) int {
	rank := func(c string) int {
		if i := slices.Index(countryOrder, c); i >= 0 {
			return i
		}
		return len(countryOrder)
	}
	if d := rank(a) - rank(b); d != 0 {
		return d
	}
	return strings.Compare(a, b)
}
