// Package geo provides points on the Earth, great-circle distances, and a
// gazetteer of postal codes and populated places, which is embedded in the program:
// of the United States and their territories, Canada, Great Britain, Ireland,
// Australia, New Zealand, Germany, the Netherlands, Belgium, Austria and Switzerland.
// Files of GeoNames add other countries.
//
// It does not know streets, roads or driving times, and it calls no service. A
// place that it does not know is an error that lists similar names.
//
// The data is from GeoNames (https://www.geonames.org, CC BY 4.0). The program in gen
// converts it to the embedded format.
package geo

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
)

//go:embed data/places.bin
var placesData []byte

// Gazetteer is a table of postal codes and cities. It is immutable and safe for
// concurrent use.
//
// Its rows are kept in a few slices without pointers, so that the garbage collector
// does not scan them.
type Gazetteer struct {
	regions    []Region         // by country, then code
	regionKeys map[string][]int // typedKey of a code or name -> indexes in regions
	cities     cityTable        // by key, then region
	countries  []countryRows    // in the order of compareCountries
	rows       []row            // by country, then code
}

// row is one postal code. Several rows may have the same code, with different
// cities; the largest city comes first.
type row struct {
	code  uint64 // codeNumber
	city  uint32 // index in cities
	point microDegrees
}

// countryRows is the range of rows of one country.
type countryRows struct {
	code        string
	width       int // characters in its longest postal code
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
	g, err := Decode(bytes.NewReader(placesData))
	if err != nil {
		panic(err) //nolint:forbidigo // the embedded file is broken: a build error, not a run-time one
	}
	return g
})

// Len returns the number of postal codes, counted once for each of their cities.
func (g *Gazetteer) Len() int { return len(g.rows) }

// Samples returns the number of places that Sample returns.
func (g *Gazetteer) Samples() int {
	n := 0
	for _, c := range g.countries {
		if c.code == "US" || c.code == "PR" || c.code == "CA" {
			n = c.last
		}
	}
	return n
}

// Sample returns a postal code of a civilian place in the United States or Canada. It is
// deterministic: the same i always returns the same place, and consecutive numbers
// usually return places near each other. Any i is valid.
func (g *Gazetteer) Sample(i int) Place {
	n := g.Samples()
	i = (i%n + n) % n
	for range n {
		if !g.cityRegion(int(g.rows[i].city)).isMilitary() {
			break
		}
		i = (i + 1) % n
	}
	return g.postalPlace(i)
}

// Regions returns every known state, province and territory, by country and code.
func (g *Gazetteer) Regions() []Region {
	return slices.DeleteFunc(slices.Clone(g.regions), func(r Region) bool { return r.Code == "" })
}

// RegionsNamed returns the regions with this code or name in one of the countries,
// ignoring case, accents and punctuation. No country means every country, and US
// includes its territories.
func (g *Gazetteer) RegionsNamed(text string, countries ...string) []Region {
	var regions []Region
	for _, i := range g.regionIndexes(text, countries) {
		regions = append(regions, g.regions[i])
	}
	return regions
}

// FindRegions is RegionsNamed with an error, an *UnknownNameError.
func (g *Gazetteer) FindRegions(text string, countries ...string) ([]Region, error) {
	if regions := g.RegionsNamed(text, countries...); len(regions) > 0 {
		return regions, nil
	}
	message := fmt.Sprintf("Unknown region %q", truncate(text))
	if len(countries) > 0 {
		message += " in " + strings.Join(countries, ", ")
	}
	if elsewhere := g.RegionsNamed(text); len(elsewhere) > 0 {
		r := elsewhere[0]
		return nil, &UnknownNameError{fmt.Sprintf("%s. It is %s in %s.", message, r.Name, r.Country)}
	}
	var names []string
	for _, r := range g.regions {
		if countryMatches(r.Country, countries) && r.Code != "" {
			names = append(names, r.Name)
		}
	}
	switch near := nearestName(text, names); {
	case near != "":
		return nil, &UnknownNameError{fmt.Sprintf("%s. Did you mean %q?", message, near)}
	case len(countries) > 0 && len(names) <= 26:
		return nil, &UnknownNameError{fmt.Sprintf("%s. Expected one of %s, or its code.", message, strings.Join(names, ", "))}
	default:
		return nil, &UnknownNameError{message + ". Expected the code or the name of a state or province; GET /v1/vocabulary lists them."}
	}
}

// Region finds a region by its code or its name, ignoring case, accents and
// punctuation. An empty country matches every country, and US also matches its
// territories.
func (g *Gazetteer) Region(country, text string) (Region, bool) {
	regions := g.RegionsNamed(text, oneCountry(country)...)
	if len(regions) == 0 {
		return Region{}, false
	}
	return regions[0], true
}

func (g *Gazetteer) regionIndexes(text string, countries []string) []int {
	return slices.DeleteFunc(slices.Clone(g.regionKeys[typedKey(text)]), func(i int) bool {
		return !countryMatches(g.regions[i].Country, countries)
	})
}

// postalPlace returns the place of row i.
func (g *Gazetteer) postalPlace(i int) Place {
	r := g.rows[i]
	p := g.cityPlace(int(r.city))
	p.PostalCode, p.Point, p.Population = g.codeText(i), r.point.degrees(), 0
	p.Precision, p.RadiusKm = precisionOf(p.Country, p.PostalCode)
	return p
}

func (g *Gazetteer) codeText(i int) string {
	k := sort.Search(len(g.countries), func(k int) bool { return i < g.countries[k].last })
	return codeText(g.rows[i].code, g.countries[k].width)
}

