package catalog_test

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/vocab"
)

// fixture is a catalog on an empty store with one shelter, a settable clock and
// sequential ids.
type fixture struct {
	*catalog.Catalog
	store   *store.Store
	now     time.Time
	shelter catalog.Shelter
}

func newFixture(t *testing.T, s *store.Store) *fixture {
	t.Helper()
	fx := &fixture{Catalog: nil, store: s, now: time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC), shelter: catalog.Shelter{}}
	var ids atomic.Uint64
	fx.Catalog = catalog.New(s, func() time.Time { return fx.now }, func() (id [16]byte) {
		binary.BigEndian.PutUint64(id[8:], ids.Add(1))
		return id
	})
	shelter, _, err := fx.PutShelter(t.Context(), onePlace{}, "home", catalog.Profile{
		Name: "Home", Address: catalog.Address{PostalCode: "20855", Country: "us"},
	})
	if err != nil {
		t.Fatal(err)
	}
	fx.shelter = shelter
	return fx
}

// onePlace is a gazetteer with one postal code.
type onePlace struct{}

func (onePlace) Locate(country, code, _ string) (geo.Place, bool) {
	if country != "US" || code != "20855" {
		return geo.Place{}, false
	}
	return geo.Place{
		Country: "US", PostalCode: "20855", City: "Derwood", Region: "MD", RegionName: "Maryland",
		Point: geo.Point{Lat: 39.13, Lng: -77.15}, Precision: geo.ToPostalCode,
	}, true
}

func (onePlace) HasRegions(string) bool { return false }

func (onePlace) FindRegions(string, ...string) ([]geo.Region, error) { return nil, nil }

func (fx *fixture) put(t *testing.T, edits ...catalog.CatUpdate) []catalog.CatResult {
	t.Helper()
	updated, err := fx.UpsertCats(t.Context(), fx.shelter.ID, edits)
	if err != nil {
		t.Fatal(err)
	}
	return updated
}

