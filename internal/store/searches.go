package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// Search finds one saved search by its id.
func (s *Store) Search(ctx context.Context, id string) (found catalog.SavedSearch, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		found, err = takeSearch(db, id)
		return err
	})
	return found, err
}

// Searches lists the saved searches of a partner, or where all is set
// everybody's, by id: those after an id, if one is given, so many at most.
func (s *Store) Searches(ctx context.Context, partnerID string, all bool, after string, limit int) ([]catalog.SavedSearch, error) {
	var rows []searchRow
	err := s.read(ctx, func(db *gorm.DB) error {
		db = db.Where("id > ?", after).Order("id").Limit(limit)
		if !all {
			db = db.Where("partner_id = ?", partnerID)
		}
		return db.Find(&rows).Error
	})
	return mapSlice(rows, searchRow.search), wrapped(err, "read searches")
}

// SearchesByID are those of the saved searches that exist.
func (s *Store) SearchesByID(ctx context.Context, ids []string) ([]catalog.SavedSearch, error) {
	var rows []searchRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Where("id IN ?", ids).Find(&rows).Error })
	return mapSlice(rows, searchRow.search), wrapped(err, "read searches")
}

// Search finds one saved search and holds it until the end of the write.
func (t tx) Search(ctx context.Context, id string) (catalog.SavedSearch, error) {
	return takeSearch(t.forUpdate(ctx), id)
}

// CountSearches counts the saved searches of a partner.
func (t tx) CountSearches(ctx context.Context, partnerID string) (int, error) {
	var n int64
	err := t.db.WithContext(ctx).Model(&searchRow{}).Where("partner_id = ?", partnerID).Count(&n).Error
	return int(n), wrapped(err, "count searches")
}

// SaveSearch writes a saved search over what is there.
func (t tx) SaveSearch(ctx context.Context, s catalog.SavedSearch) error {
	row := newSearchRow(s)
	return wrapped(t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error, "save search "+s.ID)
}

// DeleteSearch removes a saved search.
func (t tx) DeleteSearch(ctx context.Context, id string) error {
	return wrapped(t.db.WithContext(ctx).Delete(&searchRow{}, "id = ?", id).Error, "delete search "+id)
}

func takeSearch(db *gorm.DB, id string) (catalog.SavedSearch, error) {
	var row searchRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.SavedSearch{}, fmt.Errorf("read search: %w", toDomainError(err, "search", id))
	}
	return row.search(), nil
}
