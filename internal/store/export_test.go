package store

import (
	"context"
	"database/sql"
	"testing"
	"time"

	"trailcat/internal/catalog"
)

// Rows returns the row types of tables.
func Rows() []any { return []any{catRow{}, shelterRow{}, changeRow{}, headRow{}} }

// SQL returns the connection pool for statements outside of the store.
func (s *Store) SQL() *sql.DB { return s.pools.writer }

// StatementTimeout returns the statement_timeout in a write to Postgres.
func (s *Store) StatementTimeout(ctx context.Context) (timeout string, err error) {
	err = s.write(ctx, func(t tx) error { return t.db.Raw("SHOW statement_timeout").Scan(&timeout).Error })
	return timeout, err
}

// ReaderStats returns statistics of the pool for reading.
func (s *Store) ReaderStats() sql.DBStats { return s.pools.reader.Stats() }

// CloseIdleReaders closes the idle connections for reading.
func (s *Store) CloseIdleReaders() { s.pools.reader.SetMaxIdleConns(0) }

// NewWriteQueue returns a queue of writes of which slots run at once.
func NewWriteQueue(slots int, maxWait time.Duration) *writeQueue {
	return newWriteQueue(slots, maxWait)
}

// Acquire waits until a write may run and returns the function to call when it has ended.
func (q *writeQueue) Acquire(ctx context.Context, w catalog.Workload) (func(), error) {
	return q.acquire(ctx, w)
}

// AcquireCat waits until a write of a cat may run. It returns the keys of the cats of its group
// if it is the first of it, and the function to call when the group has ended.
func (q *writeQueue) AcquireCat(ctx context.Context, key catalog.CatKey, arrived time.Time, postponed bool) (cats []catalog.CatKey, release func(), err error) {
	group, release, err := q.acquireGroup(ctx, &catWrite{CatWrite: &catalog.CatWrite{Key: key}, arrived: arrived, mayWait: postponed})
	for _, w := range group {
		cats = append(cats, w.Key)
	}
	return cats, release, err
}

// State returns the state of the queue.
func (q *writeQueue) State() catalog.WriteQueue { return q.state() }

// OccupyReaders takes all connections for reading and returns the function that gives
// them back.
func (s *Store) OccupyReaders(t *testing.T) (release func()) {
	t.Helper()
	var taken []*sql.Conn
	for range s.pools.reader.Stats().MaxOpenConnections {
		c, err := s.pools.reader.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		taken = append(taken, c)
	}
	return func() {
		for _, c := range taken {
			if err := c.Close(); err != nil {
				t.Error(err)
			}
		}
	}
}
