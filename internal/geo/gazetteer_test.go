package geo

import (
	"maps"
	"testing"
)

func TestPostalCode(t *testing.T) {
	t.Parallel()
	g := Default()
	tests := map[string]struct{ country, code, want string }{
		"five digits":                   {"US", "20850", "Rockville, MD 20850, US"},
		"ZIP+4":                         {"US", "20850-1234", "Rockville, MD 20850, US"},
		"ZIP+4 without hyphen":          {"US", "208501234", "Rockville, MD 20850, US"},
		"leading zero":                  {"US", "02139", "Cambridge, MA 02139, US"},
		"any country":                   {"", "20850", "Rockville, MD 20850, US"},
		"US includes Puerto Rico":       {"US", "00901", "San Juan, PR 00901"},
		"Puerto Rico as a country":      {"pr", "00901", "San Juan, PR 00901"},
		"Puerto Rico excludes Maryland": {"PR", "20850", ""},
		"forward sortation area":        {"CA", "m5v", "Toronto, ON M5V, CA"},
		"complete Canadian code":        {"", "M5V 2T6", "Toronto, ON M5V, CA"},
		"US excludes Canadian codes":    {"US", "M5V", ""},
		"civilian city before military": {"US", "96860", "Jbphh, HI 96860, US"},
		"too short":                     {"US", "2085", ""},
		"unknown":                       {"US", "99999", ""},
		"blank":                         {"", "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, ok := g.PostalCode(tt.country, tt.code)
			if ok != (tt.want != "") || ok && p.String() != tt.want {
				t.Errorf("PostalCode(%q, %q) = %v, %t, want %q", tt.country, tt.code, p, ok, tt.want)
			}
		})
	}
}

// Every postal code is found with its city and by itself, within a kilometer of the place
// that its row has, or within the radius of a code of several places.
func TestFind_EveryPostalCode(t *testing.T) {
	t.Parallel()
	g := Default()
	step := 16 // finding text takes longer
	if testing.Short() {
		step = 80
	}
	for i := range g.rows {
		want := g.postalPlace(i)
		if !want.Point.Valid() || want.Point.IsZero() || want.City == "" || want.RegionName == "" {
			t.Fatalf("%q is incomplete: %+v", want, want)
		}
		code, ok := g.PostalCode(want.Country, want.PostalCode)
		if !ok || code.PostalCode != want.PostalCode || code.Country != want.Country {
			t.Fatalf("PostalCode(%s, %s) = %v, %t", want.Country, want.PostalCode, code, ok)
		}
		if g.cityRegion(int(g.rows[i].city)).isMilitary() {
			continue
		}
		if km := code.Point.DistanceKm(want.Point); km > max(wideKm, code.RadiusKm)+0.1 {
			t.Errorf("%q is %.1f km from the center of its code, want at most %.1f", want, km, code.RadiusKm)
		}
		if i%step > 0 {
			continue
		}
		named, _ := g.rowNamed(g.codeRanges([]string{want.Country}, want.PostalCode)[0], nameKey(want.City))
		got, err := g.Find(want.String(), want.Country)
		if err != nil || got.PostalCode != want.PostalCode || got.Country != want.Country {
			t.Fatalf("Find(%q) = %v, %v, want the same place", want, got, err)
		}
		if km := min(got.Point.DistanceKm(want.Point), got.Point.DistanceKm(g.postalPlace(named).Point)); km > 1 && km > code.RadiusKm {
			t.Errorf("Find(%q) is %.1f km away, want at most 1", want, km)
		}
	}
}

// A city is found by its label, which names the largest city of that name in its
// region.
func TestFind_CitiesByLabel(t *testing.T) {
	t.Parallel()
	g := Default()
	step := 3 // a third, which takes long enough
	if testing.Short() {
		step = 15
	}
	for c := 0; c < g.cities.names.len(); c += step {
		want := g.cityPlace(c)
		if g.cityRegion(c).isMilitary() {
			continue
		}
		got, err := g.Find(want.Label(), want.Country)
		if err != nil || got.Country != want.Country || got.Population < want.Population {
			t.Fatalf("Find(%q) = %+v, %v, want %+v or a larger city", want.Label(), got, err, want)
		}
		if !want.Point.Valid() || want.Point.IsZero() {
			t.Fatalf("%q has no point", want)
		}
	}
}

// The towns of Canada are not at the centers of their postal areas, which are as large as
// countries.
func TestFind_RuralCanada(t *testing.T) {
	t.Parallel()
	g := Default()
	for text, want := range map[string]Point{
		"Iqaluit, NU": {63.75, -68.52}, "Whistler, BC": {50.12, -122.96}, "Inuvik, NT": {68.36, -133.72},
	} {
		got, err := g.Find(text)
		if err != nil || got.Precision != ToCity || got.Point.DistanceKm(want) > 3 {
			t.Errorf("Find(%s) = %v %s at %v, %v, want the city at %v", text, got, got.Precision, got.Point, err, want)
		}
	}
	if got, err := g.Find("X0A 0H0"); err != nil || got.Precision != ToArea {
		t.Errorf("Find(X0A 0H0) = %v, precision %q, %v, want an area", got, got.Precision, err)
	}
}

