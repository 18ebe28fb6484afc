package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestKmOfKnownDistances(t *testing.T) {
	t.Parallel()
	degree := 2 * math.Pi * earthRadiusKm / 360
	tests := map[string]struct {
		p, q Point
		want float64
	}{
		"a degree of a meridian":         {Point{10, 20}, Point{11, 20}, degree},
		"a degree of the equator":        {Point{0, 20}, Point{0, 21}, degree},
		"across the date line":           {Point{0, 179.5}, Point{0, -179.5}, degree},
		"half around the Earth":          {Point{0, 0}, Point{0, 180}, 180 * degree},
		"from pole to pole":              {Point{90, 17}, Point{-90, 120}, 180 * degree},
		"poles have every longitude":     {Point{90, 17}, Point{90, 120}, 0},
		"Kennedy airport to Los Angeles": {Point{40.639801, -73.7789002}, Point{33.942501, -118.407997}, 3974.3},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := tt.p.DistanceKm(tt.q); math.Abs(got-tt.want) > 0.2 {
				t.Errorf("%v.Km(%v) = %f, want %f", tt.p, tt.q, got, tt.want)
			}
		})
	}
}

func TestDistanceIsAMetric(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := anyPoint(t, "a"), anyPoint(t, "b"), anyPoint(t, "c")
		if a.DistanceKm(b) != b.DistanceKm(a) {
			t.Errorf("%v to %v is %f there and %f back", a, b, a.DistanceKm(b), b.DistanceKm(a))
		}
		if a.DistanceKm(a) != 0 {
			t.Errorf("%v is %f km from itself", a, a.DistanceKm(a))
		}
		if a.DistanceKm(c) > a.DistanceKm(b)+b.DistanceKm(c)+1e-4 {
			t.Errorf("%v to %v is shorter by way of %v", a, c, b)
		}
		if a.DistanceKm(b) > math.Pi*earthRadiusKm+1e-9 {
			t.Errorf("%v to %v is more than half around the Earth", a, b)
		}
	})
}

func TestDotProductsAgreeWithKm(t *testing.T) {
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
			t.Errorf("%v to %v: %f km by dot product, %f by angle", p, q, got, want)
		}
		if got := KmFromDot(DotFromKm(want)); math.Abs(got-want) > 0.001 {
			t.Errorf("%f km comes back from its dot product as %f", want, got)
		}
	})
}

func TestDotProductsAreClamped(t *testing.T) {
	t.Parallel()
	half := math.Pi * earthRadiusKm
	for dot, want := range map[float64]float64{1: 0, 1.0000000001: 0, -1: half, -1.0000000001: half} {
		if got := KmFromDot(dot); math.Abs(got-want) > 0.001 {
			t.Errorf("KmFromDot(%g) = %f, want %f", dot, got, want)
		}
	}
	if DotFromKm(-5) != 1 || DotFromKm(1e6) != -1 {
		t.Errorf("DotFromKm gives %f and %f out of range, want 1 and -1", DotFromKm(-5), DotFromKm(1e6))
	}
}
