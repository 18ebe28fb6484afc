package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// errFileReplaced means that a path no longer leads to the file that is open, so that
// what is written is lost when the process ends.
var errFileReplaced = errors.New("the file was removed or replaced while it was open; restore it and restart the server")

// sqliteFiles identifies the files of an open SQLite database: the database itself and
// its write-ahead log.
type sqliteFiles struct {
	// connection stays open and unused. SQLite removes the write-ahead log with the last
	// connection, and the others are closed when a query is cancelled.
	connection *sql.DB

	mu   sync.Mutex
	open map[string]os.FileInfo // by path; without the write-ahead log until it exists
}

func openSQLiteFiles(file, dsn string) (*sqliteFiles, error) {
	connection, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, err
	}
	connection.SetMaxOpenConns(1)
	if _, err := connection.ExecContext(context.Background(), "PRAGMA schema_version"); err != nil {
		return nil, errors.Join(err, connection.Close())
	}
	return &sqliteFiles{connection: connection, open: map[string]os.FileInfo{file: nil, file + "-wal": nil}}, nil
}

// check returns errFileReplaced, with the name of the file, unless each path leads to
// the file that it led to at the first check.
func (f *sqliteFiles) check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, known := range f.open {
		found, err := os.Stat(path)
		switch {
		case known == nil && errors.Is(err, fs.ErrNotExist):
		case known == nil && err == nil:
			f.open[path] = found
		case err != nil || !os.SameFile(known, found):
			return fmt.Errorf("%s: %w", path, errors.Join(errFileReplaced, err))
		}
	}
	return nil
}

// Close closes the connection.
func (f *sqliteFiles) Close() error { return f.connection.Close() }
