package search

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"sync"

	"trailcat/internal/catalog"
)

// ApplyWritten applies a committed write from memory, without reading it back from
// the source, unless the index reflects it already. It reports whether the index reflects
// it now: it does not when the write is not the next in the log as the index knows it, or
// affects cats that the write does not contain. The index then takes it up from the log;
// see CatchUp. Callers at the same time share one update of the index, so that none waits for
// the turn of each of the others.
func (x *Index) ApplyWritten(ctx context.Context, w catalog.Written) bool {
	if x.reflects(w.Head) {
		return true
	}
	if x.refilling.Load() {
		return false
	}
	x.written.add(w)
	_, _ = x.calls.Do(ctx, "apply", func(ctx context.Context) (struct{}, error) {
		return struct{}{}, x.applyQueue(ctx)
	})
	return x.reflects(w.Head)
}

// applyQueue applies the writes of all who wait, each if it is the next in the log.
func (x *Index) applyQueue(ctx context.Context) error {
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.releaseUpdate()
	for _, w := range x.written.takeAll() {
		d := x.data
		if d == nil || x.refilling.Load() || w.Before != d.head || d.rowsAt.Seq > d.head.Seq || dayOf(x.options.Now()) != d.today {
			continue
		}
		if err := x.applyEntries(ctx, writtenRows(w), d, w.Changes); err != nil {
			return err
		}
	}
	return nil
}

// writtenQueue has the writes that wait to be applied. It is safe for concurrent use.
type writtenQueue struct {
	mu     sync.Mutex
	writes map[catalog.LogPosition]catalog.Written // by Head: several callers may share one
}

func (q *writtenQueue) add(w catalog.Written) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.writes == nil {
		q.writes = map[catalog.LogPosition]catalog.Written{}
	}
	q.writes[w.Head] = w
}

// takeAll removes the writes from the queue and returns them in the order of the log.
func (q *writtenQueue) takeAll() []catalog.Written {
	q.mu.Lock()
	defer q.mu.Unlock()
	writes := slices.SortedFunc(maps.Values(q.writes), func(a, b catalog.Written) int { return cmp.Compare(a.Head.Seq, b.Head.Seq) })
	q.writes = nil
	return writes
}

// reflects reports whether the index has applied one of the last log entries.
func (x *Index) reflects(entry catalog.LogPosition) bool {
	return x.recent.contains(entry) && !x.refilling.Load()
}

// recentEntries identifies the last log entries that the index has applied. It is safe for
// concurrent use.
type recentEntries struct {
	mu        sync.Mutex
	epoch     string
	commitIDs [1024]int64 // by the remainder of the log position
	last      int64       // log position
}

func (r *recentEntries) add(epoch string, entries []catalog.Change) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if epoch != r.epoch {
		r.epoch, r.commitIDs = epoch, [len(r.commitIDs)]int64{}
	}
	for _, entry := range entries {
		r.commitIDs[entry.Seq%int64(len(r.commitIDs))], r.last = entry.CommitID, entry.Seq
	}
}

func (r *recentEntries) contains(entry catalog.LogPosition) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	size := int64(len(r.commitIDs))
	return entry.Epoch == r.epoch && entry.Seq <= r.last && entry.Seq > r.last-size && r.commitIDs[entry.Seq%size] == entry.CommitID
}

// clear forgets the entries of a log that was replaced.
func (r *recentEntries) clear() { r.add("", nil) }

var errNotWritten = errors.New("the write does not contain all rows that it affects")

// writtenRows is the rowSource of one write.
type writtenRows catalog.Written

func (w writtenRows) SheltersByID(_ context.Context, ids []string) ([]catalog.Shelter, catalog.LogPosition, error) {
	shelters, err := rowsByID(w.Shelters, ids)
	return shelters, w.Head, err
}

func (w writtenRows) CatsWithPosition(_ context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error) {
	cats, err := rowsByID(w.Cats, ids)
	return cats, w.Head, err
}

// HeadSince returns the end of the log after the write, which continues from the index's
// position.
func (w writtenRows) HeadSince(context.Context, catalog.LogPosition, ...catalog.LogPosition) (catalog.LogPosition, error) {
	return w.Head, nil
}

// rowsByID returns the values of keys, or errNotWritten if one is missing.
func rowsByID[T any](values map[string]T, keys []string) ([]T, error) {
	out := make([]T, 0, len(keys))
	for _, key := range keys {
		value, ok := values[key]
		if !ok {
			return nil, errNotWritten
		}
		out = append(out, value)
	}
	return out, nil
}
