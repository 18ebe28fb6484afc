package geo

import (
	"fmt"
	"math"
)

const (
	// maxDistanceKm is the largest accepted distance between a shelter and the center
	// of its postal code, beyond the radius of the code. It allows for the large ZIP codes
	// of Nevada and Alaska.
	maxDistanceKm = 300
)

// CoordinateMistake is a common mistake in writing a point.
type CoordinateMistake string

// The mistakes that CheckDistance recognizes.
const (
	MistakeNone        CoordinateMistake = ""                           // none explains the distance
	MistakeSwapped     CoordinateMistake = "swapped"                    // latitude and longitude are exchanged
	MistakeSign        CoordinateMistake = "longitude_sign"             // the minus sign of a western longitude is missing
	MistakeSwappedSign CoordinateMistake = "swapped_and_longitude_sign" // both
)

// DistanceError reports that a point is too far from its postal code for both to
// be right. Its message is intended for the caller of the API.
type DistanceError struct {
	// Point and Postal contradict each other.
	Point  Point
	Postal Place
	// Km is the distance between them, and MaxKm the largest accepted one, both in
	// kilometers.
	Km, MaxKm float64
	// Mistake is the mistake that explains the distance. Suggested is the point with
	// the mistake corrected, or the zero Point if Mistake is MistakeNone.
	Mistake   CoordinateMistake
	Suggested Point
}

// Error says how far apart the point and the postal code are, and suggests a
// correction if there is one.
func (e *DistanceError) Error() string {
	s := fmt.Sprintf("The point %s is %.0f km from %s; at most %.0f km is accepted.", e.Point, e.Km, e.Postal, e.MaxKm)
	switch e.Mistake {
	case MistakeSwapped:
		return s + fmt.Sprintf(" Latitude and longitude look swapped; did you mean %s?", e.Suggested)
	case MistakeSign:
		return s + fmt.Sprintf(" The longitude seems to lack its minus sign; did you mean %s?", e.Suggested)
	case MistakeSwappedSign:
		return s + fmt.Sprintf(" Latitude and longitude look swapped and the minus sign is missing; did you mean %s?", e.Suggested)
	case MistakeNone:
	}
	return s + " Correct the point or the postal code."
}

// CheckDistance returns a *DistanceError if the point is more than 300 km from the
// area of its postal code: from its center or, if the code is large, from its edge. A
// zero point, or a place without a point, is accepted.
func CheckDistance(p Point, postal Place) error {
	limit := maxDistanceKm + math.Round(postal.RadiusKm)
	km := p.DistanceKm(postal.Point)
	if p.IsZero() || postal.Point.IsZero() || km <= limit {
		return nil
	}
	e := &DistanceError{Point: p, Postal: postal, Km: km, MaxKm: limit}
	for _, candidate := range []struct {
		mistake CoordinateMistake
		point   Point
	}{
		{MistakeSwapped, p.swap()},
		{MistakeSign, Point{Lat: p.Lat, Lng: -p.Lng}},
		{MistakeSwappedSign, Point{Lat: p.Lng, Lng: -p.Lat}},
	} {
		if candidate.point.Valid() && candidate.point.DistanceKm(postal.Point) <= limit {
			e.Mistake, e.Suggested = candidate.mistake, candidate.point
			return e
		}
	}
	return e
}
