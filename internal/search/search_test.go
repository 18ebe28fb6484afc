package search

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

var (
	rockville = geo.Point{Lat: 39.08, Lng: -77.15}
	baltimore = geo.Point{Lat: 39.29, Lng: -76.61}
	seattle   = geo.Point{Lat: 47.61, Lng: -122.33}
)

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC) }

// newFixture returns a source with two shelters in Maryland, one in Washington, and five
// cats.
func newFixture() *fakeSource {
	f := &fakeSource{head: catalog.LogPosition{Epoch: "fixture"}}
	addShelter := func(name, city, region string, at geo.Point, kind catalog.ShelterKind) string {
		return f.addShelter(catalog.Shelter{Profile: catalog.Profile{
			Name: name, Kind: kind, Point: at, Address: catalog.Address{City: city, Region: region, Country: "US"},
		}}).ID
	}
	md := addShelter("Rockville Cats", "Rockville", "MD", rockville, catalog.Rescue)
	balt := addShelter("Baltimore Shelter", "Baltimore", "MD", baltimore, catalog.Municipal)
	wa := addShelter("Cats of Seattle", "Seattle", "WA", seattle, catalog.Rescue)
	listed := func(days int) time.Time { return today.AddDate(0, 0, -days) }
	f.addCat(catalog.Cat{ShelterID: md, Source: "api", UpdatedAt: listed(1), Facts: catalog.Facts{
		Name: "Ada", ListedAt: listed(30), Birth: catalog.Birth{On: day(2024, 5, 21), Precision: catalog.ToTheDay}, Sex: vocab.SexFemale,
		Breed: vocab.Breed{Primary: "Siamese", Secondary: "Bengal"}, Description: "A shy girl. She doesn't like dogs, but purrs loudly.",
		GoodWith: catalog.GoodWith{Dogs: new(false)}, Photos: []catalog.Photo{{URL: "https://example.org/ada.jpg"}},
		Traits: catalog.Traits{Tags: []string{"Lap Cat", "Quiet"}},
	}})
	f.addCat(catalog.Cat{ShelterID: md, Source: "csv", UpdatedAt: listed(5), Facts: catalog.Facts{
		Name: "Bo", ListedAt: listed(10), Birth: catalog.Birth{On: day(2026, 3, 1), Precision: catalog.ToTheMonth}, Sex: vocab.SexMale,
		Breed: vocab.Breed{Primary: "Bengal"}, Description: "Likes dogs. Big purring boy, loves playing.", GoodWith: catalog.GoodWith{Dogs: new(true)},
	}})
	f.addCat(catalog.Cat{ShelterID: balt, Source: "api", UpdatedAt: listed(2), Facts: catalog.Facts{
		Name: "Cleo", ListedAt: listed(20), AgeGroup: vocab.Senior, Sex: vocab.SexFemale,
		Breed: vocab.Breed{Primary: "Domestic Short Hair"}, Colors: vocab.Colors{Primary: "Black"}, Description: "Calm café cat",
	}})
	f.addCat(catalog.Cat{ShelterID: wa, Source: "api", UpdatedAt: listed(3), Facts: catalog.Facts{
		Name: "Dot", ListedAt: listed(40), Birth: catalog.Birth{On: day(2016, 1, 1), Precision: catalog.ToTheYear}, Sex: vocab.SexFemale,
		Breed: vocab.Breed{Primary: "Siamese"}, Description: "Plays with dogs", FosterPostalCode: "20850",
	}})
	f.addCat(catalog.Cat{ShelterID: balt, Source: "api", UpdatedAt: listed(4), Facts: catalog.Facts{
		Name: "Élan", Status: catalog.Adopted, ListedAt: listed(50), Sex: vocab.SexMale, Breed: vocab.Breed{Primary: "Siamese"},
	}})
	return f
}

// filled returns an index of the source.
func filled(t *testing.T, f *fakeSource) *Index {
	t.Helper()
	x := New(f, testOptions())
	if err := x.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	return x
}

