package webhook

import (
	"context"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/publicnet"
)

// pollBatch is how many log entries are read at once.
const pollBatch = 1000

// loadAll reads all webhooks and the position of the log from which on changes of
// webhooks are found there.
func (d *Deliverer) loadAll(ctx context.Context) error {
	head, err := d.Store.Head(ctx) // before the webhooks, so that no change falls between
	if err != nil {
		return err
	}
	webhooks, err := d.Store.AllWebhooks(ctx)
	if err != nil && !d.logMissingKey(ctx, err) {
		return err
	}
	for _, w := range webhooks {
		d.upsertEndpoint(w)
	}
	d.head.Store(&head)
	return nil
}

// logMissingKey logs and reports whether err is about webhooks whose secrets this node
// cannot decrypt. It does not deliver to them; nodes that have the key do.
func (d *Deliverer) logMissingKey(ctx context.Context, err error) bool {
	e, ok := errors.AsType[*catalog.Error](err)
	if !ok || e.Code != errcode.SecretKeyMissing {
		return false
	}
	d.Log.ErrorContext(ctx, "this node does not deliver to some webhooks, because it cannot decrypt their secrets", slog.Any("error", err))
	return true
}

// reset drops all state and loads it from the database, because the log was set back or
// replaced. It waits for calls in progress, so that receivers get log.reset after them.
func (d *Deliverer) reset(ctx context.Context) error {
	lost := d.head.Load()
	d.Log.ErrorContext(ctx, "the change log was set back or replaced, webhooks are told to load an export", slog.Int64("seq", lost.Seq))
	for _, e := range d.all() {
		e.close()
	}
	d.running.Wait()
	var called []string
	for _, e := range d.all() {
		if e.called.Load() {
			called = append(called, e.id)
		}
	}
	if err := d.Store.RenewEpoch(ctx, *lost, called); err != nil {
		return err
	}
	d.mu.Lock()
	clear(d.endpoints)
	d.mu.Unlock()
	if err := d.loadAll(ctx); err != nil {
		return err
	}
	return d.rebalanceLeases(ctx)
}

// upsertEndpoint creates or updates the endpoint of a webhook.
func (d *Deliverer) upsertEndpoint(w catalog.Webhook) *endpoint {
	d.mu.Lock()
	e := d.endpoints[w.ID]
	if e == nil {
		e = &endpoint{id: w.ID}
		d.endpoints[w.ID] = e
	}
	d.mu.Unlock()
	e.update(w)
	return e
}

// pollLog reads the position of the log. If it moved, pollLog reloads the changed
// webhooks and wakes all endpoints. This is all that an idle endpoint costs.
func (d *Deliverer) pollLog(ctx context.Context) error {
	known := d.head.Load()
	head, err := d.Store.HeadSince(ctx, *known)
	if err != nil || head == *known {
		return err
	}
	if head.Epoch != known.Epoch {
		return d.reset(ctx)
	}
	changed, err := d.changedWebhooks(ctx, known.Seq, head.Seq)
	if err != nil {
		return err
	}
	d.head.Store(&head)
	for _, id := range changed {
		if err := d.reload(ctx, id); err != nil {
			d.head.Store(known) // the next poll finds the change again
			return err
		}
	}
	for _, e := range d.all() {
		d.wake(ctx, e)
	}
	return nil
}

