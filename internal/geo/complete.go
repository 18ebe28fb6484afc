package geo

import (
	"slices"
	"strings"
)

// Complete returns up to limit places for a text that is still being typed: the
// postal codes that begin with it, in order, or the cities, the most populous first.
// The beginning of a state or province may follow a comma, as in "rock, m", and a
// country as for Find. The result is deterministic.
func (g *Gazetteer) Complete(prefix string, limit int) []Place {
	if limit <= 0 || len(prefix) > maxTextBytes {
		return nil
	}
	if places := g.completeCode(compactCode(prefix), limit); len(places) > 0 {
		return places
	}
	city, region, hasRegion := strings.Cut(prefix, ",")
	region, _, _ = strings.Cut(region, ",") // ignore a country after it
	if hasRegion {
		key := typedKey(region)
		country, _ := CountryCode(region)
		return g.largest(g.citiesWithPrefix(city, func(r Region) bool { return r.hasPrefix(key) || r.Country == country }), limit)
	}
	cities := g.citiesWithPrefix(city, func(Region) bool { return true })
	words := splitWords(city)
	if len(cities) == 0 && len(words) > 1 {
		if places := g.completeCodeAndCity(words[0], strings.Join(words[1:], " "), limit); len(places) > 0 {
			return places
		}
	}
	for k := min(maxRegionWords, len(words)-1); k > 0 && len(cities) == 0; k-- { // "rockville md"
		name, region := strings.Join(words[:len(words)-k], " "), strings.Join(words[len(words)-k:], " ")
		regions := g.RegionsNamed(region)
		cities = g.citiesWithPrefix(name, func(r Region) bool { return slices.Contains(regions, r) })
	}
	return g.largest(cities, limit)
}

// completeCode returns the postal codes that begin with a text of letters and digits, or
// those that are stored of a longer one.
func (g *Gazetteer) completeCode(code string, limit int) []Place {
	if strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" || !strings.ContainsAny(code, "0123456789") {
		return nil
	}
	var places []Place
	for k, c := range g.countries {
		stored := completedCode(c.code, code)
		number, ok := codeNumber(stored, c.width)
		if !ok {
			continue
		}
		for i := g.searchCode(c, number); i < c.last && len(places) < limit; {
			if !strings.HasPrefix(g.codeText(i), stored) {
				break
			}
			r := g.rangeAt(k, i)
			places = append(places, g.codePlace(r))
			i = r.last
		}
	}
	return places
}

// completeCodeAndCity returns the places of a postal code, as in "10115 b", whose city
// begins with a text.
func (g *Gazetteer) completeCodeAndCity(code, typed string, limit int) []Place {
	var places []Place
	for _, r := range g.codeRanges(nil, code) {
		for i := r.first; i < r.last && len(places) < limit; i++ {
			if strings.HasPrefix(g.cities.keys.get(int(g.rows[i].city)), nameKey(typed)) {
				places = append(places, g.postalPlace(i))
			}
		}
	}
	return places
}

// The shapes of a ZIP+4 code, and of complete codes of Canada and the Netherlands.
const (
	zipShape      = "999999999"
	canadianShape = "A9A9A9"
	dutchShape    = "9999AA"
)

// completedCode returns the part that the gazetteer stores of a postal code that is
// still being typed.
func completedCode(country, code string) string {
	s := shape(code)
	switch {
	case (country == "US" || IsTerritory(country)) && strings.HasPrefix(zipShape, s):
		return code[:min(5, len(code))]
	case country == "CA" && strings.HasPrefix(canadianShape, s), country == "IE" && len(code) <= 7:
		return code[:min(3, len(code))]
	case country == "NL" && strings.HasPrefix(dutchShape, s):
		return code[:min(4, len(code))]
	default:
		return storedCode(country, code)
	}
}

// citiesWithPrefix returns the cities whose names begin with the typed text, with
// abbreviations expanded and not: "st" matches both Saint Paul and Sterling.
func (g *Gazetteer) citiesWithPrefix(typed string, accept func(Region) bool) []int {
	prefixes := []string{typedKey(typed), nameKey(typed)}
	slices.Sort(prefixes)
	if strings.HasPrefix(prefixes[1], prefixes[0]) {
		prefixes = prefixes[:1]
	}
	var cities []int
	for _, p := range prefixes {
		if p == "" {
			continue
		}
		for c, last := g.cities.withPrefix(p); c < last; c++ {
			if r := g.cityRegion(c); !r.isMilitary() && accept(r) {
				cities = append(cities, c)
			}
		}
	}
	return cities
}

// largest returns the most populous cities. Of several with the same name in one region,
// which have the same label, it returns the largest.
func (g *Gazetteer) largest(cities []int, limit int) []Place {
	slices.SortFunc(cities, g.cities.compareSize)
	var places []Place
	seen := map[string]bool{}
	for _, c := range cities {
		if len(places) == limit {
			break
		}
		if p := g.cityPlace(c); !seen[p.Label()] {
			seen[p.Label()] = true
			places = append(places, p)
		}
	}
	return places
}
