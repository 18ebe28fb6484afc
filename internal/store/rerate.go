package store

import (
	"context"
	"fmt"

	"trailcat/internal/catalog"
)

// CatsAfter are the first cats after a number, by number, but for removed ones.
// It holds nothing.
func (t tx) CatsAfter(ctx context.Context, number int64, limit int) ([]catalog.Cat, error) {
	rows, err := t.db.WithContext(ctx).Model(&catRow{}).Select(catColumns).
		Where("number > ? AND status <> ?", number, catalog.Removed).Order("number").Limit(limit).Rows()
	if err != nil {
		return nil, fmt.Errorf("read cats after number %d: %w", number, err)
	}
	defer func() { _ = rows.Close() }()
	cats, err := catsIn(rows)
	return cats, wrapped(err, fmt.Sprintf("read cats after number %d", number))
}

// CatsByID finds the cats that bear one of the ids, in no order, and holds their
// shelters until the end of the write. The shelters are held in order, so that
// two writes of many cats do not wait for each other.
func (t tx) CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var shelterIDs []string
	err := t.db.WithContext(ctx).Model(&catRow{}).Distinct("shelter_id").Where(t.dialect.anyOf("id", ids)).Find(&shelterIDs).Error
	if err != nil {
		return nil, fmt.Errorf("find shelters of %d cats: %w", len(ids), err)
	}
	if err := t.forUpdate(ctx).Model(&shelterRow{}).Where(t.dialect.anyOf("id", shelterIDs)).Order("id").Pluck("id", &shelterIDs).Error; err != nil {
		return nil, fmt.Errorf("hold %d shelters: %w", len(shelterIDs), err)
	}
	var rows []catRow
	if err := t.db.WithContext(ctx).Find(&rows, t.dialect.anyOf("id", ids)).Error; err != nil {
		return nil, fmt.Errorf("read %d cats: %w", len(ids), err)
	}
	return catsOf(rows)
}
