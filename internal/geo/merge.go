package geo

import (
	"cmp"
	"slices"
)

// With returns a gazetteer that also has the countries of a source. They replace what the
// gazetteer knows of these countries.
func (g *Gazetteer) With(s Source) (*Gazetteer, error) {
	added, err := New(s.Postal, s.Towns)
	if err != nil {
		return nil, err
	}
	out := &Gazetteer{}
	parts := []*Gazetteer{g, added}
	keeps := []func(country string) bool{
		func(country string) bool { return !added.HasCountry(country) },
		func(string) bool { return true },
	}
	for i, part := range parts {
		for _, r := range part.regions {
			if keeps[i](r.Country) {
				out.regions = append(out.regions, r)
			}
		}
	}
	slices.SortFunc(out.regions, compareRegions)
	out.indexRegions()
	indexes := out.mergeCities(parts, keeps)
	for i, part := range parts {
		for _, c := range part.countries {
			if keeps[i](c.code) {
				out.addCountry(c, part.rows[c.first:c.last], indexes[i])
			}
		}
	}
	out.sortCountries()
	out.countCodes()
	return out, nil
}

// mergeCities adds the cities of the kept countries, and returns the new index of each
// city of each part.
func (g *Gazetteer) mergeCities(parts []*Gazetteer, keeps []func(country string) bool) [][]uint32 {
	type cityRef struct {
		part, city int
		key        string
		region     Region
	}
	var refs []cityRef
	indexes := make([][]uint32, len(parts))
	for i, part := range parts {
		n := part.cities.names.len()
		indexes[i] = make([]uint32, n)
		for c := range n {
			if r := part.cityRegion(c); keeps[i](r.Country) {
				refs = append(refs, cityRef{part: i, city: c, key: part.cities.keys.get(c), region: r})
			}
		}
	}
	slices.SortStableFunc(refs, func(a, b cityRef) int {
		return cmp.Or(cmp.Compare(a.key, b.key), compareRegions(a.region, b.region))
	})
	regionIndex := map[Region]uint16{}
	for i, r := range g.regions {
		regionIndex[r] = uint16(i)
	}
	names := make([]string, len(refs))
	c := &g.cities
	for i, ref := range refs {
		from := &parts[ref.part].cities
		indexes[ref.part][ref.city] = uint32(i)
		names[i] = from.names.get(ref.city)
		c.regions = append(c.regions, regionIndex[ref.region])
		c.populations = append(c.populations, from.populations[ref.city])
		c.placed = append(c.placed, from.placed[ref.city])
		c.points = append(c.points, from.points[ref.city])
	}
	c.setNames(names)
	return indexes
}

// addCountry adds the rows of a country whose cities have new indexes.
func (g *Gazetteer) addCountry(c countryRows, rows []row, index []uint32) {
	c.first = len(g.rows)
	for _, r := range rows {
		r.city = index[r.city]
		g.rows = append(g.rows, r)
	}
	c.last = len(g.rows)
	g.countries = append(g.countries, c)
}

// sortCountries puts the countries and their rows in the order of compareCountries.
func (g *Gazetteer) sortCountries() {
	slices.SortFunc(g.countries, func(a, b countryRows) int { return compareCountries(a.code, b.code) })
	rows := make([]row, 0, len(g.rows))
	for i := range g.countries {
		c := &g.countries[i]
		first := len(rows)
		rows = append(rows, g.rows[c.first:c.last]...)
		c.first, c.last = first, len(rows)
	}
	g.rows = rows
}
