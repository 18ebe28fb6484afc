package changefeed

import (
	"context"
	"fmt"
	"net/url"
	"sync"

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
	config.Log = &logTail{Log: config.Log, head: config.Index.Head, remember: config.Index.Remember, mu: sync.Mutex{}, changes: nil, from: 0, upto: 0, last: catalog.LogPosition{}}
	feed := NewFeed(config)
	feed.indexFollows = true
	return WebhookFeed{feed: feed, catchUp: &sync.Mutex{}, queries: &sync.Map{}}
}

// updateIndex updates the index unless it has processed the log of an epoch up to a
// position.
func (f WebhookFeed) updateIndex(ctx context.Context, epoch string, upto int64) error {
	f.catchUp.Lock()
	defer f.catchUp.Unlock()
	if head := f.feed.Index.Head(); head.Epoch == epoch && head.Seq >= upto {
		return nil
	}
	return f.feed.Index.CatchUp(ctx)
}

// maxBatchBytes is the maximum size of the events of a batch, as JSON. With its envelope
// a message has at most 1 MiB.
const maxBatchBytes = 1<<20 - 1024

// Batch returns the events for a webhook after one log position and up to another, or
// after part of an entry up to its end: at most limit events and maxBatchBytes. It returns
// a Gone error if the epoch of after is not that of the log, and an Invalid error if the
// webhook's filters are no longer valid, for example because a shelter no longer exists.
func (f WebhookFeed) Batch(ctx context.Context, w catalog.Webhook, after catalog.LogPosition, part catalog.EntryPart, upto int64, limit int) (catalog.Batch, error) {
	q, err := f.query(w)
	if err != nil {
		return catalog.Batch{}, err
	}
	if err := f.updateIndex(ctx, after.Epoch, upto); err != nil {
		return catalog.Batch{}, err
	}
	from := after
	q.Upto, q.MaxBytes = upto, maxBatchBytes
	if part.Seq > 0 {
		from.Seq, q.Upto, q.Part = part.Seq-1, part.Seq, part
	}
	page, err := f.feed.Read(ctx, q, NewCursor(from), limit)
	if err != nil {
		return catalog.Batch{}, err
	}
	batch := catalog.Batch{Events: nil, Upto: page.Next.Seq, Part: catalog.EntryPart{}, Cursor: page.Next.Encode(), At: f.feed.Now()}
	size := 0
	for i, event := range page.Events {
		if size += len(event.JSON) + len(","); i > 0 && size > maxBatchBytes || i == limit { // of a single entry
			batch.Part = partUpTo(page.Events[i-1])
			batch.Cursor, err = f.cursorAt(ctx, after, page.rowsAt())
			return batch, err
		}
		batch.Events, batch.At = append(batch.Events, event.JSON), event.At
	}
	return batch, nil
}

// partUpTo returns the part of a log entry that ends with an event.
func partUpTo(e Event) catalog.EntryPart {
	part := catalog.EntryPart{Seq: e.Seq, Type: e.Type, Search: ""}
	if n := len(e.Searches); n > 0 {
		part.Search = e.Searches[n-1].ID
	}
	return part
}

// cursorAt returns the cursor of a webhook that has everything up to a log position, and
// cats and shelters as of another.
func (f WebhookFeed) cursorAt(ctx context.Context, at, rowsAt catalog.LogPosition) (string, error) {
	entries, err := f.feed.Log.Changes(ctx, at.Seq-1, 1)
	if err != nil {
		return "", fmt.Errorf("read log entry %d: %w", at.Seq, err)
	}
	if len(entries) > 0 && entries[0].Seq == at.Seq {
		at.CommitID = entries[0].CommitID
	}
	return NewCursor(at).withRows(rowsAt).Encode(), nil
}

// Cursor returns the cursor that continues after a log number, for a client that loads
// an export later than at head.
func (WebhookFeed) Cursor(after int64, head catalog.LogPosition) string {
	return Cursor{Epoch: head.Epoch, Seq: after, Start: head.Seq, CommitID: head.CommitID, RowsSeq: 0, RowsCommitID: 0}.Encode()
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
