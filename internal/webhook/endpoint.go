package webhook

import (
	"sync"
	"time"

	"trailcat/internal/catalog"
)

// endpoint is a webhook as this node deals with it.
type endpoint struct {
	id string

	mu           sync.Mutex
	webhook      catalog.Webhook
	closed       bool
	leased       bool // this node delivers to it
	leasedUntil  time.Time
	checkpoint   int64 // the bookmark as the database has it
	checkpointAt time.Time
	position     int64 // how far it was told, or had nothing to be told
	retry        *retryState
	timer        *time.Timer

	running    bool // a goroutine is at it
	rerun      bool // and is to look once more
	deliveries int  // of deliveries
}

// retryState is a message that an endpoint did not take yet.
type retryState struct {
	attempts int
	since    time.Time
	upto     int64
	next     time.Time // no attempt before
}

// endpointState is what one attempt goes by.
type endpointState struct {
	webhook    catalog.Webhook
	checkpoint int64
	position   int64
	retry      retryState
}

// unchanged says that nothing moved the endpoint since, and nobody changed it.
func (s endpointState) unchanged(was endpointState) bool {
	return s.position == was.position && s.checkpoint == was.checkpoint && s.webhook.Version == was.webhook.Version
}

func (e *endpoint) update(w catalog.Webhook) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w.Version <= e.webhook.Version {
		return
	}
	// Whoever changed it wants to know: it begins anew, and what was not for it by
	// the filters before may be now.
	e.webhook, e.position, e.retry = w, e.checkpoint, nil
}

// close has nobody look after the endpoint any more.
func (e *endpoint) close() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	if e.timer != nil {
		e.timer.Stop()
	}
}

func (e *endpoint) releaseLease() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.leased = false
}

// extendLease notes whether the lease was kept until a moment. What was taken since
// then is not lost.
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

func (e *endpoint) needsLease() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.webhook.Status == catalog.WebhookActive && !e.leased && !e.closed
}

// resume goes on from a bookmark; last is what was tried last, by whomever.
func (e *endpoint) resume(bookmark int64, until time.Time, last catalog.Delivery, retryAt func(last time.Time, attempts int, asked time.Duration) time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.leased && e.checkpoint == bookmark {
		e.leasedUntil = until
		return
	}
	e.leased, e.leasedUntil = true, until
	e.checkpoint, e.position, e.checkpointAt = bookmark, bookmark, until
	e.retry = nil
	if !last.Succeeded() && last.After >= bookmark && last.MessageID == messageID(e.webhook, last.Type, last.After, last.Upto) {
		e.position = last.After // what lies between was not for it
		e.retry = &retryState{attempts: last.Attempt, since: last.Since, upto: last.Upto, next: retryAt(last.At, last.Attempt, 0)}
	}
}

// readyAt is what there is to go by for an attempt now, if one may be made: the
// lease must last for longer than a call.
func (e *endpoint) readyAt(now time.Time, call time.Duration) (endpointState, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.leased || e.closed || e.webhook.Status != catalog.WebhookActive || !e.leasedUntil.After(now.Add(call)) {
		return endpointState{}, false
	}
	s := e.state()
	return s, !s.retry.next.After(now)
}

// state is how the endpoint is now. The caller holds e.mu.
func (e *endpoint) state() endpointState {
	s := endpointState{webhook: e.webhook, checkpoint: e.checkpoint, position: e.position, retry: retryState{}}
	if e.retry != nil {
		s.retry = *e.retry
	}
	return s
}

// skipTo notes that there was nothing for the endpoint up to a number.
func (e *endpoint) skipTo(s endpointState, upto int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state().unchanged(s) {
		e.position, e.retry = upto, nil
	}
}

// recordProgress notes that the endpoint was told up to a number; saved says whether the
// database knows. It tells whether the endpoint's old attempts are to be forgotten.
func (e *endpoint) recordProgress(s endpointState, upto int64, saved bool, now time.Time) (prune bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.state().unchanged(s) {
		return false // it was changed, or told to begin elsewhere, meanwhile
	}
	e.position, e.retry = upto, nil
	if saved {
		e.checkpoint, e.checkpointAt = upto, now
	}
	e.deliveries++
	return e.deliveries%pruneAfter == 0
}

// scheduleRetry notes that the endpoint did not take a message.
func (e *endpoint) scheduleRetry(s endpointState, t retryState) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state().unchanged(s) {
		e.retry = &t
	}
}

// pendingCheckpoint is how far the database is to know that the endpoint got, if that is due.
func (e *endpoint) pendingCheckpoint(now time.Time, all bool) (s endpointState, due bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	behind := e.position - e.checkpoint
	return e.state(), e.leased && !e.running && behind > 0 && (all || behind >= checkpointLag || now.Sub(e.checkpointAt) >= checkpointInterval)
}

func (e *endpoint) checkpointSaved(s endpointState, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.checkpoint == s.checkpoint && e.webhook.Version == s.webhook.Version {
		e.checkpoint, e.checkpointAt = s.position, now
	}
}
