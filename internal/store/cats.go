package store

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

// Cat finds one cat by its id.
func (s *Store) Cat(ctx context.Context, id string) (catalog.Cat, error) {
	return s.oneCat(ctx, id, "id = ?", id)
}

// CatByNumber finds one cat by its number.
func (s *Store) CatByNumber(ctx context.Context, n int64) (catalog.Cat, error) {
	return s.oneCat(ctx, strconv.FormatInt(n, 10), "number = ?", n)
}

func (s *Store) oneCat(ctx context.Context, name string, where ...any) (catalog.Cat, error) {
	var row catRow
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Take(&row, where...).Error }); err != nil {
		return catalog.Cat{}, fmt.Errorf("read cat: %w", toDomainError(err, "cat", name))
	}
	return row.cat()
}

// CatsByID finds the cats that bear one of the ids, in no order. Those that are
// not there are left out.
func (s *Store) CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []catRow
	err := s.read(ctx, func(db *gorm.DB) error { return db.Find(&rows, s.dialect.anyOf("id", ids)).Error })
	if err != nil {
		return nil, fmt.Errorf("read %d cats: %w", len(ids), err)
	}
	return catsOf(rows)
}

// CatsByExternalID finds those of a shelter's cats that bear one of the ids.
func (t tx) CatsByExternalID(ctx context.Context, shelterID string, externalIDs []string) (map[string]catalog.Cat, error) {
	if len(externalIDs) == 0 {
		return nil, nil
	}
	var rows []catRow
	err := t.db.WithContext(ctx).Where("shelter_id = ?", shelterID).Find(&rows, t.dialect.anyOf("external_id", externalIDs)).Error
	if err != nil {
		return nil, fmt.Errorf("read %d cats of shelter %s: %w", len(externalIDs), shelterID, err)
	}
	cats := make(map[string]catalog.Cat, len(rows))
	for i := range rows {
		if cats[rows[i].ExternalID], err = rows[i].cat(); err != nil {
			return nil, err
		}
	}
	return cats, nil
}

// SaveCats inserts the created cats and writes the changed ones over what is there.
func (t tx) SaveCats(ctx context.Context, created, changed []catalog.Cat) error {
	db := t.db.WithContext(ctx)
	if err := t.saveCats(db, created); err != nil {
		return fmt.Errorf("create %d cats: %w", len(created), err)
	}
	if err := t.saveCats(db.Clauses(clause.OnConflict{Columns: []clause.Column{{Name: "id"}}, UpdateAll: true}), changed); err != nil {
		return fmt.Errorf("change %d cats: %w", len(changed), err)
	}
	return nil
}

func (t tx) saveCats(db *gorm.DB, cats []catalog.Cat) error {
	if len(cats) == 0 {
		return nil
	}
	rows, err := newCatRows(cats)
	if err != nil {
		return err
	}
	return toDomainError(db.CreateInBatches(rows, t.dialect.batch).Error, "cat", "")
}

// CatsOfShelter are a shelter's cats by number, removed ones too, from just after
// a number.
func (t tx) CatsOfShelter(ctx context.Context, shelterID string, after int64, limit int) ([]catalog.Cat, error) {
	var rows []catRow
	err := t.db.WithContext(ctx).Where("shelter_id = ? AND number > ?", shelterID, after).Order("number").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read cats of shelter %s: %w", shelterID, err)
	}
	return catsOf(rows)
}
