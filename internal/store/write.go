package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/sethvargo/go-retry"
	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// Write runs fn in one transaction, when it is its turn. It runs fn again a few times
// after a serialization failure, or when the connection was lost before the commit.
func (s *Store) Write(ctx context.Context, fn func(catalog.Tx) error) error {
	return s.write(ctx, func(t tx) error { return fn(t.parts()) })
}

func (s *Store) write(ctx context.Context, fn func(tx) error) error {
	return s.inTurn(ctx, func(ctx context.Context) error { return s.inTransaction(ctx, fn) })
}

// inTransaction runs fn in one transaction, with retries.
func (s *Store) inTransaction(ctx context.Context, fn func(tx) error) error {
	reconnect := s.reconnectOnce()
	err := s.withRetry(ctx, func(ctx context.Context) error {
		committing := false
		err := s.writer.WithContext(ctx).Transaction(func(db *gorm.DB) error {
			if err := s.setJobLimits(ctx, db); err != nil {
				return err
			}
			if err := fn(tx{db: withContext(ctx, db), counters: withContext(ctx, cmp.Or(s.counters, db)), dialect: s.dialect, keyring: s.keyring, unpurged: &s.unpurged}); err != nil {
				return err
			}
			committing = true
			return s.checkFiles()
		})
		if err == nil {
			return s.checkFiles() // again: what was committed to a removed file is lost
		}
		if class := s.classify(err); class == serializationFailure || class == connectionLost && !committing || class == readOnly && reconnect() {
			return retry.RetryableError(err)
		}
		return err
	})
	return s.recordWrite(err)
}

// inTurn runs a write within the time limit of ctx, when it is its turn.
func (s *Store) inTurn(ctx context.Context, write func(context.Context) error) error {
	return s.withTimeLimit(ctx, func(ctx context.Context) error {
		release, err := s.queue.acquire(ctx, catalog.WorkloadOf(ctx))
		if err != nil {
			return err
		}
		defer release()
		return write(ctx)
	})
}

// setJobLimits gives the statements of a transaction the time limit of jobs if ctx is one's.
func (s *Store) setJobLimits(ctx context.Context, db *gorm.DB) error {
	if s.pools.jobLimits == "" || catalog.WorkloadOf(ctx) != catalog.JobWorkload {
		return nil
	}
	return db.Exec(fmt.Sprintf(s.pools.jobLimits, s.timeLimit(ctx).Milliseconds())).Error
}

// read runs fn outside of a transaction, and again after a serialization failure or a
// lost connection, so fn must not keep results of an earlier run.
func (s *Store) read(ctx context.Context, fn func(db *gorm.DB) error) error {
	return s.withTimeLimit(ctx, func(ctx context.Context) error {
		return s.withRetry(ctx, func(ctx context.Context) error {
			err := fn(s.reader.WithContext(ctx))
			if class := s.classify(err); class == serializationFailure || class == connectionLost {
				return retry.RetryableError(err)
			}
			return err
		})
	})
}

// readForJob is read with the time limit of jobs, in a transaction.
func (s *Store) readForJob(ctx context.Context, fn func(db *gorm.DB) error) error {
	return s.read(catalog.WithWorkload(ctx, catalog.JobWorkload), func(db *gorm.DB) error {
		return db.Transaction(func(db *gorm.DB) error {
			if err := s.setJobLimits(db.Statement.Context, db); err != nil {
				return err
			}
			return fn(db)
		}, &sql.TxOptions{Isolation: sql.LevelDefault, ReadOnly: true})
	})
}

// execOnce is exec for a statement that is not rejected if the server is overloaded.
func (s *Store) execOnce(ctx context.Context, statement func(*gorm.DB) *gorm.DB) (rows int64, err error) {
	return s.exec(neverRejected(ctx), statement)
}

// neverRejected returns a context whose writes are not rejected if the server is overloaded.
func neverRejected(ctx context.Context) context.Context {
	return catalog.WithWorkload(ctx, max(catalog.WorkloadOf(ctx), catalog.BatchWorkload))
}

// exec runs one writing statement and returns the number of affected rows. It does
// not retry after a lost connection, since the statement may have been applied.
func (s *Store) exec(ctx context.Context, statement func(*gorm.DB) *gorm.DB) (rows int64, err error) {
	reconnect := s.reconnectOnce()
	err = s.inTurn(ctx, func(ctx context.Context) error {
		return s.withRetry(ctx, func(ctx context.Context) error {
			done := statement(s.writer.WithContext(ctx))
			if done.Error == nil {
				rows = done.RowsAffected
				return s.checkFiles()
			}
			if class := s.classify(done.Error); class == serializationFailure || class == readOnly && reconnect() {
				return retry.RetryableError(done.Error)
			}
			return done.Error
		})
	})
	return rows, s.recordWrite(err)
}

// withRetry runs fn until it succeeds or fails permanently, at most seven times within
// about a second.
func (s *Store) withRetry(ctx context.Context, fn func(context.Context) error) error {
	backoff := retry.WithMaxRetries(6, retry.WithJitterPercent(50, retry.NewExponential(10*time.Millisecond)))
	err := retry.Do(ctx, backoff, fn)
	if caller := s.classify(err).callerError(); caller != nil {
		return &outageError{err: fmt.Errorf("%s: %w", s.pools.name, err), caller: caller}
	}
	return err
}

// classify returns the class of an error.
func (s *Store) classify(err error) errorClass {
	switch {
	case errors.Is(err, errFileReplaced):
		return fileReplaced
	case errors.Is(err, errReadOnly):
		return readOnly
	default:
		return s.dialect.classify(err)
	}
}

// tx is an open write transaction. It implements every part of a catalog.Tx.
type tx struct {
	db       *gorm.DB
	counters *gorm.DB
	dialect  dialect
	keyring  Keyring
	unpurged *atomic.Bool // see Store.Purge
}

// parts returns the transaction as the catalog knows it.
func (t tx) parts() catalog.Tx {
	return catalog.Tx{Group: t, Cats: t, Photos: t, Shelters: t, Evidence: t, Outcomes: t, Partners: t, Imports: t, Formats: t, Webhooks: t, Searches: t, Erasure: t, Log: t}
}

// erase notes that the transaction deletes content that must not remain in files.
func (t tx) erase() { t.unpurged.Store(true) }

// NextNumbers reserves n numbers of a counter permanently and returns the first. A
// failed write may leave a gap.
func (t tx) NextNumbers(ctx context.Context, counter string, n int) (int64, error) {
	const take = `INSERT INTO counters (name, value) VALUES (?, ?)
		ON CONFLICT (name) DO UPDATE SET value = counters.value + excluded.value RETURNING value`
	var last int64
	if err := t.counters.WithContext(ctx).Raw(take, counter, n).Scan(&last).Error; err != nil {
		return 0, fmt.Errorf("reserve %d numbers of %q: %w", n, counter, err)
	}
	return last - int64(n) + 1, nil
}
