package api

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"maps"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/suitability"
	"trailcat/internal/vocab"
)

// testServer is the whole service with the data of addFixtures. Its clock stands still
// and its ids are sequential.
type testServer struct {
	http.Handler
	catalog *catalog.Catalog
	index   *search.Index
	store   *store.Store
	now     *time.Time
	ids     *atomic.Uint64    // how many ids were made
	keys    map[string]string // by name, such as "writer"
}

// newServer returns a server over a store of newFixtureStore, or over an empty store, to
// which it adds the fixtures. The change functions adjust its configuration.
func newServer(tb testing.TB, s *store.Store, change ...func(*Config)) *testServer {
	tb.Helper()
	noon := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	places := geo.Default()
	rubrics := published(tb)
	var ids atomic.Uint64
	c := catalog.New(s, now, func() (id [16]byte) {
		id[0] = 1
		binary.BigEndian.PutUint64(id[8:], ids.Add(1))
		return id
	}).WithRater(suitability.NewRater(rubrics))
	head, err := s.Head(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	var keys map[string]string
	if head.Seq == 0 {
		keys = addFixtures(tb, c, places)
	} else {
		made := fixtures(tb)
		keys = maps.Clone(made.keys)
		ids.Store(made.ids)
	}
	index := search.New(s, search.Options{
		Card:          wire.CardEncoder(""),
		CardFragments: wire.CardFragments(""),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := places.PostalCode(country, code)
			return place.Point, ok
		},
		Now: now,
	})
	if err := index.Fill(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	var requests, keysMade atomic.Uint64
	config := Config{
		Store: s, Keys: s, Catalog: c, WebhookSender: newFakeSender(c, now), Index: index, Places: places, Rubrics: rubrics, Log: slog.New(slog.DiscardHandler), Now: now,
		NewID: func() string { return strconv.FormatUint(requests.Add(1), 10) }, Version: "test",
		Random: func() [32]byte { return sha256.Sum256(binary.BigEndian.AppendUint64(nil, keysMade.Add(1))) }, Idempotency: s, Audit: s, PageCache: 1 << 20,
		ImportWait: time.Minute, TempDir: tb.TempDir(),
	}
	for _, ch := range change {
		ch(&config)
	}
	if config.Exports == nil {
		config.Exports = newExportCache(tb, config.Store, config)
	}
	handler, err := New(config)
	if err != nil {
		tb.Fatal(err)
	}
	return &testServer{Handler: checkStatuses(tb, handler), catalog: c, index: index, store: s, now: &noon, ids: &ids, keys: keys}
}

// newSQLiteServer returns a server with a SQLite store of its own.
func newSQLiteServer(tb testing.TB, change ...func(*Config)) *testServer {
	tb.Helper()
	return newServer(tb, newFixtureStore(tb), change...)
}

// newFixtureStore returns a SQLite store that has the fixtures.
func newFixtureStore(tb testing.TB) *store.Store {
	tb.Helper()
	return storetest.Restore(tb, fixtures(tb).content)
}

// fixtureFile is a SQLite file with the fixtures, and what addFixtures made for it.
type fixtureFile struct {
	content []byte
	keys    map[string]string
	ids     uint64
}

var (
	fixturesOnce sync.Once
	fixturesMade fixtureFile
)

// fixtures returns the fixtures, made once because copies are cheaper.
func fixtures(tb testing.TB) *fixtureFile {
	tb.Helper()
	fixturesOnce.Do(func() {
		url := storetest.URL(tb, "sqlite")
		s, err := store.Open(tb.Context(), url)
		if err != nil {
			tb.Fatal(err)
		}
		made := newServer(tb, s)
		if err := s.Close(); err != nil {
			tb.Fatal(err)
		}
		content, err := os.ReadFile(strings.TrimPrefix(url, "sqlite:"))
		if err != nil {
			tb.Fatal(err)
		}
		fixturesMade = fixtureFile{content: content, keys: made.keys, ids: made.ids.Load()}
	})
	return &fixturesMade
}

// addFixtures adds two shelters with nine cats, of which one is adopted and one is
// removed. It returns API keys by name.
func addFixtures(tb testing.TB, c *catalog.Catalog, places *geo.Gazetteer) map[string]string {
	tb.Helper()
	derwood := putShelter(tb, c, places, "derwood", catalog.Profile{
		Name: "Derwood Animal Center", Kind: catalog.Municipal, Phone: "+1 240 555 0100", Website: "https://derwood.example.org",
		Address: catalog.Address{Street: "1 Cat Lane", PostalCode: "20855", Country: "US"}, Hours: catalog.Hours{Saturday: "10 am to 5 pm"},
	})
	kent := putShelter(tb, c, places, "kent", catalog.Profile{
		Name: "Kent Cat Rescue", Kind: catalog.Rescue, Address: catalog.Address{PostalCode: "98032", Country: "US"}, Point: geo.Point{Lat: 47.4, Lng: -122.26},
	})
	putCats(tb, c, derwood,
		cat("A1", "Kenny Chatney", 37, func(f *catalog.Facts) {
			f.Sex, f.Altered = vocab.SexMale, new(true)
			f.Colors = vocab.Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "White", Pattern: "tabby"}
			f.Description = "Kenny walks on a harness and loves bird watching from the window. He is playful with everyone he meets."
			f.GoodWith = catalog.GoodWith{Children: new(true), Dogs: new(false)}
			f.Photos = []catalog.Photo{{URL: "https://photos.example.org/kenny.jpg", Width: 1024, Height: 768, Alt: "A brown tabby on a wall"}, {URL: "https://photos.example.org/kenny-2.jpg"}}
			f.Fee = catalog.Fee{Minor: new(int64(12500)), Currency: "USD"}
			f.Traits.Tags = []string{"Brave", "Lap cat"}
		}),
		cat("A2", "Rutile", 40, func(f *catalog.Facts) {
			f.Sex, f.Altered, f.Colors.Primary, f.Colors.Pattern = vocab.SexFemale, new(true), "Black", "solid"
			f.Description = "A quiet lady who watches birds."
		}),
		cat("A3", "Scampi", 170, func(f *catalog.Facts) {
			f.Breed.Primary, f.Colors.Primary, f.FosterPostalCode = "Domestic Medium Hair", "Gray / Blue / Silver", "21201"
			f.SpecialNeeds, f.SpecialNeedsNotes = new(true), "Needs a pill with breakfast."
			f.KeepUnparsed("size", "about as big as a loaf")
		}),
		cat("A4", "Pip", 3, func(f *catalog.Facts) { f.BondedWith = []string{"A5"} }),
		cat("A5", "Squeak", 3, func(f *catalog.Facts) { f.BondedWith = []string{"A4"} }),
		cat("A6", "Goner", 20, nil),
	)
	putCats(tb, c, derwood, cat("A6", "Goner", 20, func(f *catalog.Facts) { f.Status, f.StatusReason = catalog.Removed, "transferred" }))
	putCats(tb, c, kent,
		cat("K1", "Hera", 130, func(f *catalog.Facts) {
			f.Sex, f.Altered, f.Colors.Primary, f.Colors.Pattern = vocab.SexFemale, new(true), "Calico", "calico"
			f.URL = "https://kent.example.org/hera"
		}),
		cat("K2", "Zoë", 12, func(f *catalog.Facts) { f.Status, f.Breed.Primary = catalog.Adopted, "Siamese" }),
		cat("K3", "Nobody", 0, func(f *catalog.Facts) { f.Birth, f.Breed = catalog.Birth{}, vocab.Breed{Unknown: true} }),
	)
	return addPartners(tb, c, places, derwood, kent)
}

