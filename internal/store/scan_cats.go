package store

import (
	"context"
	"database/sql"
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
	var cats []catalog.Cat
	err := s.read(ctx, func(db *gorm.DB) error {
		rows, err := db.Model(&catRow{}).Select(catColumns).Where("number BETWEEN ? AND ?", first, first+scanStep-1).Rows()
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		cats, err = catsIn(rows)
		return err
	})
	if err != nil {
		return fmt.Errorf("scan cats from number %d: %w", first, err)
	}
	if len(cats) == 0 {
		return nil
	}
	return each(cats)
}

// catColumns are the columns of a catRow in the order of its places.
const catColumns = "id, number, shelter_id, external_id, source, status, name, description, listed_at, status_changed_at, " +
	"confirmed_at, version, created_at, updated_at, stale, microchip_hash, rating, facts"

// scanDest are where the columns of a row go; its facts may go elsewhere.
func (r *catRow) scanDest(facts any) []any {
	return []any{
		&r.ID, &r.Number, &r.ShelterID, &r.ExternalID, &r.Source, &r.Status, &r.Name, &r.Description, &r.ListedAt, &r.StatusChangedAt,
		&r.ConfirmedAt, &r.Version, &r.CreatedAt, &r.UpdatedAt, &r.Stale, &r.MicrochipHash, &r.Rating, facts,
	}
}

// catsIn reads the cats of rows. It does by hand what GORM does by reflection,
// because all cats are read this way when a node starts.
func catsIn(rows *sql.Rows) ([]catalog.Cat, error) {
	cats := make([]catalog.Cat, 0, scanStep)
	var r catRow
	var facts sql.RawBytes
	places := r.scanDest(&facts)
	for rows.Next() {
		if err := rows.Scan(places...); err != nil {
			return nil, err
		}
		cats = append(cats, catalog.Cat{})
		if err := r.readCat(facts, &cats[len(cats)-1]); err != nil {
			return nil, err
		}
	}
	return cats, rows.Err()
}
