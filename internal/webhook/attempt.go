package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"trailcat/internal/catalog"
)

// wake starts a goroutine that delivers to an endpoint if there may be something to
// deliver. If one is running already it checks once more before it ends.
func (d *Deliverer) wake(ctx context.Context, e *endpoint) {
	e.mu.Lock()
	defer e.mu.Unlock()
	waiting := e.retry != nil && e.retry.next.After(d.Now())
	idle := e.retry == nil && d.isCurrent(e.epoch, e.position)
	switch {
	case ctx.Err() != nil || !e.leased || e.closed || e.webhook.Status != catalog.WebhookActive || idle:
	case waiting:
		d.wakeWhenDue(ctx, e)
	case e.running:
		e.rerun = true
	default:
		e.running = true
		d.running.Go(func() { d.deliverLoop(ctx, e) })
	}
}

// isCurrent reports whether there is nothing in the log after a position.
func (d *Deliverer) isCurrent(epoch string, position int64) bool {
	head := d.head.Load()
	return epoch == head.Epoch && position >= head.Seq
}

// wakeWhenDue wakes an endpoint at the time of its next retry. The caller holds
// e.mu.
func (d *Deliverer) wakeWhenDue(ctx context.Context, e *endpoint) {
	if e.timer != nil {
		e.timer.Stop()
	}
	e.timer = time.AfterFunc(e.retry.next.Sub(d.Now()), func() { d.wake(ctx, e) })
}

// deliverLoop sends messages to an endpoint, one after the other, until none is
// left.
func (d *Deliverer) deliverLoop(ctx context.Context, e *endpoint) {
	for {
		more := ctx.Err() == nil && d.attempt(ctx, e)
		e.mu.Lock()
		if !more && !e.rerun || ctx.Err() != nil {
			e.running, e.rerun = false, false
			e.mu.Unlock()
			return
		}
		e.rerun = false
		e.mu.Unlock()
	}
}

// attempt sends an endpoint its next message, if there is one, and reports whether
// there may be more.
func (d *Deliverer) attempt(ctx context.Context, e *endpoint) (more bool) {
	slots := d.callSlots
	if s, _ := e.readyAt(d.Now(), d.Sender.client.Timeout); s.retry.attempts > 0 {
		slots = d.retrySlots
	}
	select {
	case slots <- struct{}{}:
		defer func() { <-slots }()
	case <-ctx.Done():
		return false
	}
	s, ok := e.readyAt(d.Now(), d.Sender.client.Timeout)
	if !ok || d.isCurrent(s.epoch, s.position) {
		return false
	}
	m, err := d.nextMessage(ctx, s)
	if err != nil {
		d.retryLater(ctx, e, s, err)
		return false
	}
	if m.Events == 0 && m.Type == typeChanges {
		return d.skip(ctx, e, s, m.Upto)
	}
	since := s
	if s, ok = e.readyAt(d.Now(), d.Sender.client.Timeout); !ok || !s.unchanged(since) {
		return ok // reading took too long, or the webhook has changed meanwhile
	}
	return d.deliver(ctx, e, s, m)
}

// skip moves an endpoint past entries that it does not subscribe to. If the feed
// lags behind the log, the endpoint waits for it.
func (d *Deliverer) skip(ctx context.Context, e *endpoint, s endpointState, upto int64) (more bool) {
	if upto > s.position {
		e.skipTo(s, upto)
		return upto < d.head.Load().Seq
	}
	s.retry.next = d.Now().Add(d.PollInterval)
	e.scheduleRetry(s, s.retry)
	d.wake(ctx, e)
	return false
}

// nextMessage returns the next message of an endpoint. A retry covers the same
// entries as the first attempt, so that it is the same message.
func (d *Deliverer) nextMessage(ctx context.Context, s endpointState) (Message, error) {
	select {
	case d.readSlots <- struct{}{}:
		defer func() { <-d.readSlots }()
	case <-ctx.Done():
		return Message{}, ctx.Err()
	}
	head := d.head.Load()
	switch {
	case s.epoch != head.Epoch:
		start := max(head.EpochStart(), head.Floor) // the export that the receiver loads is not older
		return exportMessage(s.webhook, head.Epoch, typeReset, d.Now(), 0, start, d.Feed.Cursor(start, *head), d.ExportURL)
	case s.position < head.Floor:
		return exportMessage(s.webhook, s.epoch, typeTruncated, d.Now(), s.position, head.Floor, d.Feed.Cursor(head.Floor, *head), d.ExportURL)
	}
	upto := head.Seq
	if s.retry.upto > s.position {
		upto = s.retry.upto
	}
	batch, err := d.Feed.Batch(ctx, s.webhook, s.at(s.position), s.part, upto, maxEventsPerCall)
	if err != nil {
		return Message{}, err
	}
	if len(batch.Events) == 0 {
		return Message{Type: typeChanges, After: s.position, Upto: batch.Upto}, nil
	}
	return changesMessage(s.webhook, s.epoch, s.position, s.part, batch)
}