// addPartners gives each shelter to a partner of its own. It returns API keys by name:
// writer, reader and test of the first partner, other of the second, and admin.
func addPartners(tb testing.TB, c *catalog.Catalog, places *geo.Gazetteer, first, second string) map[string]string {
	tb.Helper()
	partner := func(name, shelterID string) string {
		p, err := c.CreatePartner(tb.Context(), name, catalog.PublicReader, catalog.Quotas{})
		if err != nil {
			tb.Fatal(err)
		}
		if _, err := c.TransferShelter(tb.Context(), places, shelterID, 0, p.ID, func(*catalog.Profile) {}); err != nil {
			tb.Fatal(err)
		}
		return p.ID
	}
	a, b := partner("Montgomery County", first), partner("Kent Cat Friends", second)
	read, write := []access.Scope{access.ListingsRead}, []access.Scope{access.ListingsRead, access.ListingsWrite, access.AssessmentsWrite, access.Webhooks}
	keys := map[string]string{}
	for _, ask := range []catalog.NewKey{
		{PartnerID: a, Name: "writer", Scopes: write},
		{PartnerID: a, Name: "reader", Scopes: read},
		{PartnerID: a, Name: "test", Scopes: write, Test: true},
		{PartnerID: b, Name: "other", Scopes: write},
		{PartnerID: "", Name: "admin", Scopes: []access.Scope{access.Admin}},
	} {
		ask.Random = sha256.Sum256([]byte(ask.Name))
		_, text, err := c.CreateKey(tb.Context(), ask)
		if err != nil {
			tb.Fatal(err)
		}
		keys[ask.Name] = text
	}
	return keys
}

