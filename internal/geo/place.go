package geo

import "strings"

// Place is a postal code, or a city, or only a point. What is not known of it is
// empty.
type Place struct {
	// Country is the ISO 3166 code: US, PR or CA.
	Country string
	// PostalCode is the five-digit ZIP code or, in Canada, the three-character
	// forward sortation area. A city has none.
	PostalCode string
	// City is the place's name as people write it.
	City string
	// Region is the code of the state, province or territory, as in MD, ON, PR.
	Region string
	// RegionName is the region's English name, as in Maryland.
	RegionName string
	// Point is the middle of the postal code or, for a city, the mean of the
	// points of its postal codes.
	Point Point
}

// Region is a state, province, territory or military post office region.
type Region struct {
	// Country is the ISO 3166 code: US, PR or CA.
	Country string
	// Code is the two-letter postal code of the region, as in MD.
	Code string
	// Name is its English name, as in Maryland.
	Name string
}

// String is the place with all that is known of it, "Rockville, MD 20850, US",
// or its point when it has no name. Gazetteer.Find reads it back.
func (p Place) String() string { return p.write(p.PostalCode) }

// Label is the place without its postal code, "Rockville, MD, US".
func (p Place) Label() string { return p.write("") }

func (p Place) write(postalCode string) string {
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

// isMailOnly tells whether the region is one of the military's post offices. Its
// "cities" (APO, FPO) lie around the world and so have no middle.
func (r Region) isMailOnly() bool {
	return r.Country == "US" && (r.Code == "" || r.Code == "AA" || r.Code == "AE" || r.Code == "AP")
}
