package catalog

import (
	"context"
	"fmt"
	"time"
)

// Catalog is the one door through which anything changes.
type Catalog struct {
	store   Store
	now     func() time.Time
	newUUID func() [16]byte
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
	Confirm(ctx context.Context, catIDs []string, at time.Time) error
	// Append puts changes at the end of the log, and numbers them. It comes last.
	Append(ctx context.Context, changes []Change) error
}

// New returns a catalog kept in store.
func New(store Store, now func() time.Time, newUUID func() [16]byte) *Catalog {
	return &Catalog{store: store, now: func() time.Time { return instant(now()) }, newUUID: newUUID}
}

// Result says what a write did to one thing.
type Result string

// What a write can do to one thing.
const (
	WasCreated   Result = "created"
	WasUpdated   Result = "updated"
	WasUnchanged Result = "unchanged"
	WasRefused   Result = "refused"
)

// change is the log line for a thing that was written at a moment.
func change(op Op, resource Resource, id, shelterID string, version int64, at time.Time, fields []string) Change {
	return Change{Seq: 0, At: at, Op: op, Resource: resource, ResourceID: id, ShelterID: shelterID, Version: version, Fields: fields}
}

// wrap says what we were doing when err came, for us; the caller's words stay as they are.
func wrap(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", fmt.Sprintf(format, args...), err)
}
