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
		point   Point
		code    string
		mistake CoordinateMistake
		message string // part of the error; empty if the point is accepted
	}{
		"same place":               {Point{39.08, -77.15}, "20850", MistakeNone, ""},
		"neighboring county":       {Point{39.29, -76.61}, "20850", MistakeNone, ""},
		"point not stated":         {Point{}, "20850", MistakeNone, ""},
		"swapped":                  {Point{-77.15, 39.08}, "20850", MistakeSwapped, " Latitude and longitude look swapped; did you mean 39.08,-77.15?"},
		"swapped out of range":     {Point{-122.3, 47.6}, "98101", MistakeSwapped, " Latitude and longitude look swapped; did you mean 47.6,-122.3?"},
		"missing minus sign":       {Point{39.08, 77.15}, "20850", MistakeSign, " The longitude seems to lack its minus sign; did you mean 39.08,-77.15?"},
		"swapped and missing sign": {Point{77.15, 39.08}, "20850", MistakeSwappedSign, "swapped and the minus sign is missing; did you mean 39.08,-77.15?"},
		"other city":               {Point{47.6, -122.3}, "20850", MistakeNone, "The point 47.6,-122.3 is 3714 km from Rockville, MD 20850, US; at most 300 km is accepted. Correct the point or the postal code."},
		"rural Canada":             {Point{76.42, -82.9}, "X0A", MistakeNone, ""},
		"far end of 0872":          {Point{-25.9, 127.5}, "0872", MistakeNone, ""},
		"swapped in Berlin":        {Point{13.38, 52.53}, "DE-10997", MistakeSwapped, "did you mean 52.53,13.38?"},
		"too far for rural Canada": {Point{43.65, -79.38}, "X0A", MistakeNone, "at most 2000 km is accepted"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			postal, ok := g.PostalCode("", tt.code)
			if !ok {
				t.Fatalf("PostalCode(%q) not found", tt.code)
			}
			err := CheckDistance(tt.point, postal)
			if tt.message == "" {
				if err != nil {
					t.Fatalf("CheckDistance(%v, %v) = %v, want nil", tt.point, postal, err)
				}
				return
			}
			var distanceErr *DistanceError
			if !errors.As(err, &distanceErr) || distanceErr.Mistake != tt.mistake || !strings.Contains(err.Error(), tt.message) {
				t.Fatalf("CheckDistance(%v, %v) = %v, want a message with %q and mistake %q", tt.point, postal, err, tt.message, tt.mistake)
			}
			if distanceErr.Mistake != MistakeNone && CheckDistance(distanceErr.Suggested, postal) != nil {
				t.Errorf("the suggested point %v is rejected, want it accepted", distanceErr.Suggested)
			}
		})
	}
}
