package store

import (
	"container/list"
	"context"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// writeQueue limits how many writes run at once and how long interactive ones wait. The
// others, in batches, run at most half of the time while interactive writes wait.
type writeQueue struct {
	slots   int           // writes that run at once
	maxWait time.Duration // of interactive writes; 0: no limit

	mu                      sync.Mutex
	running, runningBatches int
	interactive, batches    list.List     // of *waitingWrite, in order of arrival
	meanDuration            time.Duration // moving average of interactive writes
	nextBatch               time.Time     // until then, interactive writes come first
	rejectedWrites          int64
}

func newWriteQueue(slots int, maxWait time.Duration) *writeQueue {
	return &writeQueue{slots: slots, maxWait: maxWait}
}

// clock returns the time, for measuring durations.
func clock() time.Time { return time.Now() } //nolint:forbidigo // nothing that is stored depends on it

// waitingWrite is a write in the queue. ready is closed when it may run.
type waitingWrite struct{ ready chan struct{} }

func errOverloaded() error {
	return catalog.Errorf(catalog.Unavailable, errcode.Overloaded, "The server receives more writes than it can process. Nothing was written. Send the request again after the time in Retry-After.")
}

// acquire waits until a write may run and returns the function to call when it has ended.
func (q *writeQueue) acquire(ctx context.Context, w catalog.Workload) (release func(), err error) {
	write := &waitingWrite{ready: make(chan struct{})}
	element, err := q.enqueue(write, w)
	if err != nil {
		return nil, err
	}
	var timeout <-chan time.Time
	if w == catalog.InteractiveWorkload && q.maxWait > 0 {
		timer := time.NewTimer(q.maxWait)
		defer timer.Stop()
		timeout = timer.C
	}
	select {
	case <-write.ready:
	case <-timeout:
		err = errOverloaded()
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil && q.remove(element, w, ctx.Err() == nil) {
		return nil, err
	}
	start := clock()
	return func() { q.release(w, time.Since(start)) }, nil
}

// enqueue adds a write to the queue, or returns an error if it would wait too long.
func (q *writeQueue) enqueue(write *waitingWrite, w catalog.Workload) (*list.Element, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w == catalog.InteractiveWorkload {
		if err := q.checkWait(); err != nil {
			return nil, err
		}
	}
	element := q.waiting(w).PushBack(write)
	q.dispatch()
	return element, nil
}

// checkWait returns an error if an interactive write would wait too long now.
func (q *writeQueue) checkWait() error {
	expected := q.meanDuration * time.Duration(q.interactive.Len()) / time.Duration(q.slots)
	if q.maxWait == 0 || expected <= q.maxWait {
		return nil
	}
	q.rejectedWrites++
	return errOverloaded()
}

// remove removes a write from the queue. It returns false if the write may run already.
func (q *writeQueue) remove(element *list.Element, w catalog.Workload, rejected bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	write := element.Value.(*waitingWrite)
	select {
	case <-write.ready:
		return false
	default:
	}
	q.waiting(w).Remove(element)
	if rejected {
		q.rejectedWrites++
	}
	return true
}

// release ends a write that ran for duration.
func (q *writeQueue) release(w catalog.Workload, duration time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	if w == catalog.InteractiveWorkload {
		q.meanDuration += (duration - q.meanDuration) / 8
	} else {
		q.runningBatches--
		q.nextBatch = clock().Add(duration)
	}
	q.dispatch()
}

// dispatch lets waiting writes run as far as there are slots.
func (q *writeQueue) dispatch() {
	for q.running < q.slots {
		batch := q.batches.Len() > 0 && q.runningBatches < max(1, q.slots/2) && (q.interactive.Len() == 0 || !clock().Before(q.nextBatch))
		from := &q.interactive
		if batch {
			from = &q.batches
			q.runningBatches++
		}
		if from.Len() == 0 {
			return
		}
		q.running++
		close(from.Remove(from.Front()).(*waitingWrite).ready)
	}
}

func (q *writeQueue) waiting(w catalog.Workload) *list.List {
	if w == catalog.InteractiveWorkload {
		return &q.interactive
	}
	return &q.batches
}

// state returns the numbers of running, waiting and rejected writes.
func (q *writeQueue) state() catalog.WriteQueue {
	q.mu.Lock()
	defer q.mu.Unlock()
	return catalog.WriteQueue{Running: q.running, Waiting: q.interactive.Len() + q.batches.Len(), Rejected: q.rejectedWrites, TimedOut: 0}
}
