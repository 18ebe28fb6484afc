package webhook

import (
	"sync"
	"time"

	"trailcat/internal/catalog"
)

// endpoint is a webhook as this node deals with it.
type endpoint struct {
	id string

	mu      sync.Mutex
	hook    catalog.Webhook
	ended   bool
	held    bool // this node delivers to it
	until   time.Time
	mark    int64 // the bookmark as the database has it
	markAt  time.Time
	at      int64 // how far it was told, or had nothing to be told
	trouble *retryState
	retry   *time.Timer

	running bool // a goroutine is at it
	again   bool // and is to look once more
	count   int  // of deliveries
}

// retryState is a message that an endpoint did not take yet.
type retryState struct {
	attempts int
	since    time.Time
	upto     int64
	next     time.Time // no attempt before
}

// state is what one attempt goes by.
type state struct {
	hook    catalog.Webhook
	mark    int64
	at      int64
	trouble retryState
}

// unchanged says that nothing moved the endpoint since, and nobody changed it.
func (s state) unchanged(was state) bool {
	return s.at == was.at && s.mark == was.mark && s.hook.Version == was.hook.Version
}

func (e *endpoint) update(w catalog.Webhook) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if w.Version <= e.hook.Version {
		return
	}
	// Whoever changed it wants to know: it begins anew, and what was not for it by
	// the filters before may be now.
	e.hook, e.at, e.trouble = w, e.mark, nil
}

// end has nobody look after the endpoint any more.
func (e *endpoint) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.ended = true
	if e.retry != nil {
		e.retry.Stop()
	}
}

func (e *endpoint) releaseLease() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.held = false
}

// extendLease notes whether the lease was kept until a moment. What was taken since
// then is not lost.
func (e *endpoint) extendLease(kept bool, until time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case !e.held || !e.until.Before(until):
	case kept:
		e.until = until
	default:
		e.held = false
	}
}

func (e *endpoint) wantsHolder() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.hook.Status == catalog.WebhookActive && !e.held && !e.ended
}

// begin goes on from a bookmark; last is what was tried last, by whomever.
func (e *endpoint) begin(bookmark int64, until time.Time, last catalog.Delivery, retryAt func(last time.Time, attempts int, asked time.Duration) time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.held && e.mark == bookmark {
		e.until = until
		return
	}
	e.held, e.until = true, until
	e.mark, e.at, e.markAt = bookmark, bookmark, until
	e.trouble = nil
	if !last.Succeeded() && last.After >= bookmark && last.MessageID == messageID(e.hook, last.Type, last.After, last.Upto) {
		e.at = last.After // what lies between was not for it
		e.trouble = &retryState{attempts: last.Attempt, since: last.Since, upto: last.Upto, next: retryAt(last.At, last.Attempt, 0)}
	}
}

// next is what there is to go by for an attempt now, if one may be made: the
// lease must last for longer than a call.
func (e *endpoint) next(now time.Time, call time.Duration) (state, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.held || e.ended || e.hook.Status != catalog.WebhookActive || !e.until.After(now.Add(call)) {
		return state{}, false
	}
	s := e.state()
	return s, !s.trouble.next.After(now)
}

// state is how the endpoint is now. The caller holds e.mu.
func (e *endpoint) state() state {
	s := state{hook: e.hook, mark: e.mark, at: e.at, trouble: retryState{}}
	if e.trouble != nil {
		s.trouble = *e.trouble
	}
	return s
}

// skipped notes that there was nothing for the endpoint up to a number.
func (e *endpoint) skipped(s state, upto int64) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state().unchanged(s) {
		e.at, e.trouble = upto, nil
	}
}

// recordProgress notes that the endpoint was told up to a number; saved says whether the
// database knows. It tells whether the endpoint's old attempts are to be forgotten.
func (e *endpoint) recordProgress(s state, upto int64, saved bool, now time.Time) (prune bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if !e.state().unchanged(s) {
		return false // it was changed, or told to begin elsewhere, meanwhile
	}
	e.at, e.trouble = upto, nil
	if saved {
		e.mark, e.markAt = upto, now
	}
	e.count++
	return e.count%pruneEvery == 0
}

// scheduleRetry notes that the endpoint did not take a message.
func (e *endpoint) scheduleRetry(s state, t retryState) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.state().unchanged(s) {
		e.trouble = &t
	}
}

// pendingCheckpoint is how far the database is to know that the endpoint got, if that is due.
func (e *endpoint) pendingCheckpoint(now time.Time, all bool) (s state, due bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	behind := e.at - e.mark
	return e.state(), e.held && !e.running && behind > 0 && (all || behind >= farBehind || now.Sub(e.markAt) >= saveEvery)
}

func (e *endpoint) saved(s state, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.mark == s.mark && e.hook.Version == s.hook.Version {
		e.mark, e.markAt = s.at, now
	}
}