func catchUp(t *testing.T, x *Index) {
	t.Helper()
	if err := x.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// names returns the names of the page's cats, read from their cards.
func names(page Page) []string {
	var out []string
	for _, hit := range page.Hits {
		_, rest, _ := strings.Cut(string(hit.Card.Append(nil)), `"name":"`)
		name, _, _ := strings.Cut(rest, `"`)
		out = append(out, name)
	}
	return out
}

func where(field Field, values ...string) []Clause { return []Clause{{field, values}} }

func TestCats_FilterAndSort(t *testing.T) {
	t.Parallel()

	x := filled(t, newFixture())
	tests := map[string]struct {
		query Query
		want  []string
	}{
		"newest come first":                       {Query{}, []string{"Bo", "Cleo", "Ada", "Dot", "Élan"}},
		"last updated come first":                 {Query{Order: OrderUpdated}, []string{"Ada", "Cleo", "Dot", "Élan", "Bo"}},
		"names sort without accents":              {Query{Order: OrderName}, []string{"Ada", "Bo", "Cleo", "Dot", "Élan"}},
		"nearest come first, then by number":      {Query{Near: &seattle}, []string{"Ada", "Bo", "Dot", "Cleo", "Élan"}},
		"the location is that of the foster home": {Query{Near: &rockville, RadiusKm: 5}, []string{"Ada", "Bo", "Dot"}},
		"a radius applies in any order":           {Query{Near: &rockville, RadiusKm: 5, Order: OrderNewest}, []string{"Bo", "Ada", "Dot"}},
		"a clause matches any of its values":      {Query{Where: where(FieldStatus, "adopted", "pending")}, []string{"Élan"}},
		"all clauses must match":                  {Query{Where: []Clause{{FieldSex, []string{"female"}}, {FieldSource, []string{"api"}}, {FieldBreed, []string{"Siamese"}}}}, []string{"Ada", "Dot"}},
		"two clauses on a field must both match":  {Query{Where: []Clause{{FieldBreed, []string{"Siamese"}}, {FieldBreed, []string{"Bengal"}}}}, []string{"Ada"}},
		"unknown is not false":                    {Query{Where: where(FieldGoodWithDogs, "false")}, []string{"Ada"}},
		"unknown is a value":                      {Query{Where: where(FieldGoodWithDogs, "unknown")}, []string{"Cleo", "Dot", "Élan"}},
		"a breed without cats":                    {Query{Where: where(FieldBreed, "Lykoi")}, nil},
		"an unknown value matches no cat":         {Query{Where: where(FieldSex, "robot")}, nil},
		"photos only":                             {Query{Where: where(FieldHasPhotos, "true")}, []string{"Ada"}},
		"a shelter by its code":                   {Query{Where: where(FieldShelter, "MD2")}, []string{"Cleo", "Élan"}},
		"a region is the shelter's":               {Query{Where: where(FieldRegion, "WA")}, []string{"Dot"}},
		"tags compare without case":               {Query{Where: where(FieldTag, "lap cat")}, []string{"Ada"}},
		"age group by birth":                      {Query{Where: where(FieldAgeGroup, "young", "kitten")}, []string{"Bo", "Ada"}},
		"age group as reported without a birth":   {Query{Where: where(FieldAgeGroup, "senior")}, []string{"Cleo", "Dot"}},
		"24 months old only tomorrow":             {Query{AgeMonthsMin: new(24)}, []string{"Dot"}},
		"23 months old today":                     {Query{AgeMonthsMin: new(23), AgeMonthsMax: new(23)}, []string{"Ada"}},
		"the gap between ages is not matched":     {Query{AgeMonthsMin: new(24), AgeMonthsMax: new(12)}, nil},
		"a gap of one month matches no cat":       {Query{AgeMonthsMin: new(24), AgeMonthsMax: new(23)}, nil},
		"listed since after before":               {Query{ListedSince: today.AddDate(0, 0, -10), ListedBefore: today.AddDate(0, 0, -30)}, nil},
		"any age requires a birth date":           {Query{AgeMonthsMin: new(0)}, []string{"Bo", "Ada", "Dot"}},
		"oldest come first":                       {Query{Order: OrderOldest}, []string{"Élan", "Dot", "Ada", "Cleo", "Bo"}},
		"farthest come first":                     {Query{Near: &seattle, Order: OrderFarthest}, []string{"Élan", "Cleo", "Dot", "Bo", "Ada"}},
		"the farthest within a radius":            {Query{Near: &rockville, RadiusKm: 5, Order: OrderFarthest}, []string{"Dot", "Bo", "Ada"}},
		"a substring of the name":                 {Query{Name: "L"}, []string{"Cleo", "Élan"}},
		"a substring with accents":                {Query{Name: "ÉL"}, []string{"Élan"}},
		"a substring that no name has":            {Query{Name: "ol"}, nil},
		"listed before is exclusive":              {Query{ListedBefore: today.AddDate(0, 0, -20)}, []string{"Ada", "Dot", "Élan"}},
		"listed since and before":                 {Query{ListedSince: today.AddDate(0, 0, -30), ListedBefore: today.AddDate(0, 0, -10)}, []string{"Cleo", "Ada"}},
		"listed since":                            {Query{ListedSince: today.AddDate(0, 0, -20)}, []string{"Bo", "Cleo"}},
		"updated since":                           {Query{UpdatedSince: today.AddDate(0, 0, -3)}, []string{"Cleo", "Ada", "Dot"}},
		"a word in another grammatical form":      {Query{Text: "purr "}, []string{"Bo", "Ada"}},
		"all words must occur":                    {Query{Text: "purrs boy "}, []string{"Bo"}},
		"the last word may be a prefix":           {Query{Text: "dogs pl"}, []string{"Bo", "Dot"}},
		"other words may not be a prefix":         {Query{Text: "pl dogs"}, nil},
		"a word before a space is not a prefix":   {Query{Text: "pl "}, nil},
		"a phrase":                                {Query{Text: `"loves playing"`}, []string{"Bo"}},
		"a phrase in another grammatical form":    {Query{Text: `"likes dogs"`}, []string{"Bo", "Ada"}},
		"the words of a phrase must be adjacent":  {Query{Text: `"shy dogs"`}, nil},
		"a phrase across an apostrophe":           {Query{Text: `"doesn't like dogs"`}, []string{"Ada"}},
		"a phrase does not span fields":           {Query{Text: `"bengal big"`}, nil},
		"a breed is a word":                       {Query{Text: "siamese"}, []string{"Ada", "Dot", "Élan"}},
		"a colour is a word":                      {Query{Text: "black"}, []string{"Cleo"}},
		"a tag is a word":                         {Query{Text: "quiet"}, []string{"Ada"}},
		"a word in another spelling":              {Query{Text: "shorthair"}, []string{"Cleo"}},
		"an abbreviation of a breed":              {Query{Text: "DSH black"}, []string{"Cleo"}},
		"an abbreviation is a phrase":             {Query{Text: "dlh"}, nil},
		"accents are ignored in the text":         {Query{Text: "elan"}, []string{"Élan"}},
		"accents are ignored in the query":        {Query{Text: "CAFÉ"}, []string{"Cleo"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			test.query.Limit = 20
			test.query.Total = true
			withTotal, err := x.Cats(test.query)
			if err != nil {
				t.Fatal(err)
			}
			if got := names(withTotal); !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
			if *withTotal.Total != len(test.want) {
				t.Errorf("got total %d, want %d", *withTotal.Total, len(test.want))
			}
			test.query.Total = false
			if page, _ := x.Cats(test.query); !slices.Equal(names(page), test.want) {
				t.Errorf("without total: got %q, want %q", names(page), test.want)
			}
		})
	}
}

func TestCats_RejectsInvalidQueries(t *testing.T) {
	t.Parallel()

	x := filled(t, newFixture())
	other, err := x.Cats(Query{Limit: 1, Order: OrderName})
	if err != nil {
		t.Fatal(err)
	}
	forged := []byte(other.Next)
	forged[12] ^= 1
	tests := map[string]struct {
		query     Query
		parameter string
		code      string
	}{
		"distance without near":         {Query{Order: OrderDistance}, "sort", "needs_near"},
		"radius without near":           {Query{RadiusKm: 5}, "radius_km", "needs_near"},
		"unknown order":                 {Query{Order: "size"}, "sort", "unknown_value"},
		"unknown activity in the order": {Query{Order: OrderSuitability, OrderFor: "swim"}, "activity", "unknown_value"},
		"unknown activity in a filter":  {Query{Suitability: []SuitabilityFilter{{Activities: []string{"swim"}}}}, "activity", "unknown_value"},
		"unknown field":                 {Query{Where: where("whiskers", "true")}, "whiskers", "unknown_parameter"},
		"empty phrase":                  {Query{Text: `cat ""`}, "q", "empty_phrase"},
		"text without words":            {Query{Text: "?!"}, "q", "no_words"},
		"text that is too long":         {Query{Text: strings.Repeat("cat ", 51)}, "q", "too_long"},
		"cursor of another query":       {Query{Cursor: other.Next, Limit: 1}, "cursor", "bad_cursor"},
		"forged cursor":                 {Query{Cursor: string(forged), Limit: 1, Order: OrderName}, "cursor", "bad_cursor"},
		"malformed cursor":              {Query{Cursor: "x"}, "cursor", "bad_cursor"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			_, err := x.Cats(test.query)
			var e *catalog.Error
			if !errors.As(err, &e) || e.Kind != catalog.Malformed {
				t.Fatalf("got %v, want a malformed query", err)
			}
			if f := e.Fields[0]; f.Parameter != test.parameter || string(f.Code) != test.code {
				t.Errorf("got %s %s, want %s %s", f.Parameter, f.Code, test.parameter, test.code)
			}
		})
	}
}

