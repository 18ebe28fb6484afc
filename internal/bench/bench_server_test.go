//go:build bench

package bench

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
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
	"trailcat/internal/resourcetest"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
	"trailcat/internal/suitability"
)

// benchServer is a server with its data set on one Postgres database.
type benchServer struct {
	databaseURL string
	store       *store.Store
	catalog     *catalog.Catalog
	places      *geo.Gazetteer
	set         *demo.Set
	index       *search.Index
	sql         *pgxpool.Pool // for the baseline in plain SQL
	address     string        // of the server
	constant    *constantHandler

	updates     atomic.Int64 // updates of cats by measurements
	longestLock atomic.Int64 // the longest time that a change of the index blocked searches, in nanoseconds
}

// newBenchServer writes the data set to a new Postgres database, alternating with
// COPY into the baseline table, and measures both.
func newBenchServer(t *testing.T, s size, table *table) *benchServer {
	t.Helper()
	places := geo.Default()
	b := &benchServer{databaseURL: storetest.PostgresURL(t), places: places, set: syntheticSet(t, places, s.cats, s.shelters)}
	b.store = storetest.Open(t, b.databaseURL)
	b.catalog = newCatalog(t, b.store)
	var err error
	b.sql, err = pgxpool.New(t.Context(), b.databaseURL)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.sql.Close)
	measureBulkOnPostgres(t, s, b, table)
	b.createSQLIndexes(t)
	return b
}

func syntheticSet(t *testing.T, places *geo.Gazetteer, cats, shelters int) *demo.Set {
	t.Helper()
	set, err := demo.Synthetic(places, demo.Options{Cats: cats, Shelters: shelters, Seed: 1, Today: time.Now(), Describe: newDescriber(t).describe})
	if err != nil {
		t.Fatal(err)
	}
	return set
}

// loadedBenchServer returns a server with the whole data set, for measurements of
// one feature.
func loadedBenchServer(t *testing.T, s size) *benchServer {
	t.Helper()
	places := geo.Default()
	b := &benchServer{databaseURL: storetest.PostgresURL(t), places: places, set: syntheticSet(t, places, s.cats, s.shelters)}
	b.store = storetest.Open(t, b.databaseURL)
	b.catalog = newCatalog(t, b.store)
	upsert(t, b.catalog, shelterBatches(t, b.catalog, places, b.set), 2, "created", unmodified)
	return b
}

// newCatalog returns a catalog that rates cats when they are written, as in the
// server.
func newCatalog(t *testing.T, s *store.Store) *catalog.Catalog {
	t.Helper()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	return catalog.New(s, time.Now, func() [16]byte { return uuid.Must(uuid.NewV7()) }).WithRater(suitability.NewRater(rubrics))
}

// newIndex returns an empty index configured as in the server.
func (b *benchServer) newIndex() *search.Index {
	return search.New(b.store, search.Options{
		Card:          wire.CardEncoder(""),
		CardFragments: wire.CardFragments(""),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := b.places.PostalCode(country, code)
			return place.Point, ok
		},
		Now: time.Now,
		Blocked: func(d time.Duration) {
			b.longestLock.Store(max(b.longestLock.Load(), int64(d))) // called by one goroutine at a time
		},
	})
}

// fillAndServe fills the index and serves the API on a loopback address, with all
// middleware of the server except the rate limit. The same server also serves
// constant responses, and under /again/ the API with a page cache.
func (b *benchServer) fillAndServe(t *testing.T, s size, table *table) {
	t.Helper()
	before, _ := resourcetest.LiveHeap()
	b.index = b.newIndex()
	if err := b.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, _ := resourcetest.LiveHeap()
	perCat := (after - before) / float64(s.cats)
	table.addRow("memory per cat: live heap of the index", formatNumber(perCat)+" bytes", "", "", "≤ 1000 bytes", perCat <= 1000)
	b.constant = newConstantHandler()
	mux := http.NewServeMux()
	mux.Handle("/fixed/", b.constant)
	mux.Handle("/", b.handler(t, 0))
	mux.Handle("/again/", http.StripPrefix("/again", b.handler(t, 16<<20)))
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, WriteTimeout: time.Minute, IdleTimeout: 2 * time.Minute}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Shutdown(context.WithoutCancel(t.Context())) })
	b.address = listener.Addr().String()
}

// handler returns the API with a cache of pageCache bytes of list pages.
func (b *benchServer) handler(t *testing.T, pageCache int) http.Handler {
	t.Helper()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	handler, err := api.New(api.Config{
		Store: b.store, Keys: b.store, Audit: b.store, Catalog: b.catalog, Index: b.index, Places: b.places, Rubrics: rubrics,
		Log:     slog.New(slog.NewJSONHandler(io.Discard, nil)), //nolint:sloglint // encodes log entries as the server does, so that they cost the same
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

// constantHandler serves constant responses: the baseline for requests.
type constantHandler struct {
	mu     sync.RWMutex
	bodies map[string][]byte
}

func newConstantHandler() *constantHandler {
	return &constantHandler{bodies: map[string][]byte{}}
}

// add adds a response and returns its path.
func (f *constantHandler) add(name string, body []byte) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	path := "/fixed/" + name
	f.bodies[path] = body
	return path
}

func (f *constantHandler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.RLock()
	body := f.bodies[r.URL.Path]
	f.mu.RUnlock()
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client may have disconnected
}