func (fx *fixture) log(t *testing.T, after int64) []catalog.Change {
	t.Helper()
	changes, err := fx.store.Changes(t.Context(), after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func edit(id string, apply func(*catalog.Facts)) catalog.CatUpdate {
	return catalog.CatUpdate{ExternalID: id, Source: "test", Edit: apply}
}

func named(name string) func(*catalog.Facts) { return func(f *catalog.Facts) { f.Name = name } }

func results(updated []catalog.CatResult) []catalog.Result {
	out := make([]catalog.Result, len(updated))
	for i, o := range updated {
		out[i] = o.Result
	}
	return out
}

func TestUpsertCats_LogsAndStoresEachResult(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		steps := []struct {
			name  string
			edits []catalog.CatUpdate
			want  []catalog.Result
			log   []catalog.Op
		}{
			{"new cats", []catalog.CatUpdate{edit("1", named("Ada")), edit("2", named("Bo"))}, []catalog.Result{"created", "created"}, []catalog.Op{"created", "created"}},
			{"the same updates again", []catalog.CatUpdate{edit("1", named("Ada")), edit("2", named("Bo"))}, []catalog.Result{"unchanged", "unchanged"}, nil},
			{"one cat differs", []catalog.CatUpdate{edit("1", named("Ada")), edit("2", named("Beau"))}, []catalog.Result{"unchanged", "updated"}, []catalog.Op{"updated"}},
			{"an invalid update does not affect a valid one", []catalog.CatUpdate{edit("3", named("")), edit("4", named("Dot"))}, []catalog.Result{"rejected", "created"}, []catalog.Op{"created"}},
			{"a duplicate external id", []catalog.CatUpdate{edit("5", named("Eve")), edit("5", named("Eva"))}, []catalog.Result{"created", "rejected"}, []catalog.Op{"created"}},
			{"an adoption", []catalog.CatUpdate{edit("1", func(f *catalog.Facts) { f.Status = catalog.Adopted })}, []catalog.Result{"updated"}, []catalog.Op{"status_changed"}},
			{"a removal", []catalog.CatUpdate{edit("1", func(f *catalog.Facts) { f.Status = catalog.Removed })}, []catalog.Result{"updated"}, []catalog.Op{"removed"}},
		}
		for _, step := range steps {
			fx.now = fx.now.Add(time.Hour)
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			updated := fx.put(t, step.edits...)
			if diff := cmp.Diff(step.want, results(updated)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
			var ops []catalog.Op
			for _, c := range fx.log(t, head.Seq) {
				ops = append(ops, c.Op)
			}
			if diff := cmp.Diff(step.log, ops); diff != "" {
				t.Errorf("%s, log (-want +got):\n%s", step.name, diff)
			}
			for _, o := range updated {
				if o.Result == catalog.ResultRejected {
					continue
				}
				kept, err := s.Cat(t.Context(), o.Cat.ID)
				if diff := cmp.Diff(o.Cat, kept); err != nil || diff != "" {
					t.Errorf("%s: the result differs from the stored cat, error %v (-result +stored):\n%s", step.name, err, diff)
				}
			}
		}
	})
}

func TestUpsertCats_UnchangedCatMovesOnlyConfirmedAt(t *testing.T) {
	t.Parallel()

	fx := newFixture(t, storetest.New(t))
	first := fx.put(t, edit("1", named("Ada")))[0].Cat
	fx.now = fx.now.Add(24 * time.Hour)
	fx.put(t, edit("1", named("Ada")))
	kept, err := fx.store.Cat(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !kept.ConfirmedAt.Equal(fx.now) || kept.Version != 1 || !kept.UpdatedAt.Equal(first.UpdatedAt) {
		t.Errorf("confirmed %s, version %d, updated %s; want confirmed %s and nothing else moved", kept.ConfirmedAt, kept.Version, kept.UpdatedAt, fx.now)
	}
}

func TestUpsertCats_RestatedAgeKeepsBirth(t *testing.T) {
	t.Parallel()

	fx := newFixture(t, storetest.New(t))
	born := func(on string, precision catalog.Precision) func(*catalog.Facts) {
		day, err := time.Parse(time.DateOnly, on)
		if err != nil {
			t.Fatal(err)
		}
		return func(f *catalog.Facts) { f.Name, f.Birth = "Ada", catalog.Birth{On: day, Precision: precision} }
	}
	steps := []struct {
		name  string
		apply func(*catalog.Facts)
		want  string
	}{
		{"an age of two years", born("2024-05-01", catalog.ToTheYear), "2024-05-01"},
		{"the same age three months later", born("2024-08-01", catalog.ToTheYear), "2024-05-01"},
		{"an age of three years, one year later", born("2024-05-02", catalog.ToTheYear), "2024-05-01"},
		{"a date of birth replaces an age", born("2024-03-07", catalog.ToTheDay), "2024-03-07"},
		{"a consistent age keeps the date of birth", born("2024-05-01", catalog.ToTheYear), "2024-03-07"},
		{"an inconsistent age replaces the birth", born("2020-05-01", catalog.ToTheYear), "2020-05-01"},
	}
	for _, step := range steps {
		got := fx.put(t, edit("1", step.apply))[0].Cat.Birth.On.Format(time.DateOnly)
		if got != step.want {
			t.Errorf("%s: born %s, want %s", step.name, got, step.want)
		}
	}
}

func TestUpsertCats_FieldErrorsPointToTheField(t *testing.T) {
	t.Parallel()

	fx := newFixture(t, storetest.New(t))
	tests := map[string]struct {
		apply   func(*catalog.Facts)
		pointer string
	}{
		"no name":               {named(" "), "/name"},
		"a name over the limit": {named(strings.Repeat("Ada ", 100)), "/name"},
		"an unknown status":     {func(f *catalog.Facts) { f.Name, f.Status = "Ada", "asleep" }, "/status"},
		"a birth in the future": {func(f *catalog.Facts) {
			f.Name, f.Birth = "Ada", catalog.Birth{On: fx.now.AddDate(0, 0, 3), Precision: catalog.ToTheDay}
		}, "/birth/date"},
		"a birth 80 years ago": {func(f *catalog.Facts) {
			f.Name, f.Birth = "Ada", catalog.Birth{On: fx.now.AddDate(-80, 0, 0), Precision: catalog.ToTheDay}
		}, "/birth/date"},
		"a date after 2100":             {func(f *catalog.Facts) { f.Name, f.ListedAt = "Ada", fx.now.AddDate(18000, 0, 0) }, "/listed_at"},
		"a weight of 41 kg":             {func(f *catalog.Facts) { f.Name, f.WeightKg = "Ada", new(41.0) }, "/weight_kg"},
		"an unknown breed":              {func(f *catalog.Facts) { f.Name, f.Breed.Primary = "Ada", "Beagle" }, "/breed/primary"},
		"a misspelt colour":             {func(f *catalog.Facts) { f.Name, f.Colors.Primary = "Ada", "Blck" }, "/colors/primary"},
		"a fee without a currency":      {func(f *catalog.Facts) { f.Name, f.Fee.Minor = "Ada", new(int64(100)) }, "/fee/currency"},
		"a photo with a javascript URL": {func(f *catalog.Facts) { f.Name, f.Photos = "Ada", []catalog.Photo{{URL: "javascript:alert(1)"}} }, "/photos/0/url"},
		"a description over the limit":  {func(f *catalog.Facts) { f.Name, f.Description = "Ada", strings.Repeat("a", catalog.MaxDescription+1) }, "/description"},
	}
	for name, tt := range tests {
		result := fx.put(t, edit("x", tt.apply))[0]
		var rejection *catalog.Error
		if !errors.As(result.Err, &rejection) || len(rejection.Fields) != 1 || rejection.Fields[0].Pointer != tt.pointer {
			t.Errorf("%s: got %v, want one field error at %s", name, result.Err, tt.pointer)
		}
	}
	if changes := fx.log(t, 1); len(changes) > 0 {
		t.Errorf("rejected updates were logged: %v", changes)
	}
}

func TestFactsValidate_ErrorsAreInTheOrderOfTheFields(t *testing.T) {
	t.Parallel()

	facts := catalog.Facts{
		Name: "Ada", Status: catalog.Available, Sex: vocab.SexFemale, AdoptedOn: time.Unix(0, 0), AvailableOn: time.Unix(0, 0), StatusChangedAt: time.Unix(0, 0), ListedAt: time.Unix(0, 0),
		Breed: vocab.Breed{Primary: "Beagle", Secondary: "Poodle"}, Colors: vocab.Colors{Primary: "Blck", Secondary: "Wite", Tertiary: "Grrey"},
	}
	want := []string{
		"/listed_at", "/status_changed_at", "/available_on", "/adopted_on",
		"/breed/primary", "/breed/secondary", "/colors/primary", "/colors/secondary", "/colors/tertiary",
	}
	for range 20 { // the order of a map would differ in one of them
		var got []string
		for _, e := range facts.Validate(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)) {
			got = append(got, e.Pointer)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("pointers of the errors (-want +got):\n%s", diff)
		}
	}
}

func TestUpsertCats_UnknownShelterKeepsNothing(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		if _, err := fx.UpsertCats(t.Context(), "shl_nowhere", []catalog.CatUpdate{edit("1", named("Ada"))}); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("cats of an unknown shelter: got %v, want not_found", err)
		}
		if changes := fx.log(t, 1); len(changes) > 0 {
			t.Errorf("got log entries %v, want none", changes)
		}
	})
}

