package catalog

import (
	"context"
	"fmt"
	"time"
)

// CatUpdate is what one source says of one cat, by the shelter's own id for it.
type CatUpdate struct {
	ExternalID string
	Source     string       // the name of an import format, or "api"
	Edit       func(*Facts) // lays what the source says over what is known; may run more than once
}

// CatResult is what became of one edit.
type CatResult struct {
	Result Result
	Cat    Cat   // as it is now; empty if refused
	Err    error // why it was refused
}

// UpsertCats makes each edit true: it creates the cats that are new to the shelter
// and updates those that differ. There is one outcome per edit, in order. An
// edit that cannot be true is refused and does not stop the others. To put the
// same edits again changes nothing, writes no log and makes no version; it only
// moves ConfirmedAt. The error is for failures of the whole, of which then
// nothing is kept.
func (c *Catalog) UpsertCats(ctx context.Context, shelterID string, edits []CatUpdate) ([]CatResult, error) {
	return c.putCats(ctx, shelterID, edits, func([]CatResult) error { return nil })
}

// UpsertCatsAtomic is UpsertCats for all or nothing: where one edit is refused, none
// is kept. The outcomes then say what would have become of the others.
func (c *Catalog) UpsertCatsAtomic(ctx context.Context, shelterID string, edits []CatUpdate) ([]CatResult, error) {
	return c.putCats(ctx, shelterID, edits, func(outcomes []CatResult) error {
		for _, o := range outcomes {
			if o.Result == ResultRejected {
				return errRollback
			}
		}
		return nil
	})
}

func (c *Catalog) putCats(ctx context.Context, shelterID string, edits []CatUpdate, accept func([]CatResult) error) ([]CatResult, error) {
	var outcomes []CatResult
	err := c.write(ctx, "put_cats", func(tx Tx) ([]Change, error) {
		shelter, err := tx.Shelter(ctx, shelterID)
		if err != nil {
			return nil, err
		}
		known, err := tx.CatsByExternalID(ctx, shelterID, externalIDs(edits))
		if err != nil {
			return nil, err
		}
		w := upsertBatch{now: c.now(), newUUID: c.newUUID, shelter: shelter, known: known}
		outcomes = w.applyAll(edits)
		if err := accept(outcomes); err != nil {
			return nil, err
		}
		if err := c.rateBatch(ctx, tx, &w, outcomes); err != nil {
			return nil, err
		}
		return w.changes, w.save(ctx, tx, outcomes)
	})
	return outcomes, wrap(err, "put %d cats of shelter %s", len(edits), shelterID)
}

// upsertBatch is one pass over edits inside a transaction.
type upsertBatch struct {
	now     time.Time
	newUUID func() [16]byte
	shelter Shelter
	known   map[string]Cat // by external id

	created, changed []int    // indexes of outcomes to save
	unchanged        []string // ids
	changes          []Change
}

func (w *upsertBatch) applyAll(edits []CatUpdate) []CatResult {
	seen := make(map[string]bool, len(edits))
	outcomes := make([]CatResult, len(edits))
	for i, edit := range edits {
		if seen[edit.ExternalID] {
			outcomes[i] = refused(FieldErrors{{Pointer: "/external_id", Code: "duplicate", Message: fmt.Sprintf("%q appears twice here", edit.ExternalID)}})
			continue
		}
		seen[edit.ExternalID] = true
		known, exists := w.known[edit.ExternalID]
		outcomes[i] = w.apply(edit, known, exists)
		switch outcomes[i].Result {
		case WasCreated:
			w.created = append(w.created, i)
		case WasUpdated:
			w.changed = append(w.changed, i)
		case WasUnchanged:
			w.unchanged = append(w.unchanged, known.ID)
		case ResultRejected:
		}
	}
	return outcomes
}

