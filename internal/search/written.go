package search

import (
	"context"
	"errors"
	"slices"

	"trailcat/internal/catalog"
)

// ApplyWritten applies a committed write from memory, without reading it back from
// the source, unless the index reflects it already. It reports whether the index reflects
// it now: it does not when the write is not the next in the log as the index knows it, or
// affects cats that the write does not contain. The index then takes it up from the log;
// see CatchUp.
func (x *Index) ApplyWritten(ctx context.Context, w catalog.Written) bool {
	if x.acquireUpdate(ctx) != nil {
		return false
	}
	defer x.releaseUpdate()
	d := x.data
	if d != nil && d.head.Epoch == w.Head.Epoch && slices.Contains(x.written[:], w.Head) && !x.refilling.Load() {
		return true
	}
	if d == nil || x.refilling.Load() || w.Before != d.head || d.rowsAt.Seq > d.head.Seq || dayOf(x.options.Now()) != d.today {
		return false
	}
	if x.applyEntries(ctx, writtenRows(w), d, w.Changes) != nil {
		return false
	}
	copy(x.written[1:], x.written[:])
	x.written[0] = w.Head
	return true
}

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
