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
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"trailcat/api"
	"trailcat/api/petfinder"
	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/store"
	"trailcat/internal/webhook"
)

type serveCommand struct {
	databaseFlags
	Listen                    string         `help:"Address to listen on (default ${default})." default:"127.0.0.1:8080" placeholder:"HOST:PORT"`
	Demo                      bool           `help:"Load the demo listings first: real cats of two counties, dated as if listed today."`
	RateLimit                 int            `help:"Requests per minute per IP address; 0 means unlimited (default ${default})." default:"600"`
	KeyRateLimit              int            `help:"Requests per minute per key; 0 means unlimited (default ${default})." default:"6000"`
	PetfinderDescriptionLimit int            `help:"Truncate descriptions under /v2 to this many characters; 0 means unlimited, Petfinder used 100 (default ${default})." default:"0" placeholder:"CHARACTERS"`
	RequireKey                bool           `help:"Require an API key for reads."`
	TrustedProxy              []netip.Prefix `help:"Networks of proxies whose X-Forwarded-For header is trusted." placeholder:"CIDR"`
	PublicURL                 *url.URL       `name:"public-url" help:"Public base URL, used in links and feeds, for example https://cats.example.org (default the Host header of the request)." placeholder:"URL"`
	ExportDir                 string         `help:"Directory for temporary export files (default the temporary directory of the system)." type:"existingdir" placeholder:"DIR"`
	LogRetention              int            `help:"Days to retain the change log; 0 keeps it forever (default ${default})." default:"90" placeholder:"DAYS"`
	WebhookAllow              []netip.Prefix `help:"Non-public networks that webhooks may call, also over http." placeholder:"CIDR"`
	PollInterval              time.Duration  `help:"Interval at which the change log is polled for the writes of other nodes (default ${default})." default:"200ms"`
	DrainDelay                time.Duration  `help:"Time for which /readyz reports 503 before the server stops, so that load balancers notice (default ${default})." default:"0s"`
}

// pageCache is how many bytes of list pages a server keeps while nothing changes.
const pageCache = 16 << 20

// gcPercent is how much garbage the server lets lie once the index is filled,
// in percent of what lives: most of that is the index, which does not change
// much. GOGC decides where it is set.
const gcPercent = 40

// Run serves until the process is told to stop.
func (c *serveCommand) Run(p *process) (err error) {
	log := c.logger(p.stderr)
	places := geo.Default()
	db, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if c.Demo {
		cats, err := ratingCatalog(db)
		if err != nil {
			return err
		}
		if _, err := demo.LoadListings(p.ctx, cats, places, now()); err != nil {
			return fmt.Errorf("load the demo: %w", err)
		}
	}
	index := search.New(db, searchOptions(places))
	listener, err := (&net.ListenConfig{}).Listen(p.ctx, "tcp", c.Listen)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", c.Listen, err)
	}
	var draining atomic.Bool
	sender := c.webhookSender(db)
	handler, err := c.handler(db, index, places, sender, log, &draining)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	go forgetAnswers(p.ctx, db, log)
	go markStale(p.ctx, catalog.New(db, now, newUUID), log)
	go truncateLog(p.ctx, db, log, c.LogRetention)
	go rerateDaily(p.ctx, db, log)
	delivering, stopDelivering := context.WithCancel(p.ctx)
	var delivery sync.WaitGroup
	delivery.Go(func() { c.deliver(delivering, db, index, places, sender, log) })
	defer func() { // before the database is closed
		stopDelivering()
		delivery.Wait()
	}()
	return c.serve(p, log, listener, handler, index, &draining)
}

func searchOptions(places *geo.Gazetteer) search.Options {
	return search.Options{
		Card:   func(cat catalog.Cat, _ catalog.Shelter) []byte { return api.Card(cat) },
		Shrink: api.CardFragments(),
		PostalPoint: func(code, country string) (geo.Point, bool) {
			place, ok := places.PostalCode(country, code)
			return place.Point, ok
		},
		Now: now,
	}
}

