package geo

import (
	"errors"
	"strings"
	"testing"
)

func TestCheckDistance(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct {
		p    Point
		code string
		slip CoordinateMistake
		says string // empty: it passes
	}{
		"at home":                   {Point{39.08, -77.15}, "20850", MistakeNone, ""},
		"a county away":             {Point{39.29, -76.61}, "20850", MistakeNone, ""},
		"nothing said":              {Point{}, "20850", MistakeNone, ""},
		"swapped":                   {Point{-77.15, 39.08}, "20850", MistakeSwapped, "; latitude and longitude look swapped: 39.08,-77.15 would fit"},
		"swapped beyond the pole":   {Point{-122.3, 47.6}, "98101", MistakeSwapped, "; latitude and longitude look swapped: 47.6,-122.3 would fit"},
		"the minus was lost":        {Point{39.08, 77.15}, "20850", MistakeSign, "; the longitude seems to have lost its minus sign: 39.08,-77.15 would fit"},
		"both":                      {Point{77.15, 39.08}, "20850", MistakeSwappedSign, "swapped and the minus sign lost: 39.08,-77.15 would fit"},
		"another city":              {Point{47.6, -122.3}, "20850", MistakeNone, "the point 47.6,-122.3 is 3714 km from Rockville, MD 20850, US, farther than the 300 km that a place may be from its postal code; one of the two is wrong"},
		"the Arctic is wide":        {Point{76.42, -82.9}, "X0A", MistakeNone, ""},
		"though not without an end": {Point{43.65, -79.38}, "X0A", MistakeNone, "farther than the 2000 km"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			postal, ok := g.PostalCode("", tt.code)
			if !ok {
				t.Fatalf("no postal code %s", tt.code)
			}
			err := CheckDistance(tt.p, postal)
			if tt.says == "" {
				if err != nil {
					t.Fatalf("CheckDistance(%v, %v) = %v, want none", tt.p, postal, err)
				}
				return
			}
			var far *DistanceError
			if !errors.As(err, &far) || far.Mistake != tt.slip || !strings.Contains(err.Error(), tt.says) {
				t.Fatalf("CheckDistance(%v, %v) = %v, want %q in it and slip %q", tt.p, postal, err, tt.says, tt.slip)
			}
			if far.Mistake != MistakeNone && CheckDistance(far.Suggested, postal) != nil {
				t.Errorf("the likely point %v does not pass itself", far.Suggested)
			}
		})
	}
}
