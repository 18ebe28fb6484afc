// Package api is the HTTP API: its routes, authentication and handlers.
//
// A handler binds the request, calls a service, shapes the result and sends it. It
// returns the first error; httpkit.Problems turns errors into responses in one place.
// Middleware that concerns every request (ids, logs, limits, compression) is net/http
// middleware around Echo, in middleware.go.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/export"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/quality"
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/suitability"
)

// Store answers what the index does not hold: one thing, whole and as it is now.
type Store interface {
	Cat(ctx context.Context, id string) (catalog.Cat, error)
	CatByNumber(ctx context.Context, number int64) (catalog.Cat, error)
	CatByExternalID(ctx context.Context, shelterID, externalID string) (catalog.Cat, error)
	Shelter(ctx context.Context, id string) (catalog.Shelter, error)
	ShelterByCode(ctx context.Context, code string) (catalog.Shelter, error)
	Ping(ctx context.Context) error

	changefeed.Log
	suitability.EvidenceStore
	OutcomeReader
	SearchStore
	MatchReader
	ImportReader
	quality.Store
	export.Snapshotter
	WebhookStore
}

// Config is what the front door needs and may be told. Limits that are zero do
// not limit.
type Config struct {
	Store         Store
	Keys          KeyStore
	Idempotency   httpkit.IdempotencyStore
	Audit         Audit
	Catalog       *catalog.Catalog
	WebhookSender WebhookSender
	Reviews       ReviewQueue // nil: imports are not followed by a review
	Index         *search.Index
	Places        *geo.Gazetteer
	Rubrics       *rating.Rubrics
	Log           *slog.Logger
	Now           func() time.Time
	NewID         func() string   // a fresh request id
	Random        func() [32]byte // what keys are made of
	Version       string          // of the binary

	PageCache        int            // bytes of list pages that are kept while nothing changes
	RatePerMinute    int            // requests a minute from one address
	KeyRatePerMinute int            // requests a minute with one key
	KeyRequired      bool           // reads under /v1 want a key too
	TrustedProxies   []netip.Prefix // whose X-Forwarded-For and X-Forwarded-Proto are believed
	PublicURL        string         // where the world finds this server, as in https://cats.example.org; empty: by what a request says
	ExportDir        string         // where exports are kept while the process lives; empty: where the system puts what is temporary
	Draining         func() bool    // true once the server is to stop; /readyz says so

	Mounts map[string]ExternalAPI // other wire formats, by what their paths begin with: /v2/
}

// API holds what the handlers need.
type API struct {
	Config
	filters.QueryResolver
	auth          access.Authenticator
	cats          *catCache
	pages         *pageCache
	feed          *changefeed.Feed
	exports       *export.Cache
	metrics       *httpkit.RequestMetrics
	problems      httpkit.Problems
	clientAddress func(*http.Request) string // from where a request comes

	addresses, keys *httpkit.Limiter // who asks how often
}

// New returns the whole API as one http.Handler.
func New(config Config) (http.Handler, error) {
	a, err := newAPI(config)
	if err != nil {
		return nil, err
	}
	return a.withMiddleware(newEcho(a))
}

func newAPI(config Config) (*API, error) {
	addresses, err := httpkit.NewLimiter("address", "your IP address", config.RatePerMinute)
	if err != nil {
		return nil, err
	}
	keys, err := httpkit.NewLimiter("key", "your API key", config.KeyRatePerMinute)
	if err != nil {
		return nil, err
	}
	return &API{
		Config: config, QueryResolver: filters.NewQueryResolver(config.Index, config.Places), cats: newCatCache(config.Now), pages: newPageCache(config.Now, config.PageCache), exports: export.NewCache(export.CacheConfig{Store: config.Store, Log: config.Log, Now: config.Now, NewID: config.NewID, PublicURL: config.PublicURL, Dir: config.ExportDir}), metrics: httpkit.NewRequestMetrics(indexMetrics(config.Index)...), problems: httpkit.NewProblems(config.Log), clientAddress: httpkit.ClientAddress(config.TrustedProxies),
		feed:      changefeed.NewFeed(changefeed.Config{Log: config.Store, Index: config.Index, Places: config.Places, Now: config.Now, PublicURL: config.PublicURL}),
		auth:      access.Authenticator{Keys: config.Keys, Log: config.Log, Now: config.Now},
		addresses: addresses, keys: keys,
	}, nil
}

// newEcho is the URL map with its error answers, and nothing around it.
func newEcho(a *API) *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = a.problems.Handle
	e.IPExtractor = echo.ExtractIPDirect() // the limiter has its own, see clientAddress
	e.Use(httpkit.RecordRoute, a.withSeqHeader, a.authenticate, a.requireMinSeq, a.idempotency().Middleware)
	a.routes(e)
	return e
}

// idempotency returns the middleware's settings of this server.
func (a *API) idempotency() httpkit.Idempotency {
	return httpkit.Idempotency{Store: a.Idempotency, Log: a.Log, Now: a.Now, Caller: func(c echo.Context) string { return principalFrom(c).KeyID }}
}
