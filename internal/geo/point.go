package geo

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Point is a place on the Earth in degrees, WGS 84. Lat is from -90 to 90, Lng
// from -180 to 180. The zero Point means that nothing was said.
type Point struct{ Lat, Lng float64 }

// PointError says why a text that was meant as a point is none. It is the
// caller's to mend, and its text is written for them.
type PointError struct {
	// Text is what was given.
	Text string
	// Problem is what is wrong with it, in words that follow the text.
	Problem string
	// Swapped is true when the two numbers make sense the other way round.
	Swapped bool
}

// Error is the text, its problem and, where it helps, the likely mistake.
func (e *PointError) Error() string {
	s := fmt.Sprintf("%q %s", e.Text, e.Problem)
	if e.Swapped {
		s += "; latitude and longitude look swapped"
	}
	return s
}

// ParsePoint reads "lat,lng" in degrees, as in "39.08,-77.15". Its error is a
// *PointError.
func ParsePoint(s string) (Point, error) {
	p, ok := twoNumbers(s)
	if !ok {
		return Point{}, &PointError{Text: truncate(s), Problem: "is not latitude,longitude in degrees, as in 39.08,-77.15"}
	}
	problem := ""
	switch {
	case math.Abs(p.Lat) > 90:
		problem = fmt.Sprintf("has latitude %s, which is not between -90 and 90", degrees(p.Lat))
	case math.Abs(p.Lng) > 180:
		problem = fmt.Sprintf("has longitude %s, which is not between -180 and 180", degrees(p.Lng))
	default:
		return p, nil
	}
	return Point{}, &PointError{Text: truncate(s), Problem: problem, Swapped: p.swap().Valid()}
}

// Valid tells whether both numbers are finite and in range.
func (p Point) Valid() bool {
	return math.Abs(p.Lat) <= 90 && math.Abs(p.Lng) <= 180 // false for NaN
}

// IsZero tells whether nothing was said. The spot in the Gulf of Guinea that it
// would name has no ground to stand on.
func (p Point) IsZero() bool { return p == Point{} }

// String is the point as ParsePoint reads it, "39.08,-77.15".
func (p Point) String() string { return degrees(p.Lat) + "," + degrees(p.Lng) }

func (p Point) swap() Point { return Point{Lat: p.Lng, Lng: p.Lat} }

// inNorthAmerica is a generous box around the land that the gazetteer knows.
func (p Point) inNorthAmerica() bool {
	return p.Lat >= 15 && p.Lat <= 84 && p.Lng >= -180 && p.Lng <= -50
}

// twoNumbers reads a pair of plain decimal numbers with a comma between them,
// whatever their size.
func twoNumbers(s string) (Point, bool) {
	lat, lng, found := strings.Cut(s, ",")
	p, ok := Point{}, false
	if p.Lat, ok = number(lat); !found || !ok {
		return Point{}, false
	}
	if p.Lng, ok = number(lng); !ok {
		return Point{}, false
	}
	return p, true
}

func number(s string) (float64, bool) {
	s = strings.TrimSpace(s)
	if s == "" || strings.Trim(s, "+-.0123456789") != "" {
		return 0, false // also NaN, Inf, exponents and hexadecimal, which ParseFloat would take
	}
	f, err := strconv.ParseFloat(s, 64)
	return f, err == nil
}

func degrees(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }

// truncate keeps what is echoed to a caller short.
func truncate(s string) string {
	const most = 80
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
