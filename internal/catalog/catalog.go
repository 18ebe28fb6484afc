// Package catalog is the domain of Trailcat: the cats that shelters offer, the
// shelters, partners and webhooks, and the log of every change.
//
// It decides what is valid and what may change, and every write goes through it.
// It depends on the vocabulary, the map of postal codes and the keys of access. It
// knows no database, HTTP or file format: a store, a rater and the places are
// passed in as interfaces and functions.
package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trailcat/internal/errcode"
)

// Catalog performs all writes. It is safe for concurrent use.
type Catalog struct {
	store      Store
	now        func() time.Time
	newUUID    func() [16]byte
	actor      Actor
	dryRun     bool
	quotas     *Quotas                                // nil: nothing is limited
	rater      Rater                                  // nil: cats are not rated
	observer   func(ctx context.Context, run Written) // nil: writes are not observed
	checkOwner func(Shelter) error                    // nil: every shelter is accepted
}

// New returns a catalog that is kept in store.
func New(store Store, now func() time.Time, newUUID func() [16]byte) *Catalog {
	return &Catalog{
		store: store, now: func() time.Time { return instant(now()) }, newUUID: newUUID,
		actor: Actor{}, dryRun: false, quotas: nil, rater: nil, observer: nil, checkOwner: nil,
	}
}

// WithActor returns a catalog whose writes are audited as those of actor.
func (c *Catalog) WithActor(actor Actor) *Catalog {
	out := *c
	out.actor = actor
	return &out
}

// WithUUIDs returns a catalog that takes the UUIDs of new IDs from newUUID.
func (c *Catalog) WithUUIDs(newUUID func() [16]byte) *Catalog {
	out := *c
	out.newUUID = newUUID
	return &out
}

// WithRater returns a catalog that rates a cat whenever what its rating follows
// from changes.
func (c *Catalog) WithRater(rater Rater) *Catalog {
	out := *c
	out.rater = rater
	return &out
}

// WithObserver returns a catalog that calls observe after each of its writes that
// was committed and changed something. Concurrent writes may be observed out of
// order; the log positions tell.
func (c *Catalog) WithObserver(observe func(ctx context.Context, run Written)) *Catalog {
	out := *c
	out.observer = observe
	return &out
}

// WithOwnerCheck returns a catalog that upserts cats only of shelters for which check
// returns nil. The check runs within the transaction, on the locked shelter.
func (c *Catalog) WithOwnerCheck(check func(Shelter) error) *Catalog {
	out := *c
	out.checkOwner = check
	return &out
}

// DryRun returns a catalog whose writes run and return their results as usual but
// are rolled back.
func (c *Catalog) DryRun() *Catalog {
	out := *c
	out.dryRun = true
	return &out
}

// Written is what one committed write appended to the log, with the new state of
// the cats and shelters that it changed.
type Written struct {
	Before   LogPosition // the end of the log before the write
	Head     LogPosition // the end of the log after the write
	Changes  []Change    // the log entries, numbered without a gap up to Head.Seq
	Cats     map[string]Cat
	Shelters map[string]Shelter
}

// errRollback makes the store roll back a write that succeeded.
var errRollback = errors.New("rolled back on request")

// write runs fn in one transaction, audits and logs the changes that it returns,
// and notifies the observer after the commit.
func (c *Catalog) write(ctx context.Context, action string, fn func(Tx) ([]Change, error)) error {
	var run Written
	err := c.store.Write(ctx, func(tx Tx) error {
		run = Written{}
		if c.observer != nil {
			run.Cats, run.Shelters = map[string]Cat{}, map[string]Shelter{}
			tx.Cats, tx.Shelters = catRecorder{CatTx: tx.Cats, saved: run.Cats}, shelterRecorder{ShelterTx: tx.Shelters, saved: run.Shelters}
		}
		changes, err := fn(tx)
		if err != nil {
			return err
		}
		if run.Changes = changes; len(changes) > 0 {
			if err := tx.Log.Audit(ctx, AuditEntry{ID: 0, At: c.now(), Actor: c.actor, Action: action, Changes: changes}); err != nil {
				return err
			}
			if err := run.append(ctx, tx); err != nil {
				return err
			}
		}
		if c.dryRun {
			return errRollback
		}
		return nil
	})
	if errors.Is(err, errRollback) {
		return nil
	}
	if err == nil && c.observer != nil && len(run.Changes) > 0 {
		c.observer(ctx, run)
	}
	return err
}

// append appends the changes to the log, as the last step of a transaction.
func (w *Written) append(ctx context.Context, tx Tx) (err error) {
	if w.Before, w.Head, err = tx.Log.Append(ctx, w.Changes); err != nil {
		return err
	}
	for i := range w.Changes {
		w.Changes[i].Seq, w.Changes[i].CommitID = w.Before.Seq+int64(i)+1, w.Head.CommitID
	}
	return nil
}

// catRecorder notes the cats that a transaction saves.
type catRecorder struct {
	CatTx

	saved map[string]Cat
}

func (r catRecorder) SaveCats(ctx context.Context, created, changed []Cat) error {
	for _, cats := range [][]Cat{created, changed} {
		for _, cat := range cats {
			r.saved[cat.ID] = cat
		}
	}
	return r.CatTx.SaveCats(ctx, created, changed)
}

// shelterRecorder notes the shelters that a transaction saves.
type shelterRecorder struct {
	ShelterTx

	saved map[string]Shelter
}

func (r shelterRecorder) SaveShelter(ctx context.Context, s Shelter) error {
	r.saved[s.ID] = s
	return r.ShelterTx.SaveShelter(ctx, s)
}

// Result says what a write did to one resource.
type Result string

// The results of a write.
const (
	ResultCreated   Result = "created"
	ResultUpdated   Result = "updated"
	ResultUnchanged Result = "unchanged"
	ResultRejected  Result = "rejected"
)

// CheckVersion returns PreconditionFailed when the caller's version is not 0 and
// not the current one.
func CheckVersion(resource string, current, expected int64) error {
	if expected == 0 || expected == current {
		return nil
	}
	return Errorf(PreconditionFailed, errcode.VersionMismatch,
		"The %s is at version %d, not %d. Read it again and send your change for the current version.", resource, current, expected)
}

// wrap adds what was attempted to an error, for our logs. A nil error stays nil.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
