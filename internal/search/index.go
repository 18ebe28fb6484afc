package search

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/search/hugepage"
	"trailcat/internal/sharedcall"
)

// Index answers queries for cats and shelters. It is safe for concurrent use.
type Index struct {
	source  Source
	options Options
	buffers bufferPool

	mu   sync.RWMutex
	data *indexData // nil until the index is filled

	update    chan struct{} // semaphore held while filling or catching up
	refilling atomic.Bool   // the log was set back; only Fill ends this
	status    sourceStatus
	applied   broadcaster // signals that more of the log was applied
	recent    recentEntries
	written   writtenQueue               // see ApplyWritten
	calls     sharedcall.Group[struct{}] // updates of the index that callers share

	remembered uncheckedPositions

	erasedMu sync.Mutex
	erased   []func(catalog.Change) // see OnErased
}

// sourceStatus is the result of the last read from the source.
type sourceStatus struct {
	mu  sync.Mutex
	at  time.Time // of the last success
	err error
}

// defaultHistory is the default of Options.History; it takes about 15 MB.
const defaultHistory = 1 << 18

// New returns an empty index. Fill makes it ready.
func New(source Source, options Options) *Index {
	if options.History == 0 {
		options.History = defaultHistory
	}
	return &Index{source: source, options: options, update: make(chan struct{}, 1)}
}

// locked changes the data while no query reads it.
func (x *Index) locked(change func()) {
	x.mu.Lock()
	started := clock()
	change()
	x.mu.Unlock()
	if x.options.Blocked != nil {
		x.options.Blocked(clock().Sub(started))
	}
}

// clock returns the time, for measuring durations.
func clock() time.Time { return time.Now() } //nolint:forbidigo // nothing that is stored depends on it

// OnErased makes the index call fn after it has applied an entry that erases something, so
// that copies in memory and in files can be dropped. fn must return soon.
func (x *Index) OnErased(fn func(catalog.Change)) {
	x.erasedMu.Lock()
	defer x.erasedMu.Unlock()
	x.erased = append(x.erased, fn)
}

// notifyErased calls the functions of OnErased for the erasures among log entries. The caller
// holds the update semaphore.
func (x *Index) notifyErased(entries []catalog.Change) {
	x.erasedMu.Lock()
	defer x.erasedMu.Unlock()
	for _, entry := range entries {
		if !entry.Erases() {
			continue
		}
		x.data.erased = true
		for _, fn := range x.erased {
			fn(entry)
		}
	}
}

// State is the state of an index.
type State struct {
	Ready       bool                // the index was filled
	Refilling   bool                // the log was set back, so that the data at hand is outdated
	Head        catalog.LogPosition // the last log position that was applied
	Cats        int                 // listed cats
	Available   int                 // listed cats that can be adopted now
	Err         error               // the error of the last read from the source, if it failed
	LastContact time.Time           // of the last successful read from the source
}

// State returns the state of the index.
func (x *Index) State() State {
	s := State{Refilling: x.refilling.Load()}
	x.status.mu.Lock()
	s.LastContact, s.Err = x.status.at, x.status.err
	x.status.mu.Unlock()
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data != nil {
		s.Ready, s.Head, s.Cats, s.Available = true, x.data.head, x.data.live.Len(), x.data.available().Len()
	}
	return s
}

// Version returns the version, number and shelter of a cat. It knows removed cats,
// too; ok is false for an unknown id.
func (x *Index) Version(id string) (version, number int64, shelterID string, ok bool) {
	key, ok := parseCatID(id)
	if !ok {
		return 0, 0, "", false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return 0, 0, "", false
	}
	d := x.data
	slot, ok := d.slotOf(key)
	if !ok || d.versions[slot] == 0 { // a cat without a version is still being applied
		return 0, 0, "", false
	}
	return int64(d.versions[slot]), d.numbers[slot], d.shelters.all[d.shelterOf[slot]].ID, true
}

// IDByNumber returns the id of the cat with a number. It knows removed cats, too.
func (x *Index) IDByNumber(number int64) (id string, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return "", false
	}
	slot, ok := x.data.slotOfNumber(number)
	if !ok || x.data.versions[slot] == 0 {
		return "", false
	}
	return x.data.ids[slot].String(), true
}

// IsRemoved reports whether a cat is known and no longer listed.
func (x *Index) IsRemoved(id string) bool {
	key, ok := parseCatID(id)
	if !ok {
		return false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return false
	}
	slot, known := x.data.slotOf(key)
	return known && x.data.removed(slot)
}

func (d *indexData) removed(slot uint32) bool { return d.versions[slot] > 0 && !d.live.Has(slot) }

// Head returns the last log position that was applied. It is zero until the index
// is filled.
func (x *Index) Head() catalog.LogPosition {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return catalog.LogPosition{}
	}
	return x.data.head
}

// UseHugePages moves what the index holds now to huge pages of memory, if the system has
// them. Call it after Fill, and after unused memory was released.
func (x *Index) UseHugePages() {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data != nil {
		hugepage.Collapse(x.data.memory())
	}
}

// RowsAt returns the log position at which the latest row was read that the index has. It
// is Head or later; its epoch is unknown.
func (x *Index) RowsAt() catalog.LogPosition {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.data == nil {
		return catalog.LogPosition{}
	}
	return x.data.rowsAt
}

// Remember makes the index check, when it next reads the log, that the log contains a
// position of its epoch at which somebody else read rows.
func (x *Index) Remember(at catalog.LogPosition) { x.remembered.add(at) }

// uncheckedPositions are log positions that the index has to check.
type uncheckedPositions struct {
	mu   sync.Mutex
	list []catalog.LogPosition
}

func (u *uncheckedPositions) add(at catalog.LogPosition) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !slices.Contains(u.list, at) {
		u.list = append(u.list, at)
	}
}

// of returns the positions of an epoch, and forgets those of others.
func (u *uncheckedPositions) of(epoch string) []catalog.LogPosition {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = slices.DeleteFunc(u.list, func(at catalog.LogPosition) bool { return at.Epoch != epoch })
	return slices.Clone(u.list)
}

// forget removes the first n positions.
func (u *uncheckedPositions) forget(n int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.list = slices.Delete(u.list, 0, n)
}

// Await waits until a log entry after seq was applied, or ctx ends. It does not
// poll the source; Follow does.
func (x *Index) Await(ctx context.Context, seq int64) error {
	for {
		signal := x.applied.next()
		if x.Head().Seq > seq {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-signal:
		}
	}
}

// broadcaster wakes all goroutines that wait for an event.
type broadcaster struct {
	mu     sync.Mutex
	signal chan struct{} // nil if no goroutine waits
}

// next returns a channel that is closed by the next broadcast.
func (b *broadcaster) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.signal == nil {
		b.signal = make(chan struct{})
	}
	return b.signal
}

func (b *broadcaster) broadcast() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.signal != nil {
		close(b.signal)
		b.signal = nil
	}
}

func errNotFilled() error {
	return catalog.Errorf(catalog.Unavailable, errcode.IndexNotReady, "The search index is still loading. Try again in a few seconds.")
}
