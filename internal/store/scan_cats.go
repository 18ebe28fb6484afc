package store

import (
	"context"
	"database/sql"
	"fmt"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"trailcat/internal/catalog"
)

const (
	scanStep    = 1000 // numbers per read
	scanReaders = 4    // minimum number of concurrent readers: some wait for the database while others decode
)

// ScanCats passes every cat to each once, including removed ones, in batches and in no
// particular order. It calls each from several goroutines, holds a few batches in
// memory, and stops with the first error. Cats that are created meanwhile may be
// missing: the caller reads them from the log, from its end before the scan. at is the end
// of the log, without its epoch, when the batch was read.
func (s *Store) ScanCats(ctx context.Context, each func(batch []catalog.Cat, at catalog.LogPosition) error) error {
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

// scanFrom passes the cats of one step to each.
func (s *Store) scanFrom(ctx context.Context, first int64, each func([]catalog.Cat, catalog.LogPosition) error) error {
	cats, at, err := s.catsAt(ctx, scanStep, gorm.Expr("number BETWEEN ? AND ?", first, first+scanStep-1))
	if err != nil {
		return fmt.Errorf("scan cats from number %d: %w", first, err)
	}
	if len(cats) == 0 {
		return nil
	}
	return each(cats, at)
}

// catsAt returns the cats that meet a condition, usually up to n, and the end of the log
// when they were read, in one statement: a second one may already read another database
// after a failover.
func (s *Store) catsAt(ctx context.Context, n int, condition clause.Expr) (cats []catalog.Cat, at catalog.LogPosition, err error) {
	var end endOfLog
	err = s.read(ctx, func(db *gorm.DB) error {
		rows, err := db.Model(&catRow{}).Select(catColumns + ", " + endOfLogColumns).Where(condition).Rows()
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		cats, err = catsIn(rows, n, &end.LogSeq, &end.LogCommitID)
		return err
	})
	return cats, end.position(), err
}

// catColumns are the columns of a catRow in the order of scanDest.
const catColumns = "id, number, shelter_id, external_id, source, status, name, description, listed_at, status_changed_at, " +
	"confirmed_at, version, created_at, updated_at, stale, microchip_hash, rating, erased_at, facts"

// scanDest returns the scan destinations of a row's columns, with facts for its document.
func (r *catRow) scanDest(facts any) []any {
	return []any{
		&r.ID, &r.Number, &r.ShelterID, &r.ExternalID, &r.Source, &r.Status, &r.Name, &r.Description, &r.ListedAt, &r.StatusChangedAt,
		&r.ConfirmedAt, &r.Version, &r.CreatedAt, &r.UpdatedAt, &r.Stale, &r.MicrochipHash, &r.Rating, &r.ErasedAt, facts,
	}
}

// catsIn scans cats, usually up to n, without GORM's reflection and decodes each document
// in the driver's memory, since all cats are read this way when a node starts. Further
// columns are scanned into others.
func catsIn(rows *sql.Rows, n int, others ...any) ([]catalog.Cat, error) {
	cats := make([]catalog.Cat, 0, n)
	var r catRow
	var facts sql.RawBytes
	dest := append(r.scanDest(&facts), others...)
	for rows.Next() {
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		cats = append(cats, catalog.Cat{})
		if err := r.readCat(facts, &cats[len(cats)-1]); err != nil {
			return nil, err
		}
	}
	return cats, rows.Err()
}
