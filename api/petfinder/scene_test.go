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

// stage is the handler over a store and an index, in a world where time stands
// still unless a test moves it, with one key.
type stage struct {
	http.Handler
	store   *store.Store
	catalog *catalog.Catalog
	index   *search.Index
	places  *geo.Gazetteer
	now     *time.Time
	id      string // of the key
	secret  string
	token   string
}

// newStage is a stage on which nobody stands yet.
func newStage(tb testing.TB, s *store.Store, change ...func(*Config)) *stage {
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
	key, text, err := c.CreateKey(tb.Context(), catalog.NewKey{Name: "an old client", Scopes: []access.Scope{access.ListingsRead}, Random: sha256.Sum256([]byte("old"))})
	if err != nil {
		tb.Fatal(err)
	}
	_, secret, err := access.SplitKey(text)
	if err != nil {
		tb.Fatal(err)
	}
	index := search.New(s, search.Options{
		Card: func(catalog.Cat, catalog.Shelter) []byte { return []byte("{}") },
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := places.PostalCode(country, code)
			return place.Point, ok
		},
		Now: now,
	})
	config := Config{
		Store: s, Keys: s, Index: index, Places: places, Log: slog.New(slog.DiscardHandler), Now: now,
		NewSeed: func() int64 { return 7 },
	}
	for _, ch := range change {
		ch(&config)
	}
	handler, err := New(config)
	if err != nil {
		tb.Fatal(err)
	}
	return &stage{
		Handler: handler, store: s, catalog: c, index: index, places: places, now: &noon,
		id: key.ID, secret: secret, token: key.IssueToken(noon.Add(access.TokenTTL), nil),
	}
}

// onSQLite is a stage with the scene on it.
func onSQLite(tb testing.TB) *stage {
	tb.Helper()
	s := newStage(tb, storetest.New(tb))
	s.setScene(tb)
	s.fill(tb)
	return s
}

func (s *stage) fill(tb testing.TB) {
	tb.Helper()
	if err := s.index.Fill(tb.Context()); err != nil {
		tb.Fatal(err)
	}
}

// setScene makes a shelter of whom much is known and one of whom little is, and
// seven cats: one is adopted, one pending, one was removed.
func (s *stage) setScene(tb testing.TB) {
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
			f.Videos = []catalog.Video{{EmbedURL: "https://video.example.org/embed/1?a=1&b=2"}, {URL: "https://video.example.org/2"}}
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

func (s *stage) putShelter(tb testing.TB, name string, profile catalog.Profile) string {
	tb.Helper()
	shelter, _, err := s.catalog.PutShelter(tb.Context(), s.places, name, profile)
	if err != nil {
		tb.Fatal(err)
	}
	return shelter.ID
}

func (s *stage) putCats(tb testing.TB, shelterID string, edits ...catalog.CatUpdate) {
	tb.Helper()
	outcomes, err := s.catalog.UpsertCats(context.WithoutCancel(tb.Context()), shelterID, edits)
	if err != nil {
		tb.Fatal(err)
	}
	for i, o := range outcomes {
		if o.Err != nil {
			tb.Fatalf("%s: %v", edits[i].ExternalID, o.Err)
		}
	}
}

// cat is a domestic shorthair of so many months; more says what else there is to say.
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
