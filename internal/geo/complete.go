package geo

import (
	"slices"
	"strings"
)

// Complete gives up to limit places that what was typed so far may become: the
// postal codes that begin so, in order, or the cities, those with the most postal
// codes first. The beginning of a state or province may follow a comma, as in
// "rock, m". The same prefix always gives the same places in the same order.
func (g *Gazetteer) Complete(prefix string, limit int) []Place {
	if limit <= 0 || len(prefix) > longest {
		return nil
	}
	if code, ok := postalPrefix(prefix); ok {
		return g.completeCode(code, limit)
	}
	city, region, hasRegion := strings.Cut(prefix, ",")
	region, _, _ = strings.Cut(region, ",") // a country after it adds nothing
	if hasRegion {
		begun := typedKey(region)
		return g.biggest(g.citiesBegun(city, func(r Region) bool { return r.begins(begun) }), limit)
	}
	found := g.citiesBegun(city, func(Region) bool { return true })
	words := splitWords(city)
	for k := min(4, len(words)-1); k > 0 && len(found) == 0; k-- { // "rockville md"
		if i, ok := g.regionNamed("", words[len(words)-k:]); ok {
			begun := strings.Join(words[:len(words)-k], " ")
			found = g.citiesBegun(begun, func(r Region) bool { return r == g.regions[i] })
		}
	}
	return g.biggest(found, limit)
}

// The shapes of whole codes: ZIP+4 and a Canadian code, as shape tells them.
const (
	zipShape      = "999999999"
	canadianShape = "A9A9A9"
)

// postalPrefix tells whether a text is the beginning of a postal code, and gives
// what the gazetteer keeps of it.
func postalPrefix(s string) (string, bool) {
	s = compact(s)
	is := shape(s)
	switch {
	case is == "":
		return "", false
	case strings.HasPrefix(zipShape, is):
		return s[:min(5, len(s))], true
	case len(is) > 1 && strings.HasPrefix(canadianShape, is):
		return s[:min(3, len(s))], true
	default:
		return "", false
	}
}

func (g *Gazetteer) completeCode(code string, limit int) []Place {
	var found []Place
	for _, b := range g.blocks {
		pad := b.width - len(code)
		if pad < 0 {
			continue
		}
		first := g.searchCode(b, codeNumber(code+strings.Repeat("0", pad)))
		for i := first; i < b.last && len(found) < limit; i++ {
			p := g.rowPlace(i)
			if !strings.HasPrefix(p.PostalCode, code) {
				break
			}
			found = append(found, p)
		}
	}
	return found
}

// citiesBegun gives the cities whose names begin so: "st" begins Saint Paul as
// well as Sterling.
func (g *Gazetteer) citiesBegun(typed string, in func(Region) bool) []int {
	prefixes := []string{typedKey(typed), nameKey(typed)}
	slices.Sort(prefixes)
	if strings.HasPrefix(prefixes[1], prefixes[0]) {
		prefixes = prefixes[:1]
	}
	var found []int
	for _, p := range prefixes {
		if p == "" {
			continue
		}
		for c, last := g.cities.withPrefix(p); c < last; c++ {
			if r := g.regions[g.cities.region[c]]; !r.isMailOnly() && in(r) {
				found = append(found, c)
			}
		}
	}
	return found
}

// biggest gives the places of the cities with the most postal codes.
func (g *Gazetteer) biggest(cities []int, limit int) []Place {
	slices.SortFunc(cities, g.cities.bigger)
	var places []Place
	for _, c := range cities[:min(limit, len(cities))] {
		places = append(places, g.cityPlace(c))
	}
	return places
}

func (r Region) begins(key string) bool {
	return strings.HasPrefix(typedKey(r.Code), key) || strings.HasPrefix(typedKey(r.Name), key)
}
