package geo

import (
	"bytes"
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

func TestEncode_RoundTrip(t *testing.T) {
	t.Parallel()
	rockville := Place{Country: "US", PostalCode: "20850", City: "Rockville", Region: "MD", RegionName: "Maryland", Point: Point{39.0872, -77.168}}
	postal := []Place{
		rockville,
		{Country: "US", PostalCode: "20851", City: "Rockville", Region: "MD", RegionName: "Maryland", Point: Point{39.0763, -77.1234}},
		{Country: "CA", PostalCode: "L9X", City: "Barrie", Region: "ON", RegionName: "Ontario", Point: Point{44.4001, -79.6663}},
		{Country: "CA", PostalCode: "L9X", City: "Minesing", Region: "ON", RegionName: "Ontario", Point: Point{44.4334, -79.833}},
		{Country: "CA", PostalCode: "X0A", City: "Apex", Region: "NU", RegionName: "Nunavut", Point: Point{79.6218, -76.7765}},
		{Country: "PR", PostalCode: "00901", City: "San Juan", Region: "PR", RegionName: "Puerto Rico", Point: Point{18.4663, -66.1057}},
		{Country: "JP", PostalCode: "1500001", City: "Shibuya", Region: "13", RegionName: "Tokyo", Point: Point{35.67, 139.7}},
		{Country: "GB", PostalCode: "N1", City: "London", Region: "ENG", RegionName: "England", Point: Point{51.5384, -0.0999}},
		{Country: "GB", PostalCode: "SW1A", City: "London", Region: "ENG", RegionName: "England", Point: Point{51.5018, -0.1328}},
	}
	towns := []Town{
		{Country: "CA", Admin: "08", Name: "Minesing", Point: Point{44.43, -79.83}, Population: 600},
		{Country: "CA", Admin: "14", Name: "Iqaluit", Point: Point{63.747, -68.5173}, Population: 6124},
		{Country: "GB", Admin: "ENG", Name: "London", Point: Point{51.5085, -0.1257}, Population: 7556900},
	}
	built, err := New(postal, towns)
	if err != nil {
		t.Fatal(err)
	}
	var data bytes.Buffer
	if err := Encode(&data, built); err != nil {
		t.Fatal(err)
	}
	g, err := Decode(&data)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(g, built) {
		t.Errorf("decoding gave another gazetteer:\n%+v\n%+v", g, built)
	}
	rockville.Precision = ToPostalCode
	if got, _ := g.PostalCode("US", "20850"); got != rockville {
		t.Errorf("PostalCode(20850) = %+v, want %+v", got, rockville)
	}
	if got, _ := g.PostalCode("CA", "L9X"); got.City != "Minesing" {
		t.Errorf("PostalCode(L9X) = %v, want Minesing, the most populous of its cities", got)
	}
	for text, want := range map[string]Point{
		"barrie on": {44.4001, -79.6663}, "Iqaluit, Nunavut": {63.747, -68.5173}, "London": {51.5085, -0.1257}, "150-0001": {35.67, 139.7}, "N1 9GU": {51.5384, -0.0999},
	} {
		if got, err := g.Find(text); err != nil || got.Point.DistanceKm(want) > 0.02 {
			t.Errorf("Find(%s) = %v at %v, %v, want it at %v", text, got, got.Point, err, want)
		}
	}
}

func TestNew_RejectsIncompletePlaces(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Place, *Town){
		"no country":         func(p *Place, _ *Town) { p.Country = "" },
		"no city":            func(p *Place, _ *Town) { p.City = "" },
		"no postal code":     func(p *Place, _ *Town) { p.PostalCode = "" },
		"invalid point":      func(p *Place, _ *Town) { p.Point.Lat = 91 },
		"town without name":  func(_ *Place, t *Town) { t.Name = "" },
		"town without point": func(_ *Place, t *Town) { t.Point.Lng = 181 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := Place{Country: "US", PostalCode: "20850", City: "Rockville", Region: "MD", RegionName: "Maryland", Point: Point{39.1, -77.2}}
			town := Town{Country: "US", Admin: "MD", Name: "Rockville", Point: p.Point}
			change(&p, &town)
			if _, err := New([]Place{p}, []Town{town}); err == nil {
				t.Errorf("New(%+v, %+v) = nil, want an error", p, town)
			}
		})
	}
}

func TestDecode_RejectsTruncatedData(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		size := rapid.IntRange(0, len(placesData)-1).Draw(t, "size")
		if _, err := Decode(bytes.NewReader(placesData[:size])); err == nil {
			t.Fatalf("Decode of the first %d of %d bytes = nil, want an error", size, len(placesData))
		}
	})
}
