package catalog

import (
	"context"
	"slices"
)

// RemoveMissing ends the listings that a snapshot of their source lacks: those of
// a shelter's cats with one of these ids that are still listed and of which the
// source spoke last. There is one outcome for each of those; a cat that another
// source has spoken of meanwhile is left as it is.
func (c *Catalog) RemoveMissing(ctx context.Context, shelterID, source string, externalIDs []string) ([]CatResult, error) {
	var outcomes []CatResult
	err := c.write(ctx, "remove_absent", func(tx Tx) ([]Change, error) {
		shelter, err := tx.Shelter(ctx, shelterID)
		if err != nil {
			return nil, err
		}
		known, err := tx.CatsByExternalID(ctx, shelterID, externalIDs)
		if err != nil {
			return nil, err
		}
		var edits []CatUpdate
		for _, id := range slices.Compact(slices.Sorted(slices.Values(externalIDs))) {
			if cat, ok := known[id]; ok && cat.Source == source && cat.Status.Listed() {
				edits = append(edits, CatUpdate{ExternalID: id, Source: source, Edit: removeAbsent})
			}
		}
		w := upsertBatch{now: c.now(), newUUID: c.newUUID, shelter: shelter, known: known}
		outcomes = w.applyAll(edits)
		return w.changes, w.save(ctx, tx, outcomes)
	})
	return outcomes, wrap(err, "remove %d absent cats of shelter %s", len(externalIDs), shelterID)
}

func removeAbsent(f *Facts) { f.Status, f.StatusReason = Removed, AbsentFromSnapshot }

// Listed says whether a cat of this status is on offer, now or soon.
func (s Status) Listed() bool { return s == Available || s == Pending || s == OnHold }
