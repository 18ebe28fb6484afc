package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// importRow is a row of the table imports.
type importRow struct {
	ID         string `gorm:"primaryKey"`
	ShelterID  string
	KeyID      string
	PartnerID  string
	Address    string
	RequestID  string
	Format     string
	Mode       string
	Status     string
	FileHash   string
	FileSize   int64
	StartedAt  time.Time
	TouchedAt  time.Time
	FinishedAt *time.Time
	Report     string
	File       []byte // of an import by an earlier version; others have theirs in import_files

	FileDeletedAt *time.Time
	FormatVersion int
}

func (importRow) TableName() string { return "imports" }

// importFileRow is a row of the table import_files.
type importFileRow struct {
	ImportID string `gorm:"primaryKey"`
	Part     int    `gorm:"primaryKey"`
	Content  []byte // compressed with gzip, then encrypted
}

func (importFileRow) TableName() string { return "import_files" }

func newImportRow(i catalog.Import) importRow {
	return importRow{
		ID:         i.ID,
		ShelterID:  i.ShelterID,
		KeyID:      i.Actor.KeyID,
		PartnerID:  i.Actor.PartnerID,
		Address:    i.Actor.Address,
		RequestID:  i.Actor.RequestID,
		Format:     i.Format,
		Mode:       string(i.Mode),
		Status:     string(i.Status),
		FileHash:   i.FileHash,
		FileSize:   i.FileSize,
		StartedAt:  i.StartedAt.UTC(),
		TouchedAt:  i.TouchedAt.UTC(),
		FinishedAt: timeOrNil(i.FinishedAt),
		Report:     string(i.Report),
		File:       []byte{},

		FileDeletedAt: timeOrNil(i.FileDeletedAt),
		FormatVersion: i.FormatVersion,
	}
}

func (r importRow) record() catalog.Import {
	return catalog.Import{
		ID:         r.ID,
		ShelterID:  r.ShelterID,
		Actor:      catalog.Actor{KeyID: r.KeyID, PartnerID: r.PartnerID, Address: r.Address, RequestID: r.RequestID},
		Format:     r.Format,
		Mode:       catalog.ImportMode(r.Mode),
		Status:     catalog.ImportStatus(r.Status),
		FileHash:   r.FileHash,
		FileSize:   r.FileSize,
		StartedAt:  r.StartedAt.UTC(),
		TouchedAt:  r.TouchedAt.UTC(),
		FinishedAt: timeOrZero(r.FinishedAt),
		Report:     []byte(r.Report),

		FileDeletedAt: timeOrZero(r.FileDeletedAt),
		FormatVersion: r.FormatVersion,
	}
}

// Import returns an import.
func (s *Store) Import(ctx context.Context, id string) (i catalog.Import, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		i, err = scanImport(db, id)
		return err
	})
	return i, err
}

// Imports returns up to limit imports of some shelters, or of all if none is given,
// the newest first and without files, before an id unless it is empty.
func (s *Store) Imports(ctx context.Context, shelterIDs []string, before string, limit int) ([]catalog.Import, error) {
	var rows []importRow
	err := s.read(ctx, func(db *gorm.DB) error {
		db = db.Omit("file").Order("id DESC").Limit(limit)
		if len(shelterIDs) > 0 {
			db = db.Where(s.dialect.anyOf("shelter_id", shelterIDs))
		}
		if before != "" {
			db = db.Where("id < ?", before)
		}
		return db.Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read imports: %w", err)
	}
	return mapSlice(rows, importRow.record), nil
}

// ImportFile returns the parts of the file of an import as it was sent. An error is the last
// value. The file of an import that has none, or whose file was deleted, is empty.
func (s *Store) ImportFile(ctx context.Context, id string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for part := 0; ; part++ {
			content, err := s.importFilePart(ctx, id, part)
			if err != nil {
				yield(nil, fmt.Errorf("read part %d of the file of import %s: %w", part, id, err))
				return
			}
			if len(content) == 0 || !yield(content, nil) {
				return
			}
		}
	}
}

