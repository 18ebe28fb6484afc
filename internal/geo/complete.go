package geo

import (
	"slices"
	"strings"
)

// Complete returns up to limit places for a text that is still being typed: the
// postal codes that begin with it, in order, or the cities, those with the most
// postal codes first. The beginning of a state or province may follow a comma, as
// in "rock, m". The result is deterministic.
func (g *Gazetteer) Complete(prefix string, limit int) []Place {
	if limit <= 0 || len(prefix) > maxTextBytes {
		return nil
	}
	if code, ok := codePrefix(prefix); ok {
		return g.completeCode(code, limit)
	}
	city, region, hasRegion := strings.Cut(prefix, ",")
	region, _, _ = strings.Cut(region, ",") // ignore a country after it
	if hasRegion {
		key := typedKey(region)
		return g.largest(g.citiesWithPrefix(city, func(r Region) bool { return r.hasPrefix(key) }), limit)
	}
	cities := g.citiesWithPrefix(city, func(Region) bool { return true })
	words := splitWords(city)
	for k := min(maxRegionWords, len(words)-1); k > 0 && len(cities) == 0; k-- { // "rockville md"
		if i, ok := g.regionIndex("", words[len(words)-k:]); ok {
			name := strings.Join(words[:len(words)-k], " ")
			cities = g.citiesWithPrefix(name, func(r Region) bool { return r == g.regions[i] })
		}
	}
	return g.largest(cities, limit)
}

// The shapes of a ZIP+4 code and of a complete Canadian code.
const (
	zipShape      = "999999999"
	canadianShape = "A9A9A9"
)

// codePrefix reports whether a text is the beginning of a postal code, and returns
// the part of it that the gazetteer stores.
func codePrefix(s string) (string, bool) {
	s = compactCode(s)
	prefix := shape(s)
	switch {
	case prefix == "":
		return "", false
	case strings.HasPrefix(zipShape, prefix):
		return s[:min(5, len(s))], true
	case len(prefix) > 1 && strings.HasPrefix(canadianShape, prefix):
		return s[:min(3, len(s))], true
	default:
		return "", false
	}
}

func (g *Gazetteer) completeCode(code string, limit int) []Place {
	var places []Place
	for _, c := range g.countries {
		pad := c.width - len(code)
		if pad < 0 {
			continue
		}
		first := g.searchCode(c, codeNumber(code+strings.Repeat("0", pad)))
		for i := first; i < c.last && len(places) < limit; i++ {
			p := g.postalPlace(i)
			if !strings.HasPrefix(p.PostalCode, code) {
				break
			}
			places = append(places, p)
		}
	}
	return places
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

// largest returns the cities with the most postal codes.
func (g *Gazetteer) largest(cities []int, limit int) []Place {
	slices.SortFunc(cities, g.cities.compareSize)
	var places []Place
	for _, c := range cities[:min(limit, len(cities))] {
		places = append(places, g.cityPlace(c))
	}
	return places
}