// deliver makes one attempt and records the result. Stopping the server does not
// interrupt it.
func (d *Deliverer) deliver(ctx context.Context, e *endpoint, s endpointState, m Message) (more bool) {
	attempt := d.Sender.newDelivery()
	attempt.Attempt, attempt.Since = s.retry.attempts+1, s.retry.since
	if attempt.Since.IsZero() || attempt.Since.After(d.Now()) { // in the future by a wrong clock
		attempt.Since = d.Now()
	}
	e.called.Store(true)
	directive := d.Sender.send(context.WithoutCancel(ctx), s.webhook, m, &attempt)
	if attempt.Succeeded() {
		return d.onSuccess(ctx, e, s, attempt, m.Part)
	}
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := d.Store.SaveDelivery(saving, attempt); err != nil {
		d.Log.WarnContext(ctx, "saving a failed delivery failed", slog.String("webhook", e.id), slog.Any("error", err))
	}
	e.scheduleRetry(s, retryState{attempts: attempt.Attempt, since: attempt.Since, upto: m.Upto, next: d.retryAt(d.Now(), attempt.Attempt, directive.notBefore)})
	switch failing := d.Now().Sub(attempt.Since); {
	case directive.gone:
		d.pause(saving, e, "The endpoint responded with status 410 (Gone).")
	case failing >= d.GiveUpAfter:
		d.pause(saving, e, fmt.Sprintf("The endpoint accepted nothing for %s. Last attempt: %s", formatDays(d.GiveUpAfter), attempt.Failure))
	}
	d.wake(ctx, e) // starts the timer of the next attempt
	return false
}

// onSuccess records that a message was accepted. If it contains only part of a log
// entry, the position does not advance yet: another node begins the entry again.
func (d *Deliverer) onSuccess(ctx context.Context, e *endpoint, s endpointState, attempt catalog.Delivery, part catalog.EntryPart) (more bool) {
	upto := catalog.PositionAt(attempt.Epoch, attempt.Upto)
	if part.Seq > 0 {
		upto = s.at(s.position)
	}
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	ok, err := d.Store.RecordDelivery(saving, attempt, s.webhook.Version, d.Node, s.at(s.checkpoint), upto)
	switch {
	case err != nil: // the message was accepted nevertheless; the checkpoint follows later
		d.Log.WarnContext(ctx, "saving a delivery failed", slog.String("webhook", e.id), slog.Any("error", err))
	case !ok: // the webhook was changed or replayed, or another node has taken over
		e.releaseLease()
		if err := d.reload(ctx, e.id); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "reloading a webhook failed", slog.String("webhook", e.id), slog.Any("error", err))
		}
		return true
	}
	if e.recordProgress(s, upto, part, err == nil, d.Now()) {
		if err := d.Store.PruneDeliveries(saving, e.id, catalog.MaxDeliveries); err != nil {
			d.Log.WarnContext(ctx, "pruning deliveries failed", slog.String("webhook", e.id), slog.Any("error", err))
		}
	}
	return !d.isCurrent(upto.Epoch, upto.Seq)
}

// pause pauses a webhook for a reason that its owner reads.
func (d *Deliverer) pause(ctx context.Context, e *endpoint, reason string) {
	w, err := d.Pauser.PauseWebhook(ctx, e.id, reason)
	if err != nil {
		d.Log.WarnContext(ctx, "pausing a webhook failed", slog.String("webhook", e.id), slog.Any("error", err))
		return
	}
	e.update(w)
	d.Log.InfoContext(ctx, "webhook paused", slog.String("webhook", e.id), slog.String("reason", reason))
}

// retryLater schedules a retry after a failure of this node. A webhook whose
// filters have become invalid is paused until its owner changes them.
func (d *Deliverer) retryLater(ctx context.Context, e *endpoint, s endpointState, err error) {
	if ctx.Err() != nil {
		return
	}
	if invalid, ok := errors.AsType[*catalog.Error](err); ok && invalid.Kind == catalog.Invalid {
		d.pause(ctx, e, "The filters are no longer valid. "+invalid.Error())
		return
	}
	d.Log.WarnContext(ctx, "reading events for a webhook failed, will retry", slog.String("webhook", e.id), slog.Any("error", err))
	s.retry.next = d.Now().Add(d.InitialRetryDelay)
	e.scheduleRetry(s, s.retry)
	d.wake(ctx, e)
}

// retryAt returns the time of the next attempt after the given number of attempts,
// the last of them at last. The delay doubles with each attempt; a jitter of 20 %
// keeps endpoints that failed together from being retried together. notBefore is
// the minimum delay that the endpoint asked for.
func (d *Deliverer) retryAt(last time.Time, attempts int, notBefore time.Duration) time.Time {
	wait := d.MaxRetryDelay
	if doubled := attempts - 1; doubled < 30 {
		wait = min(wait, d.InitialRetryDelay<<max(doubled, 0))
	}
	wait = time.Duration(float64(wait) * (0.8 + 0.4*d.Jitter()))
	return last.Add(max(wait, notBefore))
}

// formatDays formats whole days as days and other durations as Go does.
func formatDays(t time.Duration) string {
	if day := 24 * time.Hour; t >= 2*day && t%day == 0 {
		return fmt.Sprintf("%d days", t/day)
	}
	return t.String()
}
