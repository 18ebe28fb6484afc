package webhook

import (
	"context"
	"errors"
	"log/slog"

	"trailcat/internal/catalog"
)

// rebalanceLeases keeps what this node has, all of it with one statement, and takes what
// nobody has.
func (d *Deliverer) rebalanceLeases(ctx context.Context) error {
	until := d.Now().Add(d.LeaseDuration)
	kept, err := d.Store.KeepLeases(ctx, catalog.WebhookLeases, d.Node, d.Now(), d.LeaseDuration)
	if err != nil {
		return err
	}
	held, err := d.Store.LeasesHeld(ctx, catalog.WebhookLeases, d.Now())
	if err != nil {
		return err
	}
	mine, others := leaseNames(kept), leaseNames(held)
	var failed error
	for _, e := range d.all() { // in another order on each node, so that those that begin together share
		name := catalog.WebhookLease(e.id)
		e.extendLease(mine[name], until)
		d.saveProgress(ctx, e, false)
		if e.needsLease() && (mine[name] || !others[name]) {
			failed = errors.Join(failed, d.acquire(ctx, e))
		}
		d.wake(ctx, e)
	}
	return failed
}

func leaseNames(leases []catalog.Lease) map[string]bool {
	set := make(map[string]bool, len(leases))
	for _, l := range leases {
		set[l.Name] = true
	}
	return set
}

// acquire takes an endpoint over, if nobody else has it, and goes on from where the
// last holder stopped, also in the middle of its attempts. Who has it already
// looks again where it stands: it may have been told to begin elsewhere.
func (d *Deliverer) acquire(ctx context.Context, e *endpoint) error {
	until := d.Now().Add(d.LeaseDuration)
	bookmark, ok, err := d.Store.TakeLease(ctx, catalog.WebhookLease(e.id), d.Node, d.Now(), d.LeaseDuration)
	if err != nil {
		return err
	}
	if !ok {
		e.releaseLease()
		return nil
	}
	last, err := d.Store.LastDeliveries(ctx, []string{e.id})
	if err != nil {
		return err
	}
	e.resume(bookmark, until, last[e.id], d.retryAt)
	d.wake(ctx, e)
	return nil
}

// saveProgress moves the bookmark of an endpoint past what was not for it, now
// and then.
func (d *Deliverer) saveProgress(ctx context.Context, e *endpoint, now bool) {
	s, due := e.pendingCheckpoint(d.Now(), now)
	if !due {
		return
	}
	ok, err := d.Store.AdvanceCheckpoint(ctx, e.id, s.webhook.Version, d.Node, s.checkpoint, s.position)
	if err != nil {
		d.Log.WarnContext(ctx, "bookmark of a webhook not moved; trying again", slog.String("webhook", e.id), slog.Any("error", err))
		return
	}
	if ok {
		e.checkpointSaved(s, d.Now())
	} else {
		e.releaseLease()
	}
}
