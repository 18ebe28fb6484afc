package geo

import (
	"fmt"
	"strconv"
	"strings"
)

// idPrefix begins the IDs of places.
const idPrefix = "place_"

// ID returns a text that identifies a city or postal code and that Gazetteer.Find accepts:
// place_us.md.rockville, place_us.md.rockville.20850. It is empty for a place without a
// name. The second and further cities of the same name in one region have a number.
func (p Place) ID() string {
	if p.City == "" || p.Precision == "" {
		return ""
	}
	city := nameKey(p.City)
	if p.ordinal > 0 {
		city += fmt.Sprintf("-%d", p.ordinal+1)
	}
	parts := []string{p.Country, typedKey(p.Region), city}
	if p.PostalCode != "" {
		parts = append(parts, p.PostalCode)
	}
	return idPrefix + strings.ToLower(strings.Join(parts, "."))
}

// placeByID returns the place with an ID, given without its prefix.
func (g *Gazetteer) placeByID(id string) (Place, bool) {
	parts := strings.Split(strings.ToLower(id), ".")
	if len(parts) != 3 && len(parts) != 4 {
		return Place{}, false
	}
	country := upper(parts[0])
	city, ok := g.cityByID(country, parts[1], parts[2])
	switch {
	case !ok:
		return Place{}, false
	case len(parts) == 3:
		return g.cityPlace(city), true
	}
	for _, r := range g.codeRanges([]string{country}, parts[3]) {
		for i := r.first; i < r.last; i++ {
			switch {
			case int(g.rows[i].city) != city:
			case i == r.first:
				return g.codePlace(r), true
			default:
				return g.postalPlace(i), true
			}
		}
	}
	return Place{}, false
}

// cityByID returns the city in a region whose ID has a name.
func (g *Gazetteer) cityByID(country, region, name string) (city int, ok bool) {
	key, number, numbered := strings.Cut(name, "-")
	ordinal := 1
	if numbered {
		var err error
		if ordinal, err = strconv.Atoi(number); err != nil {
			return 0, false
		}
	}
	for c, last := g.cities.withKey(key); c < last; c++ {
		if r := g.cityRegion(c); r.Country == country && typedKey(r.Code) == region {
			if ordinal--; ordinal == 0 {
				return c, true
			}
		}
	}
	return 0, false
}