func TestLocate(t *testing.T) {
	t.Parallel()
	g := Default()
	for name, tt := range map[string]struct {
		country, code, city string
		want                Precision
		near                Point
	}{
		"a ZIP code":                     {"US", "20850", "Rockville", ToPostalCode, Point{39.09, -77.17}},
		"a rural area of Canada":         {"CA", "X0A 0H0", "", ToArea, Point{79.62, -76.78}},
		"a town in a rural area":         {"CA", "X0A 0H0", "Iqaluit", ToCity, Point{63.75, -68.52}},
		"an unknown town in a rural one": {"CA", "X0A 0H0", "Nowhere", ToArea, Point{79.62, -76.78}},
		"a city of Canada":               {"CA", "M5V 2T6", "Toronto", ToPostalCode, Point{43.64, -79.4}},
		"an outward code":                {"GB", "BA12 7AA", "", ToArea, Point{51.16, -2.15}},
		"a village in an outward code":   {"GB", "BA12 7AA", "Mere", ToCity, Point{51.09, -2.27}},
		"a routing key":                  {"IE", "D02 X285", "Dublin", ToArea, Point{53.34, -6.25}},
		"a territory as a state":         {"US", "96910", "Hagåtña", ToPostalCode, Point{13.45, 144.74}},
		"a territory as a country":       {"GU", "96910", "Hagåtña", ToPostalCode, Point{13.45, 144.74}},
		"a code larger than a state":     {"AU", "0872", "", ToArea, Point{-24, 132}},
	} {
		if got, ok := g.Locate(tt.country, tt.code, tt.city); !ok || got.Precision != tt.want || got.Point.DistanceKm(tt.near) > 200 || tt.want != ToArea && got.Point.DistanceKm(tt.near) > 3 {
			t.Errorf("%s: got %v %q at %v, want %q at %v", name, got, got.Precision, got.Point, tt.want, tt.near)
		}
	}
	if got, ok := g.Locate("FR", "75001", "Paris"); ok {
		t.Errorf("Locate(FR, 75001) = %v, want none", got)
	}
}

func TestSample_ReturnsCivilianPlaces(t *testing.T) {
	t.Parallel()
	g := Default()
	for _, i := range []int{0, 1, 5000, g.Samples() - 1, g.Samples(), -1, 1 << 40} {
		p := g.Sample(i)
		if p != g.Sample(i) || p.PostalCode == "" {
			t.Errorf("Sample(%d) = %+v, want the same postal code each time", i, p)
		}
	}
	for i := range g.Samples() {
		if p := g.Sample(i); p.Region == "AE" || p.Region == "AA" || p.Region == "AP" {
			t.Fatalf("Sample(%d) = %v, want a civilian place", i, p)
		}
	}
}

func TestRegions(t *testing.T) {
	t.Parallel()
	g := Default()
	all := g.Regions()
	count := map[string]int{}
	for _, r := range all {
		count[r.Country]++
	}
	want := map[string]int{
		"US": 55, // 50 states, DC, the Marshall Islands, 3 military
		"PR": 1, "GU": 1, "VI": 1, "MP": 1, "AS": 1, "CA": 13, "GB": 7, "IE": 4, "AU": 8, "NZ": 16, "DE": 16, "NL": 12, "BE": 3, "AT": 9, "CH": 26,
	}
	if !maps.Equal(count, want) {
		t.Errorf("got regions %v, want %v", count, want)
	}
	all[0].Code = "XX"
	if g.Regions()[0].Code == "XX" {
		t.Error("Regions returns the gazetteer's own slice, want a copy")
	}
	for _, name := range []string{"MD", "md", "Maryland", " maryland "} {
		if r, ok := g.Region("US", name); !ok || r != (Region{"US", "MD", "Maryland"}) {
			t.Errorf("Region(US, %q) = %v, %t, want Maryland", name, r, ok)
		}
	}
	for name, code := range map[string]string{
		"Québec": "QC", "Yukon": "YT", "Northwest Territories": "NT", "Northern Territory": "NT", "Australian Capital Territory": "ACT",
	} {
		if r, ok := g.Region("", name); !ok || r.Code != code {
			t.Errorf("Region(%s) = %v, %t, want %s", name, r, ok, code)
		}
	}
	if r := g.RegionsNamed("WA"); len(r) != 2 || r[0].Country != "US" || r[1].Country != "AU" {
		t.Errorf("RegionsNamed(WA) = %v, want Washington and Western Australia", r)
	}
	if r, ok := g.Region("US", "Guam"); !ok || r.Code != "GU" {
		t.Errorf("Region(US, Guam) = %v, %t, want GU", r, ok)
	}
	if r, ok := g.Region("US", "ON"); ok {
		t.Errorf("Region(US, ON) = %v, want none", r)
	}
}
