package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trailcat/internal/access"
)

// Catalog is the one door through which anything changes.
type Catalog struct {
	store   Store
	now     func() time.Time
	newUUID func() [16]byte
	actor   Actor
	trying  bool
	rater   Rater // nil: nothing is rated
}

// Store keeps the catalog.
type Store interface {
	// Write runs fn in one transaction: all of it happens, or none. It may run
	// fn again when the database asks for it, so fn keeps no results of an
	// earlier run.
	Write(ctx context.Context, fn func(Tx) error) error
}

// Tx is what may be done inside a write.
type Tx interface {
	// Shelter and ShelterByExternalID find one shelter, or say that there is none.
	Shelter(ctx context.Context, id string) (Shelter, error)
	ShelterByExternalID(ctx context.Context, externalID string) (Shelter, error)
	// CatsByExternalID finds those of a shelter's cats that bear one of the ids.
	CatsByExternalID(ctx context.Context, shelterID string, externalIDs []string) (map[string]Cat, error)
	// NextNumbers takes n numbers of a counter for good and returns the first.
	NextNumbers(ctx context.Context, counter string, n int) (int64, error)
	// SaveCats and SaveShelter write over what is there. Created cats are new,
	// changed ones replace the version before.
	SaveCats(ctx context.Context, created, changed []Cat) error
	SaveShelter(ctx context.Context, s Shelter) error
	// Confirm notes when these cats were last spoken of. It is no change.
	MarkSeen(ctx context.Context, catIDs []string, at time.Time) error
	// Audit notes who made changes. Append puts them at the end of the log, and
	// numbers them; it comes last.
	Audit(ctx context.Context, entry AuditEntry) error
	Append(ctx context.Context, changes []Change) error

	Cat(ctx context.Context, id string) (Cat, error)
	// CatsByID are those of the cats that exist, in no order. Nobody else can
	// change them until the end of the write.
	CatsByID(ctx context.Context, ids []string) ([]Cat, error)
	// CatsAfter are the first cats after a number, by number, but for removed ones.
	// Others may change them meanwhile.
	CatsAfter(ctx context.Context, number int64, limit int) ([]Cat, error)
	// CatsOfShelter are a shelter's cats by number, removed ones too, from just
	// after a number.
	CatsOfShelter(ctx context.Context, shelterID string, after int64, limit int) ([]Cat, error)
	// StaleCats are listed cats, not marked yet, that were not confirmed for as
	// long as their shelters allow; never those of demo shelters.
	StaleCats(ctx context.Context, now time.Time, limit int) ([]Cat, error)
	Partner(ctx context.Context, id string) (Partner, error)
	SavePartner(ctx context.Context, p Partner) error
	Key(ctx context.Context, id string) (access.Key, error)
	SaveKey(ctx context.Context, k access.Key) error
	Import(ctx context.Context, id string) (Import, error)
	// SaveImport writes an import over what is there. Conflict: its shelter has
	// another one that runs.
	SaveImport(ctx context.Context, i Import) error
	// TouchImport records that a running import made progress at a moment. It
	// writes nothing else. Conflict: the import no longer runs, because it was
	// silent for longer than ImportLease and another took its place.
	TouchImport(ctx context.Context, id string, at time.Time) error
	// Assessments and Health are all that was recorded of a cat, withdrawn and
	// superseded assessments too.
	Assessments(ctx context.Context, catID string) ([]Assessment, error)
	// AssessmentsOf and HealthOf are the same for several cats at once, by their ids.
	AssessmentsOf(ctx context.Context, catIDs []string) (map[string][]Assessment, error)
	HealthOf(ctx context.Context, catIDs []string) (map[string][]HealthItem, error)
	SaveAssessment(ctx context.Context, a Assessment) error
	Health(ctx context.Context, catID string) ([]HealthItem, error)
	SaveHealth(ctx context.Context, h HealthItem) error
	// Outcomes are what was reported of a cat after its adoption.
	Outcomes(ctx context.Context, catID string) ([]Outcome, error)
	SaveOutcome(ctx context.Context, o Outcome) error
	Webhook(ctx context.Context, id string) (Webhook, error)
	CountWebhooks(ctx context.Context, partnerID string) (int, error)
	SaveWebhook(ctx context.Context, w Webhook) error
	DeleteWebhook(ctx context.Context, id string) error
	Search(ctx context.Context, id string) (SavedSearch, error)
	CountSearches(ctx context.Context, partnerID string) (int, error)
	SaveSearch(ctx context.Context, s SavedSearch) error
	DeleteSearch(ctx context.Context, id string) error
	// SetBookmark says how far the holders of a lease got, whoever holds it.
	SetCheckpoint(ctx context.Context, lease string, bookmark int64) error
}

// New returns a catalog kept in store.
func New(store Store, now func() time.Time, newUUID func() [16]byte) *Catalog {
	return &Catalog{store: store, now: func() time.Time { return instant(now()) }, newUUID: newUUID, actor: Actor{}, trying: false, rater: nil}
}

// WithActor is the catalog in the hands of someone: the audit says that they wrote.
func (c *Catalog) WithActor(actor Actor) *Catalog {
	as := *c
	as.actor = actor
	return &as
}

// DryRun is the catalog without consequences: writes go all the way, answer as
// they would, and are taken back.
func (c *Catalog) DryRun() *Catalog {
	trying := *c
	trying.trying = true
	return &trying
}

// errRollback takes back what was only tried.
var errRollback = errors.New("this was only tried")

// write runs fn in one transaction and logs the changes that it returns.
func (c *Catalog) write(ctx context.Context, what string, fn func(Tx) ([]Change, error)) error {
	err := c.store.Write(ctx, func(tx Tx) error {
		changes, err := fn(tx)
		if err != nil {
			return err
		}
		if len(changes) > 0 {
			if err := tx.Audit(ctx, AuditEntry{ID: 0, At: c.now(), Actor: c.actor, What: what, Changes: changes}); err != nil {
				return err
			}
			if err := tx.Append(ctx, changes); err != nil {
				return err
			}
		}
		if c.trying {
			return errRollback
		}
		return nil
	})
	if errors.Is(err, errRollback) {
		return nil
	}
	return err
}

// Result says what a write did to one thing.
type Result string

// What a write can do to one thing.
const (
	WasCreated     Result = "created"
	WasUpdated     Result = "updated"
	WasUnchanged   Result = "unchanged"
	ResultRejected Result = "refused"
)

// change is the log line for a thing that was written at a moment.
func change(op Op, resource Resource, id, shelterID string, version int64, at time.Time, fields []string) Change {
	return Change{Seq: 0, At: at, Op: op, Resource: resource, ResourceID: id, ShelterID: shelterID, Version: version, Fields: fields, Before: nil}
}

// catChange is the log line for a cat that was known before.
func catChange(op Op, known, cat Cat, fields []string) Change {
	line := change(op, CatResource, cat.ID, cat.ShelterID, cat.Version, cat.UpdatedAt, fields)
	line.Before = before(known)
	if known.Description != cat.Description {
		line.Before.Cat.Description = known.Description
	}
	return line
}

// wrap says what we were doing when err came, for us; the caller's words stay as they are.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