func (c *serveCommand) handler(db *store.Store, index *search.Index, places *geo.Gazetteer, sender *webhook.Sender, log *slog.Logger, draining *atomic.Bool) (http.Handler, error) {
	rubrics, err := rating.Open()
	if err != nil {
		return nil, err
	}
	v2 := func(count api.RateLimitFunc) (http.Handler, error) {
		return petfinder.New(petfinder.Config{
			Store:           db,
			Keys:            db,
			Index:           index,
			Places:          places,
			Log:             log,
			Now:             now,
			NewSeed:         func() int64 { return int64(binary.LittleEndian.Uint64([]byte(rand.Text()))) },
			Count:           count,
			Adventure:       api.AdventureOf,
			CutDescriptions: c.PetfinderDescriptionLimit,
			CachedAnimals:   0,
		})
	}
	return api.New(api.Config{
		Store:            db,
		Keys:             db,
		Answers:          db,
		Audit:            db,
		Catalog:          catalog.New(db, now, newUUID).WithRater(api.Rater(rubrics)),
		Courier:          sender,
		Index:            index,
		Places:           places,
		Rubrics:          rubrics,
		Log:              log,
		Now:              now,
		NewID:            func() string { return strings.ToLower(rand.Text()[:20]) },
		Random:           random,
		Version:          version(),
		PageCache:        pageCache,
		RatePerMinute:    c.RateLimit,
		KeyRatePerMinute: c.KeyRateLimit,
		KeyRequired:      c.RequireKey,
		TrustedProxies:   c.TrustedProxy,
		PublicURL:        publicURL(c.PublicURL),
		ExportDir:        c.ExportDir,
		Draining:         draining.Load,
		Mounts:           map[string]api.ExternalAPI{"/v2/": v2},
	})
}

// serve answers requests until the process is told to stop, and then lets those
// under way finish. The index is filled while /livez and /readyz answer already.
func (c *serveCommand) serve(p *process, log *slog.Logger, listener net.Listener, handler http.Handler, index *search.Index, draining *atomic.Bool) error {
	var connected connections
	server := &http.Server{
		Handler:           handler,
		ConnState:         connected.note,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	following, stopFollowing := context.WithCancel(p.ctx)
	defer stopFollowing()
	go c.fillAndFollow(following, p, log, listener.Addr(), index)
	select {
	case err := <-failed:
		return err
	case <-p.ctx.Done():
	}
	draining.Store(true)
	log.Info("stopping", slog.Duration("drain", c.DrainDelay))
	time.Sleep(c.DrainDelay)
	return shutdown(context.WithoutCancel(p.ctx), server, listener, &connected, 30*time.Second)
}

// fillAndFollow makes the index ready, as often as it takes, and keeps it fresh.
func (c *serveCommand) fillAndFollow(ctx context.Context, p *process, log *slog.Logger, addr net.Addr, index *search.Index) {
	began := now()
	for wait := time.Second; ; wait = min(2*wait, 30*time.Second) {
		err := index.Fill(ctx)
		if err == nil {
			break
		}
		log.ErrorContext(ctx, "index not filled; trying again", slog.Duration("wait", wait), slog.Any("error", err))
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	debug.FreeOSMemory() // filling leaves much behind, and nothing comes after it that would need it
	state := index.State()
	log.InfoContext(ctx, "ready", slog.String("address", addr.String()), slog.Int("cats", state.Cats),
		slog.Int("available", state.Available), slog.Duration("took", now().Sub(began)))
	printBanner(p, addr, state)
	index.Follow(ctx, c.PollInterval, log)
}

// printBanner says on stdout where the server is and what to try.
func printBanner(p *process, addr net.Addr, state search.State) {
	base := "http://" + addr.String()
	_, _ = fmt.Fprintf(p.stdout, `Trailcat serves %d available cats.

  API   %[2]s/v1/cats
  Docs  %[2]s/docs

Try:
  curl '%[2]s/v1/cats?near=20850&radius_km=50&limit=3'
  curl '%[2]s/v1/cats?age_group=kitten,young&facets=breed,sex&include_total=true&limit=1'
  curl '%[2]s/v1/cats?q=playful&fields=id,name,summary'
`, state.Available, base)
}
