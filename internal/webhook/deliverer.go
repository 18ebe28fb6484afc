package webhook

import (
	"cmp"
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"trailcat/internal/catalog"
)

// Store is the storage that a Deliverer needs.
type Store interface {
	Reader
	LeaseStore
	DeliveryStore
}

// Reader reads webhooks and the change log, in which changes of webhooks
// are found, and gives the log a new epoch.
type Reader interface {
	Head(ctx context.Context) (catalog.LogPosition, error)
	HeadSince(ctx context.Context, known catalog.LogPosition, read ...catalog.LogPosition) (catalog.LogPosition, error)
	RenewEpoch(ctx context.Context, lost catalog.LogPosition, webhookIDs []string) error
	Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error)
	Webhook(ctx context.Context, id string) (catalog.Webhook, error)
	AllWebhooks(ctx context.Context) ([]catalog.Webhook, error)
}

// LeaseStore stores which node delivers to a webhook, and its checkpoint.
type LeaseStore interface {
	TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (lease catalog.Lease, ok bool, err error)
	KeepLeases(ctx context.Context, prefix, holder string, now time.Time, ttl time.Duration) ([]catalog.Lease, error)
	LeasesHeld(ctx context.Context, prefix string, now time.Time, ttl time.Duration) ([]catalog.Lease, error)
	DropLeases(ctx context.Context, prefix, holder string) error
	AdvanceCheckpoint(ctx context.Context, webhookID string, version int64, holder string, from, to catalog.LogPosition) (bool, error)
}

// DeliveryStore stores the attempts to deliver messages.
type DeliveryStore interface {
	SaveDelivery(ctx context.Context, d catalog.Delivery) error
	RecordDelivery(ctx context.Context, d catalog.Delivery, version int64, holder string, from, to catalog.LogPosition) (bool, error)
	LastDeliveries(ctx context.Context, webhookIDs []string) (map[string]catalog.Delivery, error)
	PruneDeliveries(ctx context.Context, webhookID string, keep int) error
	DeleteDeliveriesBefore(ctx context.Context, before time.Time) error
}

// Feed provides the events of a webhook.
type Feed interface {
	// Batch returns the events after one log entry, up to and including another, or
	// after part of an entry: at most limit events, or fewer if they are large or if
	// many entries are not subscribed to. It fails if the log with the epoch of after
	// is not the present one.
	Batch(ctx context.Context, w catalog.Webhook, after catalog.LogPosition, part catalog.EntryPart, upto int64, limit int) (catalog.Batch, error)
	// Cursor returns the cursor with which GET /v1/changes continues after a log
	// number, for a client that loads an export later than at head.
	Cursor(after int64, head catalog.LogPosition) string
}

// Pauser pauses webhooks whose endpoint has failed for too long.
type Pauser interface {
	PauseWebhook(ctx context.Context, id, reason string) (catalog.Webhook, error)
}

// Config is the configuration of a Deliverer. Durations that are zero have the
// default given here.
type Config struct {
	Store     Store
	Feed      Feed
	Pauser    Pauser
	Sender    *Sender
	Log       *slog.Logger
	Now       func() time.Time
	Jitter    func() float64 // a random number in [0, 1)
	Node      string         // unique name of this process among all nodes
	ExportURL string         // sent to endpoints that have to load an export

	PollInterval      time.Duration // between reads of the log; default 200 ms
	LeaseDuration     time.Duration // after which other nodes take over; default 30 s
	InitialRetryDelay time.Duration // doubles with each attempt; default 5 s
	MaxRetryDelay     time.Duration // between two attempts; default 1 hour
	GiveUpAfter       time.Duration // of failures, after which a webhook is paused; default 3 days
}

