package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// migrateLock ends the name of the file that is locked during migrations.
const migrateLock = "-migrate.lock"

func sqliteDialect() dialect {
	return dialect{
		name:       "sqlite",
		open:       openSQLite,
		gorm:       func(db *sql.DB) gorm.Dialector { return sqliteDialector{db: db} },
		insert:     insertValues(25), // this driver is slower with more parameters per statement
		anyOf:      anyOfOnSQLite,
		jsonEach:   "json_each",
		timeOf:     func(text string) string { return text },
		snapshot:   sql.LevelDefault, // SQLite has no other
		openAdvice: "check that the file is an SQLite database that this user can read and write",
		readOnly:   "SELECT false", // known only from writing
		now:        "",
		hasBytes:   "instr(body, CAST(? AS blob)) > 0",
		purge:      truncateWAL,
		hasTable:   "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
		classify:   classifySQLite,
		goose:      goose.DialectSQLite3,
		oneAtATime: func(dsn string) (goose.ProviderOption, error) {
			return goose.WithLocker(&fileLock{path: dsn + migrateLock}), nil
		},
	}
}

// sqliteFile returns the file named by the part of a URL after "sqlite:".
func sqliteFile(rest string) (string, error) {
	file := strings.TrimPrefix(rest, "//")
	switch {
	case file == "":
		return "", errors.New("the database URL names no file; expected sqlite:FILE, such as sqlite:trailcat.db")
	case strings.Contains(file, ":memory:"):
		return "", errors.New("in-memory databases are not supported, because each connection would see a different one; name a file, such as sqlite:/tmp/trailcat.db")
	case strings.Contains(file, "?"):
		return "", errors.New("the database URL has parameters after a question mark, which sqlite does not support; name only the file, such as sqlite:trailcat.db")
	default:
		return file, nil
	}
}

// openSQLite opens one connection for writing and several for reading. With its
// write-ahead log SQLite lets readers read during a write, and a single writer never
// waits for a lock of its own process. A new file is readable and writable only by its
// owner.
func openSQLite(file string, timeout time.Duration) (pools, error) {
	p := pools{dsn: file, name: "sqlite:" + file, writes: 1}
	if dir := filepath.Dir(file); !isDir(dir) {
		return p, fmt.Errorf("the directory %s does not exist; create it first", dir)
	}
	if err := createPrivate(file); err != nil {
		return p, err
	}
	busyTimeout := 5 * time.Second
	if timeout > 0 {
		busyTimeout = min(busyTimeout, timeout/4) // the end of a context does not end this wait
	}
	parameters := url.Values{
		"_pragma":      {fmt.Sprintf("busy_timeout(%d)", busyTimeout.Milliseconds()), "journal_mode(wal)", "synchronous(normal)", "foreign_keys(1)", "secure_delete(1)"},
		"_time_format": {"sqlite"},
		"_timezone":    {"UTC"},
	}
	path := sqliteURI(file, parameters)
	files, err := openSQLiteFiles(file, path)
	if err != nil {
		return p, err
	}
	writer, reader := files.open(path+"&_txlock=immediate"), files.open(path+"&_pragma=query_only(1)")
	writer.SetMaxOpenConns(1)
	readers := max(4, runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	p.writer, p.reader, p.checkFiles, p.close = writer, reader, files.check, files.Close
	return p, nil
}

// purgeWait is how long truncateWAL waits for readers, during which no other can write.
const purgeWait = 100 * time.Millisecond

// truncateWAL moves the write-ahead log, which contains earlier versions of pages, into the
// database and empties it. It reports false if readers prevent that.
func truncateWAL(ctx context.Context, writer *sql.DB) (done bool, err error) {
	connection, err := writer.Conn(ctx)
	if err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, connection.Close()) }()
	var wait int64
	if err := connection.QueryRowContext(ctx, "PRAGMA busy_timeout").Scan(&wait); err != nil {
		return false, err
	}
	setWait := func(milliseconds int64) error {
		_, err := connection.ExecContext(ctx, fmt.Sprintf("PRAGMA busy_timeout(%d)", milliseconds))
		return err
	}
	if err := setWait(purgeWait.Milliseconds()); err != nil {
		return false, err
	}
	defer func() { err = errors.Join(err, setWait(wait)) }()
	var busy bool
	var pages, moved int64
	err = connection.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &pages, &moved)
	return err == nil && !busy, err
}

// createPrivate creates a file for its owner only, unless it exists. SQLite gives the
// files beside it the same permissions.
func createPrivate(file string) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return f.Close()
}

// sqliteURI returns the name by which the driver opens a file.
func sqliteURI(file string, parameters url.Values) string {
	return "file:" + strings.NewReplacer("%", "%25", "#", "%23").Replace(filepath.ToSlash(file)) + "?" + parameters.Encode()
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// anyOfOnSQLite passes the values as one JSON array.
func anyOfOnSQLite(column string, values []string) clause.Expr {
	list, err := json.Marshal(values)
	if err != nil { // strings always marshal
		list = []byte("[]")
	}
	return gorm.Expr(column+" IN (SELECT value FROM json_each(?))", string(list))
}

// classifySQLite recognizes that another process locks the file for longer than the
// busy timeout, and failures of the storage.
func classifySQLite(err error) errorClass {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return otherError
	}
	switch e.Code() & 0xff { // the primary result code
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return serializationFailure
	case lib.SQLITE_FULL:
		return storageFull
	case lib.SQLITE_READONLY:
		return readOnly
	case lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR:
		return unavailable
	default:
		return otherError
	}
}
