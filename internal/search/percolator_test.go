package search

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// TestAMatcherAgreesWithTheIndex: a cat matches a question if and only if the
// index finds it, also by way of the saved searches, whatever else is saved.
func TestAMatcherAgreesWithTheIndex(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		source := anyTown(t)
		index := New(source, testOptions())
		if err := index.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		saved, subjects := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
		asked := rapid.SliceOfN(rapid.Custom(anyQuery), 1, 12).Draw(t, "queries")
		for i, q := range asked {
			if err := saved.Put(QueryRef{ID: strconv.Itoa(i), Owner: "owner"}, q); err != nil {
				t.Fatal(err)
			}
		}
		gone := rapid.SliceOfDistinct(rapid.IntRange(0, len(asked)-1), rapid.ID).Draw(t, "removed")
		for _, i := range gone {
			saved.Remove(strconv.Itoa(i))
		}
		found := make([]map[string]bool, len(asked))
		for i, q := range asked {
			found[i] = map[string]bool{}
			for _, id := range everyPage(t, index, q) {
				found[i][id] = true
			}
		}
		for i := range source.cats {
			cat := &source.cats[i]
			subject := subjects.Build(cat, source.shelterOf(cat), today)
			waiting := map[string]bool{}
			for _, f := range saved.Matching(subject) {
				waiting[f.ID] = true
			}
			for n, q := range asked {
				m, err := NewMatcher(q)
				if err != nil {
					t.Fatal(err)
				}
				want := found[n][cat.ID]
				if got := m.Matches(subject); got != want {
					t.Errorf("%+v: got %t for %+v, want %t", q, got, cat, want)
				}
				if got := waiting[strconv.Itoa(n)]; got != (want && !slices.Contains(gone, n)) {
					t.Errorf("%+v: saved, got %t for %+v, want %t", q, got, cat, want)
				}
			}
		}
	})
}

// TestTurnedIsTheDifference: what a change turns is what matches after it and not
// before, and the other way round, however little or much it changes.
func TestTurnedIsTheDifference(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		source, saved, subjects := anyTown(t), NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
		for i, q := range rapid.SliceOfN(rapid.Custom(anyQuery), 1, 20).Draw(t, "queries") {
			if err := saved.Put(QueryRef{ID: strconv.Itoa(i)}, q); err != nil {
				t.Fatal(err)
			}
		}
		was := source.cats[0]
		is, other := was, source.cats[len(source.cats)-1]
		for _, part := range rapid.SliceOfDistinct(rapid.IntRange(0, 6), rapid.ID).Draw(t, "changed") {
			switch part {
			case 0:
				is.Status = other.Status
			case 1:
				is.Colors.Pattern = other.Colors.Pattern
			case 2:
				is.Description = other.Description
			case 3:
				is.Breed, is.Sex = other.Breed, other.Sex
			case 4:
				is.Traits, is.Rating = other.Traits, other.Rating
			case 5:
				is.FosterPostalCode, is.ShelterID = other.FosterPostalCode, other.ShelterID
			case 6:
				is.Name, is.UpdatedAt = other.Name, other.UpdatedAt
			}
		}
		before, now := subjects.Build(&was, source.shelterOf(&was), today), subjects.Build(&is, source.shelterOf(&is), today)
		matched, left := saved.Diff(before, now)
		then, today := saved.Matching(before), saved.Matching(now)
		if got, want := searchesOf(matched), searchesOf(slices.DeleteFunc(slices.Clone(today), func(f QueryRef) bool { return slices.Contains(then, f) })); got != want {
			t.Errorf("matched: got %q, want %q", got, want)
		}
		if got, want := searchesOf(left), searchesOf(slices.DeleteFunc(then, func(f QueryRef) bool { return slices.Contains(today, f) })); got != want {
			t.Errorf("left: got %q, want %q", got, want)
		}
	})
}

func (f *fakeSource) shelterOf(c *catalog.Cat) *catalog.Shelter {
	return &f.shelters[slices.IndexFunc(f.shelters, func(s catalog.Shelter) bool { return s.ID == c.ShelterID })]
}

func everyPage(t *rapid.T, x *Index, q Query) []string {
	var all []string
	for q.Limit = 7; ; {
		page, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, ids(page)...)
		if !page.HasMore {
			return all
		}
		q.Cursor = page.Next
	}
}