func TestFacets_IgnoreOnlyTheirOwnClause(t *testing.T) {
	t.Parallel()

	x := filled(t, newFixture())
	page, err := x.Cats(Query{
		Where:  []Clause{{FieldStatus, []string{"available"}}, {FieldSex, []string{"female"}}},
		Facets: []Field{FieldSex, FieldBreed, FieldRegion, FieldShelter, FieldTag, FieldAgeGroup}, Limit: 1,
	})
	if err != nil {
		t.Fatal(err)
	}
	want := map[Field]string{
		FieldSex:      "[{female 3} {male 1}]",
		FieldBreed:    "[{Siamese 2} {Bengal 1} {Domestic Short Hair 1}]",
		FieldRegion:   "[{MD 2} {WA 1}]",
		FieldTag:      "[{lap cat 1} {quiet 1}]",
		FieldAgeGroup: "[{senior 2} {young 1}]",
	}
	for field, counts := range want {
		if got := fmt.Sprint(page.Facets[field]); got != counts {
			t.Errorf("%s: got %s, want %s", field, got, counts)
		}
	}
	if len(page.Facets[FieldShelter]) != 3 {
		t.Errorf("got %v, want three shelters", page.Facets[FieldShelter])
	}
}

func TestSimilar_SortsBySharedTraits(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	hits, err := x.Similar(catalog.Audience{}, 1, 10)
	if err != nil {
		t.Fatal(err)
	}
	// Bo shares Bengal, Dot shares Siamese and the sex. Élan is adopted.
	if got := names(Page{Hits: hits}); !slices.Equal(got, []string{"Bo", "Dot", "Cleo"}) && !slices.Equal(got, []string{"Dot", "Bo", "Cleo"}) {
		t.Errorf("got %q, want Bo and Dot, then Cleo", got)
	}
	if _, err := x.Similar(catalog.Audience{}, 99, 10); catalog.KindOf(err) != catalog.NotFound {
		t.Errorf("unknown cat: got %v, want not found", err)
	}
}

