package search

import (
	"context"
	"errors"

	"trailcat/internal/catalog"
)

// rowSource returns the cats and shelters that log entries refer to.
type rowSource interface {
	SheltersByID(ctx context.Context, ids []string) ([]catalog.Shelter, error)
	CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error)
}

// ApplyWritten applies a committed write from memory, without reading it back from
// the source. It reports whether it did: it does not when the write is not the next
// in the log as the index knows it, or affects cats that the write does not contain.
// The index then takes it up from the log; see CatchUp.
func (x *Index) ApplyWritten(ctx context.Context, w catalog.Written) bool {
	if x.acquireUpdate(ctx) != nil {
		return false
	}
	defer x.releaseUpdate()
	d := x.data
	if d == nil || x.refilling.Load() || w.Before != d.head || dayOf(x.options.Now()) != d.today {
		return false
	}
	return x.applyEntries(ctx, writtenRows(w), d, w.Changes) == nil
}

var errNotWritten = errors.New("the write does not contain all rows that it affects")

// writtenRows is the rowSource of one write.
type writtenRows catalog.Written

func (w writtenRows) SheltersByID(_ context.Context, ids []string) ([]catalog.Shelter, error) {
	return rowsByID(w.Shelters, ids)
}

func (w writtenRows) CatsByID(_ context.Context, ids []string) ([]catalog.Cat, error) {
	return rowsByID(w.Cats, ids)
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
