package geo

import (
	"slices"
	"strings"
)

const (
	// maxTextBytes is the longest text that is looked up. The name of a place with
	// its country is far shorter.
	maxTextBytes = 120
	// maxRegionWords is the largest number of words in the name of a region or
	// country.
	maxRegionWords = 4
)

// Find parses a place as people write it: a postal code (20850, 20850-1234,
// M5V 2T6), a city with the code or name of its state or province (Rockville, MD),
// or latitude,longitude in degrees (39.08,-77.15). A country may follow. The state
// may be omitted if only one state has a city of that name. Case, accents and
// punctuation are ignored.
//
// It returns an *UnknownPlaceError if the text is not a place or is ambiguous, and
// a *PointError if it is two numbers that are not a point. The messages of both
// are intended for the caller of the API.
func (g *Gazetteer) Find(text string) (Place, error) {
	if _, ok := parseNumbers(text); ok {
		return findPoint(text)
	}
	words := splitWords(text)
	if len(words) == 0 || len(text) > maxTextBytes {
		return Place{}, &UnknownPlaceError{Text: truncate(text)}
	}
	for _, in := range interpretations(words) {
		if p, ok, err := g.findInterpretation(in); err != nil {
			err.Text = truncate(text)
			return Place{}, err
		} else if ok {
			return p, nil
		}
	}
	return Place{}, &UnknownPlaceError{Text: truncate(text), Suggestions: g.suggest(words)}
}

func findPoint(text string) (Place, error) {
	p, err := ParsePoint(text)
	if err != nil {
		return Place{}, err
	}
	if !p.inNorthAmerica() && p.swap().inNorthAmerica() {
		return Place{}, &PointError{Text: truncate(text), Problem: "is far from every known postal code", Swapped: true}
	}
	return Place{Point: p}, nil
}

// interpretation is one way to understand a text: an optional country, and the
// words before it.
type interpretation struct {
	country string
	words   []string
}

// interpretations returns every interpretation of the words. The one without a
// country comes first: CA usually means California.
func interpretations(words []string) []interpretation {
	all := []interpretation{{country: "", words: words}}
	for k := 1; k < len(words) && k <= maxRegionWords; k++ {
		rest := words[:len(words)-k]
		if country := parseCountry(words[len(rest):]); country != "" {
			all = append(all, interpretation{country: country, words: rest})
		}
	}
	return all
}

// parseCountry returns the code of the country that the words name, or "".
func parseCountry(words []string) string {
	switch typedKey(strings.Join(words, " ")) {
	case "us", "usa", "unitedstates", "unitedstatesofamerica":
		return "US"
	case "ca", "can", "canada":
		return "CA"
	case "pr", "puertorico":
		return "PR"
	default:
		return ""
	}
}

// findInterpretation finds the place that an interpretation names. It returns an
// error if there are several, or if the parts contradict each other.
func (g *Gazetteer) findInterpretation(in interpretation) (Place, bool, *UnknownPlaceError) {
	if code, rest, ok := cutPostalCode(in.words); ok {
		return g.findPostalCode(in.country, code, rest)
	}
	for k := min(maxRegionWords, len(in.words)-1); k > 0; k-- {
		city, region := in.words[:len(in.words)-k], in.words[len(in.words)-k:]
		i, ok := g.regionIndex(in.country, region)
		if !ok {
			continue
		}
		cities := g.findCities(city, func(region int) bool { return region == i })
		if len(cities) > 0 {
			return g.cityPlace(cities[0]), true, nil
		}
	}
	return g.findCityAnywhere(in)
}

// findCityAnywhere finds a city that is given without its region.
func (g *Gazetteer) findCityAnywhere(in interpretation) (Place, bool, *UnknownPlaceError) {
	cities := g.findCities(in.words, func(region int) bool {
		return countryMatches(g.regions[region].Country, in.country)
	})
	switch len(cities) {
	case 0:
		return Place{}, false, nil
	case 1:
		return g.cityPlace(cities[0]), true, nil
	default:
		return Place{}, false, &UnknownPlaceError{Suggestions: g.largest(cities, maxSuggestions), Matches: len(cities)}
	}
}

// findPostalCode finds a postal code. The words before it may name its city and
// state: a different state is an error, and the city selects one of the cities
// that share the code.
func (g *Gazetteer) findPostalCode(country, code string, before []string) (Place, bool, *UnknownPlaceError) {
	places := g.placesWithCode(country, code)
	if len(places) == 0 {
		return Place{}, false, &UnknownPlaceError{Suggestions: g.suggestCodes(code)}
	}
	if parseCountry(before) == places[0].Country {
		return places[0], true, nil
	}
	for k := min(maxRegionWords, len(before)); k > 0; k-- {
		region, ok := g.regionIndex(country, before[len(before)-k:])
		if !ok {
			continue
		}
		inRegion := slices.DeleteFunc(slices.Clone(places), func(p Place) bool { return p.Region != g.regions[region].Code })
		if len(inRegion) == 0 {
			return Place{}, false, &UnknownPlaceError{Suggestions: places}
		}
		city := nameKey(strings.Join(before[:len(before)-k], " "))
		i := slices.IndexFunc(inRegion, func(p Place) bool { return nameKey(p.City) == city })
		return inRegion[max(0, i)], true, nil
	}
	return places[0], true, nil
}

// cutPostalCode splits a postal code off the end. In Canada it may be two words.
func cutPostalCode(words []string) (code string, before []string, ok bool) {
	n := len(words)
	if n >= 2 && shape(words[n-2]) == "A9A" && shape(words[n-1]) == "9A9" {
		return upper(words[n-2]), words[:n-2], true
	}
	code, ok = normalizeCode(words[n-1])
	return code, words[:n-1], ok
}

func (g *Gazetteer) regionIndex(country string, words []string) (int, bool) {
	i, ok := g.regionKeys[typedKey(strings.Join(words, " "))]
	return i, ok && countryMatches(g.regions[i].Country, country)
}

// findCities returns the cities of that name in the accepted regions. If there are
// none it tries the name with and without "city" and "greater", which people often
// add or omit: New York City, Quebec, Sudbury.
func (g *Gazetteer) findCities(words []string, accept func(region int) bool) []int {
	key := nameKey(strings.Join(words, " "))
	for _, k := range []string{key, strings.TrimSuffix(key, "city"), key + "city", "greater" + key} {
		var cities []int
		for c, last := g.cities.withKey(k); c < last; c++ {
			if r := int(g.cities.regions[c]); accept(r) && !g.regions[r].isMilitary() {
				cities = append(cities, c)
			}
		}
		if len(cities) > 0 {
			return cities
		}
	}
	return nil
}
