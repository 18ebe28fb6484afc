// Package api is the HTTP API: its routes, authentication and handlers.
//
// A handler binds the request, calls a service, shapes the result and sends it. It
// returns the first error; httpkit.Problems turns errors into responses in one place.
// Middleware that applies to every request (ids, logs, limits, compression) wraps Echo;
// see middleware.go. The package contains no rules of the catalog and no SQL.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/semaphore"

	"trailcat/internal/access"
	"trailcat/internal/assessform"
	"trailcat/internal/catalog"
	"trailcat/internal/changefeed"
	"trailcat/internal/docsite"
	"trailcat/internal/export"
	"trailcat/internal/filters"
	"trailcat/internal/geo"
	"trailcat/internal/hints"
	"trailcat/internal/httpkit"
	"trailcat/internal/importjob"
	"trailcat/internal/quality"
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/suitability"
)

// Store reads from the database what the index does not hold. It combines the interfaces
// of the handlers and of the services that they use.
type Store interface {
	CatReader
	PhotoReader
	ShelterReader
	OutcomeReader
	SearchStore
	MatchReader
	ImportReader
	WebhookStore
	Ping(ctx context.Context) error
	WriteQueue() catalog.WriteQueue
	CheckOverload(shelterID string) error

	changefeed.Log
	suitability.EvidenceStore
	suitability.WorklistStore
	quality.Store
	export.Snapshotter
}

// PhotoReader reads what is known of kept photos.
type PhotoReader interface {
	// KeptPhoto returns a kept photo that a cat shows. The error is of kind catalog.NotFound if
	// there is none.
	KeptPhoto(ctx context.Context, hash string) (catalog.KeptPhoto, error)
}

// CatReader reads single cats. Its methods return an error of kind catalog.NotFound if
// the cat does not exist; removed cats exist.
type CatReader interface {
	Cat(ctx context.Context, id string) (catalog.Cat, error)
	CatByNumber(ctx context.Context, number int64) (catalog.Cat, error)
	CatByExternalID(ctx context.Context, shelterID, externalID string) (catalog.Cat, error)
	// CatsByExternalID returns those of a shelter's cats that exist, by external id.
	CatsByExternalID(ctx context.Context, shelterID string, externalIDs []string) (map[string]catalog.Cat, error)
	// CatsOfShelterAfter returns up to limit cats of a shelter that have one of the
	// statuses, after an id, in order of id. With an external id it returns only that cat.
	CatsOfShelterAfter(ctx context.Context, shelterID, externalID string, statuses []catalog.Status, after string, limit int) ([]catalog.Cat, error)
}

// ShelterReader reads single shelters. Its methods return an error of kind
// catalog.NotFound if the shelter does not exist.
type ShelterReader interface {
	Shelter(ctx context.Context, id string) (catalog.Shelter, error)
	ShelterByCode(ctx context.Context, code string) (catalog.Shelter, error)
}

// Config holds what the API depends on, and its settings.
type Config struct {
	Store         Store
	Keys          KeyStore
	Idempotency   httpkit.IdempotencyStore
	Audit         Audit
	Catalog       *catalog.Catalog
	WebhookSender WebhookSender
	Exports       *export.Cache
	Reviews       ReviewQueue // nil: no review follows an import
	Index         *search.Index
	Places        *geo.Gazetteer
	Rubrics       *rating.Rubrics
	Photos        PhotoKeeper // nil if photos are not kept
	PhotoFiles    PhotoFiles  // nil if photos are not kept
	Log           *slog.Logger
	Now           func() time.Time // the time of the database, on which all nodes agree
	DeadlineNow   func() time.Time // the time of this machine, for deadlines of connections; nil: Now
	NewID         func() string    // returns a new request id
	Random        func() [32]byte  // returns random bytes for secrets
	Version       string           // of the binary

	PageCache        int                  // bytes of list pages to cache
	RatePerMinute    int                  // requests a minute from one IP address; 0 for no limit
	KeyRatePerMinute int                  // requests a minute with one API key; 0 for no limit
	Quotas           catalog.Quotas       // of partners that have none of their own
	BodyLimits       BodyLimits           // largest bodies of requests
	ImportWait       time.Duration        // how long an import waits while as many others run as may run at once
	TempDir          string               // for temporary files of large bodies; empty for that of the system
	BodyRate         httpkit.TransferRate // least rate at which bodies of requests must arrive
	ExportRate       httpkit.TransferRate // least rate at which callers must accept exports
	KeyRequired      bool                 // reads under /v1 and of the sitemap require an API key, too
	TrustedProxies   []netip.Prefix       // proxies whose X-Forwarded-For and X-Forwarded-Proto are believed
	PublicURL        string               // base URL in links, such as https://cats.example.org; empty: from the request
	PhotoBase        catalog.PhotoBase
	Draining         func() bool            // reports whether the server is shutting down; may be nil
	Gauges           []Gauge                // metrics of the process besides those of the API
	Metrics          []prometheus.Collector // other metrics of the process

	Mounts map[string]ExternalAPI // other wire formats by path prefix, such as /v2/
}

