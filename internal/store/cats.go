package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// Cat returns a cat by its id.
func (s *Store) Cat(ctx context.Context, id string) (catalog.Cat, error) {
	return s.oneCat(ctx, id, "id = ?", id)
}

// CatByNumber returns a cat by its number.
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

// CatsByID returns the existing cats among ids, in no particular order.
func (s *Store) CatsByID(ctx context.Context, ids []string) ([]catalog.Cat, error) {
	cats, _, err := s.CatsWithPosition(ctx, ids)
	return cats, err
}

// CatsWithPosition is CatsByID. It also returns the end of the log, without its epoch, at
// the moment at which the cats were read; it is zero if there are none.
func (s *Store) CatsWithPosition(ctx context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error) {
	if len(ids) == 0 {
		return nil, catalog.LogPosition{}, nil
	}
	cats, at, err := s.catsAt(ctx, len(ids), s.dialect.anyOf("id", ids))
	return cats, at, wrapError(err, fmt.Sprintf("read %d cats", len(ids)))
}

// CatsByExternalID returns a shelter's cats by external id, as far as they exist.
func (s *Store) CatsByExternalID(ctx context.Context, shelterID string, externalIDs []string) (cats map[string]catalog.Cat, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		cats, err = catsByExternalID(db, s.dialect, shelterID, externalIDs)
		return err
	})
	return cats, err
}

// CatsByExternalID returns a shelter's cats by external id, as far as they exist.
func (t tx) CatsByExternalID(ctx context.Context, shelterID string, externalIDs []string) (map[string]catalog.Cat, error) {
	return catsByExternalID(t.db.WithContext(ctx), t.dialect, shelterID, externalIDs)
}

func catsByExternalID(db *gorm.DB, d dialect, shelterID string, externalIDs []string) (map[string]catalog.Cat, error) {
	if len(externalIDs) == 0 {
		return nil, nil
	}
	var rows []catRow
	err := db.Where("shelter_id = ?", shelterID).Find(&rows, d.anyOf("external_id", externalIDs)).Error
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

// CatsByKey returns cats by their shelters and external ids, as far as they exist.
func (t tx) CatsByKey(ctx context.Context, keys []catalog.CatKey) (map[catalog.CatKey]catalog.Cat, error) {
	list, err := json.Marshal(mapSlice(keys, func(k catalog.CatKey) [2]string { return [2]string{k.ShelterID, k.ExternalID} }))
	if err != nil {
		return nil, fmt.Errorf("encode keys of cats: %w", err)
	}
	var rows []catRow
	err = t.db.WithContext(ctx).Raw(`SELECT cats.* FROM
		(SELECT DISTINCT value->>0 AS shelter_id, value->>1 AS external_id FROM `+t.dialect.jsonEach+`(?)) AS known
		JOIN cats ON cats.shelter_id = known.shelter_id AND cats.external_id = known.external_id`, string(list)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read %d cats: %w", len(keys), err)
	}
	cats := make(map[catalog.CatKey]catalog.Cat, len(rows))
	for i := range rows {
		cat, err := rows[i].cat()
		if err != nil {
			return nil, err
		}
		cats[catalog.CatKey{ShelterID: cat.ShelterID, ExternalID: cat.ExternalID}] = cat
	}
	return cats, nil
}

// SaveCats inserts the created cats and replaces the stored versions of the changed ones.
func (t tx) SaveCats(ctx context.Context, created, changed []catalog.Cat) error {
	db := t.db.WithContext(ctx)
	if err := t.saveCats(db, created, false); err != nil {
		return fmt.Errorf("create %d cats: %w", len(created), err)
	}
	if err := t.saveCats(db, changed, true); err != nil {
		return fmt.Errorf("change %d cats: %w", len(changed), err)
	}
	return nil
}

func (t tx) saveCats(db *gorm.DB, cats []catalog.Cat, replace bool) error {
	if len(cats) == 0 {
		return nil
	}
	rows, err := newCatRows(cats)
	if err != nil {
		return err
	}
	return toDomainError(t.dialect.insert(db, rows, replace), "cat", "")
}

// CatsOfShelter returns up to limit cats of a shelter after a number, in order of
// number, including removed ones.
func (t tx) CatsOfShelter(ctx context.Context, shelterID string, after int64, limit int) ([]catalog.Cat, error) {
	var rows []catRow
	err := t.db.WithContext(ctx).Where("shelter_id = ? AND number > ?", shelterID, after).Order("number").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read cats of shelter %s: %w", shelterID, err)
	}
	return catsOf(rows)
}

