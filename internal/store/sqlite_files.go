package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
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

	mu    sync.Mutex
	known map[string]os.FileInfo // by path; without the write-ahead log until it exists
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
	return &sqliteFiles{connection: connection, known: map[string]os.FileInfo{file: nil, file + "-wal": nil}}, nil
}

// check returns errFileReplaced, with the name of the file, unless each path leads to
// the file that it led to at the first check.
func (f *sqliteFiles) check() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for path, known := range f.known {
		found, err := os.Stat(path)
		switch {
		case known == nil && errors.Is(err, fs.ErrNotExist):
		case known == nil && err == nil:
			f.known[path] = found
		case err != nil || !os.SameFile(known, found):
			return fmt.Errorf("%s: %w", path, errors.Join(errFileReplaced, err))
		}
	}
	return nil
}

// open returns a pool whose new connections are to the same file: SQLite would create a
// file that was removed, and read another one that took its place.
func (f *sqliteFiles) open(dsn string) *sql.DB {
	return sql.OpenDB(sqliteConnector{driver: f.connection.Driver(), dsn: dsn, check: f.check})
}

// sqliteConnector opens connections after a check.
type sqliteConnector struct {
	driver driver.Driver
	dsn    string
	check  func() error
}

// Connect implements driver.Connector.
func (c sqliteConnector) Connect(context.Context) (driver.Conn, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return c.driver.Open(c.dsn)
}

// Driver implements driver.Connector.
func (c sqliteConnector) Driver() driver.Driver { return c.driver }

// Close closes the connection.
func (f *sqliteFiles) Close() error { return f.connection.Close() }
