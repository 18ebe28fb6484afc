package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"
)

// fileLock keeps two processes apart by a lock on a file beside the database.
// The operating system drops the lock with the process; the file stays, empty,
// because to remove it would take it from under another process.
type fileLock struct {
	path string
	file *os.File
}

// Lock waits until nobody else holds the lock.
func (l *fileLock) Lock(ctx context.Context, _ *sql.DB) error {
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("lock for migration: %w", err)
	}
	for {
		taken, err := tryLock(file)
		if taken {
			l.file = file
			return nil
		}
		if err == nil {
			select {
			case <-time.After(20 * time.Millisecond):
				continue
			case <-ctx.Done():
				err = context.Cause(ctx)
			}
		}
		_ = file.Close() // nothing was written
		return fmt.Errorf("lock %s for migration: %w", l.path, err)
	}
}

// Unlock lets the next one in.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.file.Close() }
