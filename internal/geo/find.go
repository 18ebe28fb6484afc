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
	// maxCodeWords is the largest number of words in a postal code, as in M5V 2T6.
	maxCodeWords = 2
)

// Find parses a place as people write it: a postal code (20850, 20850-1234, M5V 2T6,
// SW1A 1AA), a city, a city with its region (Rockville, MD) or its postal code (10115
// Berlin), or latitude,longitude in degrees (39.08,-77.15). A country may follow. Case,
// accents and punctuation are ignored. It also accepts Place.ID.
//
// Of several cities with the same name it returns the most populous. Of several countries
// with the same postal code it returns that of the city in the text, otherwise the first
// of countryOrder: the United States come first. Only the given countries are searched,
// if there are any; US includes its territories.
//
// It returns an *UnknownPlaceError if the text is not a place, and a *PointError if it
// is two numbers that are not a point. The messages of both are intended for the caller
// of the API.
func (g *Gazetteer) Find(text string, countries ...string) (Place, error) {
	places, err := g.FindAll(text, countries...)
	if err != nil {
		return Place{}, err
	}
	return places[0], nil
}

// FindAll returns the place that Find returns, and after it the others that the text names
// as well, the most populous first: cities of the same name, or the same postal code in
// other countries.
func (g *Gazetteer) FindAll(text string, countries ...string) ([]Place, error) {
	if _, ok := parseNumbers(text); ok {
		place, err := findPoint(text)
		return []Place{place}, err
	}
	if id, ok := strings.CutPrefix(text, idPrefix); ok && len(text) <= maxTextBytes {
		if place, ok := g.placeByID(id); ok {
			return []Place{place}, nil
		}
		return nil, &UnknownPlaceError{Text: text}
	}
	words := splitWords(text)
	if len(words) == 0 || len(text) > maxTextBytes {
		return nil, &UnknownPlaceError{Text: truncate(text)}
	}
	for _, in := range g.interpretations(words, countries) {
		if places, err := g.findInterpretation(in); err != nil {
			err.Text = truncate(text)
			return nil, err
		} else if len(places) > 0 {
			return places, nil
		}
	}
	return nil, &UnknownPlaceError{Text: truncate(text), Suggestions: g.suggest(words, countries)}
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

// interpretation is one way to understand a text: the countries to search, and the
// words before the name of the country.
type interpretation struct {
	countries []string // none means all
	words     []string
}

// interpretations returns every interpretation of the words. The one without a
// country comes first: CA usually means California.
func (g *Gazetteer) interpretations(words, countries []string) []interpretation {
	all := []interpretation{{countries: countries, words: words}}
	for k := 1; k < len(words) && k <= maxRegionWords; k++ {
		rest := words[:len(words)-k]
		if country, ok := g.parseCountry(words[len(rest):]); ok && countryMatches(country, countries) {
			all = append(all, interpretation{countries: []string{country}, words: rest})
		}
	}
	return all
}

// parseCountry returns the code of the known country that the words name.
func (g *Gazetteer) parseCountry(words []string) (string, bool) {
	code, ok := CountryCode(strings.Join(words, " "))
	return code, ok && g.HasCountry(code)
}

// HasCountry reports whether the gazetteer has places in the country.
func (g *Gazetteer) HasCountry(code string) bool {
	return slices.ContainsFunc(g.regions, func(r Region) bool { return r.Country == code })
}

// HasRegions reports whether the gazetteer knows the regions of the country.
func (g *Gazetteer) HasRegions(country string) bool {
	return slices.ContainsFunc(g.regions, func(r Region) bool { return r.Country == country && r.Code != "" })
}

// findInterpretation finds the places that an interpretation names, the most likely first.
// It returns an error if the parts contradict each other.
func (g *Gazetteer) findInterpretation(in interpretation) ([]Place, *UnknownPlaceError) {
	if places, err := g.findPostalCode(in); len(places) > 0 || err != nil {
		return places, err
	}
	for k := min(maxRegionWords, len(in.words)-1); k > 0; k-- {
		city, region := in.words[:len(in.words)-k], in.words[len(in.words)-k:]
		regions := g.regionIndexes(strings.Join(region, " "), in.countries)
		if len(regions) == 0 {
			continue
		}
		if cities := g.findCities(city, func(region int) bool { return slices.Contains(regions, region) }); len(cities) > 0 {
			return g.largest(cities, len(cities)), nil
		}
	}
	cities := g.findCities(in.words, func(region int) bool {
		return countryMatches(g.regions[region].Country, in.countries)
	})
	return g.largest(cities, len(cities)), nil
}

// findPostalCode finds a postal code at the end or the beginning of the words. The
// other words select the country, and one of the cities that share the code. A state of
// another country or place is an error.
func (g *Gazetteer) findPostalCode(in interpretation) ([]Place, *UnknownPlaceError) {
	n := len(in.words)
	for k := min(maxCodeWords, n); k > 0; k-- {
		ranges := g.wordsRanges(in.countries, in.words[n-k:])
		if k > 1 { // 1000 BE is a code and its country, not a code of the Netherlands
			if _, ok := g.parseCountry(in.words[n-1:]); ok {
				ranges = slices.DeleteFunc(ranges, func(r codeRange) bool {
					_, ok := g.matchCode(r, in.words[:n-k])
					return n == k || !ok
				})
			}
		}
		if len(ranges) > 0 {
			return g.selectCode(ranges, in.words[:n-k])
		}
	}
	for k := min(maxCodeWords, n-1); k > 0; k-- {
		for _, r := range g.wordsRanges(in.countries, in.words[:k]) {
			if p, ok := g.matchCode(r, in.words[k:]); ok {
				return []Place{p}, nil
			}
		}
	}
	for k := min(maxCodeWords, n); k > 0; k-- {
		if code := strings.Join(in.words[n-k:], ""); g.looksLikeCode(code, in.countries) {
			return nil, &UnknownPlaceError{Suggestions: g.suggestCodes(code, in.countries)}
		}
	}
	return nil, nil
}

// wordsRanges returns the rows of a postal code of one or two words. The second word may
// only be the part of the code that is not stored, or the rest of it.
func (g *Gazetteer) wordsRanges(countries, words []string) []codeRange {
	code := compactCode(strings.Join(words, ""))
	return slices.DeleteFunc(g.codeRanges(countries, code), func(r codeRange) bool {
		stored := g.codeText(r.first)
		return len(words) > 1 && stored != compactCode(words[0]) && len(stored) != len(code)
	})
}

// looksLikeCode reports whether a text that is not a known postal code was probably
// meant as one: it has digits and the form of a complete code of a country.
func (g *Gazetteer) looksLikeCode(text string, countries []string) bool {
	text = compactCode(text)
	switch s := shape(text); s {
	case "99999", "999999999":
		return true
	case "A9A", "A9A9A9", "A99", "A99AA", "A9A9AA", "A999AA", "AA99AA", "AA9A9AA", "AA999AA":
		return len(g.suggestCodes(text, countries)) > 0
	default:
		return false
	}
}

// selectCode returns the places of the postal code that the words before it describe.
func (g *Gazetteer) selectCode(ranges []codeRange, words []string) ([]Place, *UnknownPlaceError) {
	var found []Place
	for _, r := range ranges {
		if p, ok := g.matchCode(r, words); ok {
			found = append(found, p)
		}
	}
	if len(found) > 0 {
		return found, nil
	}
	for k := min(maxRegionWords, len(words)); k > 0; k-- {
		if len(g.regionIndexes(strings.Join(words[len(words)-k:], " "), nil)) == 0 {
			continue
		}
		var places []Place
		for _, r := range ranges[:min(maxSuggestions, len(ranges))] {
			places = append(places, g.codePlace(r))
		}
		return nil, &UnknownPlaceError{Suggestions: places}
	}
	return []Place{g.codePlace(ranges[0])}, nil
}

// matchCode returns the place of a postal code if the words agree with it: none, the
// country, one of its cities, a city nearby, or its region with any city.
func (g *Gazetteer) matchCode(r codeRange, words []string) (Place, bool) {
	place := g.codePlace(r)
	if country, _ := g.parseCountry(words); len(words) == 0 || country == place.Country {
		return place, true
	}
	if i, ok := g.rowNamed(r, nameKey(strings.Join(words, " "))); ok {
		return g.postalPlace(i), true
	}
	for k := min(maxRegionWords, len(words)); k > 0; k-- {
		city := nameKey(strings.Join(words[:len(words)-k], " "))
		for _, region := range g.regionIndexes(strings.Join(words[len(words)-k:], " "), []string{place.Country}) {
			if p, ok := g.rowInRegion(r, region, city); ok {
				return p, true
			}
		}
	}
	for _, c := range g.findCities(words, func(region int) bool { return g.regions[region].Country == place.Country }) {
		if g.cityPlace(c).Point.DistanceKm(place.Point) <= wideKm+place.RadiusKm {
			return place, true
		}
	}
	return Place{}, false
}

// rowInRegion returns the place of a postal code in a region: the city with this key, or
// the place of the code as a whole.
func (g *Gazetteer) rowInRegion(r codeRange, region int, city string) (Place, bool) {
	first := -1
	for i := r.first; i < r.last; i++ {
		if c := int(g.rows[i].city); int(g.cities.regions[c]) == region {
			if g.cities.keys.get(c) == city {
				return g.postalPlace(i), true
			}
			if first < 0 {
				first = i
			}
		}
	}
	switch {
	case first < 0:
		return Place{}, false
	case first == r.first:
		return g.codePlace(r), true
	default:
		return g.postalPlace(first), true
	}
}

// findCities returns the cities of that name in the accepted regions, the largest first.
// If there are none it tries other spellings of the name.
func (g *Gazetteer) findCities(words []string, accept func(region int) bool) []int {
	key := nameKey(strings.Join(words, " "))
	var cities []int
	add := func(key string) {
		for c, last := g.cities.withKey(key); c < last; c++ {
			if r := int(g.cities.regions[c]); accept(r) && !g.regions[r].isMilitary() {
				cities = append(cities, c)
			}
		}
	}
	add(key)
	if local := exonyms[key]; local != "" {
		add(local)
	}
	for _, k := range nameVariants(key) {
		if len(cities) == 0 {
			add(k)
		}
	}
	slices.SortFunc(cities, g.cities.compareSize)
	return cities
}

// nameVariants returns other spellings of a name: with and without "city" and "greater",
// which people often add or omit (New York City, Quebec, Sudbury), and with plain letters
// for umlauts (Muenchen).
func nameVariants(key string) []string {
	return []string{
		strings.TrimSuffix(key, "city"), key + "city", "greater" + key,
		strings.NewReplacer("ae", "a", "oe", "o", "ue", "u").Replace(key),
	}
}

// exonyms maps other names of large cities to those of the data, as keys.
var exonyms = map[string]string{
	"munich": "munchen", "cologne": "koln", "vienna": "wien", "nuremberg": "nurnberg", "hanover": "hannover",
	"geneva": "geneve", "lucerne": "luzern", "basle": "basel", "berne": "bern",
	"brussels": "bruxelles", "brussel": "bruxelles", "antwerp": "antwerpen", "ghent": "gent", "bruges": "brugge", "luik": "liege",
	"thehague": "denhaag", "sgravenhage": "denhaag", "quebec": "quebeccity",
}