func TestPutShelter_ValidatesAndKeepsRestriction(t *testing.T) {
	t.Parallel()

	fx := newFixture(t, storetest.New(t))
	if fx.shelter.Code != "MD1" || fx.shelter.Address.City != "Derwood" || fx.shelter.PointPrecision != catalog.PostalPoint {
		t.Errorf("got %+v, want code MD1 in Derwood at the centre of its postal code", fx.shelter)
	}
	tests := map[string]struct {
		profile catalog.Profile
		message string
	}{
		"an unknown postal code": {catalog.Profile{Name: "X", Address: catalog.Address{PostalCode: "00000", Country: "US"}}, "/address/postal_code"},
		"latitude and longitude swapped": {
			catalog.Profile{Name: "X", Point: geo.Point{Lat: -77.15, Lng: 39.13}, Address: catalog.Address{PostalCode: "20855", Country: "US"}}, "swapped",
		},
		"no name": {catalog.Profile{Address: catalog.Address{PostalCode: "20855", Country: "US"}}, "/name"},
	}
	for name, tt := range tests {
		_, _, err := fx.PutShelter(t.Context(), onePlace{}, "other", tt.profile)
		if catalog.KindOf(err) != catalog.Invalid || !strings.Contains(err.Error(), tt.message) {
			t.Errorf("%s: got %v, want an error that contains %s", name, err, tt.message)
		}
	}
	again, result, err := fx.PutShelter(t.Context(), onePlace{}, "home", fx.shelter.Profile)
	if err != nil || result != catalog.ResultUnchanged || again.ID != fx.shelter.ID {
		t.Errorf("the same profile again: got %s, %v, %v, want it unchanged", again.ID, result, err)
	}
	withheld := catalog.Restriction{Classes: []string{string(catalog.AggregatorReader)}}
	if _, err := fx.ChangeShelter(t.Context(), onePlace{}, fx.shelter.ID, 0, func(p *catalog.Profile) { p.HiddenFrom = withheld }); err != nil {
		t.Fatal(err)
	}
	fx.shelter.Phone = "1"
	if again, _, err = fx.PutShelter(t.Context(), onePlace{}, "home", fx.shelter.Profile); err != nil || again.Phone != "1" || !again.HiddenFrom.Any() {
		t.Errorf("an imported profile reset the restriction: %+v, %v", again.Profile, err)
	}
}

