package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sethvargo/go-retry"
	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// snapshotStep is how many cats are read at a time: enough that asking costs
// little, few enough that a handful of batches in memory is small.
const snapshotStep = 500

// Snapshot shows the database to fn as it stood at one moment, by way of one
// connection and one transaction that only reads. Writers are not held up. The
// transaction ends with fn, or with ctx. Once fn was called it is not called again.
func (s *Store) Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error {
	err := s.withRetry(ctx, func(ctx context.Context) error {
		begun := false
		err := s.reader.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			var head headRow // the first to be read: it fixes the moment
			if err := db.Take(&head).Error; err != nil {
				return fmt.Errorf("head of the log: %w", err)
			}
			begun = true
			return fn(snapshot{db: db, head: head.position()})
		}, &sql.TxOptions{Isolation: s.dialect.snapshot, ReadOnly: true})
		if t := s.dialect.trouble(err); !begun && (t == serializationFailure || t == connectionLost) {
			return retry.RetryableError(err)
		}
		return err
	})
	return wrapped(err, "read a snapshot")
}

// snapshot is a catalog.View inside of its transaction.
type snapshot struct {
	db   *gorm.DB
	head catalog.LogPosition
}

func (s snapshot) Head() catalog.LogPosition { return s.head }

func (s snapshot) Shelters(ctx context.Context) ([]catalog.Shelter, error) {
	var rows []shelterRow
	if err := s.db.WithContext(ctx).Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read shelters: %w", err)
	}
	return sheltersOf(rows)
}

func (s snapshot) CountCats(ctx context.Context, of catalog.Status) (map[string]int, error) {
	var counts []struct {
		ShelterID string
		Cats      int
	}
	db := s.db.WithContext(ctx).Model(&catRow{}).Select("shelter_id, count(*) AS cats").Group("shelter_id")
	if of != "" {
		db = db.Where("status = ?", string(of))
	} else {
		db = db.Where("status <> ?", string(catalog.Removed))
	}
	if err := db.Scan(&counts).Error; err != nil {
		return nil, fmt.Errorf("count cats: %w", err)
	}
	out := make(map[string]int, len(counts))
	for _, c := range counts {
		out[c.ShelterID] = c.Cats
	}
	return out, nil
}

func (s snapshot) Cats(ctx context.Context, each func(batch func() ([]catalog.Cat, error)) error) error {
	for after := int64(-1); ; {
		rows, err := s.catRows(ctx, after)
		if err != nil {
			return fmt.Errorf("read cats after number %d: %w", after, err)
		}
		if len(rows) == 0 {
			return nil
		}
		after = rows[len(rows)-1].Number
		if err := each(func() ([]catalog.Cat, error) { return catsOf(rows) }); err != nil {
			return err
		}
	}
}

// catRows are the next listed cats after a number, as they lie in the table.
func (s snapshot) catRows(ctx context.Context, after int64) ([]catRow, error) {
	found, err := s.db.WithContext(ctx).Model(&catRow{}).Select(catColumns).
		Where("number > ? AND status <> ?", after, string(catalog.Removed)).Order("number").Limit(snapshotStep).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { _ = found.Close() }()
	rows := make([]catRow, 0, snapshotStep)
	for found.Next() {
		var r catRow
		if err := found.Scan(r.scanDest(&r.Facts)...); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, found.Err()
}