// CatsOfShelterAfter returns up to limit cats of a shelter that have one of the statuses,
// after an id, in order of id, without those that were erased. With an external id it returns
// only that cat.
func (s *Store) CatsOfShelterAfter(ctx context.Context, shelterID, externalID string, statuses []catalog.Status, after string, limit int) (cats []catalog.Cat, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		db = db.Model(&catRow{}).Select(catColumns).Where("shelter_id = ? AND id > ? AND erased_at IS NULL AND status IN ?", shelterID, after, statuses)
		if externalID != "" {
			db = db.Where("external_id = ?", externalID)
		}
		rows, err := db.Order("id").Limit(limit).Rows()
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		cats, err = catsIn(rows, limit)
		return err
	})
	return cats, wrapError(err, "read the cats of shelter "+shelterID)
}

// CatByExternalID returns a cat by its shelter and the shelter's own id.
func (s *Store) CatByExternalID(ctx context.Context, shelterID, externalID string) (catalog.Cat, error) {
	if !catalog.IsText(externalID) {
		return catalog.Cat{}, catalog.NotFoundError("cat", externalID)
	}
	return s.oneCat(ctx, externalID, "shelter_id = ? AND external_id = ?", shelterID, externalID)
}

// MarkSeen sets when cats were last confirmed. It is not a change.
func (t tx) MarkSeen(ctx context.Context, catIDs []string, at time.Time) error {
	if len(catIDs) == 0 {
		return nil
	}
	err := t.db.WithContext(ctx).Model(&catRow{}).Where(t.dialect.anyOf("id", catIDs)).UpdateColumn("confirmed_at", at.UTC()).Error
	if err != nil {
		return fmt.Errorf("mark %d cats as seen: %w", len(catIDs), err)
	}
	return nil
}

// CatsAfter returns up to limit cats after a number, in order of number, without
// removed ones. It locks nothing.
func (t tx) CatsAfter(ctx context.Context, number int64, limit int) ([]catalog.Cat, error) {
	rows, err := t.db.WithContext(ctx).Model(&catRow{}).Select(catColumns).
		Where("number > ? AND status <> ?", number, catalog.Removed).Order("number").Limit(limit).Rows()
	if err != nil {
		return nil, fmt.Errorf("read cats after number %d: %w", number, err)
	}
	defer func() { _ = rows.Close() }()
	cats, err := catsIn(rows, limit)
	return cats, wrapError(err, fmt.Sprintf("read cats after number %d", number))
}

// CatsByID returns the existing cats among ids, in no particular order, and locks
// their shelters until the end of the transaction. The shelters are locked in order
// of id, so that two writes of many cats do not deadlock.
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
		return nil, fmt.Errorf("lock %d shelters: %w", len(shelterIDs), err)
	}
	var rows []catRow
	if err := t.db.WithContext(ctx).Find(&rows, t.dialect.anyOf("id", ids)).Error; err != nil {
		return nil, fmt.Errorf("read %d cats: %w", len(ids), err)
	}
	return catsOf(rows)
}

// Cat returns a cat and locks its shelter until the end of the transaction.
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
	if row.ErasedAt != nil {
		return catalog.Cat{}, catalog.ErasedError("cat", *row.ErasedAt)
	}
	return row.cat()
}
