package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// linesPerStatement is how many lines of the log are shortened at a time:
// writers wait for no more than that.
const linesPerStatement = 500

// Compact shortens the log and says by how many lines. Of all that is older than
// a moment, the last line of each thing stays, without what it was before; of
// what is gone, none. The end of the log always stays. Head tells from then on
// up to where it was shortened. Several nodes may do it at once.
func (s *Store) Compact(ctx context.Context, before time.Time) (lines int64, err error) {
	floor, err := s.raiseLowWater(ctx, before)
	if err != nil || floor == 0 {
		return 0, err
	}
	superseded, err := s.seqs(ctx, `
		SELECT c.seq FROM changes c
		JOIN (SELECT resource, resource_id, max(seq) AS last FROM changes GROUP BY resource, resource_id) newest
			ON newest.resource = c.resource AND newest.resource_id = c.resource_id
		WHERE c.seq <= @floor AND (
			c.seq < newest.last OR c.op = @removed OR
			c.resource = @cat AND EXISTS (SELECT 1 FROM cats WHERE cats.id = c.resource_id AND cats.status = @gone))`,
		map[string]any{"floor": floor, "removed": string(catalog.OpRemoved), "cat": string(catalog.CatResource), "gone": string(catalog.Removed)})
	if err != nil {
		return 0, fmt.Errorf("find superseded changes: %w", err)
	}
	for some := range slices.Chunk(superseded, linesPerStatement) {
		n, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("seq IN ?", some).Delete(&changeRow{}) })
		if err != nil {
			return lines, fmt.Errorf("shorten the log: %w", err)
		}
		lines += n
	}
	return lines, s.dropPreImages(ctx, floor)
}

// raiseLowWater notes up to where the log is about to be shortened, before anything
// goes: who reads it and then sees the floor below where they began has missed nothing.
func (s *Store) raiseLowWater(ctx context.Context, before time.Time) (floor int64, err error) {
	err = s.read(ctx, func(db *gorm.DB) error {
		return db.Raw(`
			SELECT coalesce(
				(SELECT min(seq) - 1 FROM changes WHERE at >= ?),
				(SELECT seq - 1 FROM log_head WHERE seq > 0),
				0)`, before.UTC()).Scan(&floor).Error
	})
	if err != nil {
		return 0, fmt.Errorf("find where old changes end: %w", err)
	}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Model(&headRow{}).Where("floor < ?", floor).UpdateColumn("floor", floor)
	})
	return floor, wrapped(err, "raise the floor of the log")
}

// dropPreImages empties what things were before changes that nobody reads any
// more for that.
func (s *Store) dropPreImages(ctx context.Context, floor int64) error {
	rest, err := s.seqs(ctx, "SELECT seq FROM changes WHERE seq <= @floor AND before <> ''", map[string]any{"floor": floor})
	if err != nil {
		return fmt.Errorf("find changes that say what was before: %w", err)
	}
	for some := range slices.Chunk(rest, linesPerStatement) {
		_, err := s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
			return db.Model(&changeRow{}).Where("seq IN ?", some).UpdateColumn("before", "")
		})
		if err != nil {
			return fmt.Errorf("empty what was before: %w", err)
		}
	}
	return nil
}

func (s *Store) seqs(ctx context.Context, query string, values map[string]any) (seqs []int64, err error) {
	err = s.read(ctx, func(db *gorm.DB) error { return db.Raw(query, values).Scan(&seqs).Error })
	return seqs, err
}
