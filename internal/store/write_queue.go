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

// maxConsidered is how many waiting writes to a shelter are considered for a group, of which
// many may be of the same cat.
const maxConsidered = 4 * maxGroup

// writeQueue limits how many writes run at once and how long interactive ones wait. The
// others, in batches, run at most half of the time while interactive writes wait. Writes of
// cats run in groups; see Store.WriteCat.
type writeQueue struct {
	slots   int           // writes that run at once
	groups  int           // of them, groups of writes to several shelters
	maxWait time.Duration // of interactive writes; 0: no limit

	mu                      sync.Mutex
	running, runningBatches int
	runningGroups           int                   // to several shelters
	interactive             int                   // writes that wait
	inReady                 int                   // of them, in lines that may run
	batches                 list.List             // of *waitingWrite, in order of arrival
	lines                   map[string]*writeLine // of cats, by shelter
	ready, readyToShare     list.List             // of *writeLine, which wait for a slot and, readyToShare, for a group
	nextOrder               int64                 // of a line in one of them
	nextBatch               time.Time             // until then, interactive writes come first

	rate           writeRate // of all lines, while some wait that may run
	catWrites      int64     // that have ended in groups
	catGroups      [catalog.CatGroupSizes]int64
	rejectedWrites int64
}

func newWriteQueue(slots int, maxWait time.Duration) *writeQueue {
	return &writeQueue{slots: slots, groups: max(1, slots/2), maxWait: maxWait, lines: map[string]*writeLine{}}
}

// clock returns the time, for measuring durations.
func clock() time.Time { return time.Now() } //nolint:forbidigo // nothing that is stored depends on it

// waitingWrite is a write in the queue.
type waitingWrite struct {
	ready chan struct{} // closed when it may run, or when it is part of a group that runs
	cat   *catWrite     // nil: it shares its transaction with no other write
	group []*catWrite   // the writes that it must perform, if it is the first of a group

	list    *list.List // in which it waits
	element *list.Element
	line    *writeLine // nil: list is that of the batches
}

// postponed reports whether the write was in a group before, in which it had to wait for a lock.
func (w *waitingWrite) postponed() bool { return w.cat != nil && w.cat.mayWait }

// waited returns how long the write waited before it came to the queue again.
func (w *waitingWrite) waited() time.Duration {
	if !w.postponed() {
		return 0
	}
	return clock().Sub(w.cat.arrived)
}

// writeLine contains the waiting writes of cats of a shelter, or one other write. At most
// one transaction with writes of a line runs at a time.
type writeLine struct {
	shelterID string    // empty: of one other write
	alone     list.List // of *waitingWrite, in order of arrival, whose transaction contains only writes of this line
	shared    list.List // of those whose transaction may contain writes of other lines
	running   int       // writes in the transaction that runs; 0: none does
	rate      writeRate // while writes wait in the line

	in      *list.List // of the lines that may run
	element *list.Element
	inReady int   // writes of the line that are counted in writeQueue.inReady
	order   int64 // in which lines run
}

func (l *writeLine) waiting() int { return l.alone.Len() + l.shared.Len() }

func errOverloaded() error {
	return catalog.Errorf(catalog.Unavailable, errcode.Overloaded, "The server receives more writes than it can process. Nothing was written. Send the request again after the time in Retry-After.")
}

// acquire waits until a write may run and returns the function to call when it has ended.
func (q *writeQueue) acquire(ctx context.Context, w catalog.Workload) (release func(), err error) {
	if err := q.wait(ctx, w, &waitingWrite{ready: make(chan struct{})}); err != nil {
		return nil, err
	}
	start := clock()
	return func() { q.release(w, time.Since(start)) }, nil
}

// acquireGroup waits until a write of a cat may run or is part of a group that runs. If it is
// the first of a group, it returns the group, and the function to call when that has ended.
func (q *writeQueue) acquireGroup(ctx context.Context, w *catWrite) (group []*catWrite, release func(), err error) {
	write := &waitingWrite{ready: make(chan struct{}), cat: w}
	if err := q.wait(ctx, catalog.InteractiveWorkload, write); err != nil {
		return nil, nil, err
	}
	return write.group, func() { q.releaseGroup(write.group) }, nil
}

