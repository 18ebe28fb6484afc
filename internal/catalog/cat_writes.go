package catalog

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"trailcat/internal/errcode"
)

// CatUpdate is what one source reports about one cat, by the shelter's own id.
type CatUpdate struct {
	ExternalID string
	Source     string       // the name of an import format, or "api"
	Edit       func(*Facts) // applies the report to the known facts; may run more than once

	// Check returns why the report does not fit the known cat, which is nil if it is new to
	// the shelter. It is called before Edit and may run more than once. Nil checks nothing.
	Check func(known *Cat) (FieldErrors, error)
}

// CatResult is the result of one update.
type CatResult struct {
	Result Result
	Cat    Cat   // the cat after the write; zero when the update was rejected
	Err    error // why the update was rejected
}

// Precondition restricts the write of one cat. The zero value is always met.
type Precondition struct {
	Absent  bool  // the cat must not exist; otherwise the error is Conflict
	Present bool  // the cat must exist; otherwise the error is PreconditionFailed
	Version int64 // unless 0, the cat must be at this version; otherwise the error is PreconditionFailed
}

// UpsertCats applies each update: it creates the cats that are new to the shelter
// and updates those that differ. It returns one result per update, in order. An
// update that is not valid is rejected without affecting the others. Sending the
// same updates again changes nothing except ConfirmedAt: no log entry, no version.
// The error is for failures of the whole call, in which case nothing is kept.
func (c *Catalog) UpsertCats(ctx context.Context, shelterID string, updates []CatUpdate) ([]CatResult, error) {
	return c.upsertCats(ctx, shelterID, updates, func([]CatResult) error { return nil })
}

// UpsertCatsAtomic is UpsertCats for all updates or none: if one is rejected,
// nothing is kept, and the other results say what would have happened.
func (c *Catalog) UpsertCatsAtomic(ctx context.Context, shelterID string, updates []CatUpdate) ([]CatResult, error) {
	return c.upsertCats(ctx, shelterID, updates, func(results []CatResult) error {
		for _, r := range results {
			if r.Result == ResultRejected {
				return errRollback
			}
		}
		return nil
	})
}

// PutCat applies one update as UpsertCats does, if the precondition is met. An
// update that is not valid is an error.
func (c *Catalog) PutCat(ctx context.Context, shelterID string, update CatUpdate, precondition Precondition) (Cat, Result, error) {
	accept := func(r CatResult) error { return precondition.check(update.ExternalID, r) }
	cat, result, err := c.writeCat(ctx, &CatWrite{Key: CatKey{ShelterID: shelterID, ExternalID: update.ExternalID}, catalog: c, action: "put_cats", update: update, accept: accept})
	return cat, result, wrap(err, "put cat %s of shelter %s", update.ExternalID, shelterID)
}

// check compares the precondition with the result that a write would have.
func (p Precondition) check(externalID string, r CatResult) error {
	isNew, before := r.Result == ResultCreated, r.Cat.Version
	if r.Result == ResultUpdated {
		before--
	}
	switch {
	case p.Absent && !isNew:
		return Errorf(Conflict, errcode.AlreadyExists, "The shelter already has a cat with external id %q: %s. Use PUT or PATCH to change it.", externalID, r.Cat.ID)
	case isNew && (p.Present || p.Version != 0):
		return Errorf(PreconditionFailed, errcode.VersionMismatch, "The shelter has no cat with external id %q. Omit If-Match to create it.", externalID)
	case isNew:
		return nil
	default:
		return CheckVersion("cat", before, p.Version)
	}
}

// ChangeCat applies an edit to a cat, which its shelter reports through the same source as
// before. When version is neither 0 nor the cat's version, nothing changes and the error is
// PreconditionFailed. An edit with a result that is not valid is an error.
func (c *Catalog) ChangeCat(ctx context.Context, known Cat, version int64, edit func(*Facts)) (Cat, Result, error) {
	check := func(stored *Cat) (FieldErrors, error) { return nil, CheckVersion("cat", stored.Version, version) }
	update := CatUpdate{ExternalID: known.ExternalID, Source: known.Source, Edit: edit, Check: check}
	cat, result, err := c.writeCat(ctx, &CatWrite{Key: CatKey{ShelterID: known.ShelterID, ExternalID: update.ExternalID}, catalog: c, action: "change_cat", catID: known.ID, update: update})
	return cat, result, wrap(err, "change cat %s", known.ID)
}

// AbsentFromSnapshot is the status reason of a cat that was removed because a
// snapshot of its source does not contain it.
const AbsentFromSnapshot = "absent_from_snapshot"

