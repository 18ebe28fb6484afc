package wire

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/binding"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/search/dictionary"
	"trailcat/internal/vocab"
)

var (
	cardDay  = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)
	cardText = rapid.OneOf(rapid.String(), rapid.Just("a <b> & c \u2028 \x01\t\"\\"), rapid.Just(""))
)

// drawCat draws the facts of a cat that its card shows.
func drawCat(t *rapid.T) catalog.Cat {
	var c catalog.Cat
	c.ID, c.Number = cardText.Draw(t, "id"), rapid.Int64().Draw(t, "number")
	c.Name, c.URL, c.Description = cardText.Draw(t, "name"), cardText.Draw(t, "url"), cardText.Draw(t, "description")
	c.ListedAt = time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "listed")).UTC()
	c.Altered, c.WeightKg = rapid.Ptr(rapid.Bool(), true).Draw(t, "altered"), rapid.Ptr(rapid.Float64Range(0, 30), true).Draw(t, "weight")
	if rapid.Bool().Draw(t, "has a photo") {
		c.Photos = []catalog.Photo{{URL: cardText.Draw(t, "photo"), Width: rapid.IntRange(-1, 5000).Draw(t, "width")}}
	}
	if rapid.Bool().Draw(t, "is rated") {
		c.Rating = catalog.Rating{
			Rubric: "1.1.0", On: cardDay, Overall: rapid.Ptr(rapid.Float64Range(0, 100), true).Draw(t, "overall"), BestFit: "hike",
			Activities: []catalog.ActivityRating{{Activity: "hike", Score: c.WeightKg, Readiness: rapid.SampledFrom(catalog.Readinesses()).Draw(t, "readiness"), Grade: "D"}},
		}
	}
	return c
}

// compressed returns a card as the index has it.
func compressed(card []byte) dictionary.Text {
	c := dictionary.NewCompressor(nil)
	return c.Open(c.Compress(nil, card))
}

// drawHit draws the hit of a cat, with the dynamic part that its card must have.
func drawHit(t *rapid.T, c catalog.Cat) (search.Hit, CardDynamic) {
	hit := search.Hit{Card: compressed(CardEncoder("")(c)), DistanceKm: -1}
	var d CardDynamic
	if rapid.Bool().Draw(t, "has a birth date") {
		hit.Birth = cardDay.AddDate(0, -rapid.IntRange(0, 300).Draw(t, "months"), -3)
		months := catalog.MonthsBetween(hit.Birth, cardDay)
		d.AgeMonths, d.AgeGroup = &months, new(string(vocab.AgeGroupOf(months)))
	} else if group := rapid.SampledFrom([]vocab.AgeGroup{"", vocab.Kitten, vocab.Senior}).Draw(t, "age group"); group != "" {
		hit.AgeGroup, d.AgeGroup = group, new(string(group))
	}
	if tenths := rapid.IntRange(-1, 9999).Filter(func(n int) bool { return n%10 != 0 }).Draw(t, "tenths of a kilometer"); tenths > 0 {
		hit.DistanceKm = float64(tenths) / 10
		d.DistanceKm = &hit.DistanceKm
		miles := math.Round(hit.DistanceKm/geo.KmPerMile*10) / 10
		if rapid.Bool().Draw(t, "in miles") && miles != math.Trunc(miles) { // those have one decimal, too
			d.DistanceMi = &miles
		}
	}
	if rapid.Bool().Draw(t, "has a shelter") {
		shelter := catalog.Shelter{ID: "shl_1"}
		shelter.Name, shelter.Point = cardText.Draw(t, "shelter"), geo.Point{Lat: 39, Lng: -77}
		d.Shelter = new(NewShelter(shelter, 3))
	}
	return hit, d
}

func TestAppendCard_EqualsEncodingTheWholeCard(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		cat := drawCat(t)
		hit, dynamic := drawHit(t, cat)
		want, err := binding.EncodeJSON(NewCard(cat, dynamic, ""))
		if err != nil {
			t.Fatal(err)
		}
		if got := AppendCard([]byte("x"), hit, cardDay, dynamic.DistanceMi != nil, dynamic.Shelter); string(got) != "x"+string(want) {
			t.Fatalf("got  %s\nwant x%s", got, want)
		}
	})
}

func TestAppendCard_WholeDistanceHasOneDecimal(t *testing.T) {
	t.Parallel()

	hit := search.Hit{Card: compressed([]byte(`{"id":"1"`)), DistanceKm: 12}
	const want = `{"id":"1","age_months":null,"age_group":null,"distance_km":12.0}`
	if got := string(AppendCard(nil, hit, cardDay, false, nil)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestAppendFields_KeepsIDAndChosenFieldsInOrder(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		cat := drawCat(t)
		hit, dynamic := drawHit(t, cat)
		card := AppendCard(nil, hit, cardDay, dynamic.DistanceMi != nil, dynamic.Shelter)
		fields := rapid.SliceOfDistinct(rapid.SampledFrom(CardFields()), rapid.ID).Draw(t, "fields")
		var all map[string]json.RawMessage
		if err := json.Unmarshal(card, &all); err != nil {
			t.Fatal(err)
		}
		var want []byte
		for _, name := range CardFields() {
			if value, ok := all[name]; ok && (name == "id" || slices.Contains(fields, name)) {
				want = fmt.Appendf(want, ",%q:%s", name, value)
			}
		}
		want = append([]byte{'{'}, append(want[min(1, len(want)):], '}')...)
		if got := AppendFields(nil, card, NewFieldSelection(fields)); string(got) != string(want) {
			t.Fatalf("got  %s\nwant %s", got, want)
		}
	})
}

func TestCardFields_AreStaticThenDynamic(t *testing.T) {
	t.Parallel()

	fields := CardFields()
	if first, last := fields[0], fields[len(fields)-5:]; first != "id" || !slices.Equal(last, []string{"age_months", "age_group", "distance_km", "distance_mi", "shelter"}) {
		t.Errorf("got %v, want id first and the dynamic fields last", fields)
	}
}

func TestCardFragments_CompressCards(t *testing.T) {
	t.Parallel()

	var cat catalog.Cat
	cat.Name, cat.Status, cat.Sex = "Kenny Chatney", catalog.Available, vocab.SexFemale
	card := CardEncoder("")(cat)
	plain := dictionary.NewCompressor(nil).Compress(nil, card)
	if got := dictionary.NewCompressor(CardFragments("")).Compress(nil, card); len(got) > len(plain)/5 {
		t.Errorf("got %d bytes for a card of %d, want at most a fifth of the %d without fragments", len(got), len(card), len(plain))
	}
}

func BenchmarkAppendCard(b *testing.B) {
	hit, out := benchmarkHit(), make([]byte, 0, 4000)
	b.ReportAllocs()
	for b.Loop() {
		out = AppendCard(out[:0], hit, cardDay, false, nil)
	}
}

func BenchmarkAppendFields(b *testing.B) {
	card, out := AppendCard(nil, benchmarkHit(), cardDay, false, nil), make([]byte, 0, 4000)
	selection := NewFieldSelection([]string{"name", "photo"})
	b.ReportAllocs()
	for b.Loop() {
		out = AppendFields(out[:0], card, selection)
	}
}

func benchmarkHit() search.Hit {
	var cat catalog.Cat
	cat.Name, cat.Description = "Kenny Chatney", "Kenny likes to watch birds. He is calm on a leash."
	return search.Hit{Card: compressed(CardEncoder("")(cat)), Birth: cardDay.AddDate(-3, 0, 0), DistanceKm: 12.34}
}
