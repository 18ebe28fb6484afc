package petfinder_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"

	"trailcat/api"
	"trailcat/api/petfinder"
	"trailcat/api/wire"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const (
	benchCats     = 100_000
	benchShelters = 275
)

// BenchmarkSearch asks the same questions in both wire formats, on one index
// and one SQLite file, each with everything that stands around it in the server:
//
//   - v1: as anybody asks, and with a key, which is read from the database;
//   - v2: when the animals found were shown before, and when none of them was.
//
// One op is one request for 20 cats, at one of 200 places or at the end of the
// catalog where the newest stand.
func BenchmarkSearch(b *testing.B) {
	t := newTown(b)
	near := make([]string, len(t.places))
	nearV2 := make([]string, len(t.places))
	for i, code := range t.places {
		near[i] = "/v1/cats?near=" + code + "&radius_mi=100&age_group=kitten,young&order=distance"
		nearV2[i] = "/v2/animals?type=cat&location=" + code + "&distance=100&age=baby,young&sort=distance"
	}
	newest := []string{"/v1/cats?sex=female&coat=long", "/v1/cats?age_group=senior", "/v1/cats?size=large"}
	newestV2 := []string{"/v2/animals?gender=female&coat=long", "/v2/animals?age=senior", "/v2/animals?size=large"}
	for _, q := range []struct {
		name     string
		one, two []string
	}{{"near", near, nearV2}, {"newest", newest, newestV2}} {
		b.Run(q.name+"/v1", func(b *testing.B) { t.ask(b, t.warm, q.one, "") })
		b.Run(q.name+"/v1 with a key", func(b *testing.B) { t.ask(b, t.warm, q.one, t.key) })
		b.Run(q.name+"/v1 with a key and the total", func(b *testing.B) { t.ask(b, t.warm, withTotal(q.one), t.key) })
		b.Run(q.name+"/v2 shown before", func(b *testing.B) { t.ask(b, t.warm, q.two, t.key) })
		b.Run(q.name+"/v2 never shown", func(b *testing.B) { t.ask(b, t.cold, q.two, t.key) })
	}
	b.Run("jump to the last page/v2", func(b *testing.B) { t.ask(b, t.warm, []string{"/v2/animals?limit=20&page=3000"}, t.key) })
	b.Run("part of a name/v2", func(b *testing.B) { t.ask(b, t.warm, []string{"/v2/animals?name=fred"}, t.key) })
}

func withTotal(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p + "&include_total=true"
	}
	return out
}

// town is the whole service: once with the usual number of animals kept
// encoded, once with none to speak of.
type town struct {
	warm, cold http.Handler
	key        string
	places     []string
}

func newTown(b *testing.B) *town {
	b.Helper()
	db := storetest.New(b)
	places := geo.Default()
	c := catalog.New(db, time.Now, func() [16]byte { return uuid.Must(uuid.NewV7()) })
	set, err := demo.Synthetic(places, demo.Options{Cats: benchCats, Shelters: benchShelters, Seed: 1, Today: time.Now()})
	if err != nil {
		b.Fatal(err)
	}
	if err := set.Write(b.Context(), c, 1, func(int, int) {}); err != nil {
		b.Fatal(err)
	}
	_, key, err := c.CreateKey(b.Context(), catalog.NewKey{Name: "bench", Scopes: []access.Scope{access.ListingsRead}})
	if err != nil {
		b.Fatal(err)
	}
	index := search.New(db, search.Options{
		Card:          func(cat catalog.Cat, _ catalog.Shelter) []byte { return wire.Card(cat) },
		CardFragments: wire.CardFragments(),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			p, ok := places.PostalCode(country, code)
			return p.Point, ok
		},
		Now: time.Now,
	})
	if err := index.Fill(b.Context()); err != nil {
		b.Fatal(err)
	}
	t := &town{key: key}
	for shelter := range set.Shelters() {
		if a := shelter.Profile.Address; a.Country == "US" && len(t.places) < 200 {
			t.places = append(t.places, a.PostalCode)
		}
	}
	t.warm, t.cold = newHouse(b, db, c, index, places, 0), newHouse(b, db, c, index, places, 1)
	return t
}

func newHouse(b *testing.B, db *store.Store, c *catalog.Catalog, index *search.Index, places *geo.Gazetteer, cached int) http.Handler {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	v2 := func(count api.RateLimitFunc) (http.Handler, error) {
		return petfinder.New(petfinder.Config{Store: db, Keys: db, Index: index, Places: places, Log: log, Now: time.Now, Count: count, CachedAnimals: cached})
	}
	h, err := api.New(api.Config{
		Store: db, Keys: db, Idempotency: db, Catalog: c, Index: index, Places: places, Log: log, Now: time.Now,
		NewID: func() string { return "bench" }, Version: "bench", Mounts: map[string]api.ExternalAPI{"/v2/": v2},
	})
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func (t *town) ask(b *testing.B, h http.Handler, paths []string, key string) {
	b.Helper()
	ask := func(i int) int {
		req := httptest.NewRequestWithContext(b.Context(), http.MethodGet, paths[i%len(paths)], http.NoBody)
		if key != "" {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		rec := httptest.NewRecorder()
		h.ServeHTTP(rec, req)
		if rec.Code != http.StatusOK {
			b.Fatal(fmt.Sprint(paths[i%len(paths)], " ", rec.Code, rec.Body))
		}
		return rec.Body.Len()
	}
	for i := range paths {
		ask(i)
	}
	bytes := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		bytes += ask(i)
	}
	b.ReportMetric(float64(bytes)/float64(b.N), "body-B/op")
}