// RemoveMissing ends listings that a snapshot of their source does not contain:
// those of the shelter's cats with one of the external ids that are still listed
// and were last reported by source. It returns one result for each of them; a cat
// that another source has reported meanwhile stays as it is.
func (c *Catalog) RemoveMissing(ctx context.Context, shelterID, source string, externalIDs []string) ([]CatResult, error) {
	var results []CatResult
	err := c.write(ctx, "remove_absent", func(tx Tx) ([]Change, error) {
		shelter, err := tx.Shelters.Shelter(ctx, shelterID)
		if err != nil {
			return nil, err
		}
		known, err := tx.Cats.CatsByExternalID(ctx, shelterID, externalIDs)
		if err != nil {
			return nil, err
		}
		var updates []CatUpdate
		for _, id := range slices.Compact(slices.Sorted(slices.Values(externalIDs))) {
			if cat, ok := known[id]; ok && cat.Source == source && cat.Status.Listed() {
				updates = append(updates, CatUpdate{ExternalID: id, Source: source, Edit: func(f *Facts) {
					f.Status, f.StatusReason = Removed, AbsentFromSnapshot
				}})
			}
		}
		b := c.newBatch(ctx, tx)
		b.shelter, b.known = shelter, known
		if err := b.applyAll(updates); err != nil {
			return nil, err
		}
		results = b.results
		return b.changes, saveBatches(ctx, tx, &b)
	})
	return results, wrap(err, "remove %d missing cats of shelter %s", len(externalIDs), shelterID)
}

func (c *Catalog) upsertCats(ctx context.Context, shelterID string, updates []CatUpdate, accept func([]CatResult) error) ([]CatResult, error) {
	var results []CatResult
	err := c.write(ctx, "put_cats", func(tx Tx) ([]Change, error) {
		b, err := c.newUpsertBatch(ctx, tx, shelterID, updates)
		if err != nil {
			return nil, err
		}
		err = b.applyAll(updates)
		if results = b.results; err != nil {
			return nil, err
		}
		if err := accept(results); err != nil {
			return nil, err
		}
		return b.changes, saveBatches(ctx, tx, &b)
	})
	return results, wrap(err, "put %d cats of shelter %s", len(updates), shelterID)
}

// PreviewUpsert computes the results that UpsertCats would have. It reads the known
// cats and writes nothing; the cats in the results have neither a number nor a new
// rating.
func (c *Catalog) PreviewUpsert(ctx context.Context, shelterID string, updates []CatUpdate) ([]CatResult, error) {
	var results []CatResult
	err := c.store.Write(ctx, func(tx Tx) error {
		b, err := c.newUpsertBatch(ctx, tx, shelterID, updates)
		if err != nil {
			return err
		}
		err = b.applyAll(updates)
		results = b.results
		return err
	})
	return results, wrap(err, "preview %d cats of shelter %s", len(updates), shelterID)
}

// newUpsertBatch reads the shelter, which it locks, and the known cats of updates.
func (c *Catalog) newUpsertBatch(ctx context.Context, tx Tx, shelterID string, updates []CatUpdate) (upsertBatch, error) {
	var shelter Shelter
	var usage CatUsage
	var err error
	if c.quotas == nil {
		shelter, err = tx.Shelters.Shelter(ctx, shelterID)
	} else {
		shelter, usage, err = tx.Shelters.ShelterUsage(ctx, shelterID)
		usage.Quotas = usage.Quotas.Or(*c.quotas)
	}
	if err != nil {
		return upsertBatch{}, err
	}
	if c.checkOwner != nil {
		if err := c.checkOwner(shelter); err != nil {
			return upsertBatch{}, err
		}
	}
	b := c.newBatch(ctx, tx)
	b.shelter, b.usage = shelter, usage
	b.known, err = tx.Cats.CatsByExternalID(ctx, shelterID, externalIDs(updates))
	return b, err
}

// newBatch returns a batch of a transaction, without a shelter and known cats.
func (c *Catalog) newBatch(ctx context.Context, tx Tx) upsertBatch {
	b := upsertBatch{now: c.now(), newUUID: c.newUUID, partnerExists: partnerExists(ctx, tx.Partners), keptPhotos: keptPhotos(ctx, tx.Photos), dryRun: c.dryRun}
	if c.rater != nil {
		b.rate = c.rate
	}
	return b
}

