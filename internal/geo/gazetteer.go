// Package geo provides points on the Earth, great-circle distances, and a
// gazetteer of the postal codes and cities of the United States, Puerto Rico and
// Canada, which is embedded in the program.
//
// It does not know streets, roads or driving times, and it calls no service. A
// place that is not among its postal codes is an error that lists similar names.
//
// The postal codes are from GeoNames (https://www.geonames.org, CC BY 4.0). The
// program in gen converts them to the embedded format.
package geo

import (
	"bytes"
	_ "embed"
	"slices"
	"sort"
	"strings"
	"sync"
)

//go:embed data/postal.bin
var postalData []byte

// Gazetteer is a table of postal codes and of the cities they belong to. It is
// immutable and safe for concurrent use.
//
// Tens of thousands of rows are kept in a few slices without pointers, so that
// the garbage collector does not scan them.
type Gazetteer struct {
	regions    []Region       // by country, then code
	regionKeys map[string]int // typedKey of a code or name -> index in regions
	cities     cityTable      // by key, then region
	countries  []codeRange    // by country
	rows       []row          // by country, then code
}

// row is one postal code. Several rows may have the same code, with different
// cities.
type row struct {
	code  uint32 // base 36
	city  uint32 // index in cities
	point microDegrees
}

// codeRange is the range of rows of one country.
type codeRange struct {
	country     string
	width       int // characters in each postal code
	first, last int // rows[first:last]
}

// microDegrees is a point in millionths of a degree.
type microDegrees struct{ lat, lng int32 }

const microPerDegree = 1e6

func (m microDegrees) degrees() Point {
	return Point{Lat: float64(m.lat) / microPerDegree, Lng: float64(m.lng) / microPerDegree}
}

// Default returns the gazetteer embedded in the program. The first call decodes
// it, which takes some milliseconds; later calls return the same value.
func Default() *Gazetteer { return defaultGazetteer() }

var defaultGazetteer = sync.OnceValue(func() *Gazetteer {
	g, err := Decode(bytes.NewReader(postalData))
	if err != nil {
		panic(err) //nolint:forbidigo // the embedded file is broken: a build error, not a run-time one
	}
	return g
})

// Len returns the number of postal codes.
func (g *Gazetteer) Len() int { return len(g.rows) }

// Sample returns a postal code of a civilian place. It is deterministic:
// the same i always returns the same place, and consecutive numbers usually
// return places near each other. Any i is valid.
func (g *Gazetteer) Sample(i int) Place {
	n := len(g.rows)
	i = (i%n + n) % n
	for range n {
		if !g.cityRegion(int(g.rows[i].city)).isMilitary() {
			break
		}
		i = (i + 1) % n
	}
	return g.postalPlace(i)
}

// Regions returns every state, province and territory that has postal codes, by
// country and code.
func (g *Gazetteer) Regions() []Region { return slices.Clone(g.regions) }

// Region finds a region by its code or its name, ignoring case and punctuation.
// An empty country matches every country, and US also matches Puerto Rico.
func (g *Gazetteer) Region(country, code string) (Region, bool) {
	i, ok := g.regionKeys[typedKey(code)]
	if !ok || !countryMatches(g.regions[i].Country, upper(country)) {
		return Region{}, false
	}
	return g.regions[i], true
}

// postalPlace returns the place of row i.
func (g *Gazetteer) postalPlace(i int) Place {
	r := g.rows[i]
	p := g.cityPlace(int(r.city))
	p.PostalCode, p.Point = g.codeText(i), r.point.degrees()
	return p
}

func (g *Gazetteer) cityPlace(city int) Place {
	r := g.cityRegion(city)
	return Place{
		Country:    r.Country,
		City:       g.cities.names.get(city),
		Region:     r.Code,
		RegionName: r.Name,
		Point:      g.cities.points[city].degrees(),
	}
}

func (g *Gazetteer) cityRegion(city int) Region { return g.regions[g.cities.regions[city]] }

// indexRegions makes the regions findable by code, by name and by a few other
// common names.
func (g *Gazetteer) indexRegions() {
	aliases := map[string][]string{
		"DC": {"Washington DC"}, "NL": {"Newfoundland", "Labrador", "NF"}, "NT": {"NWT"},
		"PE": {"PEI"}, "QC": {"PQ", "Québec"}, "YT": {"Yukon Territory"},
	}
	g.regionKeys = map[string]int{}
	for i, r := range g.regions {
		for _, name := range append(aliases[r.Code], r.Code, r.Name) {
			g.regionKeys[typedKey(name)] = i
		}
	}
}

// countryMatches reports whether a place in country belongs to the requested
// country. An empty request matches every country.
func countryMatches(country, requested string) bool {
	return requested == "" || requested == country || requested == "US" && country == "PR"
}

// cityTable holds the cities by key, then region.
type cityTable struct {
	names   stringTable
	keys    stringTable    // nameKey of each name
	regions []uint16       // index in Gazetteer.regions
	sizes   []uint16       // number of postal codes
	points  []microDegrees // mean of the points of its postal codes
}

// stringTable is a list of short strings, stored end to end in one string.
type stringTable struct {
	all  string
	ends []uint32
}

func (t stringTable) get(i int) string {
	start := uint32(0)
	if i > 0 {
		start = t.ends[i-1]
	}
	return t.all[start:t.ends[i]]
}

func (t stringTable) len() int { return len(t.ends) }

// withPrefix returns the range of cities whose key begins with prefix.
func (c *cityTable) withPrefix(prefix string) (first, last int) {
	n := c.keys.len()
	first = sort.Search(n, func(i int) bool { return c.keys.get(i) >= prefix })
	last = first + sort.Search(n-first, func(i int) bool {
		return !strings.HasPrefix(c.keys.get(first+i), prefix)
	})
	return first, last
}

// withKey returns the range of cities that have the key, one for each region.
func (c *cityTable) withKey(key string) (first, last int) {
	n := c.keys.len()
	first = sort.Search(n, func(i int) bool { return c.keys.get(i) >= key })
	last = first
	for last < n && c.keys.get(last) == key {
		last++
	}
	return first, last
}

// compareSize orders cities by their number of postal codes, the largest first,
// then by their place in the table.
func (c *cityTable) compareSize(a, b int) int {
	if c.sizes[a] != c.sizes[b] {
		return int(c.sizes[b]) - int(c.sizes[a])
	}
	return a - b
}

// computePoints counts the postal codes of each city and averages their points.
func (c *cityTable) computePoints(rows []row) {
	n := c.names.len()
	c.sizes, c.points = make([]uint16, n), make([]microDegrees, n)
	lat, lng := make([]int64, n), make([]int64, n)
	for _, r := range rows {
		c.sizes[r.city]++
		lat[r.city] += int64(r.point.lat)
		lng[r.city] += int64(r.point.lng)
	}
	for i, size := range c.sizes {
		if size > 0 {
			c.points[i] = microDegrees{lat: int32(lat[i] / int64(size)), lng: int32(lng[i] / int64(size))}
		}
	}
}

func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
