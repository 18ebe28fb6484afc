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

// world is a catalog over an empty store, where time moves when told and ids count up.
type world struct {
	*catalog.Catalog
	store *store.Store
	now   time.Time
	home  catalog.Shelter
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	w := &world{Catalog: nil, store: s, now: time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC), home: catalog.Shelter{}}
	var ids atomic.Uint64
	w.Catalog = catalog.New(s, func() time.Time { return w.now }, func() (id [16]byte) {
		binary.BigEndian.PutUint64(id[8:], ids.Add(1))
		return id
	})
	home, _, err := w.PutShelter(t.Context(), atlas{}, "home", catalog.Profile{
		Name: "Home", Address: catalog.Address{PostalCode: "20855", Country: "us"},
	})
	if err != nil {
		t.Fatal(err)
	}
	w.home = home
	return w
}

// atlas knows one postal code.
type atlas struct{}

func (atlas) PostalCode(country, code string) (geo.Place, bool) {
	place := geo.Place{Country: "US", PostalCode: "20855", City: "Derwood", Region: "MD", RegionName: "Maryland", Point: geo.Point{Lat: 39.13, Lng: -77.15}}
	return place, country == "US" && code == "20855"
}

func (w *world) put(t *testing.T, edits ...catalog.CatUpdate) []catalog.CatResult {
	t.Helper()
	outcomes, err := w.UpsertCats(t.Context(), w.home.ID, edits)
	if err != nil {
		t.Fatal(err)
	}
	return outcomes
}

func (w *world) log(t *testing.T, after int64) []catalog.Change {
	t.Helper()
	changes, err := w.store.Changes(t.Context(), after, 1000)
	if err != nil {
		t.Fatal(err)
	}
	return changes
}

func edit(id string, lay func(*catalog.Facts)) catalog.CatUpdate {
	return catalog.CatUpdate{ExternalID: id, Source: "test", Edit: lay}
}

func named(name string) func(*catalog.Facts) { return func(f *catalog.Facts) { f.Name = name } }

func results(outcomes []catalog.CatResult) []catalog.Result {
	out := make([]catalog.Result, len(outcomes))
	for i, o := range outcomes {
		out[i] = o.Result
	}
	return out
}

func TestPutCats(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		steps := []struct {
			name  string
			edits []catalog.CatUpdate
			want  []catalog.Result
			log   []catalog.Op
		}{
			{"new cats are created", []catalog.CatUpdate{edit("1", named("Ada")), edit("2", named("Bo"))}, []catalog.Result{"created", "created"}, []catalog.Op{"created", "created"}},
			{"the same again changes nothing", []catalog.CatUpdate{edit("1", named("Ada")), edit("2", named("Bo"))}, []catalog.Result{"unchanged", "unchanged"}, nil},
			{"a cat that differs is updated", []catalog.CatUpdate{edit("1", named("Ada")), edit("2", named("Beau"))}, []catalog.Result{"unchanged", "updated"}, []catalog.Op{"updated"}},
			{"a wrong row stops no good one", []catalog.CatUpdate{edit("3", named("")), edit("4", named("Dot"))}, []catalog.Result{"refused", "created"}, []catalog.Op{"created"}},
			{"a row that comes twice is refused", []catalog.CatUpdate{edit("5", named("Eve")), edit("5", named("Eva"))}, []catalog.Result{"created", "refused"}, []catalog.Op{"created"}},
			{"a cat that found a home says so", []catalog.CatUpdate{edit("1", func(f *catalog.Facts) { f.Status = catalog.Adopted })}, []catalog.Result{"updated"}, []catalog.Op{"status_changed"}},
			{"a cat that is gone leaves a tombstone", []catalog.CatUpdate{edit("1", func(f *catalog.Facts) { f.Status = catalog.Removed })}, []catalog.Result{"updated"}, []catalog.Op{"removed"}},
		}
		for _, step := range steps {
			w.now = w.now.Add(time.Hour)
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			outcomes := w.put(t, step.edits...)
			if diff := cmp.Diff(step.want, results(outcomes)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", step.name, diff)
			}
			var ops []catalog.Op
			for _, c := range w.log(t, head.Seq) {
				ops = append(ops, c.Op)
			}
			if diff := cmp.Diff(step.log, ops); diff != "" {
				t.Errorf("%s, log (-want +got):\n%s", step.name, diff)
			}
			for _, o := range outcomes {
				if o.Result == catalog.ResultRejected {
					continue
				}
				kept, err := s.Cat(t.Context(), o.Cat.ID)
				if diff := cmp.Diff(o.Cat, kept); err != nil || diff != "" {
					t.Errorf("%s: what was answered is not what is kept, %v (-answered +kept):\n%s", step.name, err, diff)
				}
			}
		}
	})
}

