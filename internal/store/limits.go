package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"trailcat/internal/catalog"
)

// Limits bound how long calls take. The zero value sets no limits.
type Limits struct {
	// Timeout is the time limit of each read and each write, including the wait for a
	// connection and for locks. A call that exceeds it returns an error of kind
	// catalog.Unavailable. Calls with the workload catalog.JobWorkload have five minutes.
	Timeout time.Duration
	// WriteWait is how long an interactive write may wait for its turn. A write that has
	// waited that long, or is expected to wait for three quarters of it, returns an error with
	// the code overloaded.
	WriteWait time.Duration
}

// jobTimeout is the time limit of calls of jobs, if calls have one.
const jobTimeout = 5 * time.Minute

// errTimeLimit is the cause of a context that ended by the time limit of a call.
var errTimeLimit = errors.New("the time limit of the database was exceeded")

// timeLimit returns the time limit of a call, or 0 for none.
func (s *Store) timeLimit(ctx context.Context) time.Duration {
	if s.limits.Timeout > 0 && catalog.WorkloadOf(ctx) == catalog.JobWorkload {
		return max(s.limits.Timeout, jobTimeout)
	}
	return s.limits.Timeout
}

// withTimeLimit runs fn with the time limit of ctx.
func (s *Store) withTimeLimit(ctx context.Context, fn func(context.Context) error) error {
	limit := s.timeLimit(ctx)
	if limit == 0 {
		return fn(ctx)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errTimeLimit)
	defer cancel()
	err := fn(ctx)
	if catalog.KindOf(err) == catalog.Internal && errors.Is(context.Cause(ctx), errTimeLimit) {
		s.timedOut.Add(1)
		return &outageError{err: fmt.Errorf("%s: not within %v: %w", s.pools.name, limit, err), caller: unavailable.callerError()}
	}
	return err
}

// WriteQueue returns the state of the queue of writes.
func (s *Store) WriteQueue() catalog.WriteQueue {
	state := s.queue.state()
	state.TimedOut = s.timedOut.Load()
	return state
}

// CheckOverload returns an error with the code overloaded if an interactive write would
// have to wait too long now: any, or, with the ID of a shelter, one of its cats. It lets a
// server reject a request before it does any work.
func (s *Store) CheckOverload(shelterID string) error {
	s.queue.mu.Lock()
	defer s.queue.mu.Unlock()
	return s.queue.checkWait(s.queue.lines[shelterID])
}

// contextPool runs all statements with one context instead of those that it is passed, so
// that the time limit of a transaction applies to each of its statements.
type contextPool struct {
	gorm.ConnPool

	ctx context.Context //nolint:containedctx // of the transaction
}

// withContext returns db with a contextPool.
func withContext(ctx context.Context, db *gorm.DB) *gorm.DB {
	db = db.Session(&gorm.Session{NewDB: true, Context: ctx})
	db.Statement.ConnPool = contextPool{ConnPool: db.Statement.ConnPool, ctx: ctx}
	return db
}

// PrepareContext implements gorm.ConnPool.
func (p contextPool) PrepareContext(_ context.Context, query string) (*sql.Stmt, error) {
	return p.ConnPool.PrepareContext(p.ctx, query)
}

// ExecContext implements gorm.ConnPool.
func (p contextPool) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	return p.ConnPool.ExecContext(p.ctx, query, args...)
}

// QueryContext implements gorm.ConnPool.
func (p contextPool) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.ConnPool.QueryContext(p.ctx, query, args...)
}

// QueryRowContext implements gorm.ConnPool.
func (p contextPool) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	return p.ConnPool.QueryRowContext(p.ctx, query, args...)
}
