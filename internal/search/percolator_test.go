package search

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// TestMatcher_AgreesWithTheIndex checks that a Matcher and a Percolator return the cats
// that the index returns.
func TestMatcher_AgreesWithTheIndex(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		source := randomSource(t)
		index := New(source, testOptions())
		if err := index.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		percolator, builder := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
		queries := rapid.SliceOfN(rapid.Custom(randomQuery), 1, 12).Draw(t, "queries")
		for i, q := range queries {
			if err := percolator.Put(QueryRef{ID: strconv.Itoa(i), Owner: "owner"}, q); err != nil {
				t.Fatal(err)
			}
		}
		removed := rapid.SliceOfDistinct(rapid.IntRange(0, len(queries)-1), rapid.ID).Draw(t, "removed")
		for _, i := range removed {
			percolator.Remove(strconv.Itoa(i))
		}
		found := make([]map[string]bool, len(queries))
		for i, q := range queries {
			found[i] = map[string]bool{}
			for _, id := range everyPage(t, index, q) {
				found[i][id] = true
			}
		}
		for i := range source.cats {
			cat := &source.cats[i]
			doc := builder.Build(cat, source.shelterOf(cat), today)
			percolated := map[string]bool{}
			for _, f := range percolator.Matching(doc) {
				percolated[f.ID] = true
			}
			for n, q := range queries {
				m, err := NewMatcher(q)
				if err != nil {
					t.Fatal(err)
				}
				want := found[n][cat.ID]
				if got := m.Matches(doc); got != want {
					t.Errorf("Matcher of %+v: got %t for %+v, want %t", q, got, cat, want)
				}
				if got := percolated[strconv.Itoa(n)]; got != (want && !slices.Contains(removed, n)) {
					t.Errorf("Percolator with %+v: got %t for %+v, want the opposite", q, got, cat)
				}
			}
		}
	})
}

// TestPercolator_DiffAgreesWithMatching checks that Diff returns the difference between
// the matches before and after a change.
func TestPercolator_DiffAgreesWithMatching(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		source, percolator, builder := randomSource(t), NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
		for i, q := range rapid.SliceOfN(rapid.Custom(randomQuery), 1, 20).Draw(t, "queries") {
			if err := percolator.Put(QueryRef{ID: strconv.Itoa(i)}, q); err != nil {
				t.Fatal(err)
			}
		}
		previous := source.cats[0]
		current, other := previous, source.cats[len(source.cats)-1]
		for _, part := range rapid.SliceOfDistinct(rapid.IntRange(0, 6), rapid.ID).Draw(t, "changed") {
			switch part {
			case 0:
				current.Status = other.Status
			case 1:
				current.Colors.Pattern = other.Colors.Pattern
			case 2:
				current.Description = other.Description
			case 3:
				current.Breed, current.Sex = other.Breed, other.Sex
			case 4:
				current.Traits, current.Rating = other.Traits, other.Rating
			case 5:
				current.FosterPostalCode, current.ShelterID = other.FosterPostalCode, other.ShelterID
			case 6:
				current.Name, current.UpdatedAt = other.Name, other.UpdatedAt
			}
		}
		before, after := builder.Build(&previous, source.shelterOf(&previous), today), builder.Build(&current, source.shelterOf(&current), today)
		entered, left := percolator.Diff(before, after)
		matchedBefore, matchedAfter := percolator.Matching(before), percolator.Matching(after)
		if got, want := idsOf(entered), idsOf(slices.DeleteFunc(slices.Clone(matchedAfter), func(f QueryRef) bool { return slices.Contains(matchedBefore, f) })); got != want {
			t.Errorf("entered: got %q, want %q", got, want)
		}
		if got, want := idsOf(left), idsOf(slices.DeleteFunc(matchedBefore, func(f QueryRef) bool { return slices.Contains(matchedAfter, f) })); got != want {
			t.Errorf("left: got %q, want %q", got, want)
		}
	})
}

func (f *fakeSource) shelterOf(c *catalog.Cat) *catalog.Shelter {
	return &f.shelters[slices.IndexFunc(f.shelters, func(s catalog.Shelter) bool { return s.ID == c.ShelterID })]
}

// everyPage returns the ids of all matches, read page by page.
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