// upsertBatch applies updates within one transaction.
type upsertBatch struct {
	now     time.Time
	newUUID func() [16]byte
	rate    func(*Cat, Evidence) (fields []string) // see Catalog.rate; nil: cats are not rated
	shelter Shelter
	known   map[string]Cat // by external id
	usage   CatUsage       // zero: the number of cats is not limited
	dryRun  bool           // photos are not queued, and their copies need not exist

	partnerExists func(id string) (bool, error)
	keptPhotos    func(hashes []string) (map[string]KeptPhoto, error) // see PhotoTx.KeptPhotos

	results          []CatResult // one per update, in order
	created, changed []int       // indexes of results to save
	shown            []int       // indexes of those that begin to show other photos
	unchanged        []string    // ids
	changes          []Change
}

// applyAll sets the results. The error is for failures of the whole batch.
func (b *upsertBatch) applyAll(updates []CatUpdate) error {
	seen := make(map[string]bool, len(updates))
	b.results = make([]CatResult, len(updates))
	results := b.results
	for i, update := range updates {
		if seen[update.ExternalID] {
			results[i] = rejected(FieldErrors{{
				Pointer: "/external_id", Code: errcode.Duplicate, Message: fmt.Sprintf("External id %q appears more than once in the request.", update.ExternalID),
			}})
			continue
		}
		seen[update.ExternalID] = true
		known, exists := b.known[update.ExternalID]
		var err error
		if results[i], err = b.apply(update, known, exists); err != nil {
			return err
		}
		switch results[i].Result {
		case ResultCreated:
			b.created = append(b.created, i)
			b.noteShown(i, known)
		case ResultUpdated:
			b.changed = append(b.changed, i)
			b.noteShown(i, known)
		case ResultUnchanged:
			b.unchanged = append(b.unchanged, known.ID)
		case ResultRejected:
		}
	}
	return nil
}

// noteShown notes a result if the cat begins or ceases to show photos.
func (b *upsertBatch) noteShown(i int, known Cat) {
	cat := b.results[i].Cat
	changed := !slices.Equal(cat.Photos, known.Photos) || len(cat.Photos) > 0 && (cat.Status == Removed) != (known.Status == Removed)
	if changed && !b.dryRun {
		b.shown = append(b.shown, i)
	}
}

// apply applies an update to the known cat or to a new one.
func (b *upsertBatch) apply(update CatUpdate, known Cat, exists bool) (CatResult, error) {
	if errs, err := update.check(known, exists); err != nil || len(errs) > 0 {
		return rejected(errs), err
	}
	cat := known
	if !exists {
		cat.Status = Available
	}
	cat.edit(func(f *Facts) {
		update.Edit(f)
		f.Photos = keepCopies(f.Photos, known.Photos)
	})
	cat.deriveFields(known.Facts, b.now)
	errs := cat.Validate(b.now)
	errs.Check(update.ExternalID != "", "/external_id", errcode.Required, "Must not be empty; send the shelter's own id of the cat.")
	errs.Check(!strings.HasPrefix(update.ExternalID, reservedExternalIDs), "/external_id", errcode.Reserved, "Must not begin with "+reservedExternalIDs+", because erased cats have such ids. Send another id.")
	errs.Check(IsText(update.ExternalID), "/external_id", errcode.Malformed, "Must be UTF-8 text without zero bytes, such as A472536.")
	errs.Check(len(update.ExternalID) <= MaxExternalID, "/external_id", errcode.TooLong, fmt.Sprintf("Must be at most %d bytes.", MaxExternalID))
	if len(errs) == 0 {
		var err error
		if errs, err = cat.HiddenFrom.unknownPartners(known.HiddenFrom, b.partnerExists); err != nil {
			return CatResult{}, err
		}
		unknown, err := b.completePhotos(cat.Photos, known.Photos)
		if errs = append(errs, unknown...); err != nil {
			return CatResult{}, err
		}
		cat.Photos = distinctPhotos(cat.Photos) // two addresses may be of one copy
	}
	if len(errs) > 0 {
		return rejected(errs), nil
	}
	cat.Source, cat.ConfirmedAt = update.Source, b.now
	var fields []string
	if exists {
		fields = DiffFacts(known.Facts, cat.Facts)
	}
	if exists && cat.Source != known.Source {
		fields = append(fields, "source") // snapshots of the other source no longer cover this cat
	}
	if cat.Stale {
		cat.Stale, fields = false, append(fields, "stale")
	}
	if exists && len(fields) == 0 {
		return CatResult{Result: ResultUnchanged, Cat: cat, Err: nil}, nil
	}
	if err := b.countCat(known, cat, exists); err != nil {
		return CatResult{Result: ResultRejected, Cat: Cat{}, Err: err}, nil //nolint:nilerr // the result has it
	}
	cat.Version, cat.UpdatedAt = known.Version+1, b.now
	result := ResultUpdated
	if !exists {
		result = ResultCreated
		cat.ID, cat.ShelterID, cat.ExternalID, cat.CreatedAt = NewID(CatPrefix, b.newUUID()), b.shelter.ID, update.ExternalID, b.now
	}
	change := newCatChange(catOp(known, cat, exists), known, cat, fields)
	if !exists {
		change.Before = nil
	}
	b.changes = append(b.changes, change)
	return CatResult{Result: result, Cat: cat, Err: nil}, nil
}

