package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParsePoint(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, message string // message of the error; empty if the text is a point
		want          Point
	}{
		"latitude first":         {text: "39.08,-77.15", want: Point{39.08, -77.15}},
		"spaces and plus sign":   {text: " +39.08 , -77.15 ", want: Point{39.08, -77.15}},
		"one number":             {text: "39.08", message: `"39.08" is not latitude,longitude in degrees, as in 39.08,-77.15.`},
		"words":                  {text: "north,west", message: `"north,west" is not latitude,longitude in degrees, as in 39.08,-77.15.`},
		"NaN":                    {text: "NaN,1", message: `"NaN,1" is not latitude,longitude in degrees, as in 39.08,-77.15.`},
		"exponent":               {text: "1e1,1", message: `"1e1,1" is not latitude,longitude in degrees, as in 39.08,-77.15.`},
		"longitude out of range": {text: "39,181", message: `"39,181" has longitude 181; expected -180 to 180.`},
		"swapped pair":           {text: "-122.3,47.6", message: `"-122.3,47.6" has latitude -122.3; expected -90 to 90. Latitude and longitude look swapped.`},
		"out of range both ways": {
			text: "-122.3,147.6", message: `"-122.3,147.6" has latitude -122.3; expected -90 to 90.`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePoint(tt.text)
			if tt.message != "" {
				if err == nil || err.Error() != tt.message {
					t.Fatalf("ParsePoint(%q) fails with %v, want %s", tt.text, err, tt.message)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("ParsePoint(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestParsePoint_RoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint(t, "p")
		if got, err := ParsePoint(p.String()); err != nil || got != p {
			t.Fatalf("ParsePoint(%q) = %v, %v, want the same point", p.String(), got, err)
		}
	})
}

func TestValid(t *testing.T) {
	t.Parallel()
	for p, want := range map[Point]bool{
		{90, 180}: true, {-90, -180}: true, {90.1, 0}: false, {0, -180.1}: false,
		{math.NaN(), 0}: false, {0, math.Inf(1)}: false,
	} {
		if p.Valid() != want {
			t.Errorf("%v.Valid() = %t, want %t", p, !want, want)
		}
	}
	if (Point{}).IsZero() == (Point{0, 1}).IsZero() {
		t.Error("IsZero is the same for 0,0 and 0,1, want true and false")
	}
}

func TestDistanceKm(t *testing.T) {
	t.Parallel()
	degree := 2 * math.Pi * earthRadiusKm / 360
	tests := map[string]struct {
		p, q Point
		want float64
	}{
		"one degree of a meridian":        {Point{10, 20}, Point{11, 20}, degree},
		"one degree of the equator":       {Point{0, 20}, Point{0, 21}, degree},
		"across the date line":            {Point{0, 179.5}, Point{0, -179.5}, degree},
		"half the circumference":          {Point{0, 0}, Point{0, 180}, 180 * degree},
		"pole to pole":                    {Point{90, 17}, Point{-90, 120}, 180 * degree},
		"pole at two longitudes":          {Point{90, 17}, Point{90, 120}, 0},
		"New York JFK to Los Angeles LAX": {Point{40.639801, -73.7789002}, Point{33.942501, -118.407997}, 3974.3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.p.DistanceKm(tt.q); math.Abs(got-tt.want) > 0.2 {
				t.Errorf("%v.DistanceKm(%v) = %f, want %f", tt.p, tt.q, got, tt.want)
			}
		})
	}
}

func TestDistanceKm_IsAMetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint(t, "a"), anyPoint(t, "b"), anyPoint(t, "c")
		if a.DistanceKm(b) != b.DistanceKm(a) {
			t.Errorf("distance from %v to %v = %f, and back = %f, want the same", a, b, a.DistanceKm(b), b.DistanceKm(a))
		}
		if a.DistanceKm(a) != 0 {
			t.Errorf("distance from %v to itself = %f, want 0", a, a.DistanceKm(a))
		}
		if a.DistanceKm(c) > a.DistanceKm(b)+b.DistanceKm(c)+1e-4 {
			t.Errorf("distance from %v to %v is shorter by way of %v", a, c, b)
		}
		if a.DistanceKm(b) > math.Pi*earthRadiusKm+1e-9 {
			t.Errorf("distance from %v to %v is more than half the circumference", a, b)
		}
	})
}

func TestKmFromDot_AgreesWithDistanceKm(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint(t, "p")
		span := rapid.SampledFrom([]float64{1e-6, 1e-4, 1e-2, 1, 90}).Draw(t, "span")
		q := Point{
			Lat: max(-90, min(90, p.Lat+span*rapid.Float64Range(-1, 1).Draw(t, "north"))),
			Lng: max(-180, min(180, p.Lng+span*rapid.Float64Range(-1, 1).Draw(t, "east"))),
		}
		want := p.DistanceKm(q)
		if got := KmFromDot(Dot(p.UnitVector(), q.UnitVector())); math.Abs(got-want) > 0.001 {
			t.Errorf("%v to %v: KmFromDot = %f, want %f", p, q, got, want)
		}
		if got := KmFromDot(DotFromKm(want)); math.Abs(got-want) > 0.001 {
			t.Errorf("%f km: KmFromDot(DotFromKm) = %f, want the same", want, got)
		}
	})
}

func TestKmFromDot_OutOfRange(t *testing.T) {
	t.Parallel()
	half := math.Pi * earthRadiusKm
	for dot, want := range map[float64]float64{1: 0, 1.0000000001: 0, -1: half, -1.0000000001: half} {
		if got := KmFromDot(dot); math.Abs(got-want) > 0.001 {
			t.Errorf("KmFromDot(%g) = %f, want %f", dot, got, want)
		}
	}
	if DotFromKm(-5) != 1 || DotFromKm(1e6) != -1 {
		t.Errorf("DotFromKm(-5), DotFromKm(1e6) = %f, %f, want 1, -1", DotFromKm(-5), DotFromKm(1e6))
	}
}

func anyPoint(t *rapid.T, label string) Point {
	return Point{
		Lat: rapid.Float64Range(-90, 90).Draw(t, label+" lat"),
		Lng: rapid.Float64Range(-180, 180).Draw(t, label+" lng"),
	}
}