// randomSource returns a source with random cats in shelters near and far, one of them
// near longitude 180.
func randomSource(t *rapid.T) *fakeSource {
	f := &fakeSource{head: catalog.LogPosition{Epoch: "random"}}
	for i, at := range []geo.Point{rockville, baltimore, seattle, {Lat: 52, Lng: 179.9}, {}} {
		f.addShelter(catalog.Shelter{Profile: catalog.Profile{
			Name: fmt.Sprint("S", i), Point: at, Address: catalog.Address{Region: []string{"MD", "MD", "WA", "AK", ""}[i], Country: "US"},
			HiddenFrom: randomRestriction(t),
		}})
	}
	for range rapid.IntRange(1, 25).Draw(t, "cats") {
		c := catalog.Cat{ShelterID: f.shelters[rapid.IntRange(0, 4).Draw(t, "shelter")].ID, Source: sampleOf(t, "api", "csv"), UpdatedAt: randomTime(t)}
		c.Stale = rapid.Bool().Draw(t, "stale")
		c.Facts, c.Rating = randomFacts(t), randomRating(t)
		f.addCat(c)
	}
	return f
}

// sampleOf draws one of the values.
func sampleOf[T any](t *rapid.T, values ...T) T { return rapid.SampledFrom(values).Draw(t, "value") }

func randomFacts(t *rapid.T) catalog.Facts {
	words := rapid.SliceOfN(rapid.SampledFrom([]string{"purring", "purrs", "the", "cat", "CAFÉ", "plays", "with", "dogs.", "doesn't", "like", "grey", "gray", "shorthair", "short", "hair", "DSH"}), 0, 8)
	triState := func() *bool { return sampleOf(t, nil, new(true), new(false)) }
	c := catalog.Facts{
		Name: randomName(t), Status: sampleOf(t, catalog.Statuses()...), ListedAt: randomTime(t), Description: strings.Join(words.Draw(t, "words"), " "),
		AgeGroup: sampleOf(t, "", vocab.Senior, vocab.Kitten), Sex: sampleOf(t, vocab.Sexes()...), Altered: triState(),
		Breed:  vocab.Breed{Primary: randomBreed(t), Secondary: randomBreed(t), Mixed: triState()},
		Colors: vocab.Colors{Primary: sampleOf(t, "", "Black", "White"), Tertiary: sampleOf(t, "", "Black", "Orange"), Pattern: sampleOf(t, "", vocab.Patterns()[0])},
		Coat:   sampleOf(t, append(vocab.Coats(), "")...), Size: sampleOf(t, append(vocab.Sizes(), "")...),
		GoodWith: catalog.GoodWith{Children: triState(), Dogs: triState(), Cats: triState()}, HouseTrained: triState(), FIV: triState(), IndoorOnly: triState(),
		Traits:           catalog.Traits{Tags: rapid.SliceOfN(rapid.SampledFrom([]string{"Lap Cat", "lap cat", "Quiet", "Café", "?"}), 0, 3).Draw(t, "tags")},
		FosterPostalCode: sampleOf(t, "", "", "20850", "99999"), Fee: randomFee(t, triState()),
		Urgent: triState(), Courtesy: triState(), HiddenFrom: randomRestriction(t),
	}
	if rapid.Bool().Draw(t, "birth known") {
		c.Birth = catalog.Birth{On: dateOf(dayOf(today) - rapid.Int32Range(-40, 4000).Draw(t, "days old")), Precision: catalog.ToTheDay}
	}
	if rapid.Bool().Draw(t, "photo") {
		c.Photos = []catalog.Photo{{URL: "https://example.org/a.jpg"}}
	}
	return c
}

func randomRestriction(t *rapid.T) catalog.Restriction {
	return catalog.Restriction{
		Classes:  rapid.SliceOfN(rapid.Just(string(catalog.AggregatorReader)), 0, 1).Draw(t, "hidden from classes"),
		Partners: rapid.SliceOfN(rapid.Just("prt_x"), 0, 1).Draw(t, "hidden from partners"),
	}
}

func randomFee(t *rapid.T, waived *bool) catalog.Fee {
	fee := catalog.Fee{Minor: sampleOf(t, nil, new(int64(0)), new(int64(125)), new(int64(6000)), new(int64(12500))), Waived: waived}
	if fee.Minor != nil {
		fee.Currency = sampleOf(t, "USD", "JPY", "KWD", "XYZ")
	}
	return fee
}

func randomBreed(t *rapid.T) string { return sampleOf(t, "", "Siamese", "Bengal", "Felis mirabilis") }