// Limits of what is done at once, and intervals of upkeep.
const (
	maxEventsPerCall     = 100
	maxConcurrentCalls   = 512 // to endpoints that accepted their last message
	maxConcurrentRetries = 128 // to the others, which must not delay the former
	maxConcurrentReads   = 4
	pruneAfter           = 200    // deliveries of one endpoint
	checkpointLag        = 10_000 // log entries
	checkpointInterval   = 10 * time.Minute
	pruneInterval        = time.Hour
	storeTimeout         = 10 * time.Second
)

// Deliverer delivers changes to webhooks. Each node runs one; leases make sure
// that a message is delivered by one of them. An endpoint without a message to
// send, or waiting for its next retry, costs no goroutine.
type Deliverer struct {
	Config
	head       atomic.Pointer[catalog.LogPosition]
	callSlots  chan struct{}
	retrySlots chan struct{}
	readSlots  chan struct{}

	mu        sync.Mutex
	endpoints map[string]*endpoint
	running   sync.WaitGroup
}

// New returns a deliverer. Run starts it.
func New(config Config) *Deliverer {
	config.PollInterval = cmp.Or(config.PollInterval, 200*time.Millisecond)
	config.LeaseDuration = cmp.Or(config.LeaseDuration, 30*time.Second)
	config.InitialRetryDelay = cmp.Or(config.InitialRetryDelay, 5*time.Second)
	config.MaxRetryDelay = cmp.Or(config.MaxRetryDelay, time.Hour)
	config.GiveUpAfter = cmp.Or(config.GiveUpAfter, 72*time.Hour)
	d := &Deliverer{
		Config: config, endpoints: map[string]*endpoint{},
		callSlots: make(chan struct{}, maxConcurrentCalls), retrySlots: make(chan struct{}, maxConcurrentRetries), readSlots: make(chan struct{}, maxConcurrentReads),
	}
	d.head.Store(&catalog.LogPosition{})
	return d
}

// Run delivers until ctx ends. It then waits for the calls in progress, at most
// for the timeout of a call, and releases all leases so that other nodes continue
// at once.
func (d *Deliverer) Run(ctx context.Context) {
	d.loadWithRetry(ctx)
	var loops sync.WaitGroup
	loops.Go(func() { d.runEvery(ctx, d.PollInterval, d.pollLog) })
	loops.Go(func() { d.runEvery(ctx, d.LeaseDuration/3, d.rebalanceLeases) })
	loops.Go(func() { d.runEvery(ctx, pruneInterval, d.pruneDeliveries) })
	loops.Wait()
	for _, e := range d.all() {
		e.close()
	}
	d.running.Wait()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	for _, e := range d.all() {
		d.saveCheckpoint(ending, e, true)
	}
	if err := d.Store.DropLeases(ending, catalog.WebhookLeases, d.Node); err != nil {
		d.Log.WarnContext(ending, "releasing webhook leases failed, other nodes wait until they expire", slog.Any("error", err))
	}
}

// loadWithRetry loads all webhooks, retrying until it succeeds or ctx ends.
func (d *Deliverer) loadWithRetry(ctx context.Context) {
	for {
		err := d.loadAll(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		d.Log.WarnContext(ctx, "loading webhooks failed, will retry", slog.Any("error", err))
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// runEvery calls task at once and at each interval until ctx ends. It logs errors.
func (d *Deliverer) runEvery(ctx context.Context, interval time.Duration, task func(context.Context) error) {
	tick := time.NewTicker(interval)
	defer tick.Stop()
	for {
		if err := task(ctx); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "webhook maintenance failed, will retry", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// pruneDeliveries removes the records of old deliveries.
func (d *Deliverer) pruneDeliveries(ctx context.Context) error {
	return d.Store.DeleteDeliveriesBefore(ctx, d.Now().Add(-catalog.DeliveryTTL))
}

// all returns all endpoints, in random order.
func (d *Deliverer) all() []*endpoint {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*endpoint, 0, len(d.endpoints))
	for _, e := range d.endpoints {
		all = append(all, e)
	}
	return all
}
