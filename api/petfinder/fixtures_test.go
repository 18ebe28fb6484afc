package petfinder

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/vocab"
)

// testServer is the handler on a store and an index, with one key and a clock that only
// tests move.
type testServer struct {
	http.Handler
	store   *store.Store
	catalog *catalog.Catalog
	index   *search.Index
	places  *geo.Gazetteer
	now     *time.Time
	id      string // of the key
	secret  string // of the key
	token   string // of the key
}

// newTestServer returns a server without shelters and cats.
func newTestServer(tb testing.TB, s *store.Store) *testServer {
	tb.Helper()
	noon := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	places := geo.Default()
	var ids atomic.Uint64
	c := catalog.New(s, now, func() (id [16]byte) {
		id[0] = 1
		binary.BigEndian.PutUint64(id[8:], ids.Add(1))
		return id
	})
	key, text, err := c.CreateKey(tb.Context(), catalog.NewKey{Name: "client", Scopes: []access.Scope{access.ListingsRead}, Random: sha256.Sum256([]byte("old"))})
	if err != nil {
		tb.Fatal(err)
	}
	_, secret, err := access.SplitKey(text)
	if err != nil {
		tb.Fatal(err)
	}
	index := search.New(s, search.Options{
		Card: func(catalog.Cat) []byte { return []byte("{}") },
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := places.PostalCode(country, code)
			return place.Point, ok
		},
		Now: now,
	})
	handler, err := New(Config{
		Store: s, Keys: s, Index: index, Places: places, Log: slog.New(slog.DiscardHandler), Now: now,
		NewSeed: func() int64 { return 7 },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return &testServer{
		Handler: handler, store: s, catalog: c, index: index, places: places, now: &noon,
		id: key.ID, secret: secret, token: key.IssueToken(noon.Add(access.TokenTTL), nil),
	}
}

// newFixtureServer returns a server with the fixtures.
func newFixtureServer(tb testing.TB) *testServer {
	tb.Helper()
	s := newTestServer(tb, storetest.New(tb))
	s.addFixtures(tb)
	s.fillIndex(tb)
	return s
}

func (s *testServer) fillIndex(tb testing.TB) {
	tb.Helper()
	if err := s.index.Fill(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// addFixtures creates a shelter with a complete profile and one with a minimal profile,
// and seven cats, of which one is adopted, one pending and one removed.
func (s *testServer) addFixtures(tb testing.TB) {
	tb.Helper()
	derwood := s.putShelter(tb, "derwood", catalog.Profile{
		Name: "Derwood Animal Center", Kind: catalog.Municipal, Phone: "+1 240 555 0100", Email: "cats@derwood.example.org", Website: "https://derwood.example.org",
		Address: catalog.Address{Street: "1 Cat Lane", PostalCode: "20855", Country: "US"}, Hours: catalog.Hours{Saturday: "10 am to 5 pm"},
		Mission: "A home for each cat.", AdoptionPolicy: "Come and meet them.", AdoptionURL: "https://derwood.example.org/adopt",
		Social: catalog.Social{X: "https://x.example.org/derwood"}, Photos: []catalog.Photo{{URL: "https://derwood.example.org/house.jpg"}},
	})
	kent := s.putShelter(tb, "kent", catalog.Profile{
		Name: "Kent Cat Rescue", Kind: catalog.Rescue, Address: catalog.Address{PostalCode: "98032", Country: "US"}, Point: geo.Point{Lat: 47.4, Lng: -122.26},
	})
	s.putCats(tb, derwood,
		cat("A1", "Kenny Chatney", 37, func(f *catalog.Facts) {
			f.Sex, f.Altered, f.HouseTrained, f.Declawed, f.SpecialNeeds, f.ShotsCurrent = vocab.SexMale, new(true), new(true), new(false), new(false), new(true)
			f.Breed = vocab.Breed{Primary: "Domestic Short Hair", Secondary: "Siamese", Mixed: new(true)}
			f.Colors = vocab.Colors{Primary: "Tabby (Brown / Chocolate)", Secondary: "White", Tertiary: "Black"}
			f.Coat, f.Size, f.URL = vocab.CoatShort, vocab.SizeXLarge, "https://derwood.example.org/kenny?x=1&y=2"
			f.Description = "Kenny's <b>bold</b> & \"playful\".\nHe walks on a harness, watches birds for hours from every window of the house, and greets whom he meets."
			f.GoodWith = catalog.GoodWith{Children: new(true), Dogs: new(false)}
			f.Photos = []catalog.Photo{{URL: "https://photos.example.org/kenny.jpg?a=1&b=2"}, {URL: "https://photos.example.org/kenny-2.jpg"}}
			f.Videos = []catalog.Video{{EmbedURL: "https://video.example.org/embed/1?a=1&b=2"}, {URL: "https://video.example.org/2"}, {URL: "https://youtu.be/dQw4w9WgXcQ"}}
			f.Traits.Tags = []string{"Brave", "Lap Cat"}
		}),
		cat("A2", "Alfredo", 6, func(f *catalog.Facts) {
			f.Sex, f.Coat, f.Size, f.Colors.Primary = vocab.SexMale, vocab.CoatLong, vocab.SizeSmall, "Black"
			f.Description = "Shy."
		}),
		cat("A3", "Frederick", 170, func(f *catalog.Facts) { f.Sex, f.Size, f.SpecialNeeds = vocab.SexFemale, vocab.SizeLarge, new(true) }),
		cat("A4", "Waiting", 20, func(f *catalog.Facts) { f.Status = catalog.Pending }),
		cat("A5", "Goner", 20, nil),
	)
	s.putCats(tb, derwood, cat("A5", "Goner", 20, func(f *catalog.Facts) { f.Status, f.StatusReason = catalog.Removed, "transferred" }))
	s.putCats(tb, kent,
		cat("K1", "Nobody ", 0, func(f *catalog.Facts) { f.Birth, f.Breed = catalog.Birth{}, vocab.Breed{Unknown: true} }),
		cat("K2", "Zoë", 12, func(f *catalog.Facts) { f.Status, f.Breed.Primary, f.Sex = catalog.Adopted, "Siamese", vocab.SexFemale }),
	)
}

func (s *testServer) putShelter(tb testing.TB, name string, profile catalog.Profile) string {
	tb.Helper()
	shelter, _, err := s.catalog.PutShelter(tb.Context(), s.places, name, profile)
	if err != nil {
		tb.Fatal(err)
	}
	return shelter.ID
}

func (s *testServer) putCats(tb testing.TB, shelterID string, updates ...catalog.CatUpdate) {
	tb.Helper()
	results, err := s.catalog.UpsertCats(context.WithoutCancel(tb.Context()), shelterID, updates)
	if err != nil {
		tb.Fatal(err)
	}
	for i, r := range results {
		if r.Err != nil {
			tb.Fatalf("%s: %v", updates[i].ExternalID, r.Err)
		}
	}
}

// cat returns an update that sets the facts of a domestic shorthair of this age in months;
// edit may set more and may be nil.
func cat(id, name string, months int, edit func(*catalog.Facts)) catalog.CatUpdate {
	return catalog.CatUpdate{ExternalID: id, Source: "test", Edit: func(f *catalog.Facts) {
		f.Name, f.Breed.Primary = name, "Domestic Short Hair"
		f.ListedAt = time.Date(2026, time.April, 1+len(name), 9, 0, 0, 0, time.UTC)
		f.Birth = catalog.Birth{On: time.Date(2026, time.May, 1, 0, 0, 0, 0, time.UTC).AddDate(0, -months, 0), Precision: catalog.ToTheMonth}
		if edit != nil {
			edit(f)
		}
	}}
}