// apply puts an edit over the cat we know, or over a new one.
func (w *upsertBatch) apply(edit CatUpdate, known Cat, exists bool) CatResult {
	cat := known
	if !exists {
		cat.Status = Available
	}
	cat.edit(edit.Edit)
	cat.deriveFields(known.Facts, w.now)
	bad := cat.Faults(w.now)
	bad.Check(edit.ExternalID != "", "/external_id", "required", "a cat needs the shelter's own id for it")
	bad.Check(len(edit.ExternalID) <= MaxExternalID, "/external_id", "too_long", fmt.Sprintf("is longer than %d bytes", MaxExternalID))
	if len(bad) > 0 {
		return refused(bad)
	}
	cat.Source, cat.ConfirmedAt = edit.Source, w.now
	fields := DiffFacts(known.Facts, cat.Facts)
	if exists && cat.Source != known.Source {
		fields = append(fields, "source") // a snapshot of the other source speaks of this cat no more
	}
	if cat.Stale {
		cat.Stale, fields = false, append(fields, "stale")
	}
	if exists && len(fields) == 0 {
		return CatResult{Result: WasUnchanged, Cat: cat, Err: nil}
	}
	cat.Version, cat.UpdatedAt = known.Version+1, w.now
	result := WasUpdated
	if !exists {
		result, fields = WasCreated, nil
		cat.ID, cat.ShelterID, cat.ExternalID, cat.CreatedAt = NewID(CatPrefix, w.newUUID()), w.shelter.ID, edit.ExternalID, w.now
	}
	line := catChange(catOp(known, cat, exists), known, cat, fields)
	if !exists {
		line.Before = nil
	}
	w.changes = append(w.changes, line)
	return CatResult{Result: result, Cat: cat, Err: nil}
}

func (w *upsertBatch) save(ctx context.Context, tx Tx, outcomes []CatResult) error {
	if len(w.created) > 0 {
		first, err := tx.NextNumbers(ctx, "cat", len(w.created))
		if err != nil {
			return err
		}
		for n, i := range w.created {
			outcomes[i].Cat.Number = first + int64(n)
		}
	}
	if err := tx.SaveCats(ctx, pick(outcomes, w.created), pick(outcomes, w.changed)); err != nil {
		return err
	}
	return tx.MarkSeen(ctx, w.unchanged, w.now)
}

// unsetReason stands for the reason of a status while an edit runs, so that we
// see whether the edit speaks of it.
const unsetReason = "\x00"

// edit lays an edit over the facts. A reason goes with the status that it was
// given for, unless the edit gives one.
func (f *Facts) edit(lay func(*Facts)) {
	status, reason := f.Status, f.StatusReason
	f.StatusReason = unsetReason
	lay(f)
	if f.StatusReason == unsetReason {
		f.StatusReason = ""
		if f.Status == status {
			f.StatusReason = reason
		}
	}
	f.Normalize()
}

// deriveFields fills in what follows from an edit: since when the status holds, and
// that an age read again later does not move the birth it was reckoned from.
func (f *Facts) deriveFields(known Facts, now time.Time) {
	if f.Status != known.Status && f.StatusChangedAt.Equal(known.StatusChangedAt) {
		f.StatusChangedAt = now
	}
	if f.ListedAt.IsZero() {
		f.ListedAt = now
	}
	if f.Birth.consistentWith(known.Birth) {
		f.Birth = known.Birth
	}
}

// consistentWith says that b, reckoned from an age in weeks, months or years, agrees
// with the birth that is known already.
func (b Birth) consistentWith(known Birth) bool {
	slack := map[Precision]time.Duration{ToTheWeek: 9, ToTheMonth: 33, ToTheYear: 370}[b.Precision] * 24 * time.Hour
	return slack > 0 && !known.On.IsZero() && b.On.Sub(known.On).Abs() <= slack
}

func catOp(known, cat Cat, exists bool) Op {
	switch {
	case !exists:
		return Created
	case cat.Status == known.Status:
		return Updated
	case cat.Status == Removed:
		return OpRemoved
	default:
		return StatusChanged
	}
}

func refused(bad FieldErrors) CatResult {
	return CatResult{Result: ResultRejected, Cat: Cat{}, Err: bad.Err(Invalid)}
}

func externalIDs(edits []CatUpdate) []string {
	ids := make([]string, len(edits))
	for i, e := range edits {
		ids[i] = e.ExternalID
	}
	return ids
}

func pick(outcomes []CatResult, indexes []int) []Cat {
	cats := make([]Cat, len(indexes))
	for n, i := range indexes {
		cats[n] = outcomes[i].Cat
	}
	return cats
}
