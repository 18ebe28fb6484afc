package quality

import (
	"context"
	"slices"
	"sync"
	"time"

	"trailcat/internal/catalog"
)

// drainTimeout limits how long the reviews that are waiting when a queue is closed
// may take together.
const drainTimeout = 10 * time.Second

// Queue reviews shelters in the background, one after the other, and saves the
// results. It is safe for concurrent use.
type Queue struct {
	reviewer Reviewer
	wakeup   chan struct{} // has one element after a change of the fields below

	mu      sync.Mutex
	waiting []catalog.Shelter
	closed  bool
}

// NewQueue returns a queue whose reviews are made by reviewer. Run runs them.
func NewQueue(reviewer Reviewer) *Queue {
	return &Queue{reviewer: reviewer, wakeup: make(chan struct{}, 1)}
}

// Enqueue has a shelter reviewed soon and returns at once. A shelter that is waiting
// already is reviewed once. A closed queue ignores it.
func (q *Queue) Enqueue(shelter catalog.Shelter) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed || slices.ContainsFunc(q.waiting, func(s catalog.Shelter) bool { return s.ID == shelter.ID }) {
		return
	}
	q.waiting = append(q.waiting, shelter)
	q.notify()
}

// Close closes the queue: Run returns after the reviews that are waiting. The caller
// closes it when no request can enqueue a shelter any more.
func (q *Queue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.notify()
}

// notify wakes Run up. The caller holds the lock.
func (q *Queue) notify() {
	select {
	case q.wakeup <- struct{}{}:
	default:
	}
}

// Run reviews the shelters of the queue until it is closed and the waiting reviews are
// done. Only Close ends it; the end of ctx limits the remaining reviews to 10 seconds.
func (q *Queue) Run(ctx context.Context) {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(drainTimeout, cancel) })
	defer stop()
	for {
		shelter, ok, closed := q.next()
		switch {
		case ok:
			q.reviewer.ReviewAndSave(work, shelter)
		case closed:
			return
		default:
			<-q.wakeup
		}
	}
}

// next removes the first waiting shelter.
func (q *Queue) next() (shelter catalog.Shelter, ok, closed bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return catalog.Shelter{}, false, q.closed
	}
	shelter, q.waiting = q.waiting[0], q.waiting[1:]
	return shelter, true, q.closed
}
