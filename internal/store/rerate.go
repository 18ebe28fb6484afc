package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

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

// AssessmentsOf are all that were recorded of cats, each cat's in the order of
// recording.
func (t tx) AssessmentsOf(ctx context.Context, catIDs []string) (map[string][]catalog.Assessment, error) {
	var rows []assessmentRow
	if err := t.findOf(ctx, catIDs).Order("created_at, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read assessments of %d cats: %w", len(catIDs), err)
	}
	of := map[string][]catalog.Assessment{}
	for _, row := range rows {
		a, err := row.assessment()
		if err != nil {
			return nil, err
		}
		of[a.CatID] = append(of[a.CatID], a)
	}
	return of, nil
}

// HealthOf is what was verified of cats, each cat's by code.
func (t tx) HealthOf(ctx context.Context, catIDs []string) (map[string][]catalog.HealthItem, error) {
	var rows []healthRow
	if err := t.findOf(ctx, catIDs).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read health of %d cats: %w", len(catIDs), err)
	}
	of := map[string][]catalog.HealthItem{}
	for _, row := range rows {
		item := row.item()
		of[item.CatID] = append(of[item.CatID], item)
	}
	return of, nil
}

func (t tx) findOf(ctx context.Context, catIDs []string) *gorm.DB {
	return t.db.WithContext(ctx).Where(t.dialect.anyOf("cat_id", catIDs))
}
