package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// Shelter finds one shelter by its id.
func (s *Store) Shelter(ctx context.Context, id string) (catalog.Shelter, error) {
	return s.oneShelter(ctx, id, "id = ?", id)
}

// ShelterByCode finds one shelter by its code, as in MD12.
func (s *Store) ShelterByCode(ctx context.Context, code string) (catalog.Shelter, error) {
	return s.oneShelter(ctx, code, "code = ?", code)
}

func (s *Store) oneShelter(ctx context.Context, name string, where ...any) (shelter catalog.Shelter, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		shelter, err = scanShelter(db, name, where...)
		return err
	})
	return shelter, err
}

// Shelters lists all shelters, by code.
func (s *Store) Shelters(ctx context.Context) ([]catalog.Shelter, error) {
	return s.shelters(ctx, func(db *gorm.DB) *gorm.DB { return db.Order("code") })
}

// SheltersOf lists the shelters of a partner, by code.
func (s *Store) SheltersOf(ctx context.Context, partnerID string) ([]catalog.Shelter, error) {
	return s.shelters(ctx, func(db *gorm.DB) *gorm.DB { return db.Order("code").Where("partner_id = ?", partnerID) })
}

// SheltersByID finds the shelters that bear one of the ids, in no order. Those
// that are not there are left out.
func (s *Store) SheltersByID(ctx context.Context, ids []string) ([]catalog.Shelter, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return s.shelters(ctx, func(db *gorm.DB) *gorm.DB { return db.Where(s.dialect.anyOf("id", ids)) })
}

func (s *Store) shelters(ctx context.Context, which func(*gorm.DB) *gorm.DB) ([]catalog.Shelter, error) {
	var rows []shelterRow
	if err := s.read(ctx, func(db *gorm.DB) error { return which(db).Find(&rows).Error }); err != nil {
		return nil, fmt.Errorf("read shelters: %w", err)
	}
	return sheltersOf(rows)
}

func sheltersOf(rows []shelterRow) ([]catalog.Shelter, error) {
	shelters := make([]catalog.Shelter, len(rows))
	for i, row := range rows {
		var err error
		if shelters[i], err = row.shelter(); err != nil {
			return nil, err
		}
	}
	return shelters, nil
}

// Shelter finds one shelter by its id, and holds it until the end of the write:
// of two writes to one shelter's cats the second sees what the first did.
func (t tx) Shelter(ctx context.Context, id string) (catalog.Shelter, error) {
	return scanShelter(t.forUpdate(ctx), id, "id = ?", id)
}

// ShelterByExternalID finds one shelter by its importer's name for it, and holds it too.
func (t tx) ShelterByExternalID(ctx context.Context, externalID string) (catalog.Shelter, error) {
	return scanShelter(t.forUpdate(ctx), externalID, "external_id = ? AND external_id <> ''", externalID)
}

// forUpdate locks what is read against other writes, but not against cats that refer to it.
func (t tx) forUpdate(ctx context.Context) *gorm.DB {
	return t.db.WithContext(ctx).Clauses(clause.Locking{Strength: "NO KEY UPDATE", Table: clause.Table{}, Options: ""})
}

// SaveShelter writes a shelter over what is there.
func (t tx) SaveShelter(ctx context.Context, s catalog.Shelter) error {
	row, err := newShelterRow(s)
	if err != nil {
		return err
	}
	err = t.db.WithContext(ctx).Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("save shelter %s: %w", s.ID, toDomainError(err, "shelter", s.ID))
	}
	return nil
}

func scanShelter(db *gorm.DB, name string, where ...any) (catalog.Shelter, error) {
	var row shelterRow
	if err := db.Take(&row, where...).Error; err != nil {
		return catalog.Shelter{}, fmt.Errorf("read shelter: %w", toDomainError(err, "shelter", name))
	}
	return row.shelter()
}