// anyTown is a source with cats of all sorts in shelters near and far, also where
// the map ends.
func anyTown(t *rapid.T) *fakeSource {
	f := &fakeSource{head: catalog.LogPosition{Epoch: "town"}}
	for i, at := range []geo.Point{rockville, baltimore, seattle, {Lat: 52, Lng: 179.9}, {}} {
		f.addShelter(catalog.Shelter{Profile: catalog.Profile{
			Name: fmt.Sprint("S", i), Point: at, Address: catalog.Address{Region: []string{"MD", "MD", "WA", "AK", ""}[i], Country: "US"},
			WithheldFrom: catalog.Restriction{Classes: rapid.SliceOfN(rapid.Just(catalog.AggregatorReader), 0, 1).Draw(t, "withheld")},
		}})
	}
	for range rapid.IntRange(1, 25).Draw(t, "cats") {
		c := catalog.Cat{ShelterID: f.shelters[rapid.IntRange(0, 4).Draw(t, "shelter")].ID, Source: oneOf(t, "api", "csv"), UpdatedAt: anyTime(t)}
		c.Stale = rapid.Bool().Draw(t, "stale")
		c.Facts, c.Rating = anyFacts(t), anyRating(t)
		f.add(c)
	}
	return f
}

func oneOf[T any](t *rapid.T, values ...T) T { return rapid.SampledFrom(values).Draw(t, "one") }

func anyFacts(t *rapid.T) catalog.Facts {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"purring", "purrs", "the", "cat", "CAFÉ", "plays", "with", "dogs.", "doesn't", "like"}), 0, 8)
	maybe := func() *bool { return oneOf(t, nil, new(true), new(false)) }
	c := catalog.Facts{
		Name: anyName(t), Status: oneOf(t, catalog.Statuses()...), ListedAt: anyTime(t), Description: strings.Join(words.Draw(t, "words"), " "),
		AgeGroup: oneOf(t, "", vocab.Senior, vocab.Kitten), Sex: oneOf(t, vocab.Sexes()...), Altered: maybe(),
		Breed:  vocab.Breed{Primary: anyBreed(t), Secondary: anyBreed(t), Mixed: maybe()},
		Colors: vocab.Colors{Primary: oneOf(t, "", "Black", "White"), Tertiary: oneOf(t, "", "Black", "Orange"), Pattern: oneOf(t, "", vocab.Patterns()[0])},
		Coat:   oneOf(t, append(vocab.Coats(), "")...), Size: oneOf(t, append(vocab.Sizes(), "")...),
		GoodWith: catalog.GoodWith{Children: maybe(), Dogs: maybe(), Cats: maybe()}, HouseTrained: maybe(), FIV: maybe(), IndoorOnly: maybe(),
		Traits:           catalog.Traits{Tags: rapid.SliceOfN(rapid.SampledFrom([]string{"Lap Cat", "lap cat", "Quiet", "Café", "?"}), 0, 3).Draw(t, "tags")},
		FosterPostalCode: oneOf(t, "", "", "20850", "99999"), Fee: catalog.Fee{Waived: maybe()},
	}
	if rapid.Bool().Draw(t, "birth known") {
		c.Birth = catalog.Birth{On: dateOf(dayOf(today) - rapid.Int32Range(-40, 4000).Draw(t, "days old")), Precision: catalog.ToTheDay}
	}
	if rapid.Bool().Draw(t, "photo") {
		c.Photos = []catalog.Photo{{URL: "https://example.org/a.jpg"}}
	}
	return c
}

func anyBreed(t *rapid.T) string { return oneOf(t, "", "Siamese", "Bengal", "Felis mirabilis") }

// anyQuery asks for a few things of all that can be asked for.
func anyQuery(t *rapid.T) Query {
	var q Query
	for _, part := range rapid.SliceOfNDistinct(rapid.IntRange(0, 13), 0, 4, rapid.ID).Draw(t, "parts") {
		switch part {
		case 0, 1:
			q.Near = oneOf(t, &rockville, &baltimore, &seattle, new(geo.Point{Lat: 52.1, Lng: -179.95}), new(geo.Point{Lat: 89.9, Lng: 3}), new(geo.Point{}))
			q.RadiusKm = oneOf(t, 0, 0.1, 5, 56, 120, 300, 900, 2500, 8000, 20040)
		case 2:
			q.Text = oneOf(t, "purr ", `"plays with"`, `"with dogs" cat `, "cafe ", `"doesn't like"`, "bengal ", "black ", "lap ", `"lap cat"`, "wings ")
		case 3:
			q.Name = oneOf(t, "a", "été", "leo", "x")
		case 4:
			q.AgeMonthsMin = new(rapid.IntRange(0, 100).Draw(t, "months"))
		case 5:
			q.AgeMonthsMax = new(rapid.IntRange(0, 100).Draw(t, "months"))
		case 6:
			q.ListedSince = anyTime(t)
		case 7:
			q.ListedBefore, q.UpdatedSince = anyTime(t), anyTime(t)
		case 8:
			q.Suitability = rapid.SliceOfN(rapid.Custom(anySuit), 1, 2).Draw(t, "suits")
		case 9:
			q.Audience = catalog.Audience{PartnerID: "", Class: oneOf(t, catalog.AggregatorReader, catalog.PublicReader)}
		default:
			q.Where = append(q.Where, anyClause(t))
		}
	}
	return q
}

