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
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const (
	benchCats     = 100_000
	benchShelters = 275
)

// BenchmarkSearch sends the same searches to both APIs, on one index and one SQLite file,
// with the middleware of the server:
//
//   - v1: without a key, and with a key, which is read from the database;
//   - v2: with a warm cache of animals, and with a cold one.
//
// One op is one request for 20 cats, near one of 200 places or the newest.
func BenchmarkSearch(b *testing.B) {
	s := newBenchServer(b)
	near := make([]string, len(s.places))
	nearV2 := make([]string, len(s.places))
	for i, code := range s.places {
		near[i] = "/v1/cats?near=" + code + "&radius_mi=100&age_group=kitten,young&sort=distance"
		nearV2[i] = "/v2/animals?type=cat&location=" + code + "&distance=100&age=baby,young&sort=distance"
	}
	newest := []string{"/v1/cats?sex=female&coat=long", "/v1/cats?age_group=senior", "/v1/cats?size=large"}
	newestV2 := []string{"/v2/animals?gender=female&coat=long", "/v2/animals?age=senior", "/v2/animals?size=large"}
	for _, q := range []struct {
		name   string
		v1, v2 []string
	}{{"near", near, nearV2}, {"newest", newest, newestV2}} {
		b.Run(q.name+"/v1", func(b *testing.B) { s.get(b, s.warm, q.v1, "") })
		b.Run(q.name+"/v1 with a key", func(b *testing.B) { s.get(b, s.warm, q.v1, s.key) })
		b.Run(q.name+"/v1 with a key and the total", func(b *testing.B) { s.get(b, s.warm, withTotal(q.v1), s.key) })
		b.Run(q.name+"/v2 warm", func(b *testing.B) { s.get(b, s.warm, q.v2, s.key) })
		b.Run(q.name+"/v2 cold", func(b *testing.B) { s.get(b, s.cold, q.v2, s.key) })
	}
	b.Run("jump to the last page/v2", func(b *testing.B) { s.get(b, s.warm, []string{"/v2/animals?limit=20&page=3000"}, s.key) })
	b.Run("part of a name/v2", func(b *testing.B) { s.get(b, s.warm, []string{"/v2/animals?name=fred"}, s.key) })
}

func withTotal(paths []string) []string {
	out := make([]string, len(paths))
	for i, p := range paths {
		out[i] = p + "&include_total=true"
	}
	return out
}

// benchServer is the whole server, once with the default cache of animals and once with
// a cache of one.
type benchServer struct {
	warm, cold http.Handler
	key        string
	places     []string
}

func newBenchServer(b *testing.B) *benchServer {
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
		Card:          wire.CardEncoder(""),
		CardFragments: wire.CardFragments(""),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			p, ok := places.PostalCode(country, code)
			return p.Point, ok
		},
		Now: time.Now,
	})
	if err := index.Fill(b.Context()); err != nil {
		b.Fatal(err)
	}
	s := &benchServer{key: key}
	for shelter := range set.Shelters() {
		if a := shelter.Profile.Address; a.Country == "US" && len(s.places) < 200 {
			s.places = append(s.places, a.PostalCode)
		}
	}
	s.warm, s.cold = newHandler(b, db, c, index, places, 0), newHandler(b, db, c, index, places, 1)
	return s
}

func newHandler(b *testing.B, db *store.Store, c *catalog.Catalog, index *search.Index, places *geo.Gazetteer, cached int) http.Handler {
	b.Helper()
	log := slog.New(slog.DiscardHandler)
	v2 := func(limit api.RateLimitFunc) (http.Handler, error) {
		return petfinder.New(petfinder.Config{Store: db, Keys: db, Index: index, Places: places, Log: log, Now: time.Now, RateLimit: limit, CachedAnimals: cached})
	}
	rubrics, err := rating.Open()
	if err != nil {
		b.Fatal(err)
	}
	h, err := api.New(api.Config{
		Store: db, Keys: db, Idempotency: db, Catalog: c, Index: index, Places: places, Rubrics: rubrics, Log: log, Now: time.Now,
		NewID: func() string { return "bench" }, Version: "bench", Mounts: map[string]api.ExternalAPI{"/v2/": v2},
	})
	if err != nil {
		b.Fatal(err)
	}
	return h
}

func (s *benchServer) get(b *testing.B, h http.Handler, paths []string, key string) {
	b.Helper()
	get := func(i int) int {
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
		get(i)
	}
	bytes := 0
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		bytes += get(i)
	}
	b.ReportMetric(float64(bytes)/float64(b.N), "body-B/op")
}