func TestAnUnchangedCatIsConfirmed(t *testing.T) {
	t.Parallel()

	w := newWorld(t, storetest.New(t))
	first := w.put(t, edit("1", named("Ada")))[0].Cat
	w.now = w.now.Add(24 * time.Hour)
	w.put(t, edit("1", named("Ada")))
	kept, err := w.store.Cat(t.Context(), first.ID)
	if err != nil {
		t.Fatal(err)
	}
	if !kept.ConfirmedAt.Equal(w.now) || kept.Version != 1 || !kept.UpdatedAt.Equal(first.UpdatedAt) {
		t.Errorf("confirmed %s, version %d, updated %s; want confirmed %s and nothing else moved", kept.ConfirmedAt, kept.Version, kept.UpdatedAt, w.now)
	}
}

func TestAnAgeReadAgainDoesNotMoveTheBirth(t *testing.T) {
	t.Parallel()

	w := newWorld(t, storetest.New(t))
	born := func(on string, precision catalog.Precision) func(*catalog.Facts) {
		day, err := time.Parse(time.DateOnly, on)
		if err != nil {
			t.Fatal(err)
		}
		return func(f *catalog.Facts) { f.Name, f.Birth = "Ada", catalog.Birth{On: day, Precision: precision} }
	}
	steps := []struct {
		name string
		lay  func(*catalog.Facts)
		want string
	}{
		{"two years old, said in May", born("2024-05-01", catalog.ToTheYear), "2024-05-01"},
		{"two years old, said again in August", born("2024-08-01", catalog.ToTheYear), "2024-05-01"},
		{"three years old, said a year later", born("2024-05-02", catalog.ToTheYear), "2024-05-01"},
		{"a date of birth is better than an age", born("2024-03-07", catalog.ToTheDay), "2024-03-07"},
		{"an age that agrees does not blur it", born("2024-05-01", catalog.ToTheYear), "2024-03-07"},
		{"an age that contradicts it is believed", born("2020-05-01", catalog.ToTheYear), "2020-05-01"},
	}
	for _, step := range steps {
		got := w.put(t, edit("1", step.lay))[0].Cat.Birth.On.Format(time.DateOnly)
		if got != step.want {
			t.Errorf("%s: born %s, want %s", step.name, got, step.want)
		}
	}
}

func TestFaultsPointToTheField(t *testing.T) {
	t.Parallel()

	w := newWorld(t, storetest.New(t))
	tests := map[string]struct {
		lay     func(*catalog.Facts)
		pointer string
	}{
		"no name":                   {named(" "), "/name"},
		"a name like a novel":       {named(strings.Repeat("Ada ", 100)), "/name"},
		"a status of another world": {func(f *catalog.Facts) { f.Name, f.Status = "Ada", "asleep" }, "/status"},
		"born tomorrow": {func(f *catalog.Facts) {
			f.Name, f.Birth = "Ada", catalog.Birth{On: w.now.AddDate(0, 0, 3), Precision: catalog.ToTheDay}
		}, "/birth/date"},
		"born before the war": {func(f *catalog.Facts) {
			f.Name, f.Birth = "Ada", catalog.Birth{On: w.now.AddDate(-80, 0, 0), Precision: catalog.ToTheDay}
		}, "/birth/date"},
		"listed in the year 20260":    {func(f *catalog.Facts) { f.Name, f.ListedAt = "Ada", w.now.AddDate(18000, 0, 0) }, "/listed_at"},
		"as heavy as a dog":           {func(f *catalog.Facts) { f.Name, f.WeightKg = "Ada", new(41.0) }, "/weight_kg"},
		"a breed of dogs":             {func(f *catalog.Facts) { f.Name, f.Breed.Primary = "Ada", "Beagle" }, "/breed/primary"},
		"a colour that is misspelt":   {func(f *catalog.Facts) { f.Name, f.Colors.Primary = "Ada", "Blck" }, "/colors/primary"},
		"a fee without a currency":    {func(f *catalog.Facts) { f.Name, f.Fee.Minor = "Ada", new(int64(100)) }, "/fee/currency"},
		"a photo that is a program":   {func(f *catalog.Facts) { f.Name, f.Photos = "Ada", []catalog.Photo{{URL: "javascript:alert(1)"}} }, "/photos/0/url"},
		"a description of many pages": {func(f *catalog.Facts) { f.Name, f.Description = "Ada", strings.Repeat("a", catalog.MaxDescription+1) }, "/description"},
	}
	for name, tt := range tests {
		outcome := w.put(t, edit("x", tt.lay))[0]
		var refusal *catalog.Error
		if !errors.As(outcome.Err, &refusal) || len(refusal.Faults) != 1 || refusal.Faults[0].Pointer != tt.pointer {
			t.Errorf("%s: %v, want one fault at %s", name, outcome.Err, tt.pointer)
		}
	}
	if changes := w.log(t, 1); len(changes) > 0 {
		t.Errorf("refused rows were logged: %v", changes)
	}
}

