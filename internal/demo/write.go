package demo

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"trailcat/internal/catalog"
)

// batch is how many cats are put at once.
const batch = 500

// Write puts the whole set into a catalog, as so many writers at a time: 2 keep a
// Postgres busy, SQLite takes one. Written again it changes nothing on the same
// day; broken off, it is taken up by writing it again. Progress hears how many
// cats are done, of how many; it may be nil.
func (s *Set) Write(ctx context.Context, c *catalog.Catalog, writers int, progress func(done, total int)) error {
	w := writing{set: s, catalog: c, progress: progress, done: 0, counting: sync.Mutex{}}
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(max(1, writers))
	for shelter := range s.Shelters() {
		if ctx.Err() != nil {
			break
		}
		work.Go(func() error { return w.shelter(ctx, shelter) })
	}
	return work.Wait()
}

// writing is a set on its way into a catalog.
type writing struct {
	set      *Set
	catalog  *catalog.Catalog
	progress func(done, total int)

	counting sync.Mutex
	done     int
}

func (w *writing) shelter(ctx context.Context, of Shelter) error {
	shelter, _, err := w.catalog.PutShelter(ctx, w.set.places, of.ExternalID, of.Profile)
	if err != nil {
		return err
	}
	edits := make([]catalog.CatUpdate, 0, batch)
	for e := range w.set.Cats(of) {
		edits = append(edits, e)
		if len(edits) == batch {
			if err := w.put(ctx, shelter.ID, edits); err != nil {
				return err
			}
			edits = edits[:0]
		}
	}
	return w.put(ctx, shelter.ID, edits)
}

func (w *writing) put(ctx context.Context, shelterID string, edits []catalog.CatUpdate) error {
	if len(edits) == 0 {
		return nil
	}
	outcomes, err := w.catalog.UpsertCats(ctx, shelterID, edits)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(outcomes, func(o catalog.CatResult) bool { return o.Result == catalog.ResultRejected }); i >= 0 {
		return fmt.Errorf("put made cat %s: %w", edits[i].ExternalID, outcomes[i].Err)
	}
	w.counting.Lock()
	defer w.counting.Unlock()
	w.done += len(edits)
	if w.progress != nil {
		w.progress(w.done, w.set.options.Cats)
	}
	return nil
}
