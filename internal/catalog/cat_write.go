package catalog

import (
	"cmp"
	"context"
	"errors"
)

// CatWrite is a write of one cat that can share a transaction with others; see
// Store.WriteCat. Each has a catalog of its own, which says who writes and what is allowed,
// and a result of its own.
type CatWrite struct {
	Key CatKey // of the cat

	catalog *Catalog
	action  string // for the audit
	catID   string // of the cat that must exist; empty: any or none
	update  CatUpdate
	accept  func(CatResult) error // returns why a cat with this result must not be written; nil: always

	batch   upsertBatch
	err     error    // why this write is rejected, which does not concern the others
	written *Written // by the whole transaction; nil if it appended nothing to the log
}

// CatKey identifies a cat as its shelter does.
type CatKey struct{ ShelterID, ExternalID string }

// erasedKey is the key of the cat that must exist after it was erased.
func (w *CatWrite) erasedKey() CatKey {
	return CatKey{ShelterID: w.Key.ShelterID, ExternalID: erasedExternalID(w.catID)}
}

// writeCat performs a write and notifies the observer after the commit.
func (c *Catalog) writeCat(ctx context.Context, w *CatWrite) (Cat, Result, error) {
	var err error
	if c.dryRun {
		err = c.store.Write(ctx, func(tx Tx) error {
			_, err := writeCats(ctx, tx, []*CatWrite{w}, true)
			return cmp.Or(err, errRollback)
		})
	} else {
		err = c.store.WriteCat(ctx, w, writeCats)
	}
	if err == nil || errors.Is(err, errRollback) {
		err = w.err
	}
	if err != nil {
		return Cat{}, ResultRejected, err
	}
	if w.written != nil && c.observer != nil && !c.dryRun {
		c.observer(ctx, *w.written)
	}
	return w.batch.results[0].Cat, w.batch.results[0].Result, nil
}

// errMustWait means that a write needs a lock for which others must not wait with it.
var errMustWait = errors.New("the write must wait for a lock")

// writeCats performs writes of different cats in one transaction, in order, as if each had one
// of its own. It returns those that it has not performed, because they would have to wait for
// a lock; with mayWait it waits. The error is for failures of the whole transaction.
func writeCats(ctx context.Context, tx Tx, writes []*CatWrite, mayWait bool) (postponed []*CatWrite, err error) {
	g, err := newCatGroup(ctx, tx, writes, mayWait)
	if err != nil {
		return nil, err
	}
	var accepted []*CatWrite
	for _, w := range writes {
		switch w.err = g.apply(w); {
		case errors.Is(w.err, errMustWait):
			postponed = append(postponed, w)
		case w.err == nil:
			accepted = append(accepted, w)
		}
	}
	if g.failure != nil || len(accepted) == 0 {
		return postponed, g.failure
	}
	return postponed, saveWrites(ctx, tx, accepted)
}

// catGroup is the state of a transaction of several writes.
type catGroup struct {
	ctx           context.Context //nolint:containedctx // of the transaction
	tx            Tx
	shelters      map[string]ShelterUsage
	known         map[CatKey]Cat
	added         map[string]int64 // cats, by partner
	partnerExists func(id string) (bool, error)
	keptPhotos    func(hashes []string) (map[string]KeptPhoto, error)
	mayWait       bool
	failure       error // of the transaction
}