// importFilePart returns a part of a file, empty after the last one.
func (s *Store) importFilePart(ctx context.Context, id string, part int) ([]byte, error) {
	var rows []importFileRow
	err := s.read(ctx, func(db *gorm.DB) error {
		rows = nil
		return db.Where("import_id = ? AND part = ?", id, part).Find(&rows).Error
	})
	switch {
	case err != nil:
		return nil, err
	case len(rows) > 0:
		return decodePart(rows[0], s.keyring)
	case part > 0:
		return nil, nil
	}
	var row importRow
	err = s.read(ctx, func(db *gorm.DB) error { return db.Select("file").Where("id = ?", id).Find(&row).Error })
	return row.File, err
}

// encodePart returns a part of a file as it is stored.
func encodePart(id string, part int, content []byte, k Keyring) (importFileRow, error) {
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.BestSpeed)
	if err == nil {
		_, err = w.Write(content)
		err = errors.Join(err, w.Close())
	}
	return importFileRow{ImportID: id, Part: part, Content: k.encryptPart(packed.Bytes(), partID(id, part))}, err
}

func decodePart(row importFileRow, k Keyring) ([]byte, error) {
	packed, err := k.decryptPart(row.Content, partID(row.ImportID, row.Part))
	if err != nil {
		return nil, err
	}
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// partID is what the encryption of a part is bound to.
func partID(importID string, part int) string { return fmt.Sprintf("%s/%d", importID, part) }

// SaveImportFile saves a part of the file of a running import.
func (t tx) SaveImportFile(ctx context.Context, id string, part int, content []byte) error {
	running, err := t.lockImport(ctx, id)
	if err == nil && running.Status != string(catalog.ImportRunning) {
		err = errImportRunning()
	}
	if err != nil {
		return err
	}
	row, err := encodePart(id, part, content, t.keyring)
	if err == nil {
		err = t.db.WithContext(ctx).Create(&row).Error
	}
	return wrapError(err, "save a part of the file of import "+id)
}

// SaveImport inserts an import, or saves its format and its result. Another running import
// of the shelter without progress for ImportLease is marked interrupted first.
func (t tx) SaveImport(ctx context.Context, i catalog.Import) error {
	db := t.db.WithContext(ctx)
	if _, err := t.interruptImports(db.Where("shelter_id = ? AND id <> ?", i.ShelterID, i.ID), i.TouchedAt); err != nil {
		return fmt.Errorf("end expired imports of shelter %s: %w", i.ShelterID, err)
	}
	row := newImportRow(i)
	err := db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "id"}},
		DoUpdates: clause.AssignmentColumns([]string{"format", "status", "touched_at", "finished_at", "report"}),
	}).Create(&row).Error
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return errImportRunning()
	}
	if err != nil {
		return fmt.Errorf("save import %s: %w", i.ID, err)
	}
	return nil
}

// InterruptImports marks the running imports without progress for ImportLease interrupted
// and returns how many.
func (t tx) InterruptImports(ctx context.Context, now time.Time) (int, error) {
	n, err := t.interruptImports(t.db.WithContext(ctx), now)
	return n, wrapError(err, "end expired imports")
}

// interruptImports is InterruptImports for the imports that db selects.
func (t tx) interruptImports(db *gorm.DB, now time.Time) (int, error) {
	ended := db.Model(&importRow{}).
		Where("status = ? AND (touched_at < ? OR touched_at > ?)", string(catalog.ImportRunning), now.Add(-catalog.ImportLease).UTC(), now.Add(clockTolerance).UTC()).
		UpdateColumns(map[string]any{"status": string(catalog.ImportInterrupted), "finished_at": now.UTC()})
	return int(ended.RowsAffected), ended.Error
}

// TouchImport moves touched_at of a running import and writes no other column.
// The error is Conflict when the import no longer runs.
func (t tx) TouchImport(ctx context.Context, id string, at time.Time) error {
	touched := t.db.WithContext(ctx).Model(&importRow{}).
		Where("id = ? AND status = ?", id, string(catalog.ImportRunning)).UpdateColumn("touched_at", at.UTC())
	if touched.Error != nil {
		return fmt.Errorf("touch import %s: %w", id, touched.Error)
	}
	if touched.RowsAffected == 0 {
		return errImportRunning()
	}
	return nil
}

