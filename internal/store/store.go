// Package store keeps the catalog in a database: Postgres or SQLite.
//
// It is the only package that knows GORM and SQL. Its rows are private, so what
// leaves it is always a catalog type. What the two engines do not agree on is a
// field of dialect. It does not know what a valid cat is, nor what a change
// means: it writes what the catalog hands it, all of it or nothing, and reads
// it back as it was.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"trailcat/internal/catalog"
)

// Store is an open database. It is a catalog.Store, and it is safe for use by
// several goroutines.
type Store struct {
	dialect  dialect
	pools    pools
	writer   *gorm.DB // transactions
	counters *gorm.DB // numbers; nil where the transaction takes them
	reader   *gorm.DB // everything else
}

var _ catalog.Store = (*Store)(nil)

// Open opens the database at a url, as in postgres://localhost/trailcat or
// sqlite:trailcat.db. It makes sure that the database answers. It does not touch
// the schema: see MigrateUp and CheckSchema.
func Open(ctx context.Context, url string) (*Store, error) {
	dialect, dsn, err := dialectOf(url)
	if err != nil {
		return nil, err
	}
	pools, err := dialect.open(dsn)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dialect.name, err)
	}
	s := &Store{dialect: dialect, pools: pools, writer: nil, counters: nil, reader: nil}
	if err := s.connect(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("open %s: %w", dialect.name, err), s.Close())
	}
	return s, nil
}

func (s *Store) connect(ctx context.Context) (err error) {
	if err = s.pools.writer.PingContext(ctx); err != nil {
		return err
	}
	if s.writer, err = s.openGorm(s.pools.writer); err != nil {
		return err
	}
	if s.pools.counters != nil {
		if s.counters, err = s.openGorm(s.pools.counters); err != nil {
			return err
		}
	}
	s.reader, err = s.openGorm(s.pools.reader)
	return err
}

func (s *Store) openGorm(db *sql.DB) (*gorm.DB, error) {
	return gorm.Open(s.dialect.gorm(db), &gorm.Config{
		Logger:                 statementLogger{Interface: logger.Discard},
		TranslateError:         true,
		SkipDefaultTransaction: true, // Write makes the transactions
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return time.Time{} }, // times come from the catalog
	})
}

// Close closes the database.
func (s *Store) Close() error {
	err := errors.Join(s.pools.reader.Close(), s.pools.writer.Close())
	if s.pools.counters != nil {
		err = errors.Join(err, s.pools.counters.Close())
	}
	return err
}

// Engine is the sort of database this is: "sqlite" or "postgres".
func (s *Store) Engine() string { return s.dialect.name }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.read(ctx, func(db *gorm.DB) error { return db.Exec("SELECT 1").Error }); err != nil {
		return fmt.Errorf("ping %s: %w", s.dialect.name, err)
	}
	return nil
}