func (g *Gazetteer) cityPlace(city int) Place {
	r := g.cityRegion(city)
	p := Place{
		Country:    r.Country,
		City:       g.cities.names.get(city),
		Region:     r.Code,
		RegionName: r.Name,
		Point:      g.cities.points[city].degrees(),
		Precision:  ToCity,
		Population: int(g.cities.populations[city]),
	}
	for c := city - 1; c >= 0 && g.cities.regions[c] == g.cities.regions[city] && g.cities.keys.get(c) == g.cities.keys.get(city); c-- {
		p.ordinal++
	}
	if g.cities.rural[city] {
		p.Precision, p.RadiusKm = ToArea, ruralRadiusKm
	}
	return p
}

func (g *Gazetteer) cityRegion(city int) Region { return g.regions[g.cities.regions[city]] }

// regionAliases are other common names of regions.
var regionAliases = map[string][]string{
	"US DC": {"Washington DC"}, "CA NL": {"Newfoundland", "Labrador", "NF"}, "CA NT": {"NWT"},
	"CA PE": {"PEI"}, "CA QC": {"PQ", "Québec"}, "CA YT": {"Yukon Territory"},
	"VI VI": {"Virgin Islands", "US Virgin Islands"}, "MP MP": {"CNMI"},
	"DE BY": {"Bavaria"}, "DE HE": {"Hesse"}, "DE NI": {"Lower Saxony"}, "DE NW": {"North Rhine-Westphalia", "NRW"},
	"DE RP": {"Rhineland-Palatinate"}, "DE SN": {"Saxony"}, "DE ST": {"Saxony-Anhalt"}, "DE TH": {"Thuringia"},
	"NL FR": {"Fryslân"}, "NL GE": {"Gelderland"}, "NL NB": {"Noord-Brabant"}, "NL NH": {"Noord-Holland"}, "NL ZE": {"Zealand"}, "NL ZH": {"Zuid-Holland"},
	"BE BRU": {"Brussels", "Brussels-Capital", "Brussel"}, "BE VLG": {"Flanders"}, "BE WAL": {"Wallonia"},
	"AT 2": {"Carinthia"}, "AT 3": {"Lower Austria"}, "AT 4": {"Upper Austria"}, "AT 6": {"Styria"}, "AT 7": {"Tyrol"}, "AT 9": {"Vienna"},
	"CH BE": {"Bern"}, "CH BS": {"Basel"}, "CH GE": {"Geneva"}, "CH LU": {"Lucerne"}, "GB NIR": {"NI"},
}

// indexRegions makes the regions findable by code, by name and by a few other
// common names.
func (g *Gazetteer) indexRegions() {
	g.regionKeys = map[string][]int{}
	for i, r := range g.regions {
		for _, name := range append([]string{r.Code, r.Name, r.Country + "-" + r.Code}, regionAliases[r.Country+" "+r.Code]...) {
			if key := typedKey(name); r.Code != "" && key != "" && !slices.Contains(g.regionKeys[key], i) {
				g.regionKeys[key] = append(g.regionKeys[key], i)
			}
		}
	}
	for _, found := range g.regionKeys {
		slices.SortStableFunc(found, func(a, b int) int { return compareCountries(g.regions[a].Country, g.regions[b].Country) })
	}
}

// cityTable holds the cities by key, then region, then population.
type cityTable struct {
	names       stringTable
	keys        stringTable    // nameKey of each name
	regions     []uint16       // index in Gazetteer.regions
	populations []uint32       // 0 if unknown
	sizes       []uint16       // number of postal codes
	placed      []bool         // the point is that of a populated place
	rural       []bool         // the point is that of a rural area of Canada
	points      []microDegrees // center
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

// withKey returns the range of cities that have the key.
func (c *cityTable) withKey(key string) (first, last int) {
	n := c.keys.len()
	first = sort.Search(n, func(i int) bool { return c.keys.get(i) >= key })
	last = first
	for last < n && c.keys.get(last) == key {
		last++
	}
	return first, last
}

// compareSize orders cities by population, the largest first, then by their number of
// postal codes, then by their place in the table.
func (c *cityTable) compareSize(a, b int) int {
	if c.populations[a] != c.populations[b] {
		return int(c.populations[b]) - int(c.populations[a])
	}
	if c.sizes[a] != c.sizes[b] {
		return int(c.sizes[b]) - int(c.sizes[a])
	}
	return a - b
}

// countCodes counts the postal codes of each city, marks those that only rural areas of
// Canada are known of, and returns the mean of the points of each city's codes. Rural
// areas count only for cities without other codes.
func (g *Gazetteer) countCodes() []microDegrees {
	c := &g.cities
	n := c.names.len()
	c.sizes, c.rural = make([]uint16, n), make([]bool, n)
	urban, rural := make([]pointSum, n), make([]pointSum, n)
	for _, country := range g.countries {
		for _, r := range g.rows[country.first:country.last] {
			c.sizes[r.city]++
			sums := urban
			if country.code == "CA" && isRural(country.code, codeText(r.code, country.width)) {
				sums = rural
			}
			sums[r.city].add(r.point)
		}
	}
	means := make([]microDegrees, n)
	for i := range means {
		if c.rural[i] = urban[i].count == 0 && !c.placed[i]; c.rural[i] {
			urban[i] = rural[i]
		}
		means[i] = urban[i].mean()
	}
	return means
}

// pointSum is the sum of some points.
type pointSum struct{ lat, lng, count int64 }

func (s *pointSum) add(p microDegrees) {
	s.lat, s.lng, s.count = s.lat+int64(p.lat), s.lng+int64(p.lng), s.count+1
}

// mean returns the mean of the points, in the precision of the embedded format.
func (s pointSum) mean() microDegrees {
	n := max(1, s.count) * microPerFixed
	return microDegrees{lat: int32(s.lat/n) * microPerFixed, lng: int32(s.lng/n) * microPerFixed}
}

func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
