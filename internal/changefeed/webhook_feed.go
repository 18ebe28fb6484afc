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

// WebhookFeed is the feed as webhooks are told of it. What many of them need is
// read once.
type WebhookFeed struct {
	feed    *Feed
	catches *sync.Mutex // one of them has the index catch up
	asked   *sync.Map   // compiledFilter, by the id of the webhook
}

// compiledFilter is what a version of a webhook asks for.
type compiledFilter struct {
	version int64
	q       Query
}

// NewWebhookFeed tells webhooks of a log.
func NewWebhookFeed(config Config) WebhookFeed {
	config.Log = &logTailCache{Log: config.Log, head: config.Index.Head, mu: sync.Mutex{}, lines: nil, from: 0, upto: 0, last: catalog.LogPosition{}}
	config.Followed = true
	return WebhookFeed{feed: New(config), catches: &sync.Mutex{}, asked: &sync.Map{}}
}

// catchUp has the index know the log up to a number.
func (f WebhookFeed) catchUp(ctx context.Context, upto int64) error {
	f.catches.Lock()
	defer f.catches.Unlock()
	if f.feed.Index.Head().Seq >= upto {
		return nil
	}
	return f.feed.Index.CatchUp(ctx)
}

// Batch is what happened after a number of the log and up to another, as far as
// a webhook is to be told: limit events at most.
func (f WebhookFeed) Batch(ctx context.Context, w catalog.Webhook, after, upto int64, limit int) (catalog.Batch, error) {
	q, err := f.question(w)
	if err != nil {
		return catalog.Batch{}, err
	}
	if err := f.catchUp(ctx, upto); err != nil {
		return catalog.Batch{}, err
	}
	page, err := f.feed.Read(ctx, q, after, limit-2) // the last change may make three events: of the cat, and of searches that it matched and left
	if err != nil {
		return catalog.Batch{}, err
	}
	if past := slices.IndexFunc(page.Events, func(e wire.Event) bool { return e.Seq > upto }); past >= 0 {
		page.Events = page.Events[:past]
	}
	batch := catalog.Batch{
		Events: make([][]byte, len(page.Events)), Upto: min(page.Next, upto), At: f.feed.Now(),
		Cursor: Cursor{Seq: min(page.Next, upto), Began: after}.Encode(page.Head.Epoch),
	}
	for i, event := range page.Events {
		if batch.Events[i], err = binding.EncodeJSON(event); err != nil {
			return catalog.Batch{}, err
		}
		batch.At = event.At
	}
	return batch, nil
}

// Cursor is the cursor for what follows on a number of the log.
func (f WebhookFeed) Cursor(ctx context.Context, after int64) (string, error) {
	head, err := f.feed.Log.Head(ctx)
	return Cursor{Seq: after, Began: after}.Encode(head.Epoch), err
}

// question is what a webhook asks for. Its filters were good when it was made; if
// they are no longer, as when a shelter is gone, the error is Invalid.
func (f WebhookFeed) question(w catalog.Webhook) (Query, error) {
	if known, ok := f.asked.Load(w.ID); ok && known.(compiledFilter).version == w.Version {
		return known.(compiledFilter).q, nil
	}
	values, err := url.ParseQuery(w.Filters)
	if err != nil {
		return Query{}, fmt.Errorf("filters of webhook %s: %w", w.ID, err)
	}
	q, bad := f.feed.Query(values, w.Audience())
	if err := bad.Err(catalog.Invalid); err != nil {
		return Query{}, fmt.Errorf("filters of webhook %s: %w", w.ID, err)
	}
	q.Types, q.Expand, q.Webhook = w.Types, w.Expand, w.ID
	f.asked.Store(w.ID, compiledFilter{version: w.Version, q: q})
	return q, nil
}
