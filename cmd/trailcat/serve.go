package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"trailcat/api"
	"trailcat/api/petfinder"
	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/export"
	"trailcat/internal/geo"
	"trailcat/internal/httpkit"
	"trailcat/internal/quality"
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/suitability"
	"trailcat/internal/webhook"
)

// serveCommand starts the server.
type serveCommand struct {
	databaseFlags
	placesFlags
	photoFlags
	Listen                    string         `help:"Address to listen on (default ${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Demo                      bool           `help:"Load the demo listings first: real cats of two counties, dated as if listed today."`
	RateLimit                 int            `help:"Requests per minute per IP address; 0 means unlimited (default ${default})." default:"600"`
	KeyRateLimit              int            `help:"Requests per minute per key; 0 means unlimited (default ${default})." default:"6000"`
	MinTransferRate           int            `help:"Bytes per second that a caller must at least send of a request body or accept of an export; 0 means no minimum (default ${default})." default:"1024" placeholder:"BYTES"`
	PetfinderDescriptionLimit int            `help:"Truncate descriptions under /v2 to this many characters; 0 means unlimited, Petfinder used 100 (default ${default})." default:"0" placeholder:"CHARACTERS"`
	RequireKey                bool           `help:"Require an API key for reads."`
	TrustedProxy              []netip.Prefix `help:"Networks of proxies whose X-Forwarded-For header is trusted." placeholder:"CIDR"`
	PublicURL                 *url.URL       `name:"public-url" help:"Public base URL, used in links and feeds, for example https://cats.example.org (default the Host header of the request)." placeholder:"URL"`
	TempDir                   string         `help:"Directory for temporary files of exports and imports (default the temporary directory of the system)." type:"existingdir" placeholder:"DIR"`
	IndexCheckpoint           string         `help:"Directory for a copy of the search index, from which the next start is much faster; off for none (default that of an SQLite database, and off for Postgres)." placeholder:"DIR"`
	LogRetention              int            `help:"Days to retain the change log; 0 keeps it forever (default ${default})." default:"90" max:"36500" placeholder:"DAYS"`
	ImportRetention           int            `help:"Days to keep imported files; 0 keeps them forever (default ${default})." default:"14" max:"36500" placeholder:"DAYS"`
	AddressRetention          int            `help:"Days to keep the IP addresses of the audit log and of imports; 0 keeps them forever (default ${default})." default:"90" max:"36500" placeholder:"DAYS"`
	QuotaCats                 int64          `help:"Cats of a partner that are not removed; 0 means unlimited (default ${default})." default:"50000" placeholder:"N"`
	QuotaImportFiles          int64          `help:"Imported files of a partner that are kept; 0 means unlimited (default ${default})." default:"1000" placeholder:"N"`
	QuotaWebhooks             int64          `help:"Webhooks of a partner; 0 means unlimited (default ${default})." default:"100" placeholder:"N"`
	QuotaSearches             int64          `help:"Saved searches of a partner; 0 means unlimited (default ${default})." default:"10000" placeholder:"N"`
	QuotaPhotos               int64          `help:"Photos that are kept for the cats of a shelter; 0 means unlimited (default ${default})." default:"20000" placeholder:"N"`
	QuotaPhotoBytes           int64          `help:"Bytes of the photos that are kept for the cats of a shelter; 0 means unlimited (default ${default}, 10 GiB)." default:"10737418240" placeholder:"BYTES"`
	WebhookAllow              []netip.Prefix `help:"Non-public networks that webhooks may call, also over http." placeholder:"CIDR"`
	PhotoGrace                *time.Duration `help:"Time for which photos are kept that no cat shows any more (default 720h, and 0 with --photo-base-url)." placeholder:"DURATION"`
	FetchPhotos               bool           `help:"Fetch the photos of cats from the addresses that shelters give, and keep copies (default true)." default:"true" negatable:""`
	PhotoAllow                []netip.Prefix `help:"Non-public networks from which photos may be fetched." placeholder:"CIDR"`
	SecretKey                 []string       `help:"Keys that encrypt the secrets of webhooks in the database, each the base64 of 32 random bytes, separated by commas. The first encrypts, all decrypt (default: not encrypted). Prefer the environment variable." placeholder:"KEY"`
	WriteWait                 time.Duration  `help:"Time for which a write may wait for others before it is rejected with 503; 0 means any time (default ${default})." default:"500ms"`
	PollInterval              time.Duration  `help:"Interval at which the change log is polled for the writes of other nodes (default ${default})." default:"200ms" min:"1ms" max:"1h"`
	DrainDelay                time.Duration  `help:"Time for which /readyz reports 503 before the server stops, so that load balancers notice (default ${default})." default:"0s" max:"1h"`
	ShutdownTimeout           time.Duration  `help:"Time for which requests in progress may continue when the server stops (default ${default})." default:"30s"`
}

// pageCacheSize is how many bytes of list pages the server caches.
const pageCacheSize = 16 << 20

// How long callers may be behind the minimum transfer rate. Callers who process an export
// while they receive it may pause for longer.
const (
	bodyGrace   = 10 * time.Second
	importWait  = 5 * time.Second // see api.Config
	exportGrace = time.Minute
)

// gcPercent is the GC target while the index is in memory, in percent of the live
// heap. Most of that is the index, which changes little, so a lower target than
// Go's 100 costs little time. GOGC overrides it.
const gcPercent = 40

// Validate checks flags that kong cannot check by their type; kong calls it.
func (c *serveCommand) Validate() error {
	if _, err := store.ParseKeyring(c.SecretKey); err != nil {
		return fmt.Errorf("--secret-key: %w", err)
	}
	if dir := c.IndexCheckpoint; dir != "" && dir != noCheckpoint {
		if info, err := os.Stat(dir); err != nil || !info.IsDir() {
			return fmt.Errorf("--index-checkpoint: %s is not a directory; create it first", dir)
		}
	}
	if err := c.check(); err != nil {
		return err
	}
	if u := c.PublicURL; u != nil && !isBaseURL(u) {
		return fmt.Errorf("--public-url %s is not a base URL; expected the form https://cats.example.org", u.Redacted())
	}
	return nil
}

// isBaseURL reports whether paths can be appended to a URL.
func isBaseURL(u *url.URL) bool {
	return (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" && u.RawQuery == "" && u.Fragment == "" && u.User == nil
}

// photoBase returns the base URL of kept photos.
func (c *serveCommand) photoBase() catalog.PhotoBase {
	return catalog.NewPhotoBase(c.photoBaseURL(), c.publicURL())
}

// publicURL returns the public base URL without a trailing slash, or "" if none
// is configured.
func (c *serveCommand) publicURL() string {
	if c.PublicURL == nil {
		return ""
	}
	return strings.TrimSuffix(c.PublicURL.String(), "/")
}

// quotas returns the quotas of partners that have none of their own.
func (c *serveCommand) quotas() catalog.Quotas {
	return catalog.Quotas{Cats: &c.QuotaCats, ImportFiles: &c.QuotaImportFiles, Webhooks: &c.QuotaWebhooks, Searches: &c.QuotaSearches, Photos: &c.QuotaPhotos, PhotoBytes: &c.QuotaPhotoBytes}
}

// Run serves until the context of the process ends.
func (c *serveCommand) Run(p *process) error {
	go geo.Default() // it is decoded while the database opens
	db, err := c.openWithLimits(p.ctx, store.Limits{Timeout: c.DatabaseTimeout, WriteWait: c.WriteWait})
	if err != nil {
		return err
	}
	clock, err := db.OpenClock(p.ctx, p.now)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	services, err := c.services(p, db, clock)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	return runServices(p.ctx, db, services)
}

// setKeyring gives the store the keys for secrets, and encrypts those that are not.
func (c *serveCommand) setKeyring(ctx context.Context, db *store.Store) error {
	keyring, err := store.ParseKeyring(c.SecretKey)
	if err != nil {
		return fmt.Errorf("--secret-key: %w", err)
	}
	if err := db.SetKeyring(ctx, keyring); err != nil {
		return fmt.Errorf("--secret-key: %w", err)
	}
	return nil
}

// server is what the services of one server share.
type server struct {
	flags    *serveCommand
	db       *store.Store
	clock    *store.Clock
	cats     *catalog.Catalog
	rubrics  *rating.Rubrics
	index    *search.Index
	copied   *indexCheckpoint
	reviews  *quality.Queue
	exports  *export.Cache
	photos   *photoService // nil if no photos are kept
	places   *geo.Gazetteer
	sender   *webhook.Sender
	log      *slog.Logger
	demoKey  string // of the demo's partner; empty without the demo
	draining atomic.Bool
	refused  atomic.Int64 // listings that were not marked stale, because they are too many
}

// services loads the demo listings if asked to, listens on the address, and
// returns everything that the server runs.
func (c *serveCommand) services(p *process, db *store.Store, clock *store.Clock) ([]service, error) {
	if err := c.setKeyring(p.ctx, db); err != nil {
		return nil, err
	}
	places, err := c.gazetteer()
	if err != nil {
		return nil, err
	}
	rubrics, err := rating.Open()
	if err != nil {
		return nil, err
	}
	checkpoint, build := c.checkpointFile(c.IndexCheckpoint), ""
	if checkpoint != "" {
		if build, err = buildID(c.Places, c.photoBase()); err != nil {
			return nil, fmt.Errorf("identify the program for --index-checkpoint: %w", err)
		}
	}
	s := &server{
		flags: c, db: db, clock: clock, cats: catalog.New(db, clock.Now, newUUID).WithRater(suitability.NewRater(rubrics)), rubrics: rubrics,
		index: search.New(db, searchOptions(places, c.photoBase(), clock.Now, build)), places: places, sender: c.webhookSender(db, clock.Now), log: c.logger(p.stderr),
	}
	s.copied = newIndexCheckpoint(s.index, checkpoint, s.log)
	s.reviews = quality.NewQueue(quality.Reviewer{Store: db, Index: s.index, Log: s.log, Now: clock.Now})
	s.exports = export.NewCache(export.CacheConfig{Store: db, Log: s.log, Now: clock.Now, NewID: newID, PublicURL: c.publicURL(), PhotoBase: c.photoBase(), Dir: c.TempDir})
	if s.photos, err = s.openPhotoService(p.ctx); err != nil {
		return nil, err
	}
	if c.Demo {
		if s.demoKey, err = s.loadDemo(p.ctx); err != nil {
			return nil, fmt.Errorf("load the demo: %w", err)
		}
	}
	handler, err := s.handler()
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	services := []service{
		{name: "http_server", run: func(ctx context.Context) error {
			defer s.exports.Close() // no request can ask for an export any more
			defer s.reviews.Close() // nor enqueue a review
			return newHTTPServer(listener, handler, s.log, &s.draining, c.DrainDelay, c.ShutdownTimeout).run(ctx)
		}},
		{name: "quality_reviews", run: func(ctx context.Context) error {
			s.reviews.Run(ctx)
			return nil
		}},
		{name: "search_index", run: func(ctx context.Context) error {
			if s.fillIndex(ctx, listener.Addr()) {
				c.printBanner(p, listener.Addr(), s.index.State(), s.demoKey)
				s.index.Follow(ctx, c.PollInterval, s.log)
				s.saveIndex(ctx)
			}
			return nil
		}},
		{name: "webhook_deliverer", run: s.deliverWebhooks},
	}
	return slices.Concat(services, s.copied.services(), s.photoServices(), s.maintenance()), nil
}

func searchOptions(places *geo.Gazetteer, photos catalog.PhotoBase, now func() time.Time, build string) search.Options {
	return search.Options{
		Card:          wire.CardEncoder(photos),
		CardFragments: wire.CardFragments(photos),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := places.PostalCode(country, code)
			return place.Point, ok
		},
		Now:   now,
		Build: build,
	}
}

// newID returns a new random id without a prefix.
func newID() string { return strings.ToLower(rand.Text()[:20]) }

// handler returns the handler of all routes.
func (s *server) handler() (http.Handler, error) {
	v2 := func(count api.RateLimitFunc) (http.Handler, error) {
		return petfinder.New(petfinder.Config{
			Store:            s.db,
			Keys:             s.db,
			Index:            s.index,
			Places:           s.places,
			PhotoBase:        s.flags.photoBase(),
			Log:              s.log,
			Now:              s.clock.Now,
			NewSeed:          func() int64 { return int64(binary.LittleEndian.Uint64([]byte(rand.Text()))) },
			RateLimit:        count,
			Adventure:        wire.EncodeAdventureSummary,
			DescriptionLimit: s.flags.PetfinderDescriptionLimit,
		})
	}
	return api.New(s.photos.configure(api.Config{
		Store:            s.db,
		Keys:             s.db,
		Idempotency:      s.db,
		Audit:            s.db,
		Catalog:          s.cats,
		WebhookSender:    s.sender,
		Exports:          s.exports,
		Reviews:          s.reviews,
		Index:            s.index,
		Places:           s.places,
		Rubrics:          s.rubrics,
		Log:              s.log,
		Now:              s.clock.Now,
		DeadlineNow:      now,
		NewID:            newID,
		Random:           random,
		Version:          version(),
		PageCache:        pageCacheSize,
		RatePerMinute:    s.flags.RateLimit,
		KeyRatePerMinute: s.flags.KeyRateLimit,
		Quotas:           s.flags.quotas(),
		ImportWait:       importWait,
		TempDir:          s.flags.TempDir,
		BodyRate:         httpkit.TransferRate{BytesPerSecond: s.flags.MinTransferRate, Grace: bodyGrace},
		ExportRate:       httpkit.TransferRate{BytesPerSecond: s.flags.MinTransferRate, Grace: exportGrace},
		KeyRequired:      s.flags.RequireKey,
		TrustedProxies:   s.flags.TrustedProxy,
		PublicURL:        s.flags.publicURL(),
		PhotoBase:        s.flags.photoBase(),
		Draining:         s.draining.Load,
		Gauges:           s.gauges(),
		Mounts:           map[string]api.ExternalAPI{"/v2/": v2},
	}))
}

// maxFillRetry bounds how long a database that is available again waits for the next
// attempt to fill the index.
const maxFillRetry = 4 * time.Second

// fillIndex fills the search index, retrying until it succeeds. It reports false
// if ctx ends first. The server answers /livez and /readyz meanwhile.
func (s *server) fillIndex(ctx context.Context, addr net.Addr) bool {
	started := now()
	loaded := false
	for wait := time.Second; ; wait = min(2*wait, maxFillRetry) {
		var err error
		if loaded, err = s.copied.fill(ctx); err == nil {
			break
		}
		if ctx.Err() == nil {
			s.log.WarnContext(ctx, "filling the search index failed, will retry", slog.Int64("retry_in_ms", wait.Milliseconds()), slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return false
		case <-time.After(wait):
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	debug.FreeOSMemory() // filling leaves garbage, and nothing later needs that much memory
	s.index.UseHugePages()
	state := s.index.State()
	s.log.InfoContext(ctx, "ready", slog.String("address", addr.String()), slog.Int("cats", state.Cats),
		slog.Int("available", state.Available), slog.Bool("from_checkpoint", loaded), slog.Int64("duration_ms", now().Sub(started).Milliseconds()))
	return true
}

// saveIndex saves the checkpoint of the index when the server stops.
func (s *server) saveIndex(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkpointOnStop)
	defer cancel()
	if err := s.copied.save(ctx); err != nil {
		s.log.WarnContext(ctx, "the checkpoint of the search index was not saved, the next start reads all cats", slog.Any("error", err))
	}
}

// printBanner prints to stdout the address of the server, the key of the demo if there is
// one, and requests to try, or how to load cats if there are none.
func (c *serveCommand) printBanner(p *process, addr net.Addr, state search.State, demoKey string) {
	base := "http://" + addr.String()
	_, _ = fmt.Fprintf(p.stdout, `Trailcat is serving %d available cats.

  API   %[2]s/v1/cats
  Docs  %[2]s/docs
`, state.Available, base)
	if demoKey != "" {
		_, _ = fmt.Fprintf(p.stdout, "  Key   %s (for the shelter of the demo in Maryland, valid for %d days)\n", demoKey, demoKeyDays)
	}
	_, _ = fmt.Fprintln(p.stdout)
	switch {
	case state.Available == 0:
		_, _ = fmt.Fprintf(p.stdout, `To load cats, restart with --demo, or create a shelter and import a file:
  %s
  %s
`, c.commandLine("shelters create --name NAME --country US --postal-code CODE"), c.commandLine("import FILE --shelter CODE"))
	case c.Demo:
		_, _ = fmt.Fprintf(p.stdout, `Try:
  curl '%[1]s/v1/cats?near=20850&radius_km=50&limit=3'
  curl '%[1]s/v1/cats?age_group=kitten,young&facets=breed,sex&include_total=true&limit=1'
  curl '%[1]s/v1/cats?q=playful&fields=id,name,summary'
`, base)
	default:
		_, _ = fmt.Fprintf(p.stdout, `Try:
  curl '%[1]s/v1/cats?limit=3'
  curl '%[1]s/v1/cats?facets=age_group,breed,sex&include_total=true&limit=1'
`, base)
	}
}