// changedWebhooks returns the IDs of the webhooks that changed in a range of the
// log.
func (d *Deliverer) changedWebhooks(ctx context.Context, after, upto int64) ([]string, error) {
	ids := map[string]bool{}
	for after < upto {
		changes, err := d.Store.Changes(ctx, after, pollBatch)
		if err != nil {
			return nil, err
		}
		if len(changes) == 0 {
			break // the rest of the range has been truncated
		}
		for _, c := range changes {
			if c.Resource == catalog.WebhookResource {
				ids[c.ResourceID] = true
			}
		}
		after = changes[len(changes)-1].Seq
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// reload reads a webhook and its checkpoint.
func (d *Deliverer) reload(ctx context.Context, id string) error {
	w, err := d.Store.Webhook(ctx, id)
	if catalog.KindOf(err) == catalog.NotFound || d.logMissingKey(ctx, err) {
		d.mu.Lock()
		e := d.endpoints[id]
		delete(d.endpoints, id)
		d.mu.Unlock()
		if e != nil {
			e.close()
		}
		return nil
	}
	if err != nil {
		return err
	}
	e := d.upsertEndpoint(w)
	if w.Status != catalog.WebhookActive {
		return nil
	}
	return d.acquire(ctx, e)
}

// rebalanceLeases extends the leases of this node, all in one statement, releases those of
// webhooks that it can no longer read, and acquires those that no node holds.
func (d *Deliverer) rebalanceLeases(ctx context.Context) error {
	until := d.Now().Add(d.LeaseDuration)
	kept, err := d.Store.KeepLeases(ctx, catalog.WebhookLeases, d.Node, d.Now(), d.LeaseDuration)
	if err != nil {
		return err
	}
	held, err := d.Store.LeasesHeld(ctx, catalog.WebhookLeases, d.Now(), d.LeaseDuration)
	if err != nil {
		return err
	}
	mine, others := leaseNames(kept), leaseNames(held)
	var errs error
	for name := range mine {
		if !d.knows(strings.TrimPrefix(name, catalog.WebhookLeases)) {
			errs = errors.Join(errs, d.Store.DropLeases(ctx, name, d.Node))
		}
	}
	for _, e := range d.all() { // in a different order on each node, so that nodes that start together share
		name := catalog.WebhookLease(e.id)
		e.extendLease(mine[name], until)
		d.saveCheckpoint(ctx, e, false)
		e.limitRetry(d.Now().Add(max(2*d.MaxRetryDelay, publicnet.MaxRetryAfter)))
		if e.needsLease() && (mine[name] || !others[name]) {
			errs = errors.Join(errs, d.acquire(ctx, e))
		}
		d.wake(ctx, e)
	}
	return errs
}

func (d *Deliverer) knows(webhookID string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.endpoints[webhookID] != nil
}

func leaseNames(leases []catalog.Lease) map[string]bool {
	set := make(map[string]bool, len(leases))
	for _, l := range leases {
		set[l.Name] = true
	}
	return set
}

// acquire acquires the lease of an endpoint unless another node holds it, and
// continues where the last holder stopped, including its retries. If this node
// holds the lease already, acquire reads the checkpoint again, because a replay
// may have moved it. A delivery that ends meanwhile moves it, too; then acquire reads
// it once more.
func (d *Deliverer) acquire(ctx context.Context, e *endpoint) error {
	for {
		current, err := d.tryAcquire(ctx, e)
		if err != nil || current {
			return err
		}
	}
}

// tryAcquire reports false if a delivery moved the checkpoint while it was read.
func (d *Deliverer) tryAcquire(ctx context.Context, e *endpoint) (current bool, err error) {
	until, before := d.Now().Add(d.LeaseDuration), e.checkpointNow()
	lease, ok, err := d.Store.TakeLease(ctx, catalog.WebhookLease(e.id), d.Node, d.Now(), d.LeaseDuration)
	if err != nil {
		return false, err
	}
	if !ok {
		e.releaseLease()
		return true, nil
	}
	last, err := d.Store.LastDeliveries(ctx, []string{e.id})
	if err != nil || !e.resume(before, lease, until, last[e.id], d.retryAt) {
		return false, err
	}
	d.wake(ctx, e)
	return true, nil
}

// saveCheckpoint moves the checkpoint of an endpoint past entries that it did not
// subscribe to, if that is due or force is set.
func (d *Deliverer) saveCheckpoint(ctx context.Context, e *endpoint, force bool) {
	s, due := e.pendingCheckpoint(d.Now(), force)
	if !due {
		return
	}
	ok, err := d.Store.AdvanceCheckpoint(ctx, e.id, s.webhook.Version, d.Node, s.at(s.checkpoint), s.at(s.position))
	if err != nil {
		d.Log.WarnContext(ctx, "saving the checkpoint of a webhook failed, will retry", slog.String("webhook", e.id), slog.Any("error", err))
		return
	}
	if ok {
		e.checkpointSaved(s, d.Now())
	} else {
		e.releaseLease()
	}
}
