package geo

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Town is a populated place.
type Town struct {
	Country    string // ISO 3166-1 alpha-2
	Admin      string // code of its region, as the source writes it
	Name       string
	Point      Point
	Population int // 0 if unknown
}

const (
	// sameCityKm is the largest distance between neighboring postal codes of a city.
	// Places with the same name that are farther apart are different cities.
	sameCityKm = 30
)

// city is a city while a gazetteer is built.
type city struct {
	key        string
	region     Region
	names      map[string]int // spellings -> number of rows
	points     []Point        // of its postal codes that are not rural
	placed     bool           // point is that of a town
	point      Point
	population int
}

func (c *city) isNear(p Point) bool {
	return slices.ContainsFunc(c.points, func(q Point) bool { return q.DistanceKm(p) <= sameCityKm })
}

// isRural reports whether only rural areas of Canada are known of the city.
func (c *city) isRural() bool { return !c.placed && len(c.points) == 0 }

// builder groups postal codes and towns into cities.
type builder struct {
	cities map[nameInCountry][]*city
	rows   []builtRow
}

// nameInCountry is the nameKey of a city and its country.
type nameInCountry struct{ country, key string }

type builtRow struct {
	place Place
	city  *city
}

// New returns a gazetteer of postal codes and towns. Each postal code needs a country, a
// code, a city and a valid point, each town a country, a name and a valid point. A code
// may occur several times, with several cities. Towns give cities their points and
// populations.
func New(postal []Place, towns []Town) (*Gazetteer, error) {
	b := builder{cities: map[nameInCountry][]*city{}}
	postal = slices.Clone(postal)
	fillRegions(postal)
	for _, p := range postal {
		if _, ok := codeNumber(p.PostalCode, maxCodeWidth); !ok || p.City == "" || len(p.Country) != 2 || !p.Point.Valid() {
			return nil, fmt.Errorf("build gazetteer: %+v needs a country, a postal code of at most %d letters and digits, a city and a valid point", p, maxCodeWidth)
		}
		b.addPostal(p)
	}
	for _, t := range towns {
		if t.Name == "" || len(t.Country) != 2 || !t.Point.Valid() {
			return nil, fmt.Errorf("build gazetteer: %+v needs a country, a name and a valid point", t)
		}
	}
	b.addTowns(towns)
	return b.gazetteer()
}

// fillRegions gives places without a region that of the nearest place in their country.
func fillRegions(places []Place) {
	byCountry := map[string][]*Place{}
	for i := range places {
		if p := &places[i]; p.Region != "" {
			byCountry[p.Country] = append(byCountry[p.Country], p)
		}
	}
	for i := range places {
		p := &places[i]
		if known := byCountry[p.Country]; p.Region == "" && len(known) > 0 {
			near := slices.MinFunc(known, func(a, b *Place) int {
				return cmp.Compare(p.Point.DistanceKm(a.Point), p.Point.DistanceKm(b.Point))
			})
			p.Region, p.RegionName = near.Region, near.RegionName
		}
	}
}

// addPostal adds a postal code to the city of its name in its region that is near.
func (b *builder) addPostal(p Place) {
	at := nameInCountry{p.Country, nameKey(p.City)}
	region := Region{Country: p.Country, Code: p.Region, Name: p.RegionName}
	rural := isRural(p.Country, p.PostalCode)
	var found *city
	for _, c := range b.cities[at] {
		if c.region != region || !rural && !region.isMilitary() && len(c.points) > 0 && !c.isNear(p.Point) {
			continue
		}
		if found == nil {
			found = c
			continue
		}
		b.merge(at, found, c) // the code lies between two parts of one city
	}
	if found == nil {
		found = &city{key: at.key, region: region, names: map[string]int{}}
		b.cities[at] = append(b.cities[at], found)
	}
	found.names[p.City]++
	if !rural {
		found.points = append(found.points, p.Point)
	}
	b.rows = append(b.rows, builtRow{place: p, city: found})
}

// merge moves everything of a city to another.
func (b *builder) merge(at nameInCountry, to, from *city) {
	to.points = append(to.points, from.points...)
	for name, n := range from.names {
		to.names[name] += n
	}
	for i := range b.rows {
		if b.rows[i].city == from {
			b.rows[i].city = to
		}
	}
	b.cities[at] = slices.DeleteFunc(slices.Clone(b.cities[at]), func(c *city) bool { return c == from })
}

// adminRegion is the code that a list of towns has for a region.
type adminRegion struct{ country, code string }

// addTowns adds the towns, the most populous first: to a city of their name nearby, or
// as new cities.
func (b *builder) addTowns(towns []Town) {
	towns = slices.SortedStableFunc(slices.Values(towns), func(a, z Town) int { return z.Population - a.Population })
	regions := b.matchRegions(towns)
	for _, t := range towns {
		region, known := regions[adminRegion{t.Country, t.Admin}]
		if !known {
			region = b.nearestRegion(t)
		}
		if b.cityOf(t, region) == nil {
			at := nameInCountry{t.Country, nameKey(t.Name)}
			c := &city{key: at.key, region: region, names: map[string]int{t.Name: 1}, placed: true, point: t.Point, population: t.Population}
			b.cities[at] = append(b.cities[at], c)
		}
	}
}

// cityOf returns the city that a town is, after giving it the point of the town, or nil.
func (b *builder) cityOf(t Town, region Region) *city {
	for _, c := range b.citiesNamed(t) {
		switch {
		case c.region != region:
		case c.placed && c.point.DistanceKm(t.Point) <= sameCityKm:
			return c // a part of a city, or a second entry of it
		case !c.placed && (c.isRural() || c.isNear(t.Point)):
			c.placed, c.point, c.population = true, t.Point, t.Population
			return c
		}
	}
	return nil
}