// importsPerStatement is how many files one statement deletes. It bounds how long writers
// wait.
const importsPerStatement = 20

// TrimImportFiles deletes files that a partner sent, other than its newest keep: the newest
// importsPerStatement of them, so that further calls delete the rest.
func (t tx) TrimImportFiles(ctx context.Context, partnerID string, keep int64, at time.Time) error {
	var ids []string
	err := t.db.WithContext(ctx).Model(&importRow{}).Where("partner_id = ? AND file_deleted_at IS NULL", partnerID).
		Order("id DESC").Offset(int(keep)).Limit(importsPerStatement).Pluck("id", &ids).Error
	if err == nil && len(ids) > 0 {
		err = deleteFiles(t.db.WithContext(ctx), ids, at).Error
	}
	return wrapError(err, "trim the import files of partner "+partnerID)
}

// DeleteImportFilesBefore deletes the files of imports that began before a moment. It
// returns how many it deleted.
func (s *Store) DeleteImportFilesBefore(ctx context.Context, before, at time.Time) (deleted int64, err error) {
	for {
		var ids []string
		err := s.read(ctx, func(db *gorm.DB) error {
			return db.Model(&importRow{}).Where("file_deleted_at IS NULL AND started_at < ?", before.UTC()).
				Order("id").Limit(importsPerStatement).Pluck("id", &ids).Error
		})
		if err != nil || len(ids) == 0 {
			return deleted, wrapError(err, "find old import files")
		}
		var n int64
		err = s.write(neverRejected(ctx), func(t tx) error {
			done := deleteFiles(t.db.WithContext(ctx), ids, at)
			n = done.RowsAffected
			return done.Error
		})
		if err != nil {
			return deleted, fmt.Errorf("delete old import files: %w", err)
		}
		deleted += n
	}
}

// DeleteImport deletes the record of an import, with its file.
func (t tx) DeleteImport(ctx context.Context, id string) error {
	return wrapError(t.db.WithContext(ctx).Delete(&importRow{}, "id = ?", id).Error, "delete import "+id)
}

// DeleteImportFile deletes the file of an import that does not run, if it has one.
func (t tx) DeleteImportFile(ctx context.Context, id string, at time.Time) error {
	row, err := t.lockImport(ctx, id)
	switch {
	case err != nil:
		return err
	case row.Status == string(catalog.ImportRunning):
		return catalog.Errorf(catalog.Conflict, errcode.ImportRunning, "The import is running. Delete its file when it has finished; GET /v1/imports/%s shows its progress.", id)
	case row.FileDeletedAt != nil:
		return nil
	default:
		t.erase()
		return wrapError(deleteFiles(t.db.WithContext(ctx), []string{id}, at).Error, "delete the file of import "+id)
	}
}

// lockImport returns the state of an import and locks it until the end of the transaction.
func (t tx) lockImport(ctx context.Context, id string) (row importRow, err error) {
	err = t.forUpdate(ctx).Select("id", "status", "file_deleted_at").Take(&row, "id = ?", id).Error
	if err != nil {
		err = fmt.Errorf("read import: %w", toDomainError(err, "import", id))
	}
	return row, err
}

// deleteFiles deletes the files of imports in a transaction.
func deleteFiles(db *gorm.DB, importIDs []string, at time.Time) *gorm.DB {
	if parts := db.Delete(&importFileRow{}, "import_id IN ?", importIDs); parts.Error != nil {
		return parts
	}
	return db.Model(&importRow{}).Where("id IN ?", importIDs).
		UpdateColumns(map[string]any{"file": []byte{}, "file_deleted_at": at.UTC()})
}

func errImportRunning() error {
	return catalog.Errorf(catalog.Conflict, errcode.ImportRunning,
		"Another import for this shelter is running. Send yours again when it has finished; GET /v1/imports shows its progress. An import without progress expires after %.0f minutes.",
		catalog.ImportLease.Minutes())
}

func scanImport(db *gorm.DB, id string) (catalog.Import, error) {
	var row importRow
	if err := db.Omit("file").Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Import{}, fmt.Errorf("read import: %w", toDomainError(err, "import", id))
	}
	return row.record(), nil
}