// anyClause asks for some values of a field, known ones and others.
func anyClause(t *rapid.T) Clause {
	info := oneOf(t, Fields()...)
	values := append(slices.Clone(info.Values[:min(6, len(info.Values))]), "no such value")
	switch info.Field { //nolint:exhaustive // all others have their values listed
	case FieldBreed:
		values = []string{"Siamese", "Bengal", "Felis mirabilis", "Lykoi"}
	case FieldColor:
		values = []string{"Black", "White", "Orange"}
	case FieldTag:
		values = []string{"LAP cat", "quiet", "cafe", "?"}
	case FieldShelter:
		values = []string{"MD1", "MD2", "MD4", catalog.NewID(catalog.ShelterPrefix, uuid(3)), "XX1"}
	case FieldRegion:
		values = []string{"MD", "WA", "md"}
	case FieldCountry:
		values = []string{"US", "CA"}
	case FieldSource:
		values = []string{"api", "csv", "x"}
	}
	return Clause{info.Field, rapid.SliceOfN(rapid.SampledFrom(values), 0, 3).Draw(t, "values")}
}

func TestABegunWordBeginsAWordOfTheCat(t *testing.T) {
	t.Parallel()

	subject := NewDocumentBuilder(testOptions().PostalPoint).Build(&catalog.Cat{Facts: catalog.Facts{Name: "Ada", Description: "Loves playing"}}, &catalog.Shelter{}, today)
	for text, want := range map[string]bool{"play": true, "playi": true, "lov": true, "playin": true, "p": false, "playground": false, `"loves play`: true, `"loves pl`: false} {
		m, err := NewMatcher(Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Matches(subject); got != want {
			t.Errorf("%s: got %t, want %t", text, got, want)
		}
	}
}

func TestAMatcherFindsTheFaultsThatTheIndexFinds(t *testing.T) {
	t.Parallel()

	for _, q := range []Query{{RadiusKm: 5}, {Where: where("wings", "true")}, {Text: `cat ""`}, {Text: "?!"}} {
		if err := NewPercolator().Put(QueryRef{ID: "a", Owner: "b"}, q); catalog.KindOf(err) != catalog.Malformed {
			t.Errorf("%+v: got %v, want it refused", q, err)
		}
	}
}

func TestTurnedTellsWhatACatCameToAnswerAndLeft(t *testing.T) {
	t.Parallel()

	saved, subjects := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
	for id, q := range map[string]Query{
		"available": {Where: where(FieldStatus, "available")},
		"pending":   {Where: where(FieldStatus, "pending")},
		"young":     {Where: where(FieldAgeGroup, "young")},
		"adult":     {Where: where(FieldAgeGroup, "adult")},
		"any":       {},
	} {
		if err := saved.Put(QueryRef{ID: id}, q); err != nil {
			t.Fatal(err)
		}
	}
	home := &catalog.Shelter{}
	young := &catalog.Cat{Facts: catalog.Facts{Status: catalog.Available, Birth: catalog.Birth{On: today.AddDate(-3, 0, 1), Precision: catalog.ToTheDay}}}
	reserved, removed := *young, *young
	reserved.Status, removed.Status = catalog.Pending, catalog.Removed
	tomorrow := today.AddDate(0, 0, 1)
	tests := map[string]struct {
		before, now   *MatchDocument
		matched, left string
	}{
		"a new cat":             {nil, subjects.Build(young, home, today), "any available young", ""},
		"a cat that is gone":    {subjects.Build(young, home, today), nil, "", "any available young"},
		"a removed cat is gone": {subjects.Build(young, home, today), subjects.Build(&removed, home, today), "", "any available young"},
		"another status":        {subjects.Build(young, home, today), subjects.Build(&reserved, home, today), "pending", "available"},
		"a birthday":            {subjects.Build(young, home, today), subjects.Build(young, home, tomorrow), "adult", "young"},
		"nothing that is asked": {subjects.Build(young, home, today), subjects.Build(young, home, today), "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			matched, left := saved.Diff(test.before, test.now)
			if got := searchesOf(matched); got != test.matched {
				t.Errorf("matched: got %q, want %q", got, test.matched)
			}
			if got := searchesOf(left); got != test.left {
				t.Errorf("left: got %q, want %q", got, test.left)
			}
		})
	}
}

