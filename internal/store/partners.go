package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// upsertByID writes a row over the one with its id.
func upsertByID() clause.OnConflict {
	return clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}
}

// Partner finds one partner by its id.
func (s *Store) Partner(ctx context.Context, id string) (p catalog.Partner, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		p, err = takePartner(db, id)
		return err
	})
	return p, err
}

// Partners lists all partners, by id.
func (s *Store) Partners(ctx context.Context) ([]catalog.Partner, error) {
	var rows []partnerRow
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Order("id").Find(&rows).Error }); err != nil {
		return nil, fmt.Errorf("read partners: %w", err)
	}
	return mapSlice(rows, partnerRow.partner), nil
}

// Partner finds one partner and holds it until the end of the write.
func (t tx) Partner(ctx context.Context, id string) (catalog.Partner, error) {
	return takePartner(t.forUpdate(ctx), id)
}

// SavePartner writes a partner over what is there.
func (t tx) SavePartner(ctx context.Context, p catalog.Partner) error {
	row := newPartnerRow(p)
	if err := t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error; err != nil {
		return fmt.Errorf("save partner %s: %w", p.ID, err)
	}
	return nil
}

func takePartner(db *gorm.DB, id string) (catalog.Partner, error) {
	var row partnerRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Partner{}, fmt.Errorf("read partner: %w", toDomainError(err, "partner", id))
	}
	return row.partner(), nil
}

// Key finds one key by its id, and how its partner reads, which a request needs at once.
func (s *Store) Key(ctx context.Context, id string) (k access.Key, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		var row keyOfPartner
		err := db.Table("keys").Select("keys.*", "partners.reads_as").
			Joins("LEFT JOIN partners ON partners.id = keys.partner_id").Take(&row, "keys.id = ?", id).Error
		if err != nil {
			return fmt.Errorf("read key: %w", toDomainError(err, "key", id))
		}
		k, err = row.key()
		return err
	})
	return k, err
}

// Keys lists the keys of a partner, or where there is no partner the operator's
// own, by when they were made.
func (s *Store) Keys(ctx context.Context, partnerID string) ([]access.Key, error) {
	var rows []keyRow
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Where("partner_id = ?", partnerID).Order("created_at, id").Find(&rows).Error
	})
	if err != nil {
		return nil, fmt.Errorf("read keys: %w", err)
	}
	keys := make([]access.Key, len(rows))
	for i, row := range rows {
		if keys[i], err = row.key(); err != nil {
			return nil, err
		}
	}
	return keys, nil
}

// TouchKey notes when a key was last used. It is no change.
func (s *Store) TouchKey(ctx context.Context, id string, at time.Time) error {
	err := s.writer.WithContext(ctx).Model(&keyRow{}).Where("id = ?", id).UpdateColumn("last_used_at", at.UTC()).Error
	if err != nil {
		return fmt.Errorf("touch key %s: %w", id, err)
	}
	return nil
}

// Key finds one key and holds it until the end of the write.
func (t tx) Key(ctx context.Context, id string) (access.Key, error) {
	return takeKey(t.forUpdate(ctx), id)
}

// SaveKey writes a key over what is there.
func (t tx) SaveKey(ctx context.Context, k access.Key) error {
	row := newKeyRow(k)
	if err := t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error; err != nil {
		return fmt.Errorf("save key %s: %w", k.ID, err)
	}
	return nil
}

func takeKey(db *gorm.DB, id string) (access.Key, error) {
	var row keyRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return access.Key{}, fmt.Errorf("read key: %w", toDomainError(err, "key", id))
	}
	return row.key()
}
