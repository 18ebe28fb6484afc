package geo

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestEncodedPlacesComeBack(t *testing.T) {
	t.Parallel()
	rockville := Place{"US", "20850", "Rockville", "MD", "Maryland", Point{39.0872, -77.168}}
	places := []Place{
		rockville,
		{"US", "20851", "Rockville", "MD", "Maryland", Point{39.0763, -77.1234}},
		{"CA", "L9X", "Barrie", "ON", "Ontario", Point{44.4001, -79.6663}},
		{"CA", "L9X", "Minesing", "ON", "Ontario", Point{44.4334, -79.833}},
		{"PR", "00901", "San Juan", "PR", "Puerto Rico", Point{18.4663, -66.1057}},
	}
	var data bytes.Buffer
	if err := Encode(&data, places); err != nil {
		t.Fatal(err)
	}
	g, err := Decode(&data)
	if err != nil {
		t.Fatal(err)
	}
	if g.Len() != len(places) {
		t.Errorf("%d postal codes come back, want %d", g.Len(), len(places))
	}
	if got, _ := g.PostalCode("US", "20850"); got != rockville {
		t.Errorf("20850 comes back as %+v, want %+v", got, rockville)
	}
	if got, _ := g.PostalCode("CA", "L9X"); got.City != "Barrie" {
		t.Errorf("L9X comes back as %v, want the first of its towns", got)
	}
	if got, err := g.Find("minesing on"); err != nil || got.Point != (Point{44.4334, -79.833}) {
		t.Errorf("Minesing comes back as %v, %v", got, err)
	}
}

func TestEncodeRefusesHalfAPlace(t *testing.T) {
	t.Parallel()
	whole := Place{"US", "20850", "Rockville", "MD", "Maryland", Point{39.1, -77.2}}
	for name, spoil := range map[string]func(*Place){
		"without a country":     func(p *Place) { p.Country = "" },
		"without a city":        func(p *Place) { p.City = "" },
		"without a postal code": func(p *Place) { p.PostalCode = "" },
		"off the Earth":         func(p *Place) { p.Point.Lat = 91 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := whole
			spoil(&p)
			if err := Encode(&bytes.Buffer{}, []Place{p}); err == nil {
				t.Errorf("Encode(%+v) passes, want an error", p)
			}
		})
	}
}

func TestBrokenDataIsAnError(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cut := rapid.IntRange(0, len(postalData)-1).Draw(t, "cut")
		if _, err := Decode(bytes.NewReader(postalData[:cut])); err == nil {
			t.Fatalf("%d of %d bytes pass for a gazetteer", cut, len(postalData))
		}
	})
}
