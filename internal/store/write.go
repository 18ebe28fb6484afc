package store

import (
	"cmp"
	"context"
	"time"

	"github.com/sethvargo/go-retry"
	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// Write runs fn in one transaction: all of it happens, or none. It runs fn again
// a few times when another transaction was in the way, or when the connection
// turned out to be dead before anything could have been kept.
func (s *Store) Write(ctx context.Context, fn func(catalog.Tx) error) error {
	return s.write(ctx, func(t tx) error {
		return fn(catalog.Tx{Cats: t, Shelters: t, Evidence: t, Outcomes: t, Partners: t, Imports: t, Webhooks: t, Searches: t, Log: t})
	})
}

func (s *Store) write(ctx context.Context, fn func(tx) error) error {
	return s.withRetry(ctx, func(ctx context.Context) error {
		committing := false
		err := s.writer.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			if err := fn(tx{db: db, counters: cmp.Or(s.counters, db), dialect: s.dialect}); err != nil {
				return err
			}
			committing = true
			return nil
		})
		if t := s.dialect.trouble(err); t == serializationFailure || t == connectionLost && !committing {
			return retry.RetryableError(err)
		}
		return err
	})
}

// read runs fn outside of a transaction, and again when the connection turned
// out to be dead. So fn keeps no results of an earlier run.
func (s *Store) read(ctx context.Context, fn func(db *gorm.DB) error) error {
	return s.withRetry(ctx, func(ctx context.Context) error {
		err := fn(s.reader.WithContext(ctx))
		if t := s.dialect.trouble(err); t == serializationFailure || t == connectionLost {
			return retry.RetryableError(err)
		}
		return err
	})
}

// withRetry runs fn until it succeeds or fails for good, seven times at most and
// then for about a second in all.
func (s *Store) withRetry(ctx context.Context, fn func(context.Context) error) error {
	wait := retry.WithMaxRetries(6, retry.WithJitterPercent(50, retry.NewExponential(10*time.Millisecond)))
	err := retry.Do(ctx, wait, fn)
	if s.dialect.trouble(err) != noTrouble {
		return &unavailableError{Err: err}
	}
	return err
}

// tx is an open write transaction. It implements every part of a catalog.Tx.
type tx struct {
	db       *gorm.DB
	counters *gorm.DB
	dialect  dialect
}