// wait waits until a write is ready.
func (q *writeQueue) wait(ctx context.Context, w catalog.Workload, write *waitingWrite) error {
	if err := q.enqueue(write, w); err != nil {
		return err
	}
	var timeout <-chan time.Time
	if w == catalog.InteractiveWorkload && q.maxWait > 0 {
		timer := time.NewTimer(q.maxWait - write.waited())
		defer timer.Stop()
		timeout = timer.C
	}
	var err error
	select {
	case <-write.ready:
	case <-timeout:
		err = errOverloaded()
	case <-ctx.Done():
		err = context.Cause(ctx)
	}
	if err != nil && q.giveUp(write, ctx.Err() == nil) {
		return err
	}
	return nil
}

// enqueue adds a write to the queue, or returns an error if it would wait too long.
func (q *writeQueue) enqueue(write *waitingWrite, w catalog.Workload) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if w != catalog.InteractiveWorkload {
		write.list = &q.batches
	} else {
		write.line, write.list = q.lineOf(write)
		if !write.postponed() {
			if err := q.checkWait(write.line); err != nil {
				q.place(write.line)
				return err
			}
		}
		q.interactive++
	}
	write.element = write.list.PushBack(write)
	q.update(write.line, 0)
	return nil
}

// update ends each change of a line, and of the queue: of a number of writes that have ended.
func (q *writeQueue) update(line *writeLine, ended int) {
	if line != nil {
		q.updateLine(line, ended)
	}
	q.dispatch()
	q.rate.update(ended, q.inReady > 0)
}

func (q *writeQueue) updateLine(line *writeLine, ended int) {
	q.place(line)
	line.rate.update(ended, line.waiting() > 0)
}

// lineOf returns the line of an interactive write, and the list of the line in which it waits.
func (q *writeQueue) lineOf(write *waitingWrite) (*writeLine, *list.List) {
	if write.cat == nil {
		line := &writeLine{}
		return line, &line.alone
	}
	id := write.cat.Key.ShelterID
	line, ok := q.lines[id]
	if !ok {
		line = &writeLine{shelterID: id}
		q.lines[id] = line
	}
	if write.postponed() {
		return line, &line.alone
	}
	return line, &line.shared
}

// place moves a line to the list in which it belongs, at its end unless it is there already,
// and forgets a line that is empty.
func (q *writeQueue) place(line *writeLine) {
	var in *list.List
	switch {
	case line.running > 0:
	case line.alone.Len() > 0:
		in = &q.ready
	case line.shared.Len() > 0:
		in = &q.readyToShare
	default:
		delete(q.lines, line.shelterID)
	}
	q.inReady -= line.inReady
	if line.inReady = 0; in != nil {
		line.inReady = line.waiting()
	}
	q.inReady += line.inReady
	if in == line.in {
		return
	}
	if line.in != nil {
		line.in.Remove(line.element)
	}
	if line.in = in; in != nil {
		q.nextOrder++
		line.order, line.element = q.nextOrder, in.PushBack(line)
	}
}

// checkWait returns an error if an interactive write would wait too long now, in all lines or,
// unless line is nil, in its own. A part of the time remains for what the estimate leaves out:
// batches, and several writes of a cat.
func (q *writeQueue) checkWait(line *writeLine) error {
	expected := q.rate.duration(q.inReady)
	if line != nil {
		expected = max(expected, line.rate.duration(line.waiting()))
	}
	if q.maxWait == 0 || expected <= q.maxWait*3/4 {
		return nil
	}
	q.rejectedWrites++
	return errOverloaded()
}

// giveUp removes a write from the queue. It returns false if the write may run already.
func (q *writeQueue) giveUp(write *waitingWrite, rejected bool) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	select {
	case <-write.ready:
		return false
	default:
	}
	q.remove(write)
	q.update(write.line, 0)
	if rejected {
		q.rejectedWrites++
	}
	return true
}

// remove removes a write from the list in which it waits.
func (q *writeQueue) remove(write *waitingWrite) {
	write.list.Remove(write.element)
	if write.line != nil {
		q.interactive--
	}
}

// release ends a write that ran for duration.
func (q *writeQueue) release(w catalog.Workload, duration time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	if w == catalog.InteractiveWorkload {
		q.update(nil, 1)
		return
	}
	q.runningBatches--
	q.nextBatch = clock().Add(duration)
	q.update(nil, 0)
}

