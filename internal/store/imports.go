package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
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
	File       []byte

	FileDeletedAt *time.Time
}

func (importRow) TableName() string { return "imports" }

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
		File:       append([]byte{}, i.File...), // never null

		FileDeletedAt: timeOrNil(i.FileDeletedAt),
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
		File:       r.File,

		FileDeletedAt: timeOrZero(r.FileDeletedAt),
	}
}

// Import returns an import with its file.
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

// SaveImport inserts an import or replaces its stored version. Another running import
// of the shelter without progress for ImportLease is marked interrupted first.
func (t tx) SaveImport(ctx context.Context, i catalog.Import) error {
	db := t.db.WithContext(ctx)
	if _, err := t.interruptImports(db.Where("shelter_id = ? AND id <> ?", i.ShelterID, i.ID), i.TouchedAt); err != nil {
		return fmt.Errorf("end expired imports of shelter %s: %w", i.ShelterID, err)
	}
	row := newImportRow(i)
	err := db.Clauses(upsertByID()).Create(&row).Error
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
		n, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return deleteFiles(db, ids, at) })
		if err != nil {
			return deleted, fmt.Errorf("delete old import files: %w", err)
		}
		deleted += n
	}
}

func deleteFiles(db *gorm.DB, importIDs []string, at time.Time) *gorm.DB {
	return db.Model(&importRow{}).Where("id IN ?", importIDs).
		UpdateColumns(map[string]any{"file": []byte{}, "file_deleted_at": at.UTC()})
}

func errImportRunning() error {
	return catalog.Errorf(catalog.Conflict, "import_running",
		"Another import for this shelter is running. Send yours again when it has finished; GET /v1/imports shows its progress. An import without progress expires after %.0f minutes.",
		catalog.ImportLease.Minutes())
}

func scanImport(db *gorm.DB, id string) (catalog.Import, error) {
	var row importRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Import{}, fmt.Errorf("read import: %w", toDomainError(err, "import", id))
	}
	return row.record(), nil
}
