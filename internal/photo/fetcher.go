package photo

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"trailcat/internal/catalog"
	"trailcat/internal/publicnet"
)

// Sources is the queue of sources of photos. *store.Store implements it.
type Sources interface {
	LeasePhotoSources(ctx context.Context, now time.Time, ttl time.Duration, limit int, skipHosts []string) ([]catalog.PhotoSource, error)
	PostponePhotoSource(ctx context.Context, url string, at time.Time) error
	SheltersOfPhoto(ctx context.Context, url string) ([]catalog.Shelter, error)
	PhotosWaiting(ctx context.Context, at time.Time) (int64, error)
}

// FetcherConfig is what a Fetcher depends on.
type FetcherConfig struct {
	Sources   Sources
	Catalog   *catalog.Catalog
	Keeper    *Keeper
	Policy    publicnet.Policy
	Resolver  publicnet.Resolver    // nil means net.DefaultResolver
	IsOwn     func(url string) bool // reports whether a URL is that of a photo on this server
	UserAgent string
	Log       *slog.Logger
	Now       func() time.Time
	Jitter    func() float64 // a random number in [0, 1)
	Timeout   time.Duration  // of a request with its response; 0 means 1 minute
}

const (
	atOnce        = 6 // photos that a node fetches at once
	atOncePerHost = 2
	pollInterval  = time.Second
	// leaseTime is how long other nodes leave a source to one that may have ended. It is longer
	// than a request and processing may take together.
	leaseTime      = 10 * time.Minute
	attemptTimeout = 8 * time.Minute
	// storageRetryDelay is how long fetching pauses after the server itself could not keep a photo.
	storageRetryDelay = time.Minute
	saveTimeout       = 10 * time.Second
)

// Fetcher fetches photos from their sources. Each node runs one; they share the queue in the
// database.
type Fetcher struct {
	config  FetcherConfig
	client  *client
	slots   chan struct{}
	ended   chan struct{} // receives after an attempt, so that the next one starts
	results *prometheus.CounterVec

	mu          sync.Mutex
	hosts       map[string]*hostState
	pausedUntil time.Time // of all hosts
}

// hostState is the state of the requests of this node to a host.
type hostState struct {
	active      int       // requests
	pausedUntil time.Time // no request is sent before
}

// NewFetcher returns a fetcher. Run starts it.
func NewFetcher(config FetcherConfig) *Fetcher {
	f := &Fetcher{
		config: config, client: newClient(config), slots: make(chan struct{}, atOnce), ended: make(chan struct{}, 1), hosts: map[string]*hostState{},
		results: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "trailcat_photo_fetches_total", Help: "Number of attempts to fetch a photo since the start, by result."}, []string{"result"}),
	}
	for _, r := range []result{resultKept, resultUnchanged, resultFailed, resultPostponed} {
		f.results.WithLabelValues(string(r))
	}
	return f
}

// Metrics returns the metrics of the fetcher.
func (f *Fetcher) Metrics() []prometheus.Collector {
	waiting := prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "trailcat_photos_waiting", Help: "Number of photos that are due to be fetched, by any node; -1 if it is not known."}, func() float64 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		n, err := f.config.Sources.PhotosWaiting(ctx, f.config.Now())
		if err != nil {
			return -1
		}
		return float64(n)
	})
	return []prometheus.Collector{f.results, waiting}
}

// Run fetches photos that are due until ctx ends. It then cancels the requests in progress and
// makes their sources due immediately, so that another node continues.
func (f *Fetcher) Run(ctx context.Context) {
	var running sync.WaitGroup
	defer running.Wait()
	for {
		free := cap(f.slots) - len(f.slots)
		if sources := f.lease(ctx, free); len(sources) > 0 {
			for _, source := range sources {
				f.slots <- struct{}{}
				f.beginRequest(source.Host())
				running.Go(func() { f.fetch(ctx, source) })
			}
			continue
		}
		select {
		case <-ctx.Done():
			return
		case <-f.ended:
		case <-time.After(pollInterval):
		}
	}
}

// lease returns up to limit sources to fetch now.
func (f *Fetcher) lease(ctx context.Context, limit int) []catalog.PhotoSource {
	skip, paused := f.busyHosts()
	if limit == 0 || paused || ctx.Err() != nil {
		return nil
	}
	sources, err := f.config.Sources.LeasePhotoSources(ctx, f.config.Now(), leaseTime, limit, skip)
	if err != nil && ctx.Err() == nil {
		f.config.Log.WarnContext(ctx, "reading the queue of photos failed, will retry", slog.Any("error", err))
	}
	return sources
}

// busyHosts returns the hosts to which no request may be sent now, and whether fetching pauses for
// all hosts.
func (f *Fetcher) busyHosts() (hosts []string, paused bool) {
	now := f.config.Now()
	f.mu.Lock()
	defer f.mu.Unlock()
	for host, state := range f.hosts {
		switch {
		case state.active >= atOncePerHost, state.pausedUntil.After(now):
			hosts = append(hosts, host)
		case state.active == 0:
			delete(f.hosts, host)
		}
	}
	return hosts, f.pausedUntil.After(now)
}

// beginRequest counts a request to a host that begins.
func (f *Fetcher) beginRequest(host string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hosts[host] == nil {
		f.hosts[host] = &hostState{}
	}
	f.hosts[host].active++
}

// endRequest counts a request to a host that ended. The next is not sent before pausedUntil.
func (f *Fetcher) endRequest(host string, pausedUntil time.Time) {
	f.mu.Lock()
	state := f.hosts[host]
	state.active--
	if pausedUntil.After(state.pausedUntil) {
		state.pausedUntil = pausedUntil
	}
	f.mu.Unlock()
	<-f.slots
	select {
	case f.ended <- struct{}{}:
	default:
	}
}

// fetch makes one attempt to fetch a photo and records the result.
func (f *Fetcher) fetch(ctx context.Context, source catalog.PhotoSource) {
	attempt, cancel := context.WithTimeout(catalog.WithWorkload(ctx, catalog.JobWorkload), attemptTimeout)
	defer cancel()
	after, err := f.attempt(attempt, source)
	defer func() { f.endRequest(source.Host(), after.pauseHostUntil) }()
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTimeout)
	defer cancel()
	if err == nil {
		if err = f.config.Catalog.SavePhotoSource(catalog.WithWorkload(saving, catalog.BatchWorkload), after.source); err == nil {
			f.results.WithLabelValues(string(after.result)).Inc()
			return
		}
	}
	f.results.WithLabelValues(string(resultPostponed)).Inc()
	next := f.config.Now()
	if ctx.Err() == nil {
		next = next.Add(storageRetryDelay)
		f.config.Log.WarnContext(ctx, "keeping a photo failed, nothing is fetched for a minute", slog.String("host", source.Host()), slog.Any("error", err))
		f.mu.Lock()
		f.pausedUntil = next
		f.mu.Unlock()
	}
	if err := f.config.Sources.PostponePhotoSource(saving, source.URL, next); err != nil {
		f.config.Log.WarnContext(ctx, "postponing a photo failed, it is fetched when its lease ends", slog.String("host", source.Host()), slog.Any("error", err))
	}
}
