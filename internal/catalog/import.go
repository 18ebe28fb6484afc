package catalog

import (
	"context"
	"time"
)

// Import is one file that was sent for a shelter, and what became of it.
type Import struct {
	ID         string // imp_…
	ShelterID  string
	Actor      Actor
	Format     string
	Mode       ImportMode
	Status     ImportStatus
	FileHash   string // SHA-256 of the file as it was sent, in hex
	FileSize   int64  // bytes
	StartedAt  time.Time
	TouchedAt  time.Time // when it last got on; one that does not for ImportLease is taken for dead
	FinishedAt time.Time // zero while it runs
	Report     []byte    // what became of the rows, as JSON
	File       []byte    // as it was sent; left out where many imports are read
}

// ImportMode says what a file that lacks a cat says of it.
type ImportMode string

// The modes of an import.
const (
	ModeIncremental ImportMode = "incremental" // nothing
	ModeSnapshot    ImportMode = "snapshot"    // that it is no longer listed
)

// ImportModes lists every mode.
func ImportModes() []ImportMode { return []ImportMode{ModeIncremental, ModeSnapshot} }

// ImportStatus says how far an import is.
type ImportStatus string

// How far an import can be.
const (
	ImportRunning     ImportStatus = "running"
	ImportDone        ImportStatus = "done"
	ImportInterrupted ImportStatus = "interrupted" // the rows in the report are done, the others are not
	ImportRefused     ImportStatus = "refused"     // nothing of it was done
)

// ImportLease is how long an import may be silent before another may take its place.
const ImportLease = 2 * time.Minute

// AbsentFromSnapshot is why a cat was removed that a snapshot lacks.
const AbsentFromSnapshot = "absent_from_snapshot"

// BeginImport notes that a file is being read. A shelter has one import at a
// time: the error is Conflict while another runs.
func (c *Catalog) BeginImport(ctx context.Context, i Import) (Import, error) {
	i.ID, i.Actor, i.Status = NewID(ImportPrefix, c.newUUID()), c.actor, ImportRunning
	i.StartedAt, i.TouchedAt = c.now(), c.now()
	return i, wrap(c.saveImport(ctx, i), "begin import")
}

// TouchImport records that an import makes progress, which extends its lease. The
// error is Conflict when the import has lost its lease. A dry run has no record
// to touch.
func (c *Catalog) TouchImport(ctx context.Context, id string) error {
	if c.trying {
		return nil
	}
	err := c.write(ctx, "import", func(tx Tx) ([]Change, error) { return nil, tx.TouchImport(ctx, id, c.now()) })
	return wrap(err, "touch import %s", id)
}

// EndImport notes what became of an import.
func (c *Catalog) EndImport(ctx context.Context, i Import, status ImportStatus, report []byte) (Import, error) {
	i.Status, i.Report, i.TouchedAt, i.FinishedAt = status, report, c.now(), c.now()
	return i, wrap(c.saveImport(ctx, i), "end import %s", i.ID)
}

func (c *Catalog) saveImport(ctx context.Context, i Import) error {
	return c.write(ctx, "import", func(tx Tx) ([]Change, error) { return nil, tx.SaveImport(ctx, i) })
}