func searchesOf(found []QueryRef) string {
	all := map[string]bool{}
	for _, f := range found {
		all[f.ID] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), " ")
}

func TestCellsCoverTheirCircle(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(t, "lng")}
		km := math.Exp(rapid.Float64Range(-3, 10).Draw(t, "ln km"))
		cells := cellsAround(&p, km)
		if len(cells) == 0 {
			return
		}
		bearing, part := rapid.Float64Range(0, 2*math.Pi).Draw(t, "bearing"), rapid.Float64Range(0, 1).Draw(t, "part")
		inside := onward(p, bearing, part*km)
		if near := newRadiusFilter(p, km); near.contains(new(inside.UnitVector())) && !slices.Contains(cells, cellAt(inside, int(cells[0].level))) {
			t.Errorf("%v is within %g km of %v but in none of its cells", inside, km, p)
		}
	})
}

// onward is where one comes who goes straight on.
func onward(p geo.Point, bearing, km float64) geo.Point {
	const earth, degree = 6371.0088, math.Pi / 180
	lat, d := p.Lat*degree, km/earth
	to := math.Asin(math.Sin(lat)*math.Cos(d) + math.Cos(lat)*math.Sin(d)*math.Cos(bearing))
	aside := math.Atan2(math.Sin(bearing)*math.Sin(d)*math.Cos(lat), math.Cos(d)-math.Sin(lat)*math.Sin(to))
	return geo.Point{Lat: to / degree, Lng: math.Remainder(p.Lng+aside/degree, 360)}
}

// TestSavedSearchesAreFollowedWhileTheyChange: who reads while others write sees
// each search either way, and never one that is not its own.
func TestSavedSearchesAreFollowedWhileTheyChange(t *testing.T) {
	t.Parallel()

	saved, subjects := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 3000 {
			id, status := strconv.Itoa(i%50), []string{"available", "pending"}[i%2]
			if i%3 == 0 {
				saved.Remove(id)
			} else if err := saved.Put(QueryRef{ID: id, Owner: status}, Query{Where: where(FieldStatus, status)}); err != nil {
				t.Error(err)
			}
		}
	}()
	cat := &catalog.Cat{Facts: catalog.Facts{Status: catalog.Available}}
	for running := true; running; {
		select {
		case <-done:
			running = false
		case <-time.After(10 * time.Microsecond):
		}
		for _, f := range saved.Matching(subjects.Build(cat, &catalog.Shelter{}, today)) {
			if f.Owner != "available" || f.ID == "" {
				t.Fatalf("got %+v, want only searches for available cats", f)
			}
		}
	}
}

func TestEveryClosedFieldHasItsPlaceInSignatures(t *testing.T) {
	t.Parallel()

	for _, def := range fieldDefs() {
		if _, signed := maskedFields().byField[def.Field]; signed != def.Closed {
			t.Errorf("%s: got signed %t, closed %t; signatures may have to become longer", def.Field, signed, def.Closed)
		}
	}
}

func TestTheSearchesOfAnOwnerGoTogether(t *testing.T) {
	t.Parallel()

	saved, cat := NewPercolator(), &catalog.Cat{Facts: catalog.Facts{Status: catalog.Available}}
	for i := range 10 {
		if err := saved.Put(QueryRef{ID: strconv.Itoa(i), Owner: fmt.Sprint("owner", i%2)}, Query{}); err != nil {
			t.Fatal(err)
		}
	}
	saved.RemoveOwner("owner1")
	saved.RemoveOwner("nobody")
	found := saved.Matching(NewDocumentBuilder(testOptions().PostalPoint).Build(cat, &catalog.Shelter{}, today))
	if got := searchesOf(found); got != "0 2 4 6 8" || saved.CountByOwner("owner0") != 5 || saved.CountByOwner("owner1") != 0 {
		t.Errorf("got %s, %d and %d left", got, saved.CountByOwner("owner0"), saved.CountByOwner("owner1"))
	}
}
