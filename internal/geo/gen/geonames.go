package main

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"trailcat/internal/geo"
)

// record is one line of a GeoNames postal code file.
type record struct {
	country, code, place   string
	region, regionCode     string // admin 1
	district, districtCode string // admin 2
	municipality           string // admin 3
	latitude, longitude    string
}

func readPlaces(r io.Reader) ([]geo.Place, error) {
	var places []geo.Place
	lines := bufio.NewScanner(r)
	for n := 1; lines.Scan(); n++ {
		f := strings.Split(lines.Text(), "\t")
		if len(f) < 11 {
			return nil, fmt.Errorf("line %d has %d columns, want 12", n, len(f))
		}
		for i := range f {
			f[i] = strings.TrimSpace(f[i])
		}
		p, err := newPlace(record{
			country: f[0], code: f[1], place: f[2], region: f[3], regionCode: f[4], district: f[5],
			districtCode: f[6], municipality: f[7], latitude: f[9], longitude: f[10],
		})
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
		places = append(places, p)
	}
	return places, lines.Err()
}

func newPlace(r record) (geo.Place, error) {
	lat, err := strconv.ParseFloat(r.latitude, 64)
	if err != nil {
		return geo.Place{}, fmt.Errorf("latitude: %w", err)
	}
	lng, err := strconv.ParseFloat(r.longitude, 64)
	if err != nil {
		return geo.Place{}, fmt.Errorf("longitude: %w", err)
	}
	p := geo.Place{
		Country: r.country, PostalCode: r.code, City: r.place, Region: r.regionCode, RegionName: r.region,
		Point: geo.Point{Lat: lat, Lng: lng},
	}
	switch {
	case r.country == "PR": // admin 1 is the municipality
		p.Region, p.RegionName = "PR", "Puerto Rico"
	case r.country == "US" && r.regionCode == "":
		p.City, p.Region, p.RegionName = splitMilitary(r.place)
	case r.country == "CA":
		p.City, p.RegionName = canadianCity(r), canadianRegion(r)
	}
	return p, nil
}

// splitMilitary splits a place without a state, such as "APO AE", into a post
// office and the region that replaces a state in its addresses.
func splitMilitary(place string) (city, code, name string) {
	city, code, _ = strings.Cut(place, " ")
	switch code {
	case "AA":
		return city, code, "Armed Forces Americas"
	case "AE":
		return city, code, "Armed Forces Europe"
	default: // AP, and one "STA" on Okinawa
		return city, "AP", "Armed Forces Pacific"
	}
}

func canadianRegion(r record) string {
	switch r.regionCode {
	case "NT":
		return "Northwest Territories"
	case "NU":
		return "Nunavut"
	default:
		return r.region
	}
}

var (
	bracketed = regexp.MustCompile(`\s*\(([^)]*)\)`)
	// district matches a suffix that names a part of a city.
	district = regexp.MustCompile(`(?i) (north|south|east|west|northeast|northwest|southeast|southwest|n|s|e|w|ne|nw|se|sw|` +
		`central|inner|outer|outskirts|extremities|rcm|region|upper|lower|northern|mid-harbour|\S+ provincial government)\b.*$`)
	// oldToronto matches the descriptions of the codes of Toronto before its
	// amalgamation. Elsewhere such a prefix names a different city: West Vancouver is
	// not Vancouver.
	oldToronto = regexp.MustCompile(`^(Downtown|Central|East|West) Toronto\b`)
	downtown   = regexp.MustCompile(`^(Downtown|Central) `)
)

// corrected maps a postal code to its city where the description names an
// institution instead.
var corrected = map[string]string{
	"E1A": "Dieppe",
	"K1A": "Ottawa",  // the federal government
	"M7A": "Toronto", // the provincial parliament
}

// canadianCity extracts the city from the description of a forward sortation
// area. "Downtown Toronto (CN Tower / King and Spadina)" is Toronto, the rural area
// "Central Island (Chemainus)" is served from Chemainus, and the row of "Dorval
// Outskirts" names the municipality Dorval in a column of its own.
func canadianCity(r record) string {
	switch {
	case r.municipality != "":
		return r.municipality
	case corrected[r.code] != "":
		return corrected[r.code]
	case strings.HasPrefix(r.code, "H7"): // described by former towns
		return "Laval"
	case r.district == "Halifax" || r.district == "Dartmouth" || r.district == "Saint John":
		return r.district
	}
	place := strings.ReplaceAll(r.place, "þ", "ç") // some rows of GeoNames are decoded wrongly
	if m := bracketed.FindStringSubmatch(place); m != nil && r.code[1] == '0' {
		return m[1]
	}
	place, _, _ = strings.Cut(bracketed.ReplaceAllString(place, ""), ",")
	if oldToronto.MatchString(place) {
		return "Toronto"
	}
	short := district.ReplaceAllString(place, "")
	if rest := downtown.ReplaceAllString(short, ""); rest == r.district || rest == "Montreal" {
		return rest
	}
	return short
}