// randomQuery returns a query with up to four conditions of all kinds.
func randomQuery(t *rapid.T) Query {
	var q Query
	for _, part := range rapid.SliceOfNDistinct(rapid.IntRange(0, 15), 0, 4, rapid.ID).Draw(t, "parts") {
		switch part {
		case 0, 1:
			q.Near = sampleOf(t, &rockville, &baltimore, &seattle, new(geo.Point{Lat: 52.1, Lng: -179.95}), new(geo.Point{Lat: 89.9, Lng: 3}), new(geo.Point{}))
			q.RadiusKm = sampleOf(t, 0, 0.1, 5, 56, 120, 300, 900, 2500, 8000, 20040)
		case 2:
			q.Text = sampleOf(t, "purr ", `"plays with"`, `"with dogs" cat `, "cafe ", `"doesn't like"`, "bengal ", "black ", "lap ", `"lap cat"`, "absent ", "grey ", "gray", "shorthair", `"short hair" `, `"gray shorthair" `, "shortha", "dsh ")
		case 3:
			q.Name = sampleOf(t, "a", "été", "leo", "x")
		case 4:
			q.AgeMonthsMin = new(rapid.IntRange(0, 100).Draw(t, "months"))
		case 5:
			q.AgeMonthsMax = new(rapid.IntRange(0, 100).Draw(t, "months"))
		case 6:
			q.ListedSince = randomTime(t)
		case 7:
			q.ListedBefore, q.UpdatedSince = randomTime(t), randomTime(t)
		case 8:
			q.Suitability = rapid.SliceOfN(rapid.Custom(randomSuitabilityFilter), 1, 2).Draw(t, "suitability")
		case 9:
			q.Audience = catalog.Audience{PartnerID: "", Class: sampleOf(t, catalog.AggregatorReader, catalog.PublicReader)}
		case 10:
			q.FeeMin, q.FeeMax = sampleOf(t, nil, new(0.0), new(60.0)), sampleOf(t, nil, new(0.0), new(125.0), new(99.99))
		case 11, 12:
			q.Exclude = append(q.Exclude, randomClause(t))
		default:
			q.Where = append(q.Where, randomClause(t))
		}
	}
	return q
}

// randomClause returns a clause with known and unknown values of a field.
func randomClause(t *rapid.T) Clause {
	info := sampleOf(t, Fields()...)
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
	case FieldIDs:
		values = []string{"1", "2", "7", "99", catalog.NewID(catalog.CatPrefix, uuid(3)), catalog.NewID(catalog.CatPrefix, uuid(8)), "x"}
	}
	return Clause{info.Field, rapid.SliceOfN(rapid.SampledFrom(values), 0, 3).Draw(t, "values")}
}

func TestMatcher_PrefixMustStartAWordOfTheCat(t *testing.T) {
	t.Parallel()

	doc := NewDocumentBuilder(testOptions().PostalPoint).Build(&catalog.Cat{Facts: catalog.Facts{Name: "Ada", Description: "Loves playing"}}, &catalog.Shelter{}, today)
	for text, want := range map[string]bool{"play": true, "playi": true, "lov": true, "playin": true, "p": false, "playground": false, `"loves play`: true, `"loves pl`: false} {
		m, err := NewMatcher(Query{Text: text})
		if err != nil {
			t.Fatal(err)
		}
		if got := m.Matches(doc); got != want {
			t.Errorf("text %s: got %t, want %t", text, got, want)
		}
	}
}

func TestPercolator_RejectsInvalidQueries(t *testing.T) {
	t.Parallel()

	for _, q := range []Query{{RadiusKm: 5}, {Where: where("whiskers", "true")}, {Text: `cat ""`}, {Text: "?!"}} {
		if err := NewPercolator().Put(QueryRef{ID: "a", Owner: "b"}, q); catalog.KindOf(err) != catalog.Malformed {
			t.Errorf("%+v: got %v, want it rejected", q, err)
		}
	}
}

func TestPercolator_DiffReturnsEnteredAndLeft(t *testing.T) {
	t.Parallel()

	percolator, builder := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
	for id, q := range map[string]Query{
		"available": {Where: where(FieldStatus, "available")},
		"pending":   {Where: where(FieldStatus, "pending")},
		"young":     {Where: where(FieldAgeGroup, "young")},
		"adult":     {Where: where(FieldAgeGroup, "adult")},
		"any":       {},
	} {
		if err := percolator.Put(QueryRef{ID: id}, q); err != nil {
			t.Fatal(err)
		}
	}
	shelter := &catalog.Shelter{}
	young := &catalog.Cat{Facts: catalog.Facts{Status: catalog.Available, Birth: catalog.Birth{On: today.AddDate(-3, 0, 1), Precision: catalog.ToTheDay}}}
	reserved, removed := *young, *young
	reserved.Status, removed.Status = catalog.Pending, catalog.Removed
	tomorrow := today.AddDate(0, 0, 1)
	tests := map[string]struct {
		before, after *MatchDocument
		entered, left string
	}{
		"a new cat":          {nil, builder.Build(young, shelter, today), "any available young", ""},
		"a deleted cat":      {builder.Build(young, shelter, today), nil, "", "any available young"},
		"a removed cat":      {builder.Build(young, shelter, today), builder.Build(&removed, shelter, today), "", "any available young"},
		"another status":     {builder.Build(young, shelter, today), builder.Build(&reserved, shelter, today), "pending", "available"},
		"a birthday":         {builder.Build(young, shelter, today), builder.Build(young, shelter, tomorrow), "adult", "young"},
		"no relevant change": {builder.Build(young, shelter, today), builder.Build(young, shelter, today), "", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			entered, left := percolator.Diff(test.before, test.after)
			if got := idsOf(entered); got != test.entered {
				t.Errorf("entered: got %q, want %q", got, test.entered)
			}
			if got := idsOf(left); got != test.left {
				t.Errorf("left: got %q, want %q", got, test.left)
			}
		})
	}
}

