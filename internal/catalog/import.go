package catalog

import (
	"context"
	"errors"
	"io"
	"time"

	"trailcat/internal/access"
)

// Import is one file that was sent for a shelter, and the result of importing it.
type Import struct {
	ID         string // imp_…
	ShelterID  string
	Actor      Actor
	Format     string
	Mode       ImportMode
	Status     ImportStatus
	FileHash   string // SHA-256 of the file, in hex
	FileSize   int64  // bytes
	StartedAt  time.Time
	TouchedAt  time.Time // last progress; without any for ImportLease the import counts as interrupted
	FinishedAt time.Time // zero while it runs
	Report     []byte    // results of the rows, as JSON
	// FileDeletedAt is when the file was deleted: because it was older than the retention,
	// because its sender has newer ones up to its quota, or on request; zero: it is kept.
	FileDeletedAt time.Time
	FormatVersion int // of the shelter's own format; 0 for a built-in one
}

// ImportMode says what it means that a file does not contain a cat.
type ImportMode string

// The modes of an import.
const (
	ModeIncremental ImportMode = "incremental" // nothing
	ModeSnapshot    ImportMode = "snapshot"    // the cat is no longer listed
)

// ImportStatus is the state of an import.
type ImportStatus string

// The states of an import.
const (
	ImportRunning     ImportStatus = "running"
	ImportDone        ImportStatus = "done"
	ImportInterrupted ImportStatus = "interrupted" // only a part of the rows was applied: those in the report, if there is one
	ImportRejected    ImportStatus = "rejected"    // nothing was applied
)

// ImportLease is how long an import may be without progress before another import
// of the same shelter may replace it.
const ImportLease = 2 * time.Minute

// BeginImport records the start of an import. A shelter has one import at a time:
// the error is Conflict while another one runs. If its sender has as many files as its
// quota allows, the oldest is deleted.
func (c *Catalog) BeginImport(ctx context.Context, i Import) (Import, error) {
	i.ID, i.Actor, i.Status = NewID(ImportPrefix, c.newUUID()), c.actor, ImportRunning
	i.StartedAt, i.TouchedAt = c.now(), c.now()
	err := c.write(ctx, "import", func(tx Tx) ([]Change, error) {
		quotas, err := c.quotasOf(ctx, tx, access.Owner{PartnerID: i.Actor.PartnerID, KeyID: ""})
		if err != nil {
			return nil, err
		}
		if err := tx.Imports.SaveImport(ctx, i); err != nil || !isLimited(quotas.ImportFiles) {
			return nil, err
		}
		return nil, tx.Imports.TrimImportFiles(ctx, i.Actor.PartnerID, *quotas.ImportFiles, c.now())
	})
	return i, wrap(err, "begin import")
}

// FilePart is the maximum size of a part in which the file of an import is stored, in bytes.
const FilePart = 1 << 20

// SaveImportFile stores the file of a running import.
func (c *Catalog) SaveImportFile(ctx context.Context, importID string, file io.Reader) error {
	content := make([]byte, FilePart)
	for part := 0; ; part++ {
		n, err := io.ReadFull(file, content)
		if n > 0 {
			saveErr := c.write(ctx, "import", func(tx Tx) ([]Change, error) {
				return nil, tx.Imports.SaveImportFile(ctx, importID, part, content[:n])
			})
			if saveErr != nil {
				return wrap(saveErr, "save the file of import %s", importID)
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		case err != nil:
			return wrap(err, "read the file of import %s", importID)
		}
	}
}

// DeleteImportFile deletes the file of an import and keeps its report. The error is Conflict
// while the import runs.
func (c *Catalog) DeleteImportFile(ctx context.Context, importID string) error {
	err := c.write(ctx, "import", func(tx Tx) ([]Change, error) { return nil, tx.Imports.DeleteImportFile(ctx, importID, c.now()) })
	return wrap(err, "delete the file of import %s", importID)
}

// DeleteImport deletes the record of an import whose file turned out to be unreadable.
func (c *Catalog) DeleteImport(ctx context.Context, importID string) error {
	err := c.write(ctx, "import", func(tx Tx) ([]Change, error) { return nil, tx.Imports.DeleteImport(ctx, importID) })
	return wrap(err, "delete import %s", importID)
}

// TouchImport records that an import makes progress, which extends its lease. The
// error is Conflict when the import has lost its lease. A dry run has no record
// to touch.
func (c *Catalog) TouchImport(ctx context.Context, id string) error {
	if c.dryRun {
		return nil
	}
	err := c.write(ctx, "import", func(tx Tx) ([]Change, error) { return nil, tx.Imports.TouchImport(ctx, id, c.now()) })
	return wrap(err, "touch import %s", id)
}

// InterruptImports ends the imports that made no progress for ImportLease, because the
// process that ran them has ended, and returns how many.
func (c *Catalog) InterruptImports(ctx context.Context) (n int, err error) {
	err = c.write(ctx, "import", func(tx Tx) ([]Change, error) {
		n, err = tx.Imports.InterruptImports(ctx, c.now())
		return nil, err
	})
	return n, wrap(err, "end interrupted imports")
}

// EndImport records the result of an import.
func (c *Catalog) EndImport(ctx context.Context, i Import, status ImportStatus, report []byte) (Import, error) {
	i.Status, i.Report, i.TouchedAt, i.FinishedAt = status, report, c.now(), c.now()
	err := c.write(ctx, "import", func(tx Tx) ([]Change, error) { return nil, tx.Imports.SaveImport(ctx, i) })
	return i, wrap(err, "end import %s", i.ID)
}
