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

// Store is what a Deliverer keeps and finds.
type Store interface {
	Head(ctx context.Context) (catalog.LogPosition, error)
	Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error)

	Webhook(ctx context.Context, id string) (catalog.Webhook, error)
	Webhooks(ctx context.Context, partnerID string, all bool, after string, limit int) ([]catalog.Webhook, error)

	TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (bookmark int64, ok bool, err error)
	KeepLeases(ctx context.Context, prefix, holder string, now time.Time, ttl time.Duration) ([]catalog.Lease, error)
	LeasesHeld(ctx context.Context, prefix string, now time.Time) ([]catalog.Lease, error)
	DropLeases(ctx context.Context, prefix, holder string) error
	AdvanceCheckpoint(ctx context.Context, webhookID string, version int64, holder string, from, to int64) (bool, error)

	SaveDelivery(ctx context.Context, d catalog.Delivery) error
	RecordDelivery(ctx context.Context, d catalog.Delivery, version int64, holder string, from int64) (bool, error)
	LastDeliveries(ctx context.Context, webhookIDs []string) (map[string]catalog.Delivery, error)
	PruneDeliveries(ctx context.Context, webhookID string, keep int) error
	ForgetDeliveriesBefore(ctx context.Context, before time.Time) error
}

// Feed says what there is to tell a webhook.
type Feed interface {
	// Batch is what happened after a number of the log and up to another: limit
	// events at most, or fewer where much happened that the webhook did not ask for.
	Batch(ctx context.Context, w catalog.Webhook, after, upto int64, limit int) (catalog.Batch, error)
	// Cursor is by what GET /v1/changes goes on after a number of the log.
	Cursor(ctx context.Context, after int64) (string, error)
}

// Pauser is told when a webhook had to be paused.
type Pauser interface {
	PauseWebhook(ctx context.Context, id, reason string) (catalog.Webhook, error)
}

// Config is what a Deliverer needs, and may be told. Durations that are zero are
// as said here.
type Config struct {
	Store     Store
	Feed      Feed
	Pauser    Pauser
	Sender    *Sender
	Log       *slog.Logger
	Now       func() time.Time
	Jitter    func() float64 // a chance between 0 and 1
	Node      string         // names this process among all that deliver
	ExportURL string         // where everything is to be had at once

	PollInterval      time.Duration // how often the log is looked at: 200 ms
	LeaseDuration     time.Duration // how long a node may be silent before others take over: 30 s
	InitialRetryDelay time.Duration // 5 s; each one after waits twice as long
	MaxRetryDelay     time.Duration // between two attempts: 1 hour
	GiveUpAfter       time.Duration // after failing for so long a webhook is paused: 3 days
}

// How much is done at a time.
const (
	maxEventsPerCall     = 100
	maxConcurrentCalls   = 512 // to endpoints that took the last message
	maxConcurrentRetries = 128 // to those that did not: they must not hold up the others
	maxConcurrentReads   = 4
	pruneAfter           = 200 // deliveries of one endpoint
	checkpointLag        = 10_000
	checkpointInterval   = 10 * time.Minute
	pruneInterval        = time.Hour
	storeTimeout         = 10 * time.Second
)

// Deliverer delivers to webhooks. One runs on each node; what an endpoint is told
// by one it is not told by another. There is no goroutine for an endpoint that
// has nothing to be told or that waits for its next attempt.
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

// New returns a deliverer that does nothing yet.
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

// Run delivers until ctx ends. Calls under way are let finish, which takes as
// long as a call may take at most; then other nodes may go on at once.
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
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	for _, e := range d.all() {
		d.saveProgress(after, e, true)
	}
	if err := d.Store.DropLeases(after, catalog.WebhookLeases, d.Node); err != nil {
		d.Log.WarnContext(after, "webhooks not handed over; others take them when the lease is over", slog.Any("error", err))
	}
}

// loadWithRetry learns of all webhooks, as often as it takes.
func (d *Deliverer) loadWithRetry(ctx context.Context) {
	for {
		err := d.loadAll(ctx)
		if err == nil || ctx.Err() != nil {
			return
		}
		d.Log.WarnContext(ctx, "webhooks not read; trying again", slog.Any("error", err))
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
}

// runEvery does something now and then until ctx ends, and logs what fails.
func (d *Deliverer) runEvery(ctx context.Context, pause time.Duration, do func(context.Context) error) {
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		if err := do(ctx); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "webhooks held up; trying again", slog.Any("error", err))
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (d *Deliverer) pruneDeliveries(ctx context.Context) error {
	return d.Store.ForgetDeliveriesBefore(ctx, d.Now().Add(-catalog.KeepDeliveriesFor))
}

func (d *Deliverer) all() []*endpoint {
	d.mu.Lock()
	defer d.mu.Unlock()
	all := make([]*endpoint, 0, len(d.endpoints))
	for _, e := range d.endpoints {
		all = append(all, e)
	}
	return all
}
