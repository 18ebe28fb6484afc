package geo

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// Every place has an ID by which the same place is found, whether it is a postal code, a
// city of a completion or one of several with the same name.
func TestProperty_FindAcceptsTheIDsOfPlaces(t *testing.T) {
	t.Parallel()
	g := Default()
	check := func(t *rapid.T, want Place) {
		t.Helper()
		if got, err := g.Find(want.ID()); err != nil || got != want {
			t.Fatalf("Find(%q) = %+v, %v, want %+v", want.ID(), got, err, want)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		city := g.cities.names.get(rapid.IntRange(0, g.cities.names.len()-1).Draw(t, "city"))
		places, err := g.FindAll(city)
		if err != nil { // a military post office, or a name that reads as something else
			places = nil
		}
		ids := map[string]bool{}
		for _, p := range places {
			check(t, p)
			if ids[p.ID()] {
				t.Errorf("FindAll(%q) has %s twice", city, p.ID())
			}
			ids[p.ID()] = true
		}
		if !slices.IsSortedFunc(places, func(a, b Place) int { return b.Population - a.Population }) {
			t.Errorf("FindAll(%q) = %v, want the most populous first", city, places)
		}
		for _, p := range g.Complete(city, 5) {
			check(t, p)
		}
		row := g.rows[rapid.IntRange(0, len(g.rows)-1).Draw(t, "row")]
		for _, p := range g.Complete(g.cities.names.get(int(row.city)), 3) {
			check(t, p)
		}
		code := g.codeText(rapid.IntRange(0, len(g.rows)-1).Draw(t, "code"))
		codes, err := g.FindAll(code)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range codes {
			check(t, p)
		}
	})
}

func TestFindAll_ReturnsOthersOfTheName(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"London": "London, England, GB; London, ON, CA", "Paris": "Paris, TX, US; Paris, ON, CA", "Rockville, MD": "Rockville, MD, US",
		"2000": "Sydney, NSW 2000, AU; Antwerpen, Vlaanderen 2000, BE", "10115 Berlin": "Berlin, 10115, DE", "London, Canada": "London, ON, CA", "39.08,-77.15": "39.08,-77.15",
	} {
		places, err := Default().FindAll(text)
		if err != nil {
			t.Fatal(err)
		}
		got := places[0].String()
		if len(places) > 1 {
			got += "; " + places[1].String()
		}
		if got != want {
			t.Errorf("FindAll(%q) = %s …, want %s", text, got, want)
		}
	}
	for _, id := range []string{"place_", "place_us.md", "place_us.md.nowhere", "place_us.va.rockville.20850", "place_us.md.rockville.20850.1", "place_..", "place_us..rockville", "place_us.md.rockville-2", "place_us.md.rockville-0", "place_us.md.rockville-x"} {
		if p, err := Default().Find(id); err == nil {
			t.Errorf("Find(%q) = %v, want an error", id, p)
		}
	}
}
