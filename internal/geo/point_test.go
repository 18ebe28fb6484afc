package geo

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParsePoint(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text, fault string
		want        Point
	}{
		"latitude comes first":          {text: "39.08,-77.15", want: Point{39.08, -77.15}},
		"spaces and a plus do not harm": {text: " +39.08 , -77.15 ", want: Point{39.08, -77.15}},
		"one number is no point":        {text: "39.08", fault: `"39.08" is not latitude,longitude in degrees, as in 39.08,-77.15`},
		"words are no point":            {text: "north,west", fault: `"north,west" is not latitude,longitude in degrees, as in 39.08,-77.15`},
		"NaN is no number":              {text: "NaN,1", fault: `"NaN,1" is not latitude,longitude in degrees, as in 39.08,-77.15`},
		"an exponent is no degree":      {text: "1e1,1", fault: `"1e1,1" is not latitude,longitude in degrees, as in 39.08,-77.15`},
		"longitude has its range":       {text: "39,181", fault: `"39,181" has longitude 181, which is not between -180 and 180`},
		"a swapped pair is recognized":  {text: "-122.3,47.6", fault: `"-122.3,47.6" has latitude -122.3, which is not between -90 and 90; latitude and longitude look swapped`},
		"nonsense is not called swapped": {
			text: "-122.3,147.6", fault: `"-122.3,147.6" has latitude -122.3, which is not between -90 and 90`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := ParsePoint(tt.text)
			if tt.fault != "" {
				if err == nil || err.Error() != tt.fault {
					t.Fatalf("ParsePoint(%q) fails with %v, want %s", tt.text, err, tt.fault)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Fatalf("ParsePoint(%q) = %v, %v, want %v", tt.text, got, err, tt.want)
			}
		})
	}
}

func TestAPointReadsItselfBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := anyPoint(t, "p")
		if got, err := ParsePoint(p.String()); err != nil || got != p {
			t.Fatalf("ParsePoint(%q) = %v, %v", p.String(), got, err)
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
		t.Error("a point on the equator is not the zero point")
	}
}

func anyPoint(t *rapid.T, label string) Point {
	return Point{
		Lat: rapid.Float64Range(-90, 90).Draw(t, label+" lat"),
		Lng: rapid.Float64Range(-180, 180).Draw(t, label+" lng"),
	}
}
