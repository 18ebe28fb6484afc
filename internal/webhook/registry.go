package webhook

import (
	"context"
	"maps"
	"slices"

	"trailcat/internal/catalog"
)

const pollBatch = 1000

// loadAll learns of all webhooks, and from where on the log tells of others.
func (d *Deliverer) loadAll(ctx context.Context) error {
	head, err := d.Store.Head(ctx) // before the webhooks, so that none falls between
	if err != nil {
		return err
	}
	hooks, err := d.Store.Webhooks(ctx, "", true, "", 0)
	if err != nil {
		return err
	}
	for _, w := range hooks {
		d.upsertEndpoint(w)
	}
	d.head.Store(&head)
	return nil
}

// reset forgets all that is known of webhooks, since the database was set
// back: it says what they are, and how far they were told. They are taken anew
// when webhooks are shared next.
func (d *Deliverer) reset(ctx context.Context) error {
	for _, e := range d.all() {
		e.close()
	}
	d.mu.Lock()
	clear(d.endpoints)
	d.mu.Unlock()
	return d.loadAll(ctx)
}

// upsertEndpoint makes an endpoint of a webhook, or tells its endpoint what the webhook is now.
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

// pollLog reads how the log went on. If it did, all endpoints are woken: this is
// the only thing that an idle one costs.
func (d *Deliverer) pollLog(ctx context.Context) error {
	known := d.head.Load()
	head, err := d.Store.Head(ctx)
	if err != nil || head == *known {
		return err
	}
	if head.Epoch != known.Epoch || head.Seq < known.Seq {
		return d.reset(ctx)
	}
	touched, err := d.changedWebhooks(ctx, known.Seq, head.Seq)
	if err != nil {
		return err
	}
	d.head.Store(&head)
	for _, id := range touched {
		if err := d.reload(ctx, id); err != nil {
			d.head.Store(known) // so that the next look comes upon it again
			return err
		}
	}
	for _, e := range d.all() {
		d.wake(ctx, e)
	}
	return nil
}

// changedWebhooks are the webhooks that changed in a stretch of the log.
func (d *Deliverer) changedWebhooks(ctx context.Context, after, upto int64) ([]string, error) {
	ids := map[string]bool{}
	for after < upto {
		lines, err := d.Store.Changes(ctx, after, pollBatch)
		if err != nil {
			return nil, err
		}
		if len(lines) == 0 {
			break // what was there was shortened away
		}
		for _, line := range lines {
			if line.Resource == catalog.WebhookResource {
				ids[line.ResourceID] = true
			}
		}
		after = lines[len(lines)-1].Seq
	}
	return slices.Sorted(maps.Keys(ids)), nil
}

// reload learns what a webhook is now, and where it stands.
func (d *Deliverer) reload(ctx context.Context, id string) error {
	w, err := d.Store.Webhook(ctx, id)
	if catalog.KindOf(err) == catalog.NotFound {
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
