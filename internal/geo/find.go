package geo

import (
	"slices"
	"strings"
)

// longest is how many bytes a text may have to be looked up; no place's name
// with its country comes near it.
const longest = 120

// Find reads what people write for a place: a postal code (20850, 20850-1234,
// M5V 2T6), a city with its state or province by code or name (Rockville, MD), or
// latitude,longitude in degrees (39.08,-77.15). A country may follow. A city's
// state may be left out where only one has a city of that name. Case, accents
// and punctuation do not matter.
//
// What is no place gives an *UnknownPlaceError, and numbers that are no point a
// *PointError; both are written for the one who asked.
func (g *Gazetteer) Find(text string) (Place, error) {
	if _, ok := twoNumbers(text); ok {
		return findPoint(text)
	}
	words := splitWords(text)
	if len(words) == 0 || len(text) > longest {
		return Place{}, &UnknownPlaceError{Text: truncate(text)}
	}
	for _, r := range readings(words) {
		if p, ok, err := g.findIn(r); ok || err != nil {
			return p, inWords(err, text)
		}
	}
	return Place{}, &UnknownPlaceError{Text: truncate(text), Suggestions: g.near(words)}
}

func findPoint(text string) (Place, error) {
	p, err := ParsePoint(text)
	if err != nil {
		return Place{}, err
	}
	if !p.inNorthAmerica() && p.swap().inNorthAmerica() {
		return Place{}, &PointError{Text: truncate(text), Problem: "is far from any postal code we know", Swapped: true}
	}
	return Place{Point: p}, nil
}

// interpretation is one way to understand a text: the country it ends in, or none, and
// the words before.
type interpretation struct {
	country string
	words   []string
}

// readings gives first the one without a country: CA is more often California.
func readings(words []string) []interpretation {
	all := []interpretation{{country: "", words: words}}
	for k := 1; k < len(words) && k <= 4; k++ {
		rest := words[:len(words)-k]
		if country := countryNamed(words[len(rest):]); country != "" {
			all = append(all, interpretation{country: country, words: rest})
		}
	}
	return all
}

func countryNamed(words []string) string {
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

// findIn finds the one place that the reading means. Its error says that there
// is more than one, or that its parts contradict each other.
func (g *Gazetteer) findIn(r interpretation) (Place, bool, *UnknownPlaceError) {
	if code, rest, ok := postalAtEnd(r.words); ok {
		return g.findPostal(r.country, code, rest)
	}
	for k := min(4, len(r.words)-1); k > 0; k-- {
		city, region := r.words[:len(r.words)-k], r.words[len(r.words)-k:]
		i, ok := g.regionNamed(r.country, region)
		if !ok {
			continue
		}
		found := g.citiesNamed(city, func(region int) bool { return region == i })
		if len(found) > 0 {
			return g.cityPlace(found[0]), true, nil
		}
	}
	return g.findAnywhere(r)
}

// findAnywhere finds a city that stands without its region.
func (g *Gazetteer) findAnywhere(r interpretation) (Place, bool, *UnknownPlaceError) {
	found := g.citiesNamed(r.words, func(region int) bool {
		return inCountry(g.regions[region].Country, r.country)
	})
	switch len(found) {
	case 0:
		return Place{}, false, nil
	case 1:
		return g.cityPlace(found[0]), true, nil
	default:
		return Place{}, false, &UnknownPlaceError{Suggestions: g.biggest(found, maxSuggestions), Matches: len(found)}
	}
}

// findPostal finds a postal code whose town and state, if they stand before it,
// are not some other state's. Where towns share the code, it is the one named.
func (g *Gazetteer) findPostal(country, code string, before []string) (Place, bool, *UnknownPlaceError) {
	towns := g.citiesOf(country, code)
	if len(towns) == 0 {
		return Place{}, false, &UnknownPlaceError{Suggestions: g.nearCodes(code)}
	}
	if countryNamed(before) == towns[0].Country {
		return towns[0], true, nil
	}
	for k := min(4, len(before)); k > 0; k-- {
		region, ok := g.regionNamed(country, before[len(before)-k:])
		if !ok {
			continue
		}
		there := slices.DeleteFunc(slices.Clone(towns), func(p Place) bool { return p.Region != g.regions[region].Code })
		if len(there) == 0 {
			return Place{}, false, &UnknownPlaceError{Suggestions: towns}
		}
		city := nameKey(strings.Join(before[:len(before)-k], " "))
		named := slices.IndexFunc(there, func(p Place) bool { return nameKey(p.City) == city })
		return there[max(0, named)], true, nil
	}
	return towns[0], true, nil
}

// postalAtEnd splits off a postal code, which may be two words in Canada.
func postalAtEnd(words []string) (code string, before []string, ok bool) {
	n := len(words)
	if n >= 2 && shape(words[n-2]) == "A9A" && shape(words[n-1]) == "9A9" {
		return upper(words[n-2]), words[:n-2], true
	}
	code, ok = postalShape(words[n-1])
	return code, words[:n-1], ok
}

func (g *Gazetteer) regionNamed(country string, words []string) (int, bool) {
	i, ok := g.regionKeys[typedKey(strings.Join(words, " "))]
	return i, ok && inCountry(g.regions[i].Country, country)
}

// citiesNamed gives the cities in some regions that bear the name or else, for it
// is often written so, the name with or without "city" and "greater": New York
// City, Quebec, Sudbury.
func (g *Gazetteer) citiesNamed(words []string, in func(region int) bool) []int {
	key := nameKey(strings.Join(words, " "))
	for _, k := range []string{key, strings.TrimSuffix(key, "city"), key + "city", "greater" + key} {
		var found []int
		for c, last := g.cities.named(k); c < last; c++ {
			if r := int(g.cities.region[c]); in(r) && !g.regions[r].isMailOnly() {
				found = append(found, c)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

func inWords(e *UnknownPlaceError, text string) error {
	if e == nil {
		return nil
	}
	e.Text = truncate(text)
	return e
}