func TestDiffFacts_UsesAPINames(t *testing.T) {
	t.Parallel()

	a := catalog.Facts{Name: "Ada"}
	b := catalog.Facts{Name: "Ada", StatusChangedAt: time.Unix(1, 0), FeLV: new(true), URL: "https://example.org", GoodWith: catalog.GoodWith{Cats: new(true)}, SpecialNeedsNotes: "x", Sex: vocab.SexMale}
	got := catalog.DiffFacts(a, b)
	want := []string{"felv", "good_with", "sex", "special_needs_notes", "status_changed_at", "url"}
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExcerpt(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("word ", 60)
	tests := map[string]struct {
		facts catalog.Facts
		want  string
	}{
		"the summary comes first":                  {catalog.Facts{Summary: "Sweet.", Description: long}, "Sweet."},
		"a short description is complete":          {catalog.Facts{Description: "Sweet  and\ncalm"}, "Sweet and calm"},
		"a long description ends after a sentence": {catalog.Facts{Description: strings.Repeat("She purrs at everyone. ", 20)}, strings.TrimSpace(strings.Repeat("She purrs at everyone. ", 7))},
		"without sentences it ends after a word":   {catalog.Facts{Description: long}, strings.TrimSpace(strings.Repeat("word ", 32)) + "…"},
		"no description":                           {catalog.Facts{}, ""},
		"characters are counted, not bytes":        {catalog.Facts{Description: strings.Repeat("é", 160)}, strings.Repeat("é", 160)},
	}
	for name, tt := range tests {
		if got := tt.facts.Excerpt(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestNewID_FollowsTypeIDSpecification(t *testing.T) {
	t.Parallel()

	// The example of the TypeID specification.
	uuid := [16]byte{0x01, 0x89, 0x0a, 0x5d, 0xac, 0x96, 0x77, 0x4b, 0xbc, 0xce, 0xb3, 0x02, 0x09, 0x9a, 0x80, 0x57}
	if got := catalog.NewID("prefix", uuid); got != "prefix_01h455vb4pex5vsknk084sn02q" {
		t.Errorf("got %s", got)
	}
	if err := catalog.CheckID(catalog.CatPrefix, catalog.NewID(catalog.CatPrefix, uuid)); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"", "cat_", "shl_01h455vb4pex5vsknk084sn02q", "cat_01h455vb4pex5vsknk084sn02", "cat_81h455vb4pex5vsknk084sn02q", "cat_01h455vb4pex5vsknk084sn02u"} {
		if err := catalog.CheckID(catalog.CatPrefix, bad); catalog.KindOf(err) != catalog.Malformed {
			t.Errorf("%q: %v, want malformed", bad, err)
		}
	}
}

func TestUpsertCats_LastSourceOwnsTheCat(t *testing.T) {
	t.Parallel()

	fx := newFixture(t, storetest.New(t))
	fx.put(t, edit("1", named("Ada")))
	other := edit("1", named("Ada"))
	other.Source = "api"
	if got := fx.put(t, other)[0]; got.Result != catalog.ResultUpdated || got.Cat.Source != "api" || got.Cat.Version != 2 {
		t.Errorf("reported by another source: got %s, %s, version %d; want updated, api, 2", got.Result, got.Cat.Source, got.Cat.Version)
	}
	if got := fx.put(t, other)[0]; got.Result != catalog.ResultUnchanged {
		t.Errorf("reported again by the same source: got %s, want unchanged", got.Result)
	}
}