func TestNothingOfAWriteIsKeptWhereOneStepFails(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		if _, err := w.UpsertCats(t.Context(), "shl_nowhere", []catalog.CatUpdate{edit("1", named("Ada"))}); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("cats of no shelter: %v, want not_found", err)
		}
		if changes := w.log(t, 1); len(changes) > 0 {
			t.Errorf("the log has %v", changes)
		}
	})
}

func TestPutShelter(t *testing.T) {
	t.Parallel()

	w := newWorld(t, storetest.New(t))
	if w.home.Code != "MD1" || w.home.Address.City != "Derwood" || w.home.PointPrecision != catalog.PostalPoint {
		t.Errorf("%+v, want code MD1 in Derwood at the middle of its postal code", w.home)
	}
	tests := map[string]struct {
		profile catalog.Profile
		says    string
	}{
		"a postal code that is none": {catalog.Profile{Name: "X", Address: catalog.Address{PostalCode: "00000", Country: "US"}}, "/address/postal_code"},
		"latitude and longitude swapped": {
			catalog.Profile{Name: "X", Point: geo.Point{Lat: -77.15, Lng: 39.13}, Address: catalog.Address{PostalCode: "20855", Country: "US"}}, "swapped",
		},
		"no name": {catalog.Profile{Address: catalog.Address{PostalCode: "20855", Country: "US"}}, "/name"},
	}
	for name, tt := range tests {
		_, _, err := w.PutShelter(t.Context(), atlas{}, "other", tt.profile)
		if catalog.KindOf(err) != catalog.Invalid || !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %v, want a refusal that says %s", name, err, tt.says)
		}
	}
	again, result, err := w.PutShelter(t.Context(), atlas{}, "home", w.home.Profile)
	if err != nil || result != catalog.WasUnchanged || again.ID != w.home.ID {
		t.Errorf("the same again: %s %v %v", again.ID, result, err)
	}
	withheld := catalog.Restriction{Classes: []catalog.AudienceClass{catalog.AggregatorReader}}
	if _, err := w.ChangeShelter(t.Context(), atlas{}, w.home.ID, 0, func(p *catalog.Profile) { p.WithheldFrom = withheld }); err != nil {
		t.Fatal(err)
	}
	w.home.Phone = "1"
	if again, _, err = w.PutShelter(t.Context(), atlas{}, "home", w.home.Profile); err != nil || again.Phone != "1" || !again.WithheldFrom.Any() {
		t.Errorf("a file undid that listings are withheld: %+v %v", again.Profile, err)
	}
}

func TestDiffNamesWhatTheAPICallsIt(t *testing.T) {
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

func TestBrief(t *testing.T) {
	t.Parallel()

	long := strings.Repeat("word ", 60)
	tests := map[string]struct {
		facts catalog.Facts
		want  string
	}{
		"a summary is taken as it is":      {catalog.Facts{Summary: "Sweet.", Description: long}, "Sweet."},
		"a short description is the brief": {catalog.Facts{Description: "Sweet  and\ncalm"}, "Sweet and calm"},
		"a long one ends after a sentence": {catalog.Facts{Description: strings.Repeat("She purrs at everyone. ", 20)}, strings.TrimSpace(strings.Repeat("She purrs at everyone. ", 7))},
		"or else after a word":             {catalog.Facts{Description: long}, strings.TrimSpace(strings.Repeat("word ", 32)) + "…"},
		"no description is no brief":       {catalog.Facts{}, ""},
		"letters are counted, not bytes":   {catalog.Facts{Description: strings.Repeat("é", 160)}, strings.Repeat("é", 160)},
	}
	for name, tt := range tests {
		if got := tt.facts.Excerpt(); got != tt.want {
			t.Errorf("%s: %q, want %q", name, got, tt.want)
		}
	}
}

func TestID(t *testing.T) {
	t.Parallel()

	// The example of the TypeID specification: a UUIDv7 and its base 32.
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

func TestACatGoesWithWhoSpeaksOfItLast(t *testing.T) {
	t.Parallel()

	w := newWorld(t, storetest.New(t))
	w.put(t, edit("1", named("Ada")))
	other := edit("1", named("Ada"))
	other.Source = "api"
	if got := w.put(t, other)[0]; got.Result != catalog.WasUpdated || got.Cat.Source != "api" || got.Cat.Version != 2 {
		t.Errorf("said by another source: %s, %s, version %d; want updated, api, 2", got.Result, got.Cat.Source, got.Cat.Version)
	}
	if got := w.put(t, other)[0]; got.Result != catalog.WasUnchanged {
		t.Errorf("said again by the same source: %s, want unchanged", got.Result)
	}
}
