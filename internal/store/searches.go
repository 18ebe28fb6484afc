package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// searchRow is a row of the table saved_searches.
type searchRow struct {
	ID        string `gorm:"primaryKey"`
	PartnerID string
	KeyID     string
	WebhookID string
	Name      string
	Query     string
	Version   int64
	CreatedAt time.Time `gorm:"autoCreateTime:false"`
	UpdatedAt time.Time `gorm:"autoUpdateTime:false"`
}

func (searchRow) TableName() string { return "saved_searches" }

func newSearchRow(s catalog.SavedSearch) searchRow {
	return searchRow{
		ID:        s.ID,
		PartnerID: s.PartnerID,
		KeyID:     s.KeyID,
		WebhookID: s.WebhookID,
		Name:      s.Name,
		Query:     s.Query,
		Version:   s.Version,
		CreatedAt: s.CreatedAt.UTC(),
		UpdatedAt: s.UpdatedAt.UTC(),
	}
}

func (r searchRow) search() catalog.SavedSearch {
	return catalog.SavedSearch{
		ID:        r.ID,
		PartnerID: r.PartnerID,
		KeyID:     r.KeyID,
		WebhookID: r.WebhookID,
		Name:      r.Name,
		Query:     r.Query,
		Version:   r.Version,
		CreatedAt: r.CreatedAt.UTC(),
		UpdatedAt: r.UpdatedAt.UTC(),
	}
}

// Search returns a saved search by its id.
func (s *Store) Search(ctx context.Context, id string) (found catalog.SavedSearch, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		found, err = scanSearch(db, id)
		return err
	})
	return found, err
}

// Searches returns up to limit saved searches of an owner, or with nil of every owner,
// in order of id after an id.
func (s *Store) Searches(ctx context.Context, owner *access.Owner, after string, limit int) ([]catalog.SavedSearch, error) {
	var rows []searchRow
	err := s.read(ctx, func(db *gorm.DB) error {
		db = db.Where("id > ?", after).Order("id").Limit(limit)
		if owner != nil {
			db = ownedBy(db, *owner)
		}
		return db.Find(&rows).Error
	})
	return mapSlice(rows, searchRow.search), wrapError(err, "read searches")
}

// SearchesByID returns the existing saved searches among ids, and the end of the log,
// without its epoch, when they were read.
func (s *Store) SearchesByID(ctx context.Context, ids []string) ([]catalog.SavedSearch, catalog.LogPosition, error) {
	return s.searchesAt(ctx, len(ids), "saved_searches.id IN ?", ids)
}

// SearchesAfter returns up to limit saved searches of all owners, in order of id after an
// id, and the end of the log, without its epoch, when they were read.
func (s *Store) SearchesAfter(ctx context.Context, after string, limit int) ([]catalog.SavedSearch, catalog.LogPosition, error) {
	return s.searchesAt(ctx, limit, "saved_searches.id > ?", after)
}

// searchesAt returns the first saved searches that meet a condition, and the end of the
// log when they were read, in one statement. That none exists is also true of a position.
func (s *Store) searchesAt(ctx context.Context, limit int, condition string, value any) ([]catalog.SavedSearch, catalog.LogPosition, error) {
	var rows []struct {
		Search searchRow `gorm:"embedded"`
		End    endOfLog  `gorm:"embedded"`
	}
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Table("log_head").Select("saved_searches.*, log_head.seq AS log_seq, log_head.commit_id AS log_commit_id").
			Joins("LEFT JOIN saved_searches ON "+condition, value).Order("saved_searches.id").Limit(limit).Find(&rows).Error
	})
	if err != nil {
		return nil, catalog.LogPosition{}, fmt.Errorf("read searches: %w", err)
	}
	var at catalog.LogPosition
	var found []catalog.SavedSearch
	for _, row := range rows {
		if at = row.End.position(); row.Search.ID != "" {
			found = append(found, row.Search.search())
		}
	}
	return found, at, nil
}

// Search returns a saved search and locks it until the end of the transaction.
func (t tx) Search(ctx context.Context, id string) (catalog.SavedSearch, error) {
	return scanSearch(t.forUpdate(ctx), id)
}

// CountSearches counts the saved searches of an owner.
func (t tx) CountSearches(ctx context.Context, owner access.Owner) (int64, error) {
	var n int64
	err := ownedBy(t.db.WithContext(ctx).Model(&searchRow{}), owner).Count(&n).Error
	return n, wrapError(err, "count searches")
}

// SaveSearch inserts a saved search or replaces its stored version.
func (t tx) SaveSearch(ctx context.Context, s catalog.SavedSearch) error {
	row := newSearchRow(s)
	return wrapError(t.db.WithContext(ctx).Clauses(upsertByID()).Create(&row).Error, "save search "+s.ID)
}

// MoveSearches gives the saved searches that a key owns to another key.
func (t tx) MoveSearches(ctx context.Context, fromKeyID, toKeyID string) error {
	err := t.db.WithContext(ctx).Model(&searchRow{}).Where("key_id = ? AND key_id <> ''", fromKeyID).UpdateColumn("key_id", toKeyID).Error
	return wrapError(err, "move the searches of key "+fromKeyID)
}

// DeleteSearch deletes a saved search.
func (t tx) DeleteSearch(ctx context.Context, id string) error {
	return wrapError(t.db.WithContext(ctx).Delete(&searchRow{}, "id = ?", id).Error, "delete search "+id)
}

func scanSearch(db *gorm.DB, id string) (catalog.SavedSearch, error) {
	var row searchRow
	if err := db.Take(&row, "id = ?", id).Error; err != nil {
		return catalog.SavedSearch{}, fmt.Errorf("read search: %w", toDomainError(err, "search", id))
	}
	return row.search(), nil
}
