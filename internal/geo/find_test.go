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

func TestFindSaysWhatWasMeant(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct {
		text      string
		near      string
		namesakes int
		says      string
	}{
		"a slip of the pen":           {"Rockvile, MD", "Rockville, MD, US", 0, "is not a place we know; give a postal code (20850 or M5V)"},
		"the right name, wrong state": {"Seattle, OR", "Seattle, WA, US", 0, "near matches: Seattle, WA, US"},
		"the beginning of a name":     {"Winston, NC", "Winston-Salem, NC, US", 0, "near matches"},
		"a state is needed":           {"Portland", "Portland, OR, US", 13, `"Portland" is the name of 13 cities; add the state or province, as in Portland, OR, US; Portland, ME, US`},
		"one in each country":         {"Vancouver", "Vancouver, BC, CA", 2, "Vancouver, WA, US"},
		"a country narrows":           {"Portland, US", "Portland, OR, US", 13, "is the name of 13 cities"},
		"an unknown ZIP":              {"20999", "", 0, "near matches"},
		"an unknown Canadian code":    {"M5Z 1A1", "Toronto, ON M5V, CA", 0, "near matches"},
		"a spreadsheet ate the zero":  {"2139", "Cambridge, MA 02139, US", 0, "near matches: Cambridge, MA 02139, US"},
		"city and ZIP contradict":     {"Rockville, MD 90210", "Beverly Hills, CA 90210, US", 0, "near matches: Beverly Hills, CA 90210, US"},
		"a mail region has no middle": {"APO, AE", "", 0, "is not a place we know"},
		"another continent":           {"Paris, France", "", 0, "latitude,longitude (39.08,-77.15)"},
		"nothing":                     {"", "", 0, `"" is not a place we know`},
		"only commas":                 {" ,, ", "", 0, "is not a place we know"},
		"an essay is cut short":       {strings.Repeat("long ", 1000), "", 0, "long …"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := g.Find(tt.text)
			var unknown *UnknownPlaceError
			if !errors.As(err, &unknown) {
				t.Fatalf("Find(%q) = %v, %v, want an unknown place", tt.text, p, err)
			}
			if !strings.Contains(err.Error(), tt.says) {
				t.Errorf("Find(%q) says %q, want %q in it", tt.text, err, tt.says)
			}
			if unknown.Matches != tt.namesakes || len(unknown.Suggestions) > 5 {
				t.Errorf("Find(%q) knows %d namesakes and %d near places, want %d and at most 5", tt.text, unknown.Matches, len(unknown.Suggestions), tt.namesakes)
			}
			if tt.near != "" && (len(unknown.Suggestions) == 0 || !anyPlace(unknown.Suggestions, tt.near)) {
				t.Errorf("Find(%q) guesses %v, want %s among them", tt.text, unknown.Suggestions, tt.near)
			}
		})
	}
}

func TestFindRefusesSwappedPoints(t *testing.T) {
	t.Parallel()
	g := Default()
	for _, text := range []string{"-77.15,39.08", "-122.3,47.6"} {
		_, err := g.Find(text)
		var bad *PointError
		if !errors.As(err, &bad) || !bad.Swapped || !strings.HasSuffix(err.Error(), "latitude and longitude look swapped") {
			t.Errorf("Find(%q) fails with %v, want that it looks swapped", text, err)
		}
	}
	if _, err := g.Find("400,400"); err == nil || strings.Contains(err.Error(), "swapped") {
		t.Errorf("Find(400,400) fails with %v, want a plain range error", err)
	}
}

func TestOneSlipIsGuessed(t *testing.T) {
	t.Parallel()
	g := Default()
	rapid.Check(t, func(t *rapid.T) {
		want := g.Sample(rapid.IntRange(0, g.Len()-1).Draw(t, "place")).Label()
		name, rest, _ := strings.Cut(want, ",")
		if len(name) < 6 || !isASCII(name) {
			t.Skip("too short a name has too many neighbours")
		}
		i := rapid.IntRange(1, len(name)-1).Draw(t, "letter")
		text := name[:i] + name[i+1:] + "," + rest
		if len(nameKey(text)) != len(nameKey(want))-1 {
			t.Skip("a space, a hyphen or an abbreviation")
		}
		got, err := g.Find(text)
		var unknown *UnknownPlaceError
		switch {
		case err == nil: // another town's name
		case !errors.As(err, &unknown):
			t.Fatalf("Find(%q): %v", text, err)
		case len(unknown.Suggestions) < maxSuggestions && !anyPlace(unknown.Suggestions, want):
			t.Fatalf("Find(%q) = %v, guesses %v, want %s", text, got, unknown.Suggestions, want)
		}
	})
}

func TestFindAnswersAnything(t *testing.T) {
	t.Parallel()
	g := Default()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[A-Za-z0-9 ,.'é-]{0,30}`)).Draw(t, "text")
		p, err := g.Find(text)
		if err == nil && !p.Point.Valid() {
			t.Fatalf("Find(%q) = %+v without a point", text, p)
		}
		var unknown *UnknownPlaceError
		var bad *PointError
		if err != nil && !errors.As(err, &unknown) && !errors.As(err, &bad) {
			t.Fatalf("Find(%q) fails with %T, want an error for the caller", text, err)
		}
	})
}

func anyPlace(places []Place, want string) bool {
	for _, p := range places {
		if p.String() == want {
			return true
		}
	}
	return false
}
