package geo

import "fmt"

const (
	// maxDistanceKm is how far a shelter may be from the middle of its postal code. It
	// leaves room for the wide ZIP codes of Nevada and Alaska.
	maxDistanceKm = 300
	// farRuralKm is the same for Canada's rural areas, whose second character is
	// 0: X0A reaches from Iqaluit to Grise Fiord.
	farRuralKm = 2000
)

// CoordinateMistake is a mistake that is often made with a point.
type CoordinateMistake string

// The slips that CheckDistance knows.
const (
	MistakeNone        CoordinateMistake = ""                           // none explains the distance
	MistakeSwapped     CoordinateMistake = "swapped"                    // latitude and longitude
	MistakeSign        CoordinateMistake = "longitude_sign"             // the minus of a longitude in the west was lost
	MistakeSwappedSign CoordinateMistake = "swapped_and_longitude_sign" // both
)

// DistanceError says that a point is too far from its postal code for both to be
// right. It is the caller's to mend, and its text is written for them.
type DistanceError struct {
	// Point and Postal are what does not agree.
	Point  Point
	Postal Place
	// Km is how far they are apart, and MaxKm how far they may be.
	Km, MaxKm float64
	// Slip is the mistake that explains it, and Likely the point without it.
	// Likely is zero when there is none.
	Mistake   CoordinateMistake
	Suggested Point
}

// Error says how far apart the two are and what the mistake looks like.
func (e *DistanceError) Error() string {
	s := fmt.Sprintf("the point %s is %.0f km from %s, farther than the %.0f km that a place may be from its postal code",
		e.Point, e.Km, e.Postal, e.MaxKm)
	switch e.Mistake {
	case MistakeSwapped:
		return s + fmt.Sprintf("; latitude and longitude look swapped: %s would fit", e.Suggested)
	case MistakeSign:
		return s + fmt.Sprintf("; the longitude seems to have lost its minus sign: %s would fit", e.Suggested)
	case MistakeSwappedSign:
		return s + fmt.Sprintf("; latitude and longitude look swapped and the minus sign lost: %s would fit", e.Suggested)
	case MistakeNone:
	}
	return s + "; one of the two is wrong"
}

// CheckDistance refuses a point that is farther than 300 km from the middle of its
// postal code (2,000 km in the rural north of Canada) with a *DistanceError. A
// zero point, or a place without one, says nothing and passes.
func CheckDistance(p Point, postal Place) error {
	limit := float64(maxDistanceKm)
	if postal.Country == "CA" && len(postal.PostalCode) > 1 && postal.PostalCode[1] == '0' {
		limit = farRuralKm
	}
	km := p.DistanceKm(postal.Point)
	if p.IsZero() || postal.Point.IsZero() || km <= limit {
		return nil
	}
	e := &DistanceError{Point: p, Postal: postal, Km: km, MaxKm: limit}
	for _, try := range []struct {
		slip CoordinateMistake
		p    Point
	}{
		{MistakeSwapped, p.swap()},
		{MistakeSign, Point{Lat: p.Lat, Lng: -p.Lng}},
		{MistakeSwappedSign, Point{Lat: p.Lng, Lng: -p.Lat}},
	} {
		if try.p.Valid() && try.p.DistanceKm(postal.Point) <= limit {
			e.Mistake, e.Suggested = try.slip, try.p
			return e
		}
	}
	return e
}
