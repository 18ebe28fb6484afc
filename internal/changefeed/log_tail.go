package changefeed

import (
	"context"
	"slices"
	"sync"

	"trailcat/internal/catalog"
)

// tailSize is the number of log entries that are kept in memory.
const tailSize = 2000

// logTail keeps the last log entries in memory. All webhooks continue from about the
// same position, so it reads what they need once. The log ends where the index is. It is
// safe for concurrent use.
type logTail struct {
	Log
	head     func() catalog.LogPosition   // of the index
	remember func(at catalog.LogPosition) // makes the index check a position

	mu         sync.Mutex
	changes    []catalog.Change // all entries after from and up to upto, of the log with the epoch of last
	from, upto int64
	last       catalog.LogPosition // previous result of head
}

// HeadSince returns the log position of the index, which checks the log.
func (t *logTail) HeadSince(context.Context, catalog.LogPosition, ...catalog.LogPosition) (catalog.LogPosition, error) {
	return t.head(), nil
}

// CatsWithPosition returns cats and the position at which they were read, which the index
// checks.
func (t *logTail) CatsWithPosition(ctx context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error) {
	epoch := t.head().Epoch
	cats, at, err := t.Log.CatsWithPosition(ctx, ids)
	if err == nil && len(cats) > 0 {
		at.Epoch = epoch
		t.remember(at)
	}
	return cats, at, err
}

// Changes returns up to limit log entries after a position.
func (t *logTail) Changes(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	return t.ChangesWithBefore(ctx, after, limit)
}

// ChangesWithBefore returns up to limit log entries after a position, with the states
// before them.
func (t *logTail) ChangesWithBefore(ctx context.Context, after int64, limit int) ([]catalog.Change, error) {
	changes, ok, err := t.cached(ctx, after)
	if err != nil {
		return nil, err
	}
	if !ok { // far behind
		return t.read(ctx, t.head(), after, limit)
	}
	end := min(limit, len(changes))
	return changes[:end:end], nil
}

// cached returns all log entries after a position and up to the index, and false
// if some of them are not in memory.
func (t *logTail) cached(ctx context.Context, after int64) (changes []catalog.Change, ok bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	head := t.head()
	if head.Epoch != t.last.Epoch {
		t.from, t.upto, t.changes = 0, 0, nil
	}
	t.last = head
	if after < head.Seq-tailSize || after > head.Seq {
		return nil, false, nil
	}
	if t.upto < head.Seq-tailSize {
		t.from, t.upto, t.changes = after, after, nil // not read for a long time
	}
	if err := t.fill(ctx, head); err != nil {
		return nil, false, err
	}
	if after < t.from { // fill may have removed entries after this position
		return nil, false, nil
	}
	i, _ := slices.BinarySearchFunc(t.changes, after+1, func(change catalog.Change, seq int64) int { return int(change.Seq - seq) })
	return t.changes[i:], true, nil
}

// fill reads the log up to the index.
func (t *logTail) fill(ctx context.Context, head catalog.LogPosition) error {
	for t.upto < head.Seq {
		changes, err := t.read(ctx, head, t.upto, maxBatch)
		if err != nil {
			return err
		}
		changes, complete := trimChanges(changes, maxBatch, head.Seq) // others may be lost before the index reads them
		t.changes = append(withoutErased(t.changes, changes), changes...)
		if complete {
			t.upto = head.Seq // it existed before the read
		} else {
			t.upto = changes[len(changes)-1].Seq
		}
	}
	if excess := len(t.changes) - tailSize; excess > 0 {
		t.from = t.changes[excess-1].Seq
		t.changes = slices.Clone(t.changes[excess:]) // callers may still use the old slice
	}
	return nil
}

// withoutErased returns log entries without what later ones erased from their pre-images.
func withoutErased(changes, later []catalog.Change) []catalog.Change {
	erased := map[string]catalog.Op{}
	for _, change := range later {
		if change.Erases() {
			erased[change.ResourceID] = change.Op
		}
	}
	if len(erased) == 0 {
		return changes
	}
	changes = slices.Clone(changes) // callers may still use the old slice
	for i := range changes {
		switch before := changes[i].Before; {
		case before == nil:
		case erased[changes[i].ResourceID] == catalog.OpErased:
			changes[i].Before = nil
		case erased[changes[i].ResourceID] == catalog.OpRedacted:
			changes[i].Before = new(before.WithoutPeople())
		}
	}
	return changes
}

// read reads log entries. It fails if the log does not continue from the index's
// position, because the same positions may now have other entries.
func (t *logTail) read(ctx context.Context, head catalog.LogPosition, after int64, limit int) ([]catalog.Change, error) {
	changes, err := t.Log.ChangesWithBefore(ctx, after, limit)
	if err != nil {
		return nil, err
	}
	now, err := t.Log.HeadSince(ctx, head)
	if err == nil && now.Epoch != head.Epoch {
		err = errLogReset()
	}
	return changes, err
}
