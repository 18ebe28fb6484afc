package catalog

import (
	"context"
	"time"
)

// ChangeCat lays an edit over one cat. Where version is not 0 and not the
// cat's, nothing is done and the error is Stale. An edit that cannot be true is
// an error too.
func (c *Catalog) ChangeCat(ctx context.Context, id string, version int64, source string, edit func(*Facts)) (Cat, Result, error) {
	var outcome CatResult
	err := c.write(ctx, "change_cat", func(tx Tx) ([]Change, error) {
		known, err := tx.Cat(ctx, id)
		if err != nil {
			return nil, err
		}
		if err := checkVersion("cat", known.Version, version); err != nil {
			return nil, err
		}
		w := upsertBatch{now: c.now(), newUUID: c.newUUID, known: map[string]Cat{known.ExternalID: known}}
		outcomes := w.applyAll([]CatUpdate{{ExternalID: known.ExternalID, Source: source, Edit: edit}})
		if outcome = outcomes[0]; outcome.Err != nil {
			return nil, outcome.Err
		}
		if err := c.rateBatch(ctx, tx, &w, outcomes); err != nil {
			return nil, err
		}
		outcome = outcomes[0]
		return w.changes, w.save(ctx, tx, outcomes)
	})
	return outcome.Cat, outcome.Result, wrap(err, "change cat %s", id)
}

// MarkStale marks listings that were not confirmed for as long as their
// shelters allow, and says how many it marked. Several nodes may do it at once.
func (c *Catalog) MarkStale(ctx context.Context) (int, error) {
	const batch = 500
	marked := 0
	for {
		n := 0
		err := c.write(ctx, "mark_stale", func(tx Tx) ([]Change, error) {
			cats, err := tx.StaleCats(ctx, c.now(), batch)
			if err != nil {
				return nil, err
			}
			n = len(cats)
			return markAll(cats, c.now()), tx.SaveCats(ctx, nil, cats)
		})
		marked += n
		if err != nil || n < batch || c.trying {
			return marked, wrap(err, "mark stale cats")
		}
	}
}

func markAll(cats []Cat, now time.Time) []Change {
	changes := make([]Change, len(cats))
	for i := range cats {
		known, cat := cats[i], &cats[i]
		cat.Stale, cat.Version, cat.UpdatedAt = true, cat.Version+1, now
		changes[i] = catChange(Updated, known, *cat, []string{"stale"})
	}
	return changes
}