// releaseGroup ends a group of writes.
func (q *writeQueue) releaseGroup(group []*catWrite) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	if !group[0].mayWait {
		q.runningGroups--
	}
	q.catWrites += int64(len(group))
	q.catGroups[bits.Len(uint(len(group)-1))]++
	for _, w := range group {
		if line, ok := q.lines[w.Key.ShelterID]; ok && line.running > 0 { // otherwise it was updated for an earlier write
			ended := line.running
			line.running = 0
			q.updateLine(line, ended)
		}
	}
	q.update(nil, len(group))
}

// dispatch lets waiting writes run as far as there are slots.
func (q *writeQueue) dispatch() {
	for q.running < q.slots {
		batchFirst := q.interactive == 0 || !clock().Before(q.nextBatch)
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
	q.start(q.batches.Front().Value.(*waitingWrite))
	return true
}

// startInteractive lets the writes of the first line run that may, with those of others that
// can share their transaction.
func (q *writeQueue) startInteractive() bool {
	line := firstLine(&q.ready)
	if shared := firstLine(&q.readyToShare); shared != nil && q.runningGroups < q.groups && (line == nil || shared.order < line.order) {
		q.runningGroups++
		q.startShared()
		return true
	}
	if line == nil {
		return false
	}
	var group catGroup
	group.take(&line.alone)
	group.take(&line.shared)
	q.startGroup(group.writes)
	return true
}

// startShared lets writes of the first lines run together.
func (q *writeQueue) startShared() {
	var group catGroup
	for e := q.readyToShare.Front(); e != nil && len(group.writes) < maxGroup; e = e.Next() {
		group.take(&e.Value.(*writeLine).shared)
	}
	q.startGroup(group.writes)
}

func firstLine(lines *list.List) *writeLine {
	if first := lines.Front(); first != nil {
		return first.Value.(*writeLine)
	}
	return nil
}

// catGroup collects writes of different cats.
type catGroup struct {
	writes []*waitingWrite
	cats   map[catalog.CatKey]bool
}

// take adds the first writes of a list, except further writes of a cat. It leaves them in the
// list.
func (g *catGroup) take(writes *list.List) {
	if g.cats == nil {
		g.cats = map[catalog.CatKey]bool{}
	}
	considered := 0
	for e := writes.Front(); e != nil && len(g.writes) < maxGroup && considered < maxConsidered; e = e.Next() {
		considered++
		write := e.Value.(*waitingWrite)
		if write.cat != nil {
			if g.cats[write.cat.Key] {
				continue
			}
			g.cats[write.cat.Key] = true
		}
		g.writes = append(g.writes, write)
	}
}

// startGroup lets the first of some writes run, and makes it perform the others too.
func (q *writeQueue) startGroup(group []*waitingWrite) {
	for _, write := range group {
		if write.cat != nil {
			group[0].group = append(group[0].group, write.cat)
		}
	}
	for _, write := range group {
		write.line.running++
		q.start(write)
		q.place(write.line)
	}
}

// start removes a write from the queue and lets it run.
func (q *writeQueue) start(write *waitingWrite) {
	q.remove(write)
	close(write.ready)
}

// state returns the numbers of running, waiting and rejected writes.
func (q *writeQueue) state() catalog.WriteQueue {
	q.mu.Lock()
	defer q.mu.Unlock()
	return catalog.WriteQueue{
		Running: q.running, Waiting: q.interactive + q.batches.Len(), Rejected: q.rejectedWrites,
		TimedOut: 0, CatWrites: q.catWrites, CatGroups: q.catGroups,
	}
}

// writeRate is how fast writes end while others wait, as a moving average.
type writeRate struct {
	writes float64
	took   time.Duration
	since  time.Time // the end of the last writes, or when others began to wait
}

// rateDecay is what is left of earlier writes after each transaction.
const rateDecay = 7.0 / 8

// update counts writes that end now. Once none waits, how fast they were is forgotten: it may
// be different when others wait again.
func (r *writeRate) update(ended int, othersWait bool) {
	now := clock()
	switch {
	case !othersWait:
		*r = writeRate{}
	case r.since.IsZero():
		r.since = now
	case ended > 0:
		r.writes = rateDecay*r.writes + float64(ended)
		r.took = time.Duration(rateDecay*float64(r.took)) + now.Sub(r.since)
		r.since = now
	}
}

// duration returns how long a number of writes take, or 0 if that is unknown.
func (r *writeRate) duration(writes int) time.Duration {
	return time.Duration(float64(r.took) * float64(writes) / max(r.writes, 1))
}
