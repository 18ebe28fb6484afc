package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// importFormatRow is a row of the table import_formats.
type importFormatRow struct {
	ShelterID     string `gorm:"primaryKey"`
	Name          string `gorm:"primaryKey"`
	Version       int
	ActiveVersion int
	Revision      int64
	UpdatedAt     time.Time `gorm:"autoUpdateTime:false"`
}

func (importFormatRow) TableName() string { return "import_formats" }

func (r importFormatRow) format() catalog.ImportFormat {
	return catalog.ImportFormat{
		ShelterID:     r.ShelterID,
		Name:          r.Name,
		Version:       r.Version,
		ActiveVersion: r.ActiveVersion,
		Revision:      r.Revision,
		UpdatedAt:     r.UpdatedAt.UTC(),
	}
}

// importFormatVersionRow is a row of the table import_format_versions.
type importFormatVersionRow struct {
	ShelterID string `gorm:"primaryKey"`
	Name      string `gorm:"primaryKey"`
	Version   int    `gorm:"primaryKey"`
	Text      string
	Hash      string
	KeyID     string
	PartnerID string
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	TriedAt   *time.Time
}

func (importFormatVersionRow) TableName() string { return "import_format_versions" }

func (r importFormatVersionRow) version() catalog.ImportFormatVersion {
	return catalog.ImportFormatVersion{
		Number:    r.Version,
		Text:      r.Text,
		Hash:      r.Hash,
		Actor:     catalog.Actor{KeyID: r.KeyID, PartnerID: r.PartnerID, Address: "", RequestID: ""},
		CreatedAt: r.CreatedAt.UTC(),
		TriedAt:   timeOrZero(r.TriedAt),
	}
}

// ImportFormats returns the formats of a shelter, ordered by name.
func (s *Store) ImportFormats(ctx context.Context, shelterID string) ([]catalog.ImportFormat, error) {
	var rows []importFormatRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Where("shelter_id = ?", shelterID).Order("name").Find(&rows).Error })
	return mapSlice(rows, importFormatRow.format), wrapError(err, "read import formats")
}

// ImportFormat returns a format of a shelter.
func (s *Store) ImportFormat(ctx context.Context, shelterID, name string) (f catalog.ImportFormat, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		f, err = scanImportFormat(db, shelterID, name)
		return err
	})
	return f, err
}

// ImportFormatVersions returns the versions of a shelter's format, the newest first and without
// their text.
func (s *Store) ImportFormatVersions(ctx context.Context, shelterID, name string) ([]catalog.ImportFormatVersion, error) {
	var rows []importFormatVersionRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Omit("text").Where("shelter_id = ? AND name = ?", shelterID, name).Order("version DESC").Find(&rows).Error
	})
	return mapSlice(rows, importFormatVersionRow.version), wrapError(err, "read the versions of import format "+name)
}

// ImportFormatVersion returns a version of a shelter's format.
func (s *Store) ImportFormatVersion(ctx context.Context, shelterID, name string, number int) (v catalog.ImportFormatVersion, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		v, err = scanImportFormatVersion(db, shelterID, name, number)
		return err
	})
	return v, err
}

// ImportFormat returns a format of a shelter, which must be locked.
func (t tx) ImportFormat(ctx context.Context, shelterID, name string) (catalog.ImportFormat, error) {
	return scanImportFormat(t.db.WithContext(ctx), shelterID, name)
}

// ImportFormatVersion returns a version of a shelter's format.
func (t tx) ImportFormatVersion(ctx context.Context, shelterID, name string, number int) (catalog.ImportFormatVersion, error) {
	return scanImportFormatVersion(t.db.WithContext(ctx), shelterID, name, number)
}

// CountImportFormats counts the formats of a shelter.
func (t tx) CountImportFormats(ctx context.Context, shelterID string) (n int64, err error) {
	err = t.db.WithContext(ctx).Model(&importFormatRow{}).Where("shelter_id = ?", shelterID).Count(&n).Error
	return n, wrapError(err, "count import formats")
}

// SaveImportFormat inserts a format or replaces its stored state.
func (t tx) SaveImportFormat(ctx context.Context, f catalog.ImportFormat) error {
	row := importFormatRow{
		ShelterID:     f.ShelterID,
		Name:          f.Name,
		Version:       f.Version,
		ActiveVersion: f.ActiveVersion,
		Revision:      f.Revision,
		UpdatedAt:     f.UpdatedAt.UTC(),
	}
	err := t.db.WithContext(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "shelter_id"}, {Name: "name"}}, UpdateAll: true}).Create(&row).Error
	return wrapError(err, "save import format "+f.Name)
}

// AddImportFormatVersion inserts a version and deletes old ones, except the active one.
func (t tx) AddImportFormatVersion(ctx context.Context, f catalog.ImportFormat, v catalog.ImportFormatVersion, keep int) error {
	row := importFormatVersionRow{
		ShelterID: f.ShelterID,
		Name:      f.Name,
		Version:   v.Number,
		Text:      v.Text,
		Hash:      v.Hash,
		KeyID:     v.Actor.KeyID,
		PartnerID: v.Actor.PartnerID,
		CreatedAt: v.CreatedAt.UTC(),
		TriedAt:   timeOrNil(v.TriedAt),
	}
	err := t.db.WithContext(ctx).Create(&row).Error
	if err == nil {
		err = t.db.WithContext(ctx).Delete(&importFormatVersionRow{},
			"shelter_id = ? AND name = ? AND version <= ? AND version <> ?", f.ShelterID, f.Name, v.Number-keep, f.ActiveVersion).Error
	}
	return wrapError(err, "add a version of import format "+f.Name)
}

// MarkImportFormatTried sets when a version was first tried.
func (t tx) MarkImportFormatTried(ctx context.Context, shelterID, name string, number int, at time.Time) error {
	err := t.db.WithContext(ctx).Model(&importFormatVersionRow{}).
		Where("shelter_id = ? AND name = ? AND version = ? AND tried_at IS NULL", shelterID, name, number).UpdateColumn("tried_at", at.UTC()).Error
	return wrapError(err, "mark import format "+name)
}

// DeleteImportFormat deletes a format with its versions.
func (t tx) DeleteImportFormat(ctx context.Context, shelterID, name string) error {
	return wrapError(t.db.WithContext(ctx).Delete(&importFormatRow{}, "shelter_id = ? AND name = ?", shelterID, name).Error, "delete import format "+name)
}

func scanImportFormat(db *gorm.DB, shelterID, name string) (catalog.ImportFormat, error) {
	var row importFormatRow
	if err := db.Take(&row, "shelter_id = ? AND name = ?", shelterID, name).Error; err != nil {
		return catalog.ImportFormat{}, fmt.Errorf("read import format: %w", toDomainError(err, "import format", name))
	}
	return row.format(), nil
}

func scanImportFormatVersion(db *gorm.DB, shelterID, name string, number int) (catalog.ImportFormatVersion, error) {
	var row importFormatVersionRow
	if err := db.Take(&row, "shelter_id = ? AND name = ? AND version = ?", shelterID, name, number).Error; err != nil {
		return catalog.ImportFormatVersion{}, fmt.Errorf("read import format: %w", toDomainError(err, "version", strconv.Itoa(number)))
	}
	return row.version(), nil
}
