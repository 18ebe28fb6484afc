package catalog

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"trailcat/internal/errcode"
)

// ImportFormat is a format of import files that belongs to a shelter.
type ImportFormat struct {
	ShelterID     string
	Name          string // not that of a built-in format
	Version       int    // the newest, from 1
	ActiveVersion int    // the one that imports use; 0 for none
	Revision      int64  // counts the changes, from 1
	UpdatedAt     time.Time
}

// ImportFormatVersion is a version of a shelter's format. Its text does not change.
type ImportFormatVersion struct {
	Number    int
	Text      string // YAML or an import.cfg
	Hash      string // SHA-256 of the text, in hex
	Actor     Actor  // without an address
	CreatedAt time.Time
	TriedAt   time.Time // when a dry run first read a cat with it; zero for never
}

const (
	// maxImportFormats is how many formats a shelter may have.
	maxImportFormats = 20
	// keptFormatVersions is how many versions of a format are kept, besides the active one.
	keptFormatVersions = 100
)

// PutImportFormat makes a text the newest version of a shelter's format. Imports do not use it
// before ActivateImportFormat. The newest version again changes nothing. version is the revision
// that the caller knows, 0 for any.
func (c *Catalog) PutImportFormat(ctx context.Context, shelterID, name, text string, version int64) (f ImportFormat, newest ImportFormatVersion, result Result, err error) {
	hash := sha256.Sum256([]byte(text))
	newest = ImportFormatVersion{Number: 0, Text: text, Hash: hex.EncodeToString(hash[:]), Actor: c.actor, CreatedAt: c.now(), TriedAt: time.Time{}}
	err = c.writeFormat(ctx, shelterID, name, func(tx Tx) error {
		f, result, err = c.formatToPut(ctx, tx, shelterID, name)
		if err != nil {
			return err
		}
		if err := CheckVersion("format", f.Revision, version); err != nil {
			return err
		}
		if result == ResultUpdated {
			known, err := tx.Formats.ImportFormatVersion(ctx, shelterID, name, f.Version)
			if err != nil {
				return err
			}
			if known.Hash == newest.Hash {
				newest, result = known, ResultUnchanged
				return nil
			}
		}
		f.Version++
		newest.Number = f.Version
		if err := c.saveFormat(ctx, tx, &f); err != nil {
			return err
		}
		return tx.Formats.AddImportFormatVersion(ctx, f, newest, keptFormatVersions)
	})
	return f, newest, result, err
}

// formatToPut returns a format of a shelter, or if there is none, a new one.
func (c *Catalog) formatToPut(ctx context.Context, tx Tx, shelterID, name string) (ImportFormat, Result, error) {
	f, err := tx.Formats.ImportFormat(ctx, shelterID, name)
	if KindOf(err) != NotFound {
		return f, ResultUpdated, err
	}
	n, err := tx.Formats.CountImportFormats(ctx, shelterID)
	if err == nil && n >= maxImportFormats {
		err = Errorf(Conflict, errcode.QuotaExceeded, "The shelter has %d formats, and may have %d. Delete one that is no longer needed.", n, maxImportFormats)
	}
	return ImportFormat{ShelterID: shelterID, Name: name, Version: 0, ActiveVersion: 0, Revision: 0, UpdatedAt: time.Time{}}, ResultCreated, err
}

// ActivateImportFormat makes imports use a version of a shelter's format, or none if it is 0. The
// error is Conflict with code format_not_tried unless a dry run has read a cat with it.
func (c *Catalog) ActivateImportFormat(ctx context.Context, shelterID, name string, active int, version int64) (f ImportFormat, err error) {
	err = c.writeFormat(ctx, shelterID, name, func(tx Tx) error {
		if f, err = tx.Formats.ImportFormat(ctx, shelterID, name); err != nil {
			return err
		}
		if err := CheckVersion("format", f.Revision, version); err != nil || f.ActiveVersion == active {
			return err
		}
		if active != 0 {
			chosen, err := tx.Formats.ImportFormatVersion(ctx, shelterID, name, active)
			if err != nil {
				return err
			}
			if chosen.TriedAt.IsZero() {
				return Errorf(Conflict, errcode.FormatNotTried,
					"Version %d of the format %q was not tried yet. Send a file with format=%s and dry_run=true, and read the report. A version can be activated after a dry run has read a cat with it; a dry run uses the newest version.", active, name, name)
			}
		}
		f.ActiveVersion = active
		return c.saveFormat(ctx, tx, &f)
	})
	return f, err
}

// TryImportFormat records that a dry run has read a cat with a version of a shelter's format.
func (c *Catalog) TryImportFormat(ctx context.Context, shelterID, name string, number int) error {
	return c.writeFormat(ctx, shelterID, name, func(tx Tx) error {
		return tx.Formats.MarkImportFormatTried(ctx, shelterID, name, number, c.now())
	})
}

// DeleteImportFormat deletes a shelter's format with all its versions. The cats that were imported
// with it stay.
func (c *Catalog) DeleteImportFormat(ctx context.Context, shelterID, name string, version int64) error {
	return c.writeFormat(ctx, shelterID, name, func(tx Tx) error {
		f, err := tx.Formats.ImportFormat(ctx, shelterID, name)
		if err != nil {
			return err
		}
		if err := CheckVersion("format", f.Revision, version); err != nil {
			return err
		}
		return tx.Formats.DeleteImportFormat(ctx, shelterID, name)
	})
}

// writeFormat runs fn in a transaction that locks the shelter of a format.
func (c *Catalog) writeFormat(ctx context.Context, shelterID, name string, fn func(Tx) error) error {
	err := c.write(ctx, "import_format", func(tx Tx) ([]Change, error) {
		shelter, err := tx.Shelters.Shelter(ctx, shelterID)
		if err != nil {
			return nil, err
		}
		if c.checkOwner != nil {
			if err := c.checkOwner(shelter); err != nil {
				return nil, err
			}
		}
		return nil, fn(tx)
	})
	return wrap(err, "write format %s of shelter %s", name, shelterID)
}

func (c *Catalog) saveFormat(ctx context.Context, tx Tx, f *ImportFormat) error {
	f.Revision, f.UpdatedAt = f.Revision+1, c.now()
	return tx.Formats.SaveImportFormat(ctx, *f)
}
