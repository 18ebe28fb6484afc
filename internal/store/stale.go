package store

import (
	"context"
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// listedStatuses are those of a listing that can go stale.
var listedStatuses = []string{string(catalog.Available), string(catalog.Pending), string(catalog.OnHold)}

// StaleCats are listed cats, not marked yet, that were not confirmed for as long
// as their shelters allow. It holds the shelters, so that of two nodes that ask
// the second sees what the first has marked.
func (t tx) StaleCats(ctx context.Context, now time.Time, limit int) ([]catalog.Cat, error) {
	var shelterIDs []string
	err := t.db.WithContext(ctx).Model(&catRow{}).Distinct("shelter_id").Order("shelter_id").
		Where("NOT stale AND status IN ? AND confirmed_at < ?", listedStatuses, now.AddDate(0, 0, -1).UTC()).Find(&shelterIDs).Error
	if err != nil {
		return nil, fmt.Errorf("find shelters of stale cats: %w", err)
	}
	var rows []catRow
	for _, id := range shelterIDs {
		shelter, err := t.Shelter(ctx, id)
		if err != nil {
			return nil, err
		}
		if shelter.Demo {
			continue
		}
		var some []catRow
		err = t.db.WithContext(ctx).Order("number").Limit(limit-len(rows)).
			Where("shelter_id = ? AND NOT stale AND status IN ? AND confirmed_at < ?", id, listedStatuses, shelter.StaleFrom(now).UTC()).Find(&some).Error
		if err != nil {
			return nil, fmt.Errorf("find stale cats of shelter %s: %w", id, err)
		}
		if rows = append(rows, some...); len(rows) == limit {
			break
		}
	}
	return catsOf(rows)
}

// Cat finds one cat, and holds its shelter until the end of the write.
func (t tx) Cat(ctx context.Context, id string) (catalog.Cat, error) {
	var shelterIDs []string
	if err := t.db.WithContext(ctx).Model(&catRow{}).Where("id = ?", id).Pluck("shelter_id", &shelterIDs).Error; err != nil {
		return catalog.Cat{}, fmt.Errorf("find shelter of cat %s: %w", id, err)
	}
	if len(shelterIDs) == 0 {
		return catalog.Cat{}, catalog.NotFoundError("cat", id)
	}
	if _, err := t.Shelter(ctx, shelterIDs[0]); err != nil {
		return catalog.Cat{}, err
	}
	var row catRow
	if err := t.db.WithContext(ctx).Take(&row, "id = ?", id).Error; err != nil {
		return catalog.Cat{}, fmt.Errorf("read cat: %w", toDomainError(err, "cat", id))
	}
	return row.cat()
}
