package geo

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed data/postal.bin
var postalData []byte

// Gazetteer is a table of postal codes and the cities they make up. It never
// changes once it is open, and many goroutines may ask it at once.
//
// Tens of thousands of rows are kept in a handful of slices without pointers, so
// that the garbage collector has nothing to follow.
type Gazetteer struct {
	regions    []Region       // by country, then code
	regionKeys map[string]int // key of a code or a name -> region
	cities     cityTable      // by key, then region
	blocks     []block        // one a country, by country
	rows       []row          // by block, then code
}

// row is one postal code.
type row struct {
	code uint32 // base 36
	city uint32
	at   microDegrees
}

// block is the stretch of rows of one country.
type block struct {
	country     string
	width       int // characters in each of its postal codes
	first, last int // rows[first:last]
}

// microDegrees is a point in millionths of a degree.
type microDegrees struct{ lat, lng int32 }

const perDegree = 1e6

func (m microDegrees) point() Point {
	return Point{Lat: float64(m.lat) / perDegree, Lng: float64(m.lng) / perDegree}
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

// Len is how many postal codes there are.
func (g *Gazetteer) Len() int { return len(g.rows) }

// Sample is some postal code of a civil place: the same i always gives the same
// one, and neighbouring numbers mostly give neighbouring places. Any i will do.
func (g *Gazetteer) Sample(i int) Place {
	n := len(g.rows)
	i = (i%n + n) % n
	for range n {
		if !g.regions[g.cities.region[g.rows[i].city]].isMailOnly() {
			break
		}
		i = (i + 1) % n
	}
	return g.rowPlace(i)
}

// Regions is every state, province and territory that has postal codes, by
// country and code.
func (g *Gazetteer) Regions() []Region { return slices.Clone(g.regions) }

// Region finds a region by its code or its name, in any spelling. An empty
// country tries all, and US also finds Puerto Rico.
func (g *Gazetteer) Region(country, code string) (Region, bool) {
	i, ok := g.regionKeys[typedKey(code)]
	if !ok || !inCountry(g.regions[i].Country, upper(country)) {
		return Region{}, false
	}
	return g.regions[i], true
}

func (g *Gazetteer) rowPlace(i int) Place {
	r := g.rows[i]
	p := g.cityPlace(int(r.city))
	p.PostalCode, p.Point = g.codeText(i), r.at.point()
	return p
}

func (g *Gazetteer) cityPlace(c int) Place {
	r := g.regions[g.cities.region[c]]
	return Place{
		Country:    r.Country,
		City:       g.cities.names.at(c),
		Region:     r.Code,
		RegionName: r.Name,
		Point:      g.cities.at[c].point(),
	}
}

// inCountry tells whether a place of country is one of the country asked for.
func inCountry(country, asked string) bool {
	return asked == "" || asked == country || asked == "US" && country == "PR"
}

// compact takes spaces and hyphens out of a postal code, and makes it capital.
func compact(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ' || r == '-':
			return -1
		case 'a' <= r && r <= 'z':
			return r - 'a' + 'A'
		default:
			return r
		}
	}, s)
}

func upper(s string) string { return strings.ToUpper(strings.TrimSpace(s)) }