// API holds what the handlers need.
type API struct {
	Config
	filters.QueryResolver
	auth          access.Authenticator
	cats          *catCache
	servedPhotos  *lru.Cache[string, servedPhoto]
	pages         *pageCache
	buffers       pageBuffers
	compressor    *httpkit.BodyCompressor
	feed          *changefeed.Feed
	metrics       *httpkit.RequestMetrics
	problems      httpkit.Problems
	clientAddress func(*http.Request) string // returns the IP address of the client

	addressLimiter    *httpkit.AddressLimiter
	photoLimiter      *httpkit.AddressLimiter
	credentialLimiter *httpkit.CredentialLimiter
	keyLimiter        *httpkit.Limiter
	importSlots       *importjob.Slots
	imageSlots        *semaphore.Weighted

	guides map[string]docsite.File
	form   *assessform.Form
}

// maxImports is how many imports run at once, because each may take 64 MB of memory.
const maxImports = 2

// New returns the handler of the whole API.
func New(config Config) (http.Handler, error) {
	a, err := newAPI(config)
	if err != nil {
		return nil, err
	}
	return a.withMiddleware(newEcho(a))
}

func newAPI(config Config) (*API, error) {
	if config.DeadlineNow == nil {
		config.DeadlineNow = config.Now
	}
	addressLimiter, err := httpkit.NewAddressLimiter(config.RatePerMinute)
	if err != nil {
		return nil, err
	}
	photoLimiter, err := httpkit.NewAddressLimiter(photoRateFactor * config.RatePerMinute)
	if err != nil {
		return nil, err
	}
	credentialLimiter, err := httpkit.NewCredentialLimiter(config.RatePerMinute)
	if err != nil {
		return nil, err
	}
	keyLimiter, err := httpkit.NewLimiter("key", "your API key", config.KeyRatePerMinute)
	if err != nil {
		return nil, err
	}
	guides, err := docsite.Files()
	if err != nil {
		return nil, err
	}
	form, err := assessform.New(config.Rubrics.Latest())
	if err != nil {
		return nil, err
	}
	compressor, err := httpkit.NewBodyCompressor()
	if err != nil {
		return nil, err
	}
	a := &API{
		Config:        config,
		QueryResolver: filters.NewQueryResolver(config.Index, config.Places),
		auth:          access.Authenticator{Keys: config.Keys, Log: config.Log, Now: config.Now},
		cats:          newCatCache(config.Now),
		servedPhotos:  newServedPhotos(),
		pages:         newPageCache(config.Now, config.PageCache),
		compressor:    compressor,
		feed: changefeed.NewFeed(changefeed.Config{
			Log: config.Store, Index: config.Index, Places: config.Places, Now: config.Now, PublicURL: config.PublicURL, PhotoBase: config.PhotoBase,
		}),
		metrics:           httpkit.NewRequestMetrics(slices.Concat(indexMetrics(config.Index), gaugeMetrics(config.Gauges), databaseMetrics(config.Store), config.Metrics)...),
		problems:          httpkit.NewProblems(config.Log, config.PublicURL),
		clientAddress:     httpkit.ClientAddress(config.TrustedProxies),
		addressLimiter:    addressLimiter,
		photoLimiter:      photoLimiter,
		credentialLimiter: credentialLimiter,
		keyLimiter:        keyLimiter,
		importSlots:       importjob.NewSlots(maxImports, config.ImportWait),
		imageSlots:        newImageSlots(),
		guides:            guides,
		form:              form,
	}
	config.Index.OnErased(a.dropErased)
	return a, nil
}

// dropErased removes what was erased from the caches.
func (a *API) dropErased(entry catalog.Change) {
	a.pages.clear()
	if a.Exports != nil {
		a.Exports.DropBefore(catalog.PositionAt(a.Index.Head().Epoch, entry.Seq))
	}
	a.cats.remove(entry.ResourceID)
	a.servedPhotos.Purge()
	hints.Forget()
}

// newEcho returns the router with its error handler and the middleware that needs to know
// the route or the caller.
func newEcho(a *API) *echo.Echo {
	e := echo.New()
	e.HTTPErrorHandler = a.problems.Handle
	e.IPExtractor = echo.ExtractIPDirect() // not used: see API.clientAddress
	e.Use(httpkit.RecordRoute, rejectLinkedWrites, a.withSeqHeader, a.rejectIfOverloaded, a.authenticate, a.requireMinSeq)
	a.routes(e)
	return e
}

func (a *API) idempotency() httpkit.Idempotency {
	return httpkit.Idempotency{
		Store: a.Idempotency, Log: a.Log, Now: a.Now, Caller: func(c echo.Context) string { return principalFrom(c).KeyID }, Authorize: a.checkOwner,
		TempDir: a.TempDir,
	}
}
