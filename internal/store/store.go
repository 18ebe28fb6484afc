// Package store persists the catalog in a database: Postgres or SQLite.
//
// It is the only package that depends on GORM and SQL. Its row types are private;
// its functions take and return catalog types. Everything in which the two engines
// differ is a field of dialect. It does not know which cats are valid or what a
// change means: it writes what the catalog passes, completely or not at all, and
// reads it back unchanged.
package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/sharedcall"
)

// Store is an open database. It implements catalog.Store and is safe for concurrent
// use.
type Store struct {
	dialect  dialect
	pools    pools
	writer   *gorm.DB // transactions
	counters *gorm.DB // counters; nil if transactions reserve numbers
	reader   *gorm.DB // reads outside of transactions
	keyring  Keyring

	writeError atomic.Pointer[error] // see WriteError

	limits   Limits
	queue    *writeQueue
	timedOut atomic.Int64                 // calls that exceeded their time limit
	touching sync.Map                     // IDs of the keys for which TouchKey runs
	keys     sharedcall.Group[access.Key] // reads of keys
	unpurged atomic.Bool                  // the files of the database may contain what was erased; see Purge
}

var _ catalog.Store = (*Store)(nil)

// Open opens the database at a URL, such as postgres://localhost/trailcat or
// sqlite:trailcat.db, and checks that it responds; otherwise it returns an error of kind
// catalog.Unavailable. It does not change the schema; see
// MigrateUp and CheckSchema.
func Open(ctx context.Context, url string) (*Store, error) {
	return OpenWithLimits(ctx, url, Limits{Timeout: 0, WriteWait: 0})
}

// OpenWithLimits is Open with limits for all calls but migrations, for which the store
// must have none.
func OpenWithLimits(ctx context.Context, url string, limits Limits) (*Store, error) {
	dialect, dsn, err := parseURL(url)
	if err != nil {
		return nil, err
	}
	pools, err := dialect.open(dsn, limits.Timeout)
	if err != nil {
		return nil, dialect.openError(cmp.Or(pools.name, dialect.name), err)
	}
	s := &Store{
		dialect: dialect, pools: pools, writer: nil, counters: nil, reader: nil, keyring: Keyring{},
		limits: limits, queue: newWriteQueue(pools.writes, limits.WriteWait), timedOut: atomic.Int64{}, touching: sync.Map{}, unpurged: atomic.Bool{},
	}
	s.unpurged.Store(true) // by a process that ended before it could purge
	if err := s.withTimeLimit(ctx, s.connect); err != nil {
		return nil, errors.Join(dialect.openError(pools.name, err), s.Close())
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
	if s.reader, err = s.openGorm(s.pools.reader); err != nil {
		return err
	}
	return s.checkFiles() // notes which files are open
}

func (s *Store) openGorm(db *sql.DB) (*gorm.DB, error) {
	return gorm.Open(s.dialect.gorm(db), &gorm.Config{
		Logger:                 statementLogger{Interface: logger.Discard},
		TranslateError:         true,
		SkipDefaultTransaction: true, // Write opens the transactions
		DisableAutomaticPing:   true,
		NowFunc:                func() time.Time { return time.Time{} }, // the catalog sets all times
	})
}

// Close closes the database.
func (s *Store) Close() error {
	err := errors.Join(s.pools.reader.Close(), s.pools.writer.Close())
	if s.pools.counters != nil {
		err = errors.Join(err, s.pools.counters.Close())
	}
	if s.pools.close != nil {
		err = errors.Join(err, s.pools.close())
	}
	return err
}

// Engine returns the engine of the database: "sqlite" or "postgres".
func (s *Store) Engine() string { return s.dialect.name }

// Ping returns an error unless the database responds and accepts writes, as far as is
// known; see WriteError.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.recordWrite(s.checkSession(ctx)); err != nil {
		return fmt.Errorf("ping: %w", err)
	}
	return s.WriteError()
}

type statementHookKey struct{}

// WithStatementHook returns a context that calls hook with each SQL statement of the
// store's calls that receive it. BEGIN and COMMIT are not reported. It serves tests
// and diagnosis; hook must be safe for concurrent use.
func WithStatementHook(ctx context.Context, hook func(sql string)) context.Context {
	return context.WithValue(ctx, statementHookKey{}, hook)
}

// statementLogger is a GORM logger that only serves statement hooks: errors are
// returned, and logged once where they end.
type statementLogger struct{ logger.Interface }

// LogMode returns the logger unchanged.
func (l statementLogger) LogMode(logger.LogLevel) logger.Interface { return l }

// Trace passes a statement to the hook of its context.
func (statementLogger) Trace(ctx context.Context, _ time.Time, statement func() (string, int64), _ error) {
	if hook, ok := ctx.Value(statementHookKey{}).(func(string)); ok {
		sql, _ := statement()
		hook(sql)
	}
}