// newCatGroup locks the shelters of writes and reads their cats.
func newCatGroup(ctx context.Context, tx Tx, writes []*CatWrite, mayWait bool) (*catGroup, error) {
	shelterIDs, keys := make([]string, 0, len(writes)), make([]CatKey, 0, len(writes))
	for _, w := range writes {
		shelterIDs, keys = append(shelterIDs, w.Key.ShelterID), append(keys, w.Key)
		if w.catID != "" {
			keys = append(keys, w.erasedKey())
		}
	}
	g := &catGroup{ctx: ctx, tx: tx, added: map[string]int64{}, mayWait: mayWait}
	g.partnerExists = func(id string) (exists bool, err error) {
		if !mayWait {
			return false, errMustWait // for the lock of the partner
		}
		exists, err = partnerExists(ctx, tx.Partners)(id)
		g.failure = cmp.Or(g.failure, err)
		return exists, err
	}
	g.keptPhotos = func(hashes []string) (map[string]KeptPhoto, error) {
		kept, err := tx.Photos.KeptPhotos(ctx, hashes)
		g.failure = cmp.Or(g.failure, err)
		return kept, err
	}
	var err error
	if g.shelters, err = tx.Group.ShelterUsages(ctx, shelterIDs, mayWait); err != nil {
		return nil, err
	}
	g.known, err = tx.Group.CatsByKey(ctx, keys)
	return g, err
}

// apply computes the result of a write. The error is for this write only.
func (g *catGroup) apply(w *CatWrite) error {
	w.batch, w.written = upsertBatch{}, nil
	shelter, ok := g.shelters[w.Key.ShelterID]
	switch {
	case !ok && !g.mayWait:
		return errMustWait
	case !ok:
		return NotFoundError("shelter", w.Key.ShelterID)
	case !shelter.ErasedAt.IsZero():
		return ErasedError("shelter", shelter.ErasedAt)
	case w.catalog.checkOwner != nil:
		if err := w.catalog.checkOwner(shelter.Shelter); err != nil {
			return err
		}
	}
	b := w.catalog.newBatch(g.ctx, g.tx)
	b.shelter, b.partnerExists, b.keptPhotos = shelter.Shelter, g.partnerExists, g.keptPhotos
	if w.catalog.quotas != nil && w.catID == "" {
		b.usage = CatUsage{Cats: shelter.Cats + g.added[shelter.PartnerID], Quotas: shelter.Quotas.Or(*w.catalog.quotas)}
	}
	if cat, ok := g.known[w.Key]; ok {
		b.known = map[string]Cat{w.Key.ExternalID: cat}
	}
	if err := g.checkExists(w); err != nil {
		return err
	}
	before := b.usage.Cats
	if err := b.applyAll([]CatUpdate{w.update}); err != nil {
		return err
	}
	if err := b.results[0].Err; err != nil {
		return err
	}
	if w.accept != nil {
		if err := w.accept(b.results[0]); err != nil {
			return err
		}
	}
	if shelter.PartnerID != "" {
		g.added[shelter.PartnerID] += b.usage.Cats - before
	}
	w.batch = b
	return nil
}

// checkExists returns an error if a write is of a cat that does not exist or was erased.
func (g *catGroup) checkExists(w *CatWrite) error {
	if w.catID == "" || g.known[w.Key].ID == w.catID {
		return nil
	}
	if erased, ok := g.known[w.erasedKey()]; ok {
		return ErasedError("cat", erased.ErasedAt)
	}
	return NotFoundError("cat", w.catID)
}

// saveWrites saves what was applied, audits each write, and appends all to the log.
func saveWrites(ctx context.Context, tx Tx, writes []*CatWrite) error {
	batches := make([]*upsertBatch, len(writes))
	for i, w := range writes {
		batches[i] = &w.batch
	}
	if err := saveBatches(ctx, tx, batches...); err != nil {
		return err
	}
	written := &Written{Cats: make(map[string]Cat, len(writes))}
	var audit []AuditEntry
	for _, w := range writes {
		if b := &w.batch; len(b.changes) > 0 {
			audit = append(audit, AuditEntry{ID: 0, At: b.now, Actor: w.catalog.actor, Action: w.action, Changes: b.changes})
			written.Changes = append(written.Changes, b.changes...)
			written.Cats[b.results[0].Cat.ID] = b.results[0].Cat
			w.written = written
		}
	}
	if len(audit) == 0 {
		return nil
	}
	if err := tx.Log.Audit(ctx, audit...); err != nil {
		return err
	}
	return written.append(ctx, tx)
}