func (u CatUpdate) check(known Cat, exists bool) (FieldErrors, error) {
	switch {
	case u.Check == nil:
		return nil, nil
	case exists:
		return u.Check(&known)
	default:
		return u.Check(nil)
	}
}

// countCat updates the usage for a cat that is added, removed or listed again. It returns
// an error if the quota does not allow another one.
func (b *upsertBatch) countCat(known, cat Cat, exists bool) error {
	counted, counts := exists && known.Status != Removed, cat.Status != Removed
	limit := b.usage.Quotas.Cats
	switch {
	case counted == counts:
	case counted:
		b.usage.Cats--
	case isLimited(limit) && b.usage.Cats >= *limit:
		return quotaExceeded("cats that are not removed", b.usage.Cats, *limit)
	default:
		b.usage.Cats++
	}
	return nil
}

// saveBatches rates the cats of batches, numbers the created ones and writes them all.
func saveBatches(ctx context.Context, tx Tx, batches ...*upsertBatch) error {
	if err := rateBatches(ctx, tx, batches); err != nil {
		return err
	}
	if err := numberCats(ctx, tx, batches); err != nil {
		return err
	}
	if err := attachPhotos(ctx, tx, batches); err != nil {
		return err
	}
	var created, changed []Cat
	var unchanged []string
	for _, b := range batches {
		for _, i := range b.created {
			created = append(created, b.results[i].Cat)
		}
		for _, i := range b.changed {
			changed = append(changed, b.results[i].Cat)
		}
		unchanged = append(unchanged, b.unchanged...)
	}
	if err := tx.Cats.SaveCats(ctx, created, changed); err != nil || len(unchanged) == 0 {
		return err
	}
	return tx.Cats.MarkSeen(ctx, unchanged, batches[len(batches)-1].now)
}

// numberCats numbers the created cats.
func numberCats(ctx context.Context, tx Tx, batches []*upsertBatch) error {
	count := 0
	for _, b := range batches {
		count += len(b.created)
	}
	if count == 0 {
		return nil
	}
	number, err := tx.Log.NextNumbers(ctx, "cat", count)
	if err != nil {
		return err
	}
	for _, b := range batches {
		for _, i := range b.created {
			b.results[i].Cat.Number = number
			number++
		}
	}
	return nil
}

// unsetReason replaces the status reason while an edit runs, to detect whether the
// edit sets it.
const unsetReason = "\x00"

// edit applies an edit to the facts. A status reason belongs to the status that it
// was given for: when the edit changes the status and gives no reason, the reason
// becomes empty.
func (f *Facts) edit(apply func(*Facts)) {
	status, reason := f.Status, f.StatusReason
	f.StatusReason = unsetReason
	apply(f)
	if f.StatusReason == unsetReason {
		f.StatusReason = ""
		if f.Status == status {
			f.StatusReason = reason
		}
	}
	f.Normalize()
}

// deriveFields sets what follows from an edit: when the status changed, when the
// cat was listed, and the known birth where the edit only restates it. Otherwise an
// age that is reported again later would move the birth computed from it.
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

// consistentWith reports whether b, computed from an age in weeks, months or years,
// agrees with the known birth.
func (b Birth) consistentWith(known Birth) bool {
	tolerance := map[Precision]time.Duration{ToTheWeek: 9, ToTheMonth: 33, ToTheYear: 370}[b.Precision] * 24 * time.Hour
	return tolerance > 0 && !known.On.IsZero() && b.On.Sub(known.On).Abs() <= tolerance
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

func rejected(errs FieldErrors) CatResult {
	return CatResult{Result: ResultRejected, Cat: Cat{}, Err: errs.Err(Invalid)}
}

// externalIDs returns the external ids of updates that a cat may have.
func externalIDs(updates []CatUpdate) []string {
	ids := make([]string, 0, len(updates))
	for _, u := range updates {
		if IsText(u.ExternalID) {
			ids = append(ids, u.ExternalID)
		}
	}
	return ids
}

// IsText reports whether every database can store a string.
func IsText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }
