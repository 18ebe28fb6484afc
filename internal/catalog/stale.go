package catalog

import (
	"context"
	"time"

	"trailcat/internal/errcode"
)

// StaleCounts counts the listings whose mark MarkStale changed.
type StaleCounts struct {
	Marked   int
	Unmarked int
	Refused  int // that were not marked, because they are too many
}

// MarkStale marks the listings that were not confirmed within the period that their
// shelters allow, and removes the mark of those that were: a clock that was wrong may
// have set it. Several nodes may run it concurrently.
//
// It does not mark more than half of all listings at once unless force is set. The error
// is then Conflict.
func (c *Catalog) MarkStale(ctx context.Context, force bool) (counts StaleCounts, err error) {
	ctx = WithWorkload(ctx, JobWorkload)
	if counts.Unmarked, err = c.setStale(ctx, false); err != nil {
		return counts, wrap(err, "remove the mark of stale cats")
	}
	if !force {
		if counts.Refused, err = c.checkStale(ctx); err != nil {
			return counts, wrap(err, "mark stale cats")
		}
	}
	counts.Marked, err = c.setStale(ctx, true)
	return counts, wrap(err, "mark stale cats")
}

// checkStale returns an error, and how many listings would be marked, if they are more
// than half of all.
func (c *Catalog) checkStale(ctx context.Context) (refused int, err error) {
	var due, listed int
	err = c.store.Write(ctx, func(tx Tx) error {
		due, listed, err = tx.Cats.CountStaleCats(ctx, c.now())
		return err
	})
	if err != nil || 2*due <= listed {
		return 0, err
	}
	return due, Errorf(Conflict, errcode.None,
		"%d of %d listings would be marked stale at once as of %s. Check the clock, and whether shelters still send their listings. If both are right, run: trailcat mark-stale --force",
		due, listed, c.now().Format(time.RFC3339))
}

// setStale sets or removes the mark of all listings that need it, and returns how many.
func (c *Catalog) setStale(ctx context.Context, stale bool) (changed int, err error) {
	const batch = 500
	for {
		n := 0
		err := c.write(ctx, "mark_stale", func(tx Tx) ([]Change, error) {
			find := tx.Cats.FreshCats
			if stale {
				find = tx.Cats.StaleCats
			}
			cats, err := find(ctx, c.now(), batch)
			if err != nil {
				return nil, err
			}
			n = len(cats)
			return setStale(cats, stale, c.now()), tx.Cats.SaveCats(ctx, nil, cats)
		})
		changed += n
		if err != nil || n < batch || c.dryRun {
			return changed, err
		}
	}
}

func setStale(cats []Cat, stale bool, now time.Time) []Change {
	changes := make([]Change, len(cats))
	for i := range cats {
		known, cat := cats[i], &cats[i]
		cat.Stale, cat.Version, cat.UpdatedAt = stale, cat.Version+1, now
		changes[i] = newCatChange(Updated, known, *cat, []string{"stale"})
	}
	return changes
}
