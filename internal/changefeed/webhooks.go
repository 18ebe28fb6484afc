package changefeed

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"

	"trailcat/api/wire"
	"trailcat/internal/binding"
	"trailcat/internal/catalog"
)

// WebhookFeed is a feed for webhooks. It reads recent log entries once for all of them.
// It is safe for concurrent use.
type WebhookFeed struct {
	feed    *Feed
	catchUp *sync.Mutex // held while the index is updated
	queries *sync.Map   // webhookQuery by webhook ID
}

// webhookQuery is the query of a version of a webhook.
type webhookQuery struct {
	version int64
	q       Query
}

// NewWebhookFeed returns a feed for webhooks.
func NewWebhookFeed(config Config) WebhookFeed {
	config.Log = &logTail{Log: config.Log, head: config.Index.Head, mu: sync.Mutex{}, changes: nil, from: 0, upto: 0, last: catalog.LogPosition{}}
	feed := NewFeed(config)
	feed.indexFollows = true
	return WebhookFeed{feed: feed, catchUp: &sync.Mutex{}, queries: &sync.Map{}}
}

// updateIndex ensures that the index has processed the log up to a position.
func (f WebhookFeed) updateIndex(ctx context.Context, upto int64) error {
	f.catchUp.Lock()
	defer f.catchUp.Unlock()
	if f.feed.Index.Head().Seq >= upto {
		return nil
	}
	return f.feed.Index.CatchUp(ctx)
}

// Batch returns the events for a webhook after one log position and up to another, at
// most limit. It returns an Invalid error if the webhook's filters are no longer valid,
// for example because a shelter no longer exists.
func (f WebhookFeed) Batch(ctx context.Context, w catalog.Webhook, after, upto int64, limit int) (catalog.Batch, error) {
	q, err := f.query(w)
	if err != nil {
		return catalog.Batch{}, err
	}
	if err := f.updateIndex(ctx, upto); err != nil {
		return catalog.Batch{}, err
	}
	page, err := f.feed.Read(ctx, q, after, limit-2) // the last log entry may add two events of saved searches
	if err != nil {
		return catalog.Batch{}, err
	}
	if beyond := slices.IndexFunc(page.Events, func(e wire.Event) bool { return e.Seq > upto }); beyond >= 0 {
		page.Events = page.Events[:beyond]
	}
	batch := catalog.Batch{
		Events: make([][]byte, len(page.Events)), Upto: min(page.Next, upto), At: f.feed.Now(),
		Cursor: Cursor{Seq: min(page.Next, upto), Start: after}.Encode(page.Head.Epoch),
	}
	for i, event := range page.Events {
		if batch.Events[i], err = binding.EncodeJSON(event); err != nil {
			return catalog.Batch{}, err
		}
		batch.At = event.At
	}
	return batch, nil
}

// Cursor returns the cursor that continues after a log position.
func (f WebhookFeed) Cursor(ctx context.Context, after int64) (string, error) {
	head, err := f.feed.Log.Head(ctx)
	return NewCursor(after).Encode(head.Epoch), err
}

// query returns the query of a webhook.
func (f WebhookFeed) query(w catalog.Webhook) (Query, error) {
	if cached, ok := f.queries.Load(w.ID); ok && cached.(webhookQuery).version == w.Version {
		return cached.(webhookQuery).q, nil
	}
	values, err := url.ParseQuery(w.Filters)
	if err != nil {
		return Query{}, fmt.Errorf("filters of webhook %s: %w", w.ID, err)
	}
	q, errs := f.feed.ParseQuery(values, w.Audience())
	if err := errs.Err(catalog.Invalid); err != nil {
		return Query{}, fmt.Errorf("filters of webhook %s: %w", w.ID, err)
	}
	q.Types, q.Expand, q.WebhookID = w.Types, w.Expand, w.ID
	f.queries.Store(w.ID, webhookQuery{version: w.Version, q: q})
	return q, nil
}
