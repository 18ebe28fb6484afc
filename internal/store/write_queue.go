package store

import (
	"container/list"
	"context"
	"math/bits"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// maxGroup is how many writes of cats share a transaction at most, so that none waits long
// for the others.
const maxGroup = 1 << (catalog.CatGroupSizes - 1)

// writeQueue limits how many writes run at once and how long interactive ones wait. The
// others, in batches, run at most half of the time while interactive writes wait. Writes of
// cats run in groups; see Store.WriteCat.
type writeQueue struct {
	slots   int           // writes that run at once
	groups  int           // of them, groups of writes to several shelters
	maxWait time.Duration // of interactive writes; 0: no limit

	mu                      sync.Mutex
	running, runningBatches int
	interactive, batches    list.List       // of *waitingWrite, in order of arrival
	meanDuration            time.Duration   // moving average of interactive writes
	nextBatch               time.Time       // until then, interactive writes come first
	runningGroups           int             // to several shelters
	busyShelters            map[string]bool // a group with writes to them runs
	catWrites               int64           // that have ended in groups
	catGroups               [catalog.CatGroupSizes]int64
	rejectedWrites          int64
}

func newWriteQueue(slots int, maxWait time.Duration) *writeQueue {
	return &writeQueue{slots: slots, groups: max(1, slots/2), maxWait: maxWait, busyShelters: map[string]bool{}}
}

// clock returns the time, for measuring durations.
func clock() time.Time { return time.Now() } //nolint:forbidigo // nothing that is stored depends on it

// waitingWrite is a write in the queue.
type waitingWrite struct {
	ready chan struct{} // closed when it may run, or when it is part of a group that runs
	cat   *catWrite     // nil: it needs a transaction of its own
	group []*catWrite   // the writes that it must perform, if it is the first of a group
}

func errOverloaded() error {
	return catalog.Errorf(catalog.Unavailable, errcode.Overloaded, "The server receives more writes than it can process. Nothing was written. Send the request again after the time in Retry-After.")
}

// acquire waits until a write may run and returns the function to call when it has ended.
func (q *writeQueue) acquire(ctx context.Context, w catalog.Workload) (release func(), err error) {
	if err := q.wait(ctx, w, &waitingWrite{ready: make(chan struct{}), cat: nil, group: nil}); err != nil {
		return nil, err
	}
	start := clock()
	return func() { q.release(w, time.Since(start)) }, nil
}

// acquireGroup waits until a write of a cat may run or is part of a group that runs. If it is
// the first of a group, it returns the group, and the function to call when that has ended.
func (q *writeQueue) acquireGroup(ctx context.Context, w *catWrite) (group []*catWrite, release func(), err error) {
	write := &waitingWrite{ready: make(chan struct{}), cat: w, group: nil}
	if err := q.wait(ctx, catalog.InteractiveWorkload, write); err != nil {
		return nil, nil, err
	}
	start := clock()
	return write.group, func() { q.releaseGroup(write.group, time.Since(start)) }, nil
}

// wait waits until a write is ready.
func (q *writeQueue) wait(ctx context.Context, w catalog.Workload, write *waitingWrite) error {
	element, err := q.enqueue(write, w)
	if err != nil {
		return err
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
		return err
	}
	return nil
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

// releaseGroup ends a group of writes that ran for duration.
func (q *writeQueue) releaseGroup(group []*catWrite, duration time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	q.catWrites += int64(len(group))
	q.catGroups[bits.Len(uint(len(group)-1))]++
	for _, w := range group {
		delete(q.busyShelters, w.ShelterID())
	}
	if !group[0].mayWait {
		q.runningGroups--
	}
	perWrite := duration * time.Duration(q.slots) / time.Duration(q.groups*len(group)) // as if it ran in all slots
	q.meanDuration += (perWrite - q.meanDuration) / 8
	q.dispatch()
}

// dispatch lets waiting writes run as far as there are slots.
func (q *writeQueue) dispatch() {
	for q.running < q.slots {
		batchFirst := q.interactive.Len() == 0 || !clock().Before(q.nextBatch)
		if started := batchFirst && q.startBatch() || q.startInteractive() || q.startBatch(); !started {
			return
		}
		q.running++
	}
}

// startBatch lets the first waiting batch run, if there is one and it may.
func (q *writeQueue) startBatch() bool {
	if q.batches.Len() == 0 || q.runningBatches >= max(1, q.slots/2) {
		return false
	}
	q.runningBatches++
	close(q.batches.Remove(q.batches.Front()).(*waitingWrite).ready)
	return true
}

// startInteractive lets the first interactive write run that may.
func (q *writeQueue) startInteractive() bool {
	for e := q.interactive.Front(); e != nil; e = e.Next() {
		write := e.Value.(*waitingWrite)
		switch {
		case write.cat == nil:
			q.interactive.Remove(e)
			close(write.ready)
			return true
		case !q.busyShelters[write.cat.ShelterID()] && (write.cat.mayWait || q.runningGroups < q.groups):
			q.startGroup(e)
			return true
		}
	}
	return false
}

// startGroup lets a write run with those of the later ones that can share its transaction.
func (q *writeQueue) startGroup(first *list.Element) {
	leader := first.Value.(*waitingWrite)
	var next *list.Element
	for e := first; e != nil && len(leader.group) < maxGroup; e = next {
		next = e.Next()
		write := e.Value.(*waitingWrite)
		if write.cat != nil && write.cat.canJoin(leader.cat) && !q.busyShelters[write.cat.ShelterID()] {
			leader.group = append(leader.group, write.cat)
			q.interactive.Remove(e)
			defer close(write.ready)
		}
	}
	for _, w := range leader.group {
		q.busyShelters[w.ShelterID()] = true
	}
	if !leader.cat.mayWait {
		q.runningGroups++
	}
}

// canJoin reports whether a write can share the transaction of another one.
func (w *catWrite) canJoin(leader *catWrite) bool {
	if leader.mayWait {
		return w.ShelterID() == leader.ShelterID()
	}
	return !w.mayWait
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
	return catalog.WriteQueue{
		Running: q.running, Waiting: q.interactive.Len() + q.batches.Len(), Rejected: q.rejectedWrites,
		TimedOut: 0, CatWrites: q.catWrites, CatGroups: q.catGroups,
	}
}
