package store

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

const (
	scanStep    = 1000 // how many numbers are read at a time
	scanReaders = 4    // how many read at once, at least: some wait for the database while others decode
)

// ScanCats hands over every cat once, removed ones too, in batches and in no
// order. It calls each from several goroutines at once, holds a few batches in
// memory, and ends with the first error. Cats that are created meanwhile may be
// among them or not: whoever needs them reads the log from where it stood before.
func (s *Store) ScanCats(ctx context.Context, each func(batch []catalog.Cat) error) error {
	var span struct{ First, Last int64 }
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Model(&catRow{}).Select("coalesce(min(number), 0) AS first, coalesce(max(number), -1) AS last").Scan(&span).Error
	})
	if err != nil {
		return fmt.Errorf("scan cats: %w", err)
	}
	var next atomic.Int64
	next.Store(span.First)
	readers, ctx := errgroup.WithContext(ctx)
	for range max(scanReaders, runtime.GOMAXPROCS(0)) {
		readers.Go(func() error {
			for first := next.Add(scanStep) - scanStep; first <= span.Last; first = next.Add(scanStep) - scanStep {
				if err := s.scanFrom(ctx, first, each); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return readers.Wait()
}

// scanFrom hands over the cats of one step.
func (s *Store) scanFrom(ctx context.Context, first int64, each func([]catalog.Cat) error) error {
	rows := make([]catRow, 0, scanStep)
	err := s.read(ctx, func(db *gorm.DB) error {
		return db.Find(&rows, "number BETWEEN ? AND ?", first, first+scanStep-1).Error
	})
	if err != nil {
		return fmt.Errorf("scan cats from number %d: %w", first, err)
	}
	if len(rows) == 0 {
		return nil
	}
	cats, err := catsOf(rows)
	if err != nil {
		return err
	}
	return each(cats)
}
