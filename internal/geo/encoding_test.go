package geo

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestEncode_RoundTrip(t *testing.T) {
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
		t.Errorf("Len() = %d, want %d", g.Len(), len(places))
	}
	if got, _ := g.PostalCode("US", "20850"); got != rockville {
		t.Errorf("PostalCode(20850) = %+v, want %+v", got, rockville)
	}
	if got, _ := g.PostalCode("CA", "L9X"); got.City != "Barrie" {
		t.Errorf("PostalCode(L9X) = %v, want Barrie, the first of its cities", got)
	}
	if got, err := g.Find("minesing on"); err != nil || got.Point != (Point{44.4334, -79.833}) {
		t.Errorf("Find(minesing on) = %v, %v, want its own point", got, err)
	}
}

func TestEncode_RejectsIncompletePlaces(t *testing.T) {
	t.Parallel()
	complete := Place{"US", "20850", "Rockville", "MD", "Maryland", Point{39.1, -77.2}}
	for name, breakPlace := range map[string]func(*Place){
		"no country":     func(p *Place) { p.Country = "" },
		"no city":        func(p *Place) { p.City = "" },
		"no postal code": func(p *Place) { p.PostalCode = "" },
		"invalid point":  func(p *Place) { p.Point.Lat = 91 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := complete
			breakPlace(&p)
			if err := Encode(&bytes.Buffer{}, []Place{p}); err == nil {
				t.Errorf("Encode(%+v) = nil, want an error", p)
			}
		})
	}
}

func TestDecode_RejectsTruncatedData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, len(postalData)-1).Draw(t, "size")
		if _, err := Decode(bytes.NewReader(postalData[:size])); err == nil {
			t.Fatalf("Decode of the first %d of %d bytes = nil, want an error", size, len(postalData))
		}
	})
}
