//go:build bench

package bench

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"trailcat/api"
	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/suitability"
)

// house is everything, standing on one Postgres.
type house struct {
	url     string
	store   *store.Store
	catalog *catalog.Catalog
	places  *geo.Gazetteer
	set     *demo.Set
	index   *search.Index
	plain   *pgxpool.Pool // for what one would do without us
	address string        // of the server
	fixed   *fixed

	rewritten atomic.Int64 // cats, by measurements
}

// build writes the set to a fresh Postgres, in turns with COPY.
func build(t *testing.T, s size, table *table) *house {
	t.Helper()
	places := geo.Default()
	h := &house{url: storetest.PostgresURL(t), places: places, set: made(t, places, s.cats, s.shelters)}
	h.store = storetest.Open(t, h.url)
	h.catalog = newCatalog(t, h.store)
	var err error
	h.plain, err = pgxpool.New(t.Context(), h.url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(h.plain.Close)
	measureBulkOnPostgres(t, s, h, table)
	h.finishPlain(t)
	return h
}

func made(t *testing.T, places *geo.Gazetteer, cats, shelters int) *demo.Set {
	t.Helper()
	set, err := demo.Synthetic(places, demo.Options{Cats: cats, Shelters: shelters, Seed: 1, Today: time.Now(), Describe: newDescriber(t).describe})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// furnished is a house with the whole set, for those who measure one thing alone.
func furnished(t *testing.T, s size) *house {
	t.Helper()
	places := geo.Default()
	h := &house{url: storetest.PostgresURL(t), places: places, set: made(t, places, s.cats, s.shelters)}
	h.store = storetest.Open(t, h.url)
	h.catalog = newCatalog(t, h.store)
	put(t, h.catalog, jobs(t, h.catalog, places, h.set), 2, "created", asItIs)
	return h
}

// newCatalog is a catalog that rates what is written, as that of the server does.
func newCatalog(t *testing.T, s *store.Store) *catalog.Catalog {
	t.Helper()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	return catalog.New(s, time.Now, func() [16]byte { return uuid.Must(uuid.NewV7()) }).WithRater(suitability.NewRater(rubrics))
}

// liveHeap is what the heap holds after a collection, in bytes.
func liveHeap() float64 {
	runtime.GC()
	runtime.GC() // what finalizers let go of
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}

// newIndex is an index as the server has it.
func (h *house) newIndex() *search.Index {
	return search.New(h.store, search.Options{
		Card:          func(cat catalog.Cat, _ catalog.Shelter) []byte { return wire.Card(cat) },
		CardFragments: wire.CardFragments(),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := h.places.PostalCode(country, code)
			return place.Point, ok
		},
		Now: time.Now,
	})
}

// fill fills the index and serves the API on loopback, with everything around
// it that the server has but the rate limit. Beside it, in the same server,
// stand answers that never change.
func (h *house) fill(t *testing.T, s size, table *table) {
	t.Helper()
	before := liveHeap()
	h.index = h.newIndex()
	if err := h.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	each := (liveHeap() - before) / float64(s.cats)
	table.row("memory a cat: live heap of the index", short(each)+" bytes", "", "", "≤ 1000 bytes", each <= 1000)
	h.fixed = newFixed()
	mux := http.NewServeMux()
	mux.Handle("/fixed/", h.fixed)
	mux.Handle("/", h.handler(t, 0))
	mux.Handle("/again/", http.StripPrefix("/again", h.handler(t, 16<<20)))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(t.Context())) })
	h.address = listener.Addr().String()
}

// handler is the API, keeping so many bytes of list pages.
func (h *house) handler(t *testing.T, pageCache int) http.Handler {
	t.Helper()
	handler, err := api.New(api.Config{
		Store: h.store, Index: h.index, Places: h.places,
		Log:     slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // a server writes its log, so this one does
		Now:     time.Now,
		NewID:   func() string { return strings.ToLower(rand.Text()[:20]) },
		Version: "bench", RatePerMinute: 0, TrustedProxies: nil, PageCache: pageCache,
		Draining: func() bool { return false },
	})
	if err != nil {
		t.Fatal(err)
	}
	return handler
}
