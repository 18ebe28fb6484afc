package webhook

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"trailcat/internal/catalog"
)

// wake has somebody look after an endpoint, unless somebody does.
func (d *Deliverer) wake(ctx context.Context, e *endpoint) {
	e.mu.Lock()
	defer e.mu.Unlock()
	waits := e.retry != nil && e.retry.next.After(d.Now())
	idle := e.retry == nil && e.position >= d.head.Load().Seq
	switch {
	case ctx.Err() != nil || !e.leased || e.closed || e.webhook.Status != catalog.WebhookActive || idle:
	case waits:
		d.wakeWhenDue(ctx, e)
	case e.running:
		e.rerun = true
	default:
		e.running = true
		d.running.Go(func() { d.deliverLoop(ctx, e) })
	}
}

// wakeWhenDue wakes an endpoint when its next attempt is due. The caller holds e.mu.
func (d *Deliverer) wakeWhenDue(ctx context.Context, e *endpoint) {
	if e.timer != nil {
		e.timer.Stop()
	}
	e.timer = time.AfterFunc(e.retry.next.Sub(d.Now()), func() { d.wake(ctx, e) })
}

// deliverLoop tells an endpoint what there is to tell, one message after the other.
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

// attempt sends an endpoint the next message, if there is one, and says whether
// there may be more.
func (d *Deliverer) attempt(ctx context.Context, e *endpoint) (more bool) {
	pool := d.callSlots
	if s, _ := e.readyAt(d.Now(), d.Sender.client.Timeout); s.retry.attempts > 0 {
		pool = d.retrySlots
	}
	select {
	case pool <- struct{}{}:
		defer func() { <-pool }()
	case <-ctx.Done():
		return false
	}
	s, ok := e.readyAt(d.Now(), d.Sender.client.Timeout)
	if !ok || s.position >= d.head.Load().Seq {
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
	was := s
	if s, ok = e.readyAt(d.Now(), d.Sender.client.Timeout); !ok || !s.unchanged(was) {
		return ok // reading took too long, or the message is not for it as it is now
	}
	return d.deliver(ctx, e, s, m)
}

// skip passes over what was not for an endpoint. The feed may not have come as
// far as the log yet; then the endpoint waits for it.
func (d *Deliverer) skip(ctx context.Context, e *endpoint, s endpointState, upto int64) (more bool) {
	if upto > s.position {
		e.skipTo(s, upto)
		return upto < d.head.Load().Seq
	}
	t := s.retry
	t.next = d.Now().Add(d.PollInterval)
	e.scheduleRetry(s, t)
	d.wake(ctx, e)
	return false
}

// nextMessage is what there is to tell an endpoint next. Where it did not take a
// message yet, that one is told again: not more, so that it is the same one.
func (d *Deliverer) nextMessage(ctx context.Context, s endpointState) (Message, error) {
	select {
	case d.readSlots <- struct{}{}:
		defer func() { <-d.readSlots }()
	case <-ctx.Done():
		return Message{}, ctx.Err()
	}
	head := d.head.Load()
	if s.position < head.Floor {
		cursor, err := d.Feed.Cursor(ctx, head.Floor)
		if err != nil {
			return Message{}, err
		}
		return truncatedMessage(s.webhook, d.Now(), s.position, head.Floor, cursor, d.ExportURL)
	}
	upto := head.Seq
	if s.retry.upto > s.position {
		upto = s.retry.upto
	}
	batch, err := d.Feed.Batch(ctx, s.webhook, s.position, upto, maxEventsPerCall)
	if err != nil {
		return Message{}, err
	}
	if len(batch.Events) == 0 {
		return Message{Type: typeChanges, After: s.position, Upto: batch.Upto}, nil
	}
	return changesMessage(s.webhook, s.position, batch)
}

// deliver makes one attempt and deals with what comes of it. It is not broken
// off when the server stops.
func (d *Deliverer) deliver(ctx context.Context, e *endpoint, s endpointState, m Message) (more bool) {
	attempt := d.Sender.newDelivery()
	attempt.Attempt, attempt.Since = s.retry.attempts+1, s.retry.since
	if attempt.Since.IsZero() {
		attempt.Since = d.Now()
	}
	asked := d.Sender.send(context.WithoutCancel(ctx), s.webhook, m, &attempt)
	if attempt.Succeeded() {
		return d.onSuccess(ctx, e, s, attempt)
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := d.Store.SaveDelivery(noting, attempt); err != nil {
		d.Log.WarnContext(ctx, "attempt not noted", slog.String("webhook", e.id), slog.Any("error", err))
	}
	e.scheduleRetry(s, retryState{attempts: attempt.Attempt, since: attempt.Since, upto: m.Upto, next: d.retryAt(d.Now(), attempt.Attempt, asked.notBefore)})
	switch failing := d.Now().Sub(attempt.Since); {
	case asked.gone:
		d.pause(noting, e, "It answered 410 Gone, which asks to be told no more.")
	case failing >= d.GiveUpAfter:
		d.pause(noting, e, fmt.Sprintf("It took nothing for %s. The last attempt: %s", formatDays(d.GiveUpAfter), attempt.Failure))
	}
	d.wake(ctx, e) // sets the clock for the next attempt
	return false
}

// onSuccess notes that a message was taken.
func (d *Deliverer) onSuccess(ctx context.Context, e *endpoint, s endpointState, attempt catalog.Delivery) (more bool) {
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	ok, err := d.Store.RecordDelivery(noting, attempt, s.webhook.Version, d.Node, s.checkpoint)
	switch {
	case err != nil: // it was taken all the same; the bookmark follows
		d.Log.WarnContext(ctx, "delivery not noted", slog.String("webhook", e.id), slog.Any("error", err))
	case !ok: // the webhook was changed or told to begin elsewhere, or another node has taken over
		e.releaseLease()
		if err := d.reload(ctx, e.id); err != nil && ctx.Err() == nil {
			d.Log.WarnContext(ctx, "webhook not taken again", slog.String("webhook", e.id), slog.Any("error", err))
		}
		return true
	}
	if e.recordProgress(s, attempt.Upto, err == nil, d.Now()) {
		if err := d.Store.PruneDeliveries(noting, e.id, catalog.MaxDeliveries); err != nil {
			d.Log.WarnContext(ctx, "old deliveries not forgotten", slog.String("webhook", e.id), slog.Any("error", err))
		}
	}
	return attempt.Upto < d.head.Load().Seq
}

func (d *Deliverer) pause(ctx context.Context, e *endpoint, reason string) {
	w, err := d.Pauser.PauseWebhook(ctx, e.id, reason)
	if err != nil {
		d.Log.WarnContext(ctx, "webhook not paused", slog.String("webhook", e.id), slog.Any("error", err))
		return
	}
	e.update(w)
	d.Log.InfoContext(ctx, "webhook paused", slog.String("webhook", e.id), slog.String("reason", reason))
}

// retryLater tries again soon where it is we who failed. A webhook that asks for what
// there no longer is has to wait for its owner.
func (d *Deliverer) retryLater(ctx context.Context, e *endpoint, s endpointState, err error) {
	if ctx.Err() != nil {
		return
	}
	if ours, ok := errors.AsType[*catalog.Error](err); ok && ours.Kind == catalog.Invalid {
		d.pause(ctx, e, "What it asks for is no longer known here. "+ours.Error())
		return
	}
	d.Log.WarnContext(ctx, "webhook has to wait", slog.String("webhook", e.id), slog.Any("error", err))
	t := s.retry
	t.next = d.Now().Add(d.InitialRetryDelay)
	e.scheduleRetry(s, t)
	d.wake(ctx, e)
}

// retryAt is when to try again after so many attempts, the last of them then: each wait is twice the one
// before, give or take a fifth, so that those that failed together do not come
// together again.
func (d *Deliverer) retryAt(last time.Time, attempts int, asked time.Duration) time.Time {
	wait := d.MaxRetryDelay
	if doubled := attempts - 1; doubled < 30 {
		wait = min(wait, d.InitialRetryDelay<<max(doubled, 0))
	}
	wait = time.Duration(float64(wait) * (0.8 + 0.4*d.Jitter()))
	return last.Add(max(wait, asked))
}

func formatDays(t time.Duration) string {
	if day := 24 * time.Hour; t >= 2*day && t%day == 0 {
		return fmt.Sprintf("%d days", t/day)
	}
	return t.String()
}
