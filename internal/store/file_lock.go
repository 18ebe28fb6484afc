package store

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"time"
)

// fileLock excludes other processes by a lock on a file beside the database. The
// operating system releases the lock with the process. The empty file is kept,
// because removing it could break the lock of another process.
type fileLock struct {
	path string
	file *os.File
}

// Lock waits for the lock.
func (l *fileLock) Lock(ctx context.Context, _ *sql.DB) error {
	file, err := os.OpenFile(l.path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open the migration lock: %w", err)
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
		return fmt.Errorf("wait for the migration lock %s: %w", l.path, err)
	}
}

// Unlock releases the lock.
func (l *fileLock) Unlock(context.Context, *sql.DB) error { return l.file.Close() }
