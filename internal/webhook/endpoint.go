package webhook

import (
	"sync"
	"sync/atomic"
	"time"

	"trailcat/internal/catalog"
)

// endpoint is the delivery state of a webhook on this node.
type endpoint struct {
	id     string
	called atomic.Bool // by this node

	mu           sync.Mutex // guards the fields below
	webhook      catalog.Webhook
	closed       bool
	leased       bool // this node delivers to it
	leasedUntil  time.Time
	epoch        string // of the log that checkpoint and position refer to
	checkpoint   int64  // last log entry handled, as stored in the database
	checkpointAt time.Time
	position     int64             // last log entry handled: delivered, or not subscribed to
	part         catalog.EntryPart // of a later entry, which was delivered; zero: none
	retry        *retryState       // nil if the last message was accepted
	timer        *time.Timer       // wakes the endpoint for the next retry

	running    bool // a goroutine is delivering
	rerun      bool // that goroutine must check for messages once more
	deliveries int  // since the start, for pruning
}

// retryState describes a message that an endpoint has not accepted yet.
type retryState struct {
	attempts int
	since    time.Time // of the first attempt
	upto     int64     // last log entry of the message
	next     time.Time // no attempt before this time
}

// endpointState is the state of an endpoint on which an attempt is based.
type endpointState struct {
	webhook    catalog.Webhook
	epoch      string
	checkpoint int64
	position   int64
	part       catalog.EntryPart
	retry      retryState
}

// at returns a position in the log that the state refers to.
func (s endpointState) at(seq int64) catalog.LogPosition {
	return catalog.PositionAt(s.epoch, seq)
}

// unchanged reports whether the endpoint has neither moved nor been changed since
// an earlier state.
func (s endpointState) unchanged(since endpointState) bool {
	return s.epoch == since.epoch && s.position == since.position && s.part == since.part && s.checkpoint == since.checkpoint && s.webhook.Version == since.webhook.Version
}

// update applies a newer version of the webhook. Delivery restarts from the
// checkpoint without waiting for the retry delay, because the owner expects a
// reaction and the new filters may match entries that the old ones skipped.
func (e *endpoint) update(w catalog.Webhook) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w.Version <= e.webhook.Version {
		return
	}
	e.webhook, e.position, e.part, e.retry = w, e.checkpoint, catalog.EntryPart{}, nil
}

// close stops deliveries to the endpoint for good.
func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if e.timer != nil {
		e.timer.Stop()
	}
}

// releaseLease records that this node no longer holds the lease.
func (e *endpoint) releaseLease() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.leased = false
}

// extendLease records whether the lease was extended until the given time. It
// does not affect a lease that was acquired after that request.
func (e *endpoint) extendLease(kept bool, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case !e.leased || !e.leasedUntil.Before(until):
	case kept:
		e.leasedUntil = until
	default:
		e.leased = false
	}
}

// needsLease reports whether this node should try to acquire the lease.
func (e *endpoint) needsLease() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.webhook.Status == catalog.WebhookActive && !e.leased && !e.closed
}

// checkpointNow returns the checkpoint.
func (e *endpoint) checkpointNow() int64 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.checkpoint
}

// resume continues from the checkpoint of a new lease; last is the latest attempt
// of any node. It does nothing and returns false if the checkpoint is no longer
// before, so that the lease may have been read before a delivery moved it.
func (e *endpoint) resume(before int64, lease catalog.Lease, until time.Time, last catalog.Delivery, retryAt func(last time.Time, attempts int, notBefore time.Duration) time.Time) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.checkpoint != before {
		return false
	}
	checkpoint := lease.Checkpoint
	if e.leased && e.checkpoint == checkpoint && e.epoch == lease.Epoch {
		e.leasedUntil = until
		return true
	}
	e.leased, e.leasedUntil = true, until
	e.epoch, e.checkpoint, e.position, e.checkpointAt = lease.Epoch, checkpoint, checkpoint, until
	e.part, e.retry = catalog.EntryPart{}, nil
	if isPending(last, e.webhook, lease) {
		if last.Epoch == e.epoch {
			e.position = last.After // the entries between were not subscribed to
		}
		e.retry = &retryState{attempts: last.Attempt, since: last.Since, upto: last.Upto, next: retryAt(last.At, last.Attempt, 0)}
	}
	return true
}

// readyAt returns the state of the endpoint, and whether an attempt may be made
// at the given time. The lease must last longer than the timeout of a call.
func (e *endpoint) readyAt(now time.Time, timeout time.Duration) (endpointState, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.leased || e.closed || e.webhook.Status != catalog.WebhookActive || !e.leasedUntil.After(now.Add(timeout)) {
		return endpointState{}, false
	}
	s := e.state()
	return s, !s.retry.next.After(now)
}

// state returns the current state. The caller holds e.mu.
func (e *endpoint) state() endpointState {
	s := endpointState{webhook: e.webhook, epoch: e.epoch, checkpoint: e.checkpoint, position: e.position, part: e.part}
	if e.retry != nil {
		s.retry = *e.retry
	}
	return s
}

// skipTo records that no entry up to upto is subscribed to.
func (e *endpoint) skipTo(s endpointState, upto int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state().unchanged(s) {
		e.position, e.part, e.retry = upto, catalog.EntryPart{}, nil
	}
}

// recordProgress records that the endpoint accepted the entries up to upto, and part of a
// later one unless part is zero; saved is true if the checkpoint was stored. It reports
// whether old deliveries should be pruned.
func (e *endpoint) recordProgress(s endpointState, upto catalog.LogPosition, part catalog.EntryPart, saved bool, now time.Time) (prune bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.state().unchanged(s) {
		return false // the webhook was changed or replayed meanwhile
	}
	e.epoch, e.position, e.part, e.retry = upto.Epoch, upto.Seq, part, nil
	if saved {
		e.checkpoint, e.checkpointAt = upto.Seq, now
	}
	e.deliveries++
	return e.deliveries%pruneAfter == 0
}

// scheduleRetry records that the endpoint did not accept a message.
func (e *endpoint) scheduleRetry(s endpointState, retry retryState) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state().unchanged(s) {
		e.retry = &retry
	}
}

// limitRetry makes a retry that is scheduled after latest due. Its time comes from a clock
// that was ahead.
func (e *endpoint) limitRetry(latest time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.retry != nil && e.retry.next.After(latest) {
		e.retry.next = time.Time{}
	}
}

// pendingCheckpoint returns the current state, and whether its position is to be
// stored as the checkpoint: if it is far behind or old, or if force is set.
func (e *endpoint) pendingCheckpoint(now time.Time, force bool) (s endpointState, due bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	behind := e.position - e.checkpoint
	return e.state(), e.leased && !e.running && behind > 0 && (force || behind >= checkpointLag || now.Sub(e.checkpointAt) >= checkpointInterval)
}

// checkpointSaved records that the position of s was stored.
func (e *endpoint) checkpointSaved(s endpointState, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.epoch == s.epoch && e.checkpoint == s.checkpoint && e.webhook.Version == s.webhook.Version {
		e.checkpoint, e.checkpointAt = s.position, now
	}
}
