package geo

import "strings"

// Place is a postal code, a city, or only a point. Unknown fields are empty.
type Place struct {
	// Country is the ISO 3166-1 alpha-2 code: US, PR or CA.
	Country string
	// PostalCode is the five-digit ZIP code or, in Canada, the three-character
	// forward sortation area. It is empty for a city.
	PostalCode string
	// City is the name of the city as usually written.
	City string
	// Region is the code of the state, province or territory, such as MD, ON or PR.
	Region string
	// RegionName is the English name of the region, such as Maryland.
	RegionName string
	// Point is the center of the postal code or, for a city, the mean of the
	// points of its postal codes.
	Point Point
}

// Region is a state, province, territory or military post office region.
type Region struct {
	// Country is the ISO 3166-1 alpha-2 code: US, PR or CA.
	Country string
	// Code is the two-letter postal code of the region, such as MD.
	Code string
	// Name is the English name of the region, such as Maryland.
	Name string
}

// String returns the known parts of the place, such as "Rockville, MD 20850, US",
// or its point if it has no name. Gazetteer.Find accepts the result.
func (p Place) String() string { return p.format(p.PostalCode) }

// Label returns the place without its postal code, such as "Rockville, MD, US".
func (p Place) Label() string { return p.format("") }

func (p Place) format(postalCode string) string {
	if p.City == "" && p.Region == "" && postalCode == "" {
		return p.Point.String()
	}
	country := p.Country
	if country == p.Region { // Puerto Rico is its own region
		country = ""
	}
	parts := make([]string, 0, 3)
	for _, s := range []string{p.City, strings.TrimSpace(p.Region + " " + postalCode), country} {
		if s != "" {
			parts = append(parts, s)
		}
	}
	return strings.Join(parts, ", ")
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
