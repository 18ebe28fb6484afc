package geo

import (
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestFind(t *testing.T) {
	t.Parallel()
	g := Default()
	for text, want := range map[string]string{
		"20850":                        "Rockville, MD 20850, US",
		"20850-1234, US":               "Rockville, MD 20850, US",
		"US 20850":                     "Rockville, MD 20850, US",
		"Rockville, MD 20850":          "Rockville, MD 20850, US",
		"m5v 2t6":                      "Toronto, ON M5V, CA",
		"Toronto, Ontario M5V 2T6":     "Toronto, ON M5V, CA",
		"Minesing, ON L9X":             "Minesing, ON L9X, CA",
		"FPO AA 96860":                 "FPO, AA 96860, US",
		"Rockville, MD":                "Rockville, MD, US",
		"rockville md":                 "Rockville, MD, US",
		"  ROCKVILLE,MARYLAND , U.S. ": "Rockville, MD, US",
		"Seattle":                      "Seattle, WA, US",
		"St. Louis, MO":                "Saint Louis, MO, US",
		"saint louis missouri":         "Saint Louis, MO, US",
		"Ft Worth TX":                  "Fort Worth, TX, US",
		"N Las Vegas, NV":              "North Las Vegas, NV, US",
		"Coeur d’Alene, ID":            "Coeur d'Alene, ID, US",
		"winston salem nc":             "Winston-Salem, NC, US",
		"Charleston, West Virginia":    "Charleston, WV, US",
		"Kansas City, Kansas":          "Kansas City, KS, US",
		"Los Angeles, CA":              "Los Angeles, CA, US",
		"New York City":                "New York, NY, US",
		"Washington, D.C.":             "Washington, DC, US",
		"California, MD":               "California, MD, US",
		"Montréal, QC":                 "Montreal, QC, CA",
		"Quebec, Québec":               "Quebec City, QC, CA",
		"trois rivieres qc":            "Trois-Rivières, QC, CA",
		"Sudbury, ON":                  "Greater Sudbury, ON, CA",
		"Toronto, CA":                  "Toronto, ON, CA",
		"Vancouver, Canada":            "Vancouver, BC, CA",
		"London, Ontario, Canada":      "London, ON, CA",
		"St. John's, Newfoundland":     "St. John's, NL, CA",
		"San Juan, PR":                 "San Juan, PR",
		"San Juan, Puerto Rico, US":    "San Juan, PR",
		"Mayagüez PR":                  "Mayaguez, PR",
		"Portland":                     "Portland, OR, US",
		"Vancouver":                    "Vancouver, BC, CA",
		"Vancouver, US":                "Vancouver, WA, US",
		"London":                       "London, England, GB",
		"Montréal":                     "Montreal, QC, CA",
		"Quebec":                       "Quebec City, QC, CA",
		"12345":                        "Schenectady, NY 12345, US", // and in Germany
		"10115 Berlin":                 "Berlin, 10115, DE",         // and in the United States
		"Berlin 10115":                 "Berlin, 10115, DE",
		"10115, Germany":               "Berlin, 10115, DE",
		"Berlin, DE":                   "Berlin, DE",
		"München":                      "München, Bayern, DE",
		"Muenchen":                     "München, Bayern, DE",
		"Munich, Bavaria":              "München, Bayern, DE",
		"SW1A 1AA":                     "Westminster Abbey, England SW1A, GB",
		"sw1a1aa":                      "Westminster Abbey, England SW1A, GB",
		"London SW1A 1AA, UK":          "Westminster Abbey, England SW1A, GB",
		"Mere BA12":                    "Mere, England BA12, GB",
		"Edinburgh, Scotland":          "Edinburgh, Scotland, GB",
		"Dublin":                       "Dublin, Leinster, IE",
		"D02":                          "Dublin 2, Leinster D02, IE",
		"Dublin D02 X285":              "Dublin 2, Leinster D02, IE",
		"1011 Amsterdam":               "Amsterdam, North Holland 1011, NL",
		"1011 AB Amsterdam":            "Amsterdam, North Holland 1011, NL",
		"Giessen":                      "Gießen, Hessen, DE",
		"Gießen":                       "Gießen, Hessen, DE",
		"The Hague":                    "Den Haag, South Holland, NL",
		"1010 Wien":                    "Wien, Innere Stadt, Wien 1010, AT",
		"A-1010 Wien":                  "Wien, Innere Stadt, Wien 1010, AT",
		"Vienna, Austria":              "Wien, AT",
		"8001 Zürich":                  "Zürich, 8001, CH",
		"1000 BE":                      "Bruxelles, Bruxelles-Capitale 1000, BE",
		"Hatfield AL10, GB":            "Hatfield, England AL10, GB",
		"1000 Brussels":                "Bruxelles, Bruxelles-Capitale 1000, BE",
		"Sydney":                       "Sydney, NSW, AU",
		"Perth, Western Australia":     "Perth, WA, AU",
		"Auckland 1010":                "Auckland, 1010, NZ",
		"Hagåtña":                      "Hagatna, GU",
		"Hagatna, GU 96910, US":        "Hagatna, GU 96910",
		"St Helier, Jersey":            "St Helier, Jersey, GB",
		"39.08,-77.15":                 "39.08,-77.15",
		"59.33, 18.06":                 "59.33,18.06",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			if got, err := g.Find(text); err != nil || got.String() != want {
				t.Errorf("Find(%q) = %v, %v, want %s", text, got, err, want)
			}
		})
	}
}