// idsOf returns the distinct ids, sorted.
func idsOf(refs []QueryRef) string {
	all := map[string]bool{}
	for _, f := range refs {
		all[f.ID] = true
	}
	return strings.Join(slices.Sorted(maps.Keys(all)), " ")
}

func TestCellsAround_CoverTheCircle(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		p := geo.Point{Lat: rapid.Float64Range(-90, 90).Draw(t, "lat"), Lng: rapid.Float64Range(-180, 180).Draw(t, "lng")}
		km := math.Exp(rapid.Float64Range(-3, 10).Draw(t, "ln km"))
		cells := cellsAround(&p, km)
		if len(cells) == 0 {
			return
		}
		bearing, fraction := rapid.Float64Range(0, 2*math.Pi).Draw(t, "bearing"), rapid.Float64Range(0, 1).Draw(t, "fraction")
		inside := pointAt(p, bearing, fraction*km)
		if radius := newRadiusFilter(p, km); radius.contains(new(inside.UnitVector())) && !slices.Contains(cells, cellAt(inside, int(cells[0].level))) {
			t.Errorf("%v is within %g km of %v but in none of its cells", inside, km, p)
		}
	})
}

// pointAt returns the point at a bearing in radians and a distance from p.
func pointAt(p geo.Point, bearing, km float64) geo.Point {
	const earth, degree = 6371.0088, math.Pi / 180
	lat, d := p.Lat*degree, km/earth
	to := math.Asin(math.Sin(lat)*math.Cos(d) + math.Cos(lat)*math.Sin(d)*math.Cos(bearing))
	aside := math.Atan2(math.Sin(bearing)*math.Sin(d)*math.Cos(lat), math.Cos(d)-math.Sin(lat)*math.Sin(to))
	return geo.Point{Lat: to / degree, Lng: math.Remainder(p.Lng+aside/degree, 360)}
}

// TestPercolator_MatchingDuringChanges is for the race detector. It checks that a query
// that is being replaced is matched in its old or its new form.
func TestPercolator_MatchingDuringChanges(t *testing.T) {
	t.Parallel()

	percolator, builder := NewPercolator(), NewDocumentBuilder(testOptions().PostalPoint)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 3000 {
			id, status := strconv.Itoa(i%50), []string{"available", "pending"}[i%2]
			if i%3 == 0 {
				percolator.Remove(id)
			} else if err := percolator.Put(QueryRef{ID: id, Owner: status}, Query{Where: where(FieldStatus, status)}); err != nil {
				t.Error(err)
			}
		}
	}()
	cat := &catalog.Cat{Facts: catalog.Facts{Status: catalog.Available}}
	for running := true; running; {
		select {
		case <-done:
			running = false
		default:
		}
		for _, f := range percolator.Matching(builder.Build(cat, &catalog.Shelter{}, today)) {
			if f.Owner != "available" || f.ID == "" {
				t.Fatalf("got %+v, want only searches for available cats", f)
			}
		}
	}
}

func TestMaskedFields_HaveEveryClosedField(t *testing.T) {
	t.Parallel()

	for _, def := range fieldDefs() {
		if _, masked := maskedFields().byField[def.Field]; masked != def.Closed {
			t.Errorf("%s: got masked %t, want %t; valueMask may need more words", def.Field, masked, def.Closed)
		}
	}
}

func TestPercolator_RemoveOwner(t *testing.T) {
	t.Parallel()

	percolator, cat := NewPercolator(), &catalog.Cat{Facts: catalog.Facts{Status: catalog.Available}}
	for i := range 10 {
		if err := percolator.Put(QueryRef{ID: strconv.Itoa(i), Owner: fmt.Sprint("owner", i%2)}, Query{}); err != nil {
			t.Fatal(err)
		}
	}
	percolator.RemoveOwner("owner1")
	percolator.RemoveOwner("unknown owner")
	refs := percolator.Matching(NewDocumentBuilder(testOptions().PostalPoint).Build(cat, &catalog.Shelter{}, today))
	if got := idsOf(refs); got != "0 2 4 6 8" || percolator.CountByOwner("owner0") != 5 || percolator.CountByOwner("owner1") != 0 {
		t.Errorf("got queries %s, counts %d and %d, want 0 2 4 6 8, counts 5 and 0", got, percolator.CountByOwner("owner0"), percolator.CountByOwner("owner1"))
	}
}