// citiesNamed returns the cities in the country of a town that have its name, or a
// variant of it.
func (b *builder) citiesNamed(t Town) []*city {
	key := nameKey(t.Name)
	var found []*city
	for _, k := range append([]string{key, exonyms[key]}, nameVariants(key)...) {
		found = append(found, b.cities[nameInCountry{t.Country, k}]...)
	}
	return found
}

// matchRegions returns the region of each code that the list of towns uses: the one of
// most of the towns that are also cities with postal codes.
func (b *builder) matchRegions(towns []Town) map[adminRegion]Region {
	votes := map[adminRegion]map[Region]int{}
	for _, t := range towns {
		for _, c := range b.citiesNamed(t) {
			if !c.isRural() && !c.isNear(t.Point) {
				continue
			}
			admin := adminRegion{t.Country, t.Admin}
			if votes[admin] == nil {
				votes[admin] = map[Region]int{}
			}
			votes[admin][c.region]++
			break
		}
	}
	regions := map[adminRegion]Region{}
	for admin, counts := range votes {
		regions[admin] = slices.MaxFunc(slices.SortedFunc(maps.Keys(counts), compareRegions), func(a, z Region) int { return counts[a] - counts[z] })
	}
	return regions
}

// nearestRegion returns the region of the postal code that is nearest to a town in its
// country, or a region without a code.
func (b *builder) nearestRegion(t Town) Region {
	region, best := Region{Country: t.Country}, math.Inf(1)
	for _, r := range b.rows {
		if r.place.Country == t.Country {
			if km := r.place.Point.DistanceKm(t.Point); km < best {
				region, best = r.city.region, km
			}
		}
	}
	return region
}

// gazetteer returns the tables.
func (b *builder) gazetteer() (*Gazetteer, error) {
	var cities []*city
	regionIndex := map[Region]int{}
	for _, same := range b.cities {
		for _, c := range same {
			cities = append(cities, c)
			regionIndex[c.region] = 0
		}
	}
	g := &Gazetteer{regions: slices.SortedFunc(maps.Keys(regionIndex), compareRegions)}
	if len(g.regions) > math.MaxUint16 {
		return nil, fmt.Errorf("build gazetteer: %d regions are too many", len(g.regions))
	}
	for i, r := range g.regions {
		regionIndex[r] = i
	}
	slices.SortFunc(cities, func(a, z *city) int {
		return cmp.Or(cmp.Compare(a.key, z.key), compareRegions(a.region, z.region), z.population-a.population,
			cmp.Compare(len(z.points), len(a.points)), comparePoints(a.anyPoint(), z.anyPoint()))
	})
	var names []string
	index := map[*city]uint32{}
	for i, c := range cities {
		index[c] = uint32(i)
		names = append(names, c.name())
		g.cities.regions = append(g.cities.regions, uint16(regionIndex[c.region]))
		g.cities.populations = append(g.cities.populations, uint32(max(0, min(c.population, math.MaxInt32))))
		g.cities.placed = append(g.cities.placed, c.placed)
	}
	g.cities.setNames(names)
	g.indexRegions()
	b.setRows(g, index)
	g.cities.points = g.countCodes()
	for i, c := range cities {
		if c.placed {
			g.cities.points[i] = fixedPoint(c.point)
		}
	}
	return g, nil
}

// setRows makes the rows of the postal codes, one for each city of a code.
func (b *builder) setRows(g *Gazetteer, index map[*city]uint32) {
	widths := map[string]int{}
	for _, r := range b.rows {
		widths[r.place.Country] = max(widths[r.place.Country], len(r.place.PostalCode))
	}
	slices.SortStableFunc(b.rows, func(a, z builtRow) int {
		return cmp.Or(compareCountries(a.place.Country, z.place.Country), cmp.Compare(a.place.PostalCode, z.place.PostalCode),
			militaryRank(a.city.region)-militaryRank(z.city.region), z.city.population-a.city.population)
	})
	for _, r := range b.rows {
		country := r.place.Country
		if n := len(g.countries); n == 0 || g.countries[n-1].code != country {
			g.countries = append(g.countries, countryRows{code: country, width: widths[country], first: len(g.rows), last: len(g.rows)})
		}
		c := &g.countries[len(g.countries)-1]
		code, _ := codeNumber(r.place.PostalCode, c.width)
		next := row{code: code, city: index[r.city], point: fixedPoint(r.place.Point)}
		if !slices.ContainsFunc(g.rows[g.searchCode(*c, code):c.last], func(r row) bool { return r.city == next.city }) {
			g.rows = append(g.rows, next)
			c.last++
		}
	}
}

// name returns the most common spelling of the city.
func (c *city) name() string {
	return slices.MinFunc(slices.Sorted(maps.Keys(c.names)), func(a, b string) int { return c.names[b] - c.names[a] })
}

func (c *city) anyPoint() Point {
	if c.placed || len(c.points) == 0 {
		return c.point
	}
	return c.points[0]
}

func militaryRank(r Region) int {
	if r.isMilitary() {
		return 1
	}
	return 0
}

// fixedPoint rounds a point to the precision of the embedded format.
func fixedPoint(p Point) microDegrees {
	return microDegrees{
		lat: int32(math.Round(p.Lat*fixedPerDegree)) * microPerFixed,
		lng: int32(math.Round(p.Lng*fixedPerDegree)) * microPerFixed,
	}
}

func comparePoints(a, b Point) int {
	return cmp.Or(cmp.Compare(a.Lat, b.Lat), cmp.Compare(a.Lng, b.Lng))
}

func compareRegions(a, b Region) int {
	return cmp.Or(cmp.Compare(a.Country, b.Country), cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name))
}
