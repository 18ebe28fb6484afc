package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// entriesPerStatement is how many log entries one statement deletes or updates. It
// bounds how long writers wait.
const entriesPerStatement = 500

// Compact compacts the log and returns how many entries it deleted. Of the entries
// that are older than a moment it keeps the last one of each existing resource,
// without its pre-image, and none of removed resources. The last entry of the log is
// always kept. Head returns the new floor afterwards. Several nodes may run it
// concurrently.
func (s *Store) Compact(ctx context.Context, before time.Time) (deleted int64, err error) {
	ctx = catalog.WithWorkload(ctx, catalog.JobWorkload)
	floor, err := s.raiseLowWater(ctx, before)
	if err != nil || floor == 0 {
		return 0, err
	}
	superseded, err := s.seqs(ctx, `
		SELECT c.seq FROM changes c
		JOIN (SELECT resource, resource_id, max(seq) AS last FROM changes GROUP BY resource, resource_id) newest
			ON newest.resource = c.resource AND newest.resource_id = c.resource_id
		WHERE c.seq <= @floor AND (
			c.seq < newest.last OR c.op IN (@removed, @erased) OR
			c.resource = @cat AND EXISTS (SELECT 1 FROM cats WHERE cats.id = c.resource_id AND cats.status = @gone))`,
		map[string]any{"floor": floor, "removed": string(catalog.OpRemoved), "erased": string(catalog.OpErased), "cat": string(catalog.CatResource), "gone": string(catalog.Removed)})
	if err != nil {
		return 0, fmt.Errorf("find superseded changes: %w", err)
	}
	for batch := range slices.Chunk(superseded, entriesPerStatement) {
		n, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("seq IN ?", batch).Delete(&changeRow{}) })
		if err != nil {
			return deleted, fmt.Errorf("compact the log: %w", err)
		}
		deleted += n
	}
	return deleted, s.dropPreImages(ctx, floor)
}

// raiseLowWater raises the floor of the log before any entry is deleted: a reader that
// sees the floor below its start after reading has missed nothing.
func (s *Store) raiseLowWater(ctx context.Context, before time.Time) (floor int64, err error) {
	err = s.readForJob(ctx, func(db *gorm.DB) error {
		return db.Raw(`
			SELECT coalesce(
				(SELECT min(seq) - 1 FROM changes WHERE at >= ?),
				(SELECT seq - 1 FROM log_head WHERE seq > 0),
				0)`, before.UTC()).Scan(&floor).Error
	})
	if err != nil {
		return 0, fmt.Errorf("find the end of old changes: %w", err)
	}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&headRow{}).Where("floor < ?", floor).UpdateColumns(map[string]any{
			"floor":           floor,
			"floor_commit_id": gorm.Expr("(SELECT commit_id FROM changes WHERE changes.seq = ?)", floor),
		})
	})
	return floor, wrapError(err, "raise the floor of the log")
}

// dropPreImages deletes the pre-images up to the floor, which are no longer read.
func (s *Store) dropPreImages(ctx context.Context, floor int64) error {
	entries, err := s.seqs(ctx, "SELECT seq FROM changes WHERE seq <= @floor AND before <> ''", map[string]any{"floor": floor})
	if err != nil {
		return fmt.Errorf("find old pre-images: %w", err)
	}
	for batch := range slices.Chunk(entries, entriesPerStatement) {
		_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
			return db.Model(&changeRow{}).Where("seq IN ?", batch).UpdateColumn("before", "")
		})
		if err != nil {
			return fmt.Errorf("drop old pre-images: %w", err)
		}
	}
	return nil
}

func (s *Store) seqs(ctx context.Context, query string, values map[string]any) (seqs []int64, err error) {
	err = s.readForJob(ctx, func(db *gorm.DB) error { return db.Raw(query, values).Scan(&seqs).Error })
	return seqs, err
}