func TestShelters_FilterAndSort(t *testing.T) {
	t.Parallel()

	x := filled(t, newFixture())
	tests := map[string]struct {
		query ShelterQuery
		want  []string
	}{
		"by name":                    {ShelterQuery{}, []string{"Baltimore Shelter", "Cats of Seattle", "Rockville Cats"}},
		"by code":                    {ShelterQuery{Order: SheltersByCode}, []string{"Rockville Cats", "Baltimore Shelter", "Cats of Seattle"}},
		"nearest first":              {ShelterQuery{Near: &baltimore}, []string{"Baltimore Shelter", "Rockville Cats", "Cats of Seattle"}},
		"within a radius":            {ShelterQuery{Near: &baltimore, RadiusKm: 100}, []string{"Baltimore Shelter", "Rockville Cats"}},
		"a word of the name":         {ShelterQuery{Text: "cats"}, []string{"Cats of Seattle", "Rockville Cats"}},
		"words of the name and city": {ShelterQuery{Text: "seattle ca"}, []string{"Cats of Seattle"}},
		"the middle of a word":       {ShelterQuery{Text: "ville"}, nil},
		"by name, reversed":          {ShelterQuery{Reverse: true}, []string{"Rockville Cats", "Cats of Seattle", "Baltimore Shelter"}},
		"farthest first":             {ShelterQuery{Near: &baltimore, Reverse: true}, []string{"Cats of Seattle", "Rockville Cats", "Baltimore Shelter"}},
		"by region, then name":       {ShelterQuery{Order: SheltersByRegion}, []string{"Baltimore Shelter", "Rockville Cats", "Cats of Seattle"}},
		"by country, then region":    {ShelterQuery{Order: SheltersByCountry}, []string{"Baltimore Shelter", "Rockville Cats", "Cats of Seattle"}},
		"a region and a kind":        {ShelterQuery{Regions: []string{"MD"}, Kinds: []catalog.ShelterKind{catalog.Rescue}}, []string{"Rockville Cats"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			var got []string
			test.query.Limit = 1
			for more := true; more; {
				page, err := x.Shelters(test.query)
				if err != nil {
					t.Fatal(err)
				}
				for _, hit := range page.Hits {
					got = append(got, hit.Name)
				}
				more, test.query.Cursor = page.HasMore, page.Next
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
	if s, available, ok := x.Shelter("MD2", catalog.Audience{}); !ok || s.Name != "Baltimore Shelter" || available != 1 {
		t.Errorf("Shelter: got %q with %d available cats, %t, want Baltimore Shelter with 1", s.Name, available, ok)
	}
}