// addKey creates an API key, which keys then contains by its name.
func (s *testServer) addKey(tb testing.TB, ask catalog.NewKey) {
	tb.Helper()
	ask.Random = sha256.Sum256([]byte(ask.Name))
	_, text, err := s.catalog.CreateKey(tb.Context(), ask)
	if err != nil {
		tb.Fatal(err)
	}
	s.keys[ask.Name] = text
}

// keyOf returns the stored key of a name.
func keyOf(t *testing.T, api *testServer, name string) access.Key {
	t.Helper()
	id, _, err := access.SplitKey(api.keys[name])
	if err != nil {
		t.Fatal(err)
	}
	key, err := api.store.Key(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// bearer returns the Authorization header for a key, as get takes it.
func (s *testServer) bearer(name string) string { return "Authorization: Bearer " + s.keys[name] }

func putShelter(tb testing.TB, c *catalog.Catalog, places *geo.Gazetteer, name string, profile catalog.Profile) string {
	tb.Helper()
	shelter, _, err := c.PutShelter(tb.Context(), places, name, profile)
	if err != nil {
		tb.Fatal(err)
	}
	return shelter.ID
}

func putCats(tb testing.TB, c *catalog.Catalog, shelterID string, edits ...catalog.CatUpdate) []catalog.CatResult {
	tb.Helper()
	outcomes, err := c.UpsertCats(context.WithoutCancel(tb.Context()), shelterID, edits)
	if err != nil {
		tb.Fatal(err)
	}
	for i, o := range outcomes {
		if o.Err != nil {
			tb.Fatalf("%s: %v", edits[i].ExternalID, o.Err)
		}
	}
	return outcomes
}

// cat returns an update that writes a domestic shorthair of an age in months; more
// changes further facts and may be nil.
func cat(id, name string, months int, more func(*catalog.Facts)) catalog.CatUpdate {
	return catalog.CatUpdate{ExternalID: id, Source: "test", Edit: func(f *catalog.Facts) {
		f.Name, f.Breed.Primary = name, "Domestic Short Hair"
		f.ListedAt = time.Date(2026, time.April, 1+len(name), 9, 0, 0, 0, time.UTC)
		f.Birth = catalog.Birth{On: time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC).AddDate(0, -months, 0), Precision: catalog.ToTheMonth}
		if more != nil {
			more(f)
		}
	}}
}