func TestFind_SuggestsPlaces(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct {
		text       string
		suggestion string
		message    string
	}{
		"misspelled name":                       {"Rockvile, MD", "Rockville, MD, US", "Unknown place \"Rockvile, MD\". Expected a postal code (20850, M5V or SW1A 1AA)"},
		"right name in the wrong state":         {"Seattle, OR", "Seattle, WA, US", "Near matches: Seattle, WA, US."},
		"beginning of a name":                   {"Winston, NC", "Winston-Salem, NC, US", "Near matches"},
		"unknown outward code":                  {"SW1Z 1AA", "London, England SW1Y, GB", "Near matches"},
		"unknown ZIP code":                      {"20999", "", "Near matches"},
		"unknown Canadian code":                 {"M5Z 1A1", "Toronto, ON M5V, CA", "Near matches"},
		"leading zero dropped by a spreadsheet": {"501", "Holtsville, NY 00501, US", "Near matches: Holtsville, NY 00501, US"},
		"contradicting city and ZIP code":       {"Rockville, MD 90210", "Beverly Hills, CA 90210, US", "Near matches: Beverly Hills, CA 90210, US"},
		"military region has no cities":         {"APO, AE", "", "Unknown place"},
		"other continent":                       {"Paris, France", "", "latitude,longitude (39.08,-77.15)"},
		"blank":                                 {"", "", `Unknown place "".`},
		"only commas":                           {" ,, ", "", "Unknown place"},
		"long text is truncated":                {strings.Repeat("long ", 1000), "", "long …"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := g.Find(tt.text)
			var unknown *UnknownPlaceError
			if !errors.As(err, &unknown) {
				t.Fatalf("Find(%q) = %v, %v, want an UnknownPlaceError", tt.text, p, err)
			}
			if !strings.Contains(err.Error(), tt.message) {
				t.Errorf("Find(%q) fails with %q, want it to contain %q", tt.text, err, tt.message)
			}
			if len(unknown.Suggestions) > 5 {
				t.Errorf("Find(%q) has %d suggestions, want at most 5", tt.text, len(unknown.Suggestions))
			}
			if tt.suggestion != "" && (len(unknown.Suggestions) == 0 || !containsPlace(unknown.Suggestions, tt.suggestion)) {
				t.Errorf("Find(%q) suggests %v, want %s among them", tt.text, unknown.Suggestions, tt.suggestion)
			}
		})
	}
}

func TestFind_RejectsSwappedPoints(t *testing.T) {
	t.Parallel()
	g := Default()
	for _, text := range []string{"-77.15,39.08", "-122.3,47.6"} {
		_, err := g.Find(text)
		var pointErr *PointError
		if !errors.As(err, &pointErr) || !pointErr.Swapped || !strings.HasSuffix(err.Error(), "Latitude and longitude look swapped.") {
			t.Errorf("Find(%q) fails with %v, want a PointError that says swapped", text, err)
		}
	}
	if _, err := g.Find("400,400"); err == nil || strings.Contains(err.Error(), "swapped") {
		t.Errorf("Find(400,400) fails with %v, want a range error without a hint", err)
	}
}

func TestFind_SuggestsNamesOneEditAway(t *testing.T) {
	t.Parallel()
	g := Default()
	rapid.Check(t, func(t *rapid.T) {
		want := g.Sample(rapid.IntRange(0, g.Samples()-1).Draw(t, "place")).Label()
		name, rest, _ := strings.Cut(want, ",")
		if len(name) < 6 || !isASCII(name) {
			t.Skip("a short name has too many neighbors")
		}
		i := rapid.IntRange(1, len(name)-1).Draw(t, "letter")
		text := name[:i] + name[i+1:] + "," + rest
		if len(nameKey(text)) != len(nameKey(want))-1 {
			t.Skip("a space, a hyphen or an abbreviation")
		}
		got, err := g.Find(text)
		var unknown *UnknownPlaceError
		switch {
		case err == nil: // the name of another city
		case !errors.As(err, &unknown):
			t.Fatalf("Find(%q): %v", text, err)
		case len(unknown.Suggestions) < maxSuggestions && !containsPlace(unknown.Suggestions, want):
			t.Fatalf("Find(%q) = %v, suggests %v, want %s", text, got, unknown.Suggestions, want)
		}
	})
}

func TestFind_AcceptsAnyText(t *testing.T) {
	t.Parallel()
	g := Default()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9 ,.'é-]{0,30}`)).Draw(t, "text")
		p, err := g.Find(text)
		if err == nil && !p.Point.Valid() {
			t.Fatalf("Find(%q) = %+v without a point", text, p)
		}
		var unknown *UnknownPlaceError
		var pointErr *PointError
		if err != nil && !errors.As(err, &unknown) && !errors.As(err, &pointErr) {
			t.Fatalf("Find(%q) fails with %T, want UnknownPlaceError or PointError", text, err)
		}
	})
}

func containsPlace(places []Place, want string) bool {
	for _, p := range places {
		if p.String() == want {
			return true
		}
	}
	return false
}
