package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/sethvargo/go-retry"
	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// snapshotStep is the number of cats per read: enough to make the statement's cost
// small, few enough to keep several batches in memory.
const snapshotStep = 500

// Snapshot calls fn with a snapshot of the database, which uses one connection and one
// read-only transaction. It does not block writers. The transaction ends with fn or
// ctx. fn is called at most once.
func (s *Store) Snapshot(ctx context.Context, fn func(catalog.Snapshot) error) error {
	err := s.withRetry(ctx, func(ctx context.Context) error {
		started := false
		err := s.reader.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			if err := s.setJobLimits(catalog.WithWorkload(ctx, catalog.JobWorkload), db); err != nil {
				return err
			}
			head, err := scanHead(db) // first: it determines the snapshot
			if err != nil {
				return err
			}
			started = true
			return fn(snapshot{db: db, head: head})
		}, &sql.TxOptions{Isolation: s.dialect.snapshot, ReadOnly: true})
		if class := s.classify(err); !started && (class == serializationFailure || class == connectionLost) {
			return retry.RetryableError(err)
		}
		return err
	})
	return wrapError(err, "read a snapshot")
}

// snapshot is a catalog.Snapshot within its transaction.
type snapshot struct {
	db   *gorm.DB
	head catalog.LogPosition
}

func (s snapshot) Head() catalog.LogPosition { return s.head }

func (s snapshot) Shelters(ctx context.Context) ([]catalog.Shelter, error) {
	var rows []shelterRow
	if err := s.db.WithContext(ctx).Where("erased_at IS NULL").Order("code").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read shelters: %w", err)
	}
	return convertAll(rows, shelterRow.shelter)
}

func (s snapshot) CountCats(ctx context.Context, status catalog.Status) (map[string]int, error) {
	var counts []struct {
		ShelterID string
		Cats      int
	}
	db := s.db.WithContext(ctx).Model(&catRow{}).Select("shelter_id, count(*) AS cats").Group("shelter_id")
	if status != "" {
		db = db.Where("status = ?", string(status))
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

func (s snapshot) RestrictedCats(ctx context.Context) ([]catalog.Cat, error) {
	var rows []catRow
	if err := s.db.WithContext(ctx).Find(&rows, "restricted AND status <> ?", string(catalog.Removed)).Error; err != nil {
		return nil, fmt.Errorf("read restricted cats: %w", err)
	}
	return catsOf(rows)
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

// catRows returns the rows of the next listed cats after a number.
func (s snapshot) catRows(ctx context.Context, after int64) ([]catRow, error) {
	cursor, err := s.db.WithContext(ctx).Model(&catRow{}).Select(catColumns).
		Where("number > ? AND status <> ?", after, string(catalog.Removed)).Order("number").Limit(snapshotStep).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { _ = cursor.Close() }()
	rows := make([]catRow, 0, snapshotStep)
	for cursor.Next() {
		var r catRow
		if err := cursor.Scan(r.scanDest(&r.Facts)...); err != nil {
			return nil, err
		}
		rows = append(rows, r)
	}
	return rows, cursor.Err()
}
