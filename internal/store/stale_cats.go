package store

import (
	"context"
	"fmt"
	"time"

	"trailcat/internal/catalog"
)

// Conditions of listed cats. They have no variables, so that both engines use the
// partial indexes.
const (
	isListed      = "status IN ('" + string(catalog.Available) + "', '" + string(catalog.Pending) + "', '" + string(catalog.OnHold) + "')"
	isListedFresh = "NOT stale AND " + isListed
	isListedStale = "stale AND " + isListed
)

// StaleCats returns up to limit listed cats that are not marked stale yet and were not
// confirmed within the period that their shelters allow. It locks the shelters, so
// that of two nodes the second sees what the first has marked.
func (t tx) StaleCats(ctx context.Context, now time.Time, limit int) ([]catalog.Cat, error) {
	shelterIDs, err := t.sheltersWith(ctx, isListedFresh+" AND confirmed_at < ?", latestStale(now))
	if err != nil {
		return nil, err
	}
	return t.listedCats(ctx, shelterIDs, limit, func(s catalog.Shelter) (string, []any) {
		if s.Demo {
			return "", nil
		}
		return isListedFresh + " AND confirmed_at < ?", []any{s.StaleFrom(now).UTC()}
	})
}

// FreshCats returns up to limit listed cats that are marked stale although they were
// confirmed within the period that their shelters allow. It locks the shelters.
func (t tx) FreshCats(ctx context.Context, now time.Time, limit int) ([]catalog.Cat, error) {
	shelterIDs, err := t.sheltersWith(ctx, isListedStale+" AND confirmed_at <= ?", now.UTC())
	if err != nil {
		return nil, err
	}
	return t.listedCats(ctx, shelterIDs, limit, func(s catalog.Shelter) (string, []any) {
		if s.Demo {
			return isListedStale, nil
		}
		return isListedStale + " AND confirmed_at BETWEEN ? AND ?", []any{s.StaleFrom(now).UTC(), now.UTC()}
	})
}

// CountStaleCats returns how many cats StaleCats would return without a limit, and how
// many cats are listed. It locks nothing.
func (t tx) CountStaleCats(ctx context.Context, now time.Time) (due, listed int, err error) {
	db := t.db.WithContext(ctx)
	shelterIDs, err := t.sheltersWith(ctx, isListedFresh+" AND confirmed_at < ?", latestStale(now))
	if err != nil || len(shelterIDs) == 0 {
		return 0, 0, err
	}
	var rows []shelterRow
	if err := db.Find(&rows, t.dialect.anyOf("id", shelterIDs)).Error; err != nil {
		return 0, 0, fmt.Errorf("read shelters of stale cats: %w", err)
	}
	shelters, err := convertAll(rows, shelterRow.shelter)
	if err != nil {
		return 0, 0, err
	}
	for _, shelter := range shelters {
		var n int64
		if shelter.Demo {
			continue
		}
		err := db.Model(&catRow{}).Where("shelter_id = ? AND "+isListedFresh+" AND confirmed_at < ?", shelter.ID, shelter.StaleFrom(now).UTC()).Count(&n).Error
		if err != nil {
			return 0, 0, fmt.Errorf("count stale cats of shelter %s: %w", shelter.ID, err)
		}
		due += int(n)
	}
	for _, condition := range []string{isListedFresh, isListedStale} {
		var n int64
		if err := db.Model(&catRow{}).Where(condition).Count(&n).Error; err != nil {
			return 0, 0, fmt.Errorf("count listed cats: %w", err)
		}
		listed += int(n)
	}
	return due, listed, nil
}

// latestStale returns the moment before which a confirmation is too old for the shelter
// with the shortest period, one day.
func latestStale(now time.Time) time.Time { return now.AddDate(0, 0, -1).UTC() }

// sheltersWith returns the ids of the shelters with a cat that meets a condition.
func (t tx) sheltersWith(ctx context.Context, condition string, args ...any) (ids []string, err error) {
	err = t.db.WithContext(ctx).Model(&catRow{}).Distinct("shelter_id").Order("shelter_id").Where(condition, args...).Find(&ids).Error
	return ids, wrapError(err, "find shelters by staleness")
}

// listedCats locks shelters and returns up to limit of their cats that meet the condition
// of their shelter. An empty condition means none.
func (t tx) listedCats(ctx context.Context, shelterIDs []string, limit int, condition func(catalog.Shelter) (string, []any)) ([]catalog.Cat, error) {
	var rows []catRow
	for _, id := range shelterIDs {
		shelter, err := t.Shelter(ctx, id)
		if err != nil {
			return nil, err
		}
		where, args := condition(shelter)
		if where == "" {
			continue
		}
		var found []catRow
		err = t.db.WithContext(ctx).Order("number").Limit(limit-len(rows)).Where("shelter_id = ?", id).Where(where, args...).Find(&found).Error
		if err != nil {
			return nil, fmt.Errorf("find cats of shelter %s by staleness: %w", id, err)
		}
		if rows = append(rows, found...); len(rows) == limit {
			break
		}
	}
	return catsOf(rows)
}
