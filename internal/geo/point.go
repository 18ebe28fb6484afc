package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	// KmPerMile is the length of the international mile in kilometers.
	KmPerMile = 1.609344
	// earthRadiusKm is the mean radius of the Earth (IUGG, (2a+b)/3).
	earthRadiusKm = 6371.0088
)

// Point is a position on the Earth in degrees, WGS 84. Lat is from -90 to 90, Lng
// from -180 to 180. The zero Point means "not stated".
type Point struct{ Lat, Lng float64 }

// PointError reports why a text is not a point. Its message is intended for the
// caller of the API.
type PointError struct {
	// Text is the text that was given, truncated.
	Text string
	// Problem is the predicate of a sentence whose subject is the text.
	Problem string
	// Swapped is true if the two numbers are a valid point in the other order.
	Swapped bool
}

// Error names the text and its problem, and the likely mistake if there is one.
func (e *PointError) Error() string {
	s := fmt.Sprintf("%q %s.", e.Text, e.Problem)
	if e.Swapped {
		s += " Latitude and longitude look swapped."
	}
	return s
}

// ParsePoint parses "lat,lng" in degrees, as in "39.08,-77.15". The error is a
// *PointError.
func ParsePoint(s string) (Point, error) {
	p, ok := parseNumbers(s)
	if !ok {
		return Point{}, &PointError{Text: truncate(s), Problem: "is not latitude,longitude in degrees, as in 39.08,-77.15"}
	}
	problem := ""
	switch {
	case math.Abs(p.Lat) > 90:
		problem = fmt.Sprintf("has latitude %s; expected -90 to 90", formatDegrees(p.Lat))
	case math.Abs(p.Lng) > 180:
		problem = fmt.Sprintf("has longitude %s; expected -180 to 180", formatDegrees(p.Lng))
	default:
		return p, nil
	}
	return Point{}, &PointError{Text: truncate(s), Problem: problem, Swapped: p.swap().Valid()}
}

// Valid reports whether both numbers are finite and in range.
func (p Point) Valid() bool {
	return math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180 // false for NaN
}

// IsZero reports whether the point is not stated. The position 0,0 itself is in the
// Gulf of Guinea, where no shelter can be.
func (p Point) IsZero() bool { return p == Point{} }

// String returns the point in the form that ParsePoint accepts, "39.08,-77.15".
func (p Point) String() string { return formatDegrees(p.Lat) + "," + formatDegrees(p.Lng) }

// DistanceKm returns the great-circle distance from p to q in kilometers, on a
// sphere of the Earth's mean radius (haversine formula): within about 0.5 % of the
// distance on the ellipsoid.
func (p Point) DistanceKm(q Point) float64 {
	lat1, lat2 := radians(p.Lat), radians(q.Lat)
	halfLat, halfLng := (lat2-lat1)/2, radians(q.Lng-p.Lng)/2
	h := square(math.Sin(halfLat)) + math.Cos(lat1)*math.Cos(lat2)*square(math.Sin(halfLng))
	return 2 * earthRadiusKm * math.Asin(math.Sqrt(min(h, 1)))
}

// UnitVector returns the point as a vector of length 1 from the Earth's center. The
// larger the dot product of two such vectors, the nearer their points, so points
// can be sorted by distance without trigonometry.
func (p Point) UnitVector() [3]float64 {
	lat, lng := radians(p.Lat), radians(p.Lng)
	return [3]float64{
		math.Cos(lat) * math.Cos(lng),
		math.Cos(lat) * math.Sin(lng),
		math.Sin(lat),
	}
}

// Dot returns the dot product of two vectors.
func Dot(a, b [3]float64) float64 { return a[0]*b[0] + a[1]*b[1] + a[2]*b[2] }

// KmFromDot returns the great-circle distance in kilometers of two points whose
// unit vectors have the given dot product. It computes the chord, which keeps the
// error below a meter even for points that are very near.
func KmFromDot(dot float64) float64 {
	halfChord := math.Sqrt(max(0, 1-dot) / 2)
	return 2 * earthRadiusKm * math.Asin(min(halfChord, 1))
}

// DotFromKm returns the dot product of the unit vectors of two points that are km
// kilometers apart. A point is within km of another if their dot product is not
// less than this. From half the Earth's circumference on, every point is.
func DotFromKm(km float64) float64 {
	half := min(max(0, km)/(2*earthRadiusKm), math.Pi/2)
	return 1 - 2*square(math.Sin(half))
}

func (p Point) swap() Point { return Point{Lat: p.Lng, Lng: p.Lat} }

// inNorthAmerica reports whether the point is in a generous box around North America.
func (p Point) inNorthAmerica() bool {
	return p.Lat >= 15 && p.Lat <= 84 && p.Lng >= -180 && p.Lng <= -50
}

// parseNumbers parses two decimal numbers separated by a comma, of any size.
func parseNumbers(s string) (Point, bool) {
	lat, lng, found := strings.Cut(s, ",")
	p, ok := Point{}, false
	if p.Lat, ok = parseNumber(lat); !found || !ok {
		return Point{}, false
	}
	if p.Lng, ok = parseNumber(lng); !ok {
		return Point{}, false
	}
	return p, true
}

// parseNumber parses a plain decimal number. It rejects NaN, Inf, exponents and
// hexadecimal numbers, which strconv.ParseFloat accepts.
func parseNumber(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func formatDegrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

func radians(degrees float64) float64 { return degrees * math.Pi / 180 }

func square(x float64) float64 { return x * x }

// truncate shortens a text that is repeated in a message to 80 characters.
func truncate(s string) string {
	const maxRunes = 80
	if r := []rune(s); len(r) > maxRunes {
		return string(r[:maxRunes]) + "…"
	}
	return s
}
