package geo

import (
	"slices"
	"sort"
	"strings"
)

// PostalCode finds a postal code in any of its usual spellings: 20850, 20850-1234,
// "m5v 2t6", "SW1A 1AA". An empty country matches every country, in the order of
// Find, and US also matches its territories. The place has the name of its largest
// city.
func (g *Gazetteer) PostalCode(country, code string) (Place, bool) {
	ranges := g.codeRanges(oneCountry(country), code)
	if len(ranges) == 0 {
		return Place{}, false
	}
	return g.codePlace(ranges[0]), true
}

// Locate finds the place of an address by its postal code and, if the code is that of a
// large area, its city.
func (g *Gazetteer) Locate(country, code, city string) (Place, bool) {
	ranges := g.codeRanges(oneCountry(country), code)
	if len(ranges) == 0 {
		return Place{}, false
	}
	place := g.codePlace(ranges[0])
	if place.Precision != ToArea || city == "" {
		return place, true
	}
	key, code := nameKey(city), place.PostalCode
	if i, ok := g.rowNamed(ranges[0], key); ok && !isRural(place.Country, code) {
		place = g.postalPlace(i)
		place.Precision = ToCity
		return place, true
	}
	if place.RadiusKm < wideKm {
		return place, true
	}
	for _, c := range g.findCities(strings.Fields(city), func(r int) bool {
		return g.regions[r].Country == place.Country && g.regions[r].Code == place.Region
	}) {
		if town := g.cityPlace(c); town.Precision == ToCity && town.Point.DistanceKm(place.Point) <= place.RadiusKm+maxDistanceKm {
			town.PostalCode = code
			return town, true
		}
	}
	return place, true
}

func oneCountry(country string) []string {
	if country = upper(country); country != "" {
		return []string{country}
	}
	return nil
}

// codeRange is the range of rows that have one postal code.
type codeRange struct{ country, first, last int }

// codeRanges returns the rows of a postal code, one range for each country that has it.
func (g *Gazetteer) codeRanges(countries []string, code string) []codeRange {
	var ranges []codeRange
	code = compactCode(code)
	if code == "" {
		return nil
	}
	for i, c := range g.countries {
		if !countryMatches(c.code, countries) {
			continue
		}
		number, ok := codeNumber(storedCode(c.code, code), c.width)
		if !ok {
			continue
		}
		if first := g.searchCode(c, number); first < c.last && g.rows[first].code == number {
			ranges = append(ranges, g.rangeAt(i, first))
		}
	}
	return ranges
}

// rowNamed returns the first row of a postal code whose city has the key.
func (g *Gazetteer) rowNamed(r codeRange, key string) (int, bool) {
	for i := r.first; i < r.last; i++ {
		if g.cities.keys.get(int(g.rows[i].city)) == key {
			return i, true
		}
	}
	return 0, false
}

// wideKm is the radius from which a postal code is an area.
const wideKm = 50

// codePlace returns the place of a postal code: the name of its first city, and the
// median of its points.
func (g *Gazetteer) codePlace(r codeRange) Place {
	p := g.postalPlace(r.first)
	var lats, lngs []int32
	for i := r.first; i < r.last; i++ {
		if row := g.rows[i]; i == r.first || !g.cityRegion(int(row.city)).isMilitary() {
			lats, lngs = append(lats, row.point.lat), append(lngs, row.point.lng)
		}
	}
	if len(lats) == 1 {
		return p
	}
	p.Point = microDegrees{lat: median(lats), lng: median(lngs)}.degrees()
	for i := range lats {
		p.RadiusKm = max(p.RadiusKm, p.Point.DistanceKm(microDegrees{lats[i], lngs[i]}.degrees()))
	}
	if p.RadiusKm >= wideKm {
		p.Precision = ToArea
	} else if p.Precision == ToPostalCode {
		p.RadiusKm = 0
	}
	return p
}

// median returns the median of numbers, and keeps their order.
func median(numbers []int32) int32 {
	sorted := slices.Sorted(slices.Values(numbers))
	n := len(sorted)
	return int32((int64(sorted[(n-1)/2]) + int64(sorted[n/2])) / 2)
}

// ruralRadiusKm is how far a place in a rural area of Canada may be from its center:
// X0A extends from Iqaluit to Grise Fiord.
const ruralRadiusKm = 1700

// isRural reports whether a code is that of a rural area of Canada.
func isRural(country, code string) bool {
	return country == "CA" && len(code) == 3 && code[1] == '0'
}

// precisionOf returns the precision of a postal code as it is stored. Codes of which
// only the first part is stored are areas, except those of Canada's cities.
func precisionOf(country, code string) (p Precision, radiusKm float64) {
	switch {
	case isRural(country, code):
		return ToArea, ruralRadiusKm
	case country == "GB" || country == "IE":
		return ToArea, 0
	default:
		return ToPostalCode, 0
	}
}

// searchCode returns the first row of the country whose code is not less than number.
func (g *Gazetteer) searchCode(c countryRows, number uint64) int {
	return c.first + sort.Search(c.last-c.first, func(i int) bool { return g.rows[c.first+i].code >= number })
}

// maxCodeWidth is the length of the longest postal code.
const maxCodeWidth = 12

// codeDigits are the characters of postal codes. The space fills short codes.
const codeDigits = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// codeNumber returns a number that has the order of the code among all codes of at most
// width characters.
func codeNumber(code string, width int) (uint64, bool) {
	if code == "" || len(code) > width {
		return 0, false
	}
	number := uint64(0)
	for i := range width {
		digit := 0
		if i < len(code) {
			if digit = strings.IndexByte(codeDigits, code[i]); digit <= 0 {
				return 0, false
			}
		}
		number = number*uint64(len(codeDigits)) + uint64(digit)
	}
	return number, true
}

func codeText(number uint64, width int) string {
	text := make([]byte, width)
	for i := width - 1; i >= 0; i-- {
		text[i] = codeDigits[number%uint64(len(codeDigits))]
		number /= uint64(len(codeDigits))
	}
	return strings.TrimRight(string(text), " ")
}

// storedCode returns the part of a complete postal code, given without spaces, that the
// gazetteer stores of codes in the country.
func storedCode(country, code string) string {
	s := shape(code)
	switch {
	case country == "US" || IsTerritory(country):
		if s == zipShape { // ZIP+4
			return code[:5]
		}
	case country == "CA":
		if s == canadianShape {
			return code[:3]
		}
	case country == "GB":
		if len(code) >= 5 && strings.HasSuffix(s, "9AA") {
			return code[:len(code)-3]
		}
	case country == "IE":
		if len(code) == 7 {
			return code[:3]
		}
	case country == "NL":
		if s == dutchShape {
			return code[:4]
		}
	}
	for _, prefix := range []string{country, map[string]string{"AT": "A", "BE": "B", "DE": "D"}[country]} {
		if rest, ok := strings.CutPrefix(code, prefix); ok && prefix != "" && strings.Trim(rest, "0123456789") == "" {
			return rest // A-1010
		}
	}
	return code
}

// compactCode removes spaces and hyphens and changes letters to upper case.
func compactCode(s string) string {
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

// shape replaces each digit with 9 and each letter with A.
func shape(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case '0' <= r && r <= '9':
			return '9'
		case 'A' <= r && r <= 'Z' || 'a' <= r && r <= 'z':
			return 'A'
		default:
			return r
		}
	}, s)
}
