package geo

import (
	"slices"
	"strings"
)

// Place is a postal code, a city, or only a point. Unknown fields are empty.
type Place struct {
	// Country is the ISO 3166-1 alpha-2 code, such as US. Puerto Rico and the other
	// territories of the United States have their own codes.
	Country string
	// PostalCode is the postal code without spaces, as far as the gazetteer knows it:
	// the five-digit ZIP code, the forward sortation area in Canada, the outward code in
	// Great Britain, the routing key in Ireland. It is empty for a city.
	PostalCode string
	// City is the name of the city as usually written.
	City string
	// Region is the code of the state or province, such as MD, ON, NSW or ENG.
	Region string
	// RegionName is the name of the region, such as Maryland.
	RegionName string
	// Point is the center of the postal code or of the city.
	Point Point
	// Precision says what Point is the center of. It is empty for a point that was given
	// as latitude and longitude.
	Precision Precision
	// RadiusKm is the distance from Point, in kilometers, within which the places of a
	// large postal code are. It is 0 if all are near.
	RadiusKm float64
	// Population is the number of inhabitants of a city, or 0 if it is unknown.
	Population int

	ordinal int // of a city among those with the same key in its region, from 0
}

// Precision says what the point of a place is the center of.
type Precision string

// The precisions of a place.
const (
	ToPostalCode Precision = "postal" // a postal code
	ToCity       Precision = "city"   // a city
	ToArea       Precision = "area"   // an area of many postal codes, or a postal code as large as a region
)

// Region is a state, province, territory or military post office region.
type Region struct {
	// Country is the ISO 3166-1 alpha-2 code, such as US.
	Country string
	// Code is the code of the region: in addresses where the country uses one, such as
	// MD, otherwise that of ISO 3166-2.
	Code string
	// Name is the name of the region, such as Maryland.
	Name string
}

// String returns the known parts of the place, such as "Rockville, MD 20850, US",
// or its point if it has no name. Gazetteer.Find accepts the result.
func (p Place) String() string { return p.format(p.PostalCode) }

// Label returns the place without its postal code, such as "Rockville, MD, US" or
// "Amsterdam, North Holland, NL".
func (p Place) Label() string { return p.format("") }

func (p Place) format(postalCode string) string {
	if p.City == "" && p.Region == "" && postalCode == "" {
		return p.Point.String()
	}
	country, region := p.Country, p.Region
	if country == region { // Puerto Rico is its own region
		country = ""
	}
	if !usesRegionCodes(p.Country) {
		if region = p.RegionName; typedKey(region) == typedKey(p.City) { // Berlin
			region = ""
		}
	}
	parts := make([]string, 0, 3)
	for _, s := range []string{p.City, strings.TrimSpace(region + " " + postalCode), country} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
}

// usesRegionCodes reports whether addresses in the country name the region by its code.
func usesRegionCodes(country string) bool {
	return slices.Contains([]string{"US", "CA", "AU"}, country) || IsTerritory(country)
}

// isMilitary reports whether the region consists of military post offices. Its
// "cities" (APO, FPO) are spread over the world, so their mean point is
// meaningless.
func (r Region) isMilitary() bool {
	return r.Country == "US" && (r.Code == "" || r.Code == "AA" || r.Code == "AE" || r.Code == "AP")
}

// hasPrefix reports whether the code or the name of the region begins with key,
// a typedKey.
func (r Region) hasPrefix(key string) bool {
	return strings.HasPrefix(typedKey(r.Code), key) || strings.HasPrefix(typedKey(r.Name), key)
}
