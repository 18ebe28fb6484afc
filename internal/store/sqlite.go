package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

func sqliteDialect() dialect {
	return dialect{
		name:     "sqlite",
		open:     openSQLite,
		gorm:     func(db *sql.DB) gorm.Dialector { return sqliteDialector{db: db} },
		batch:    25, // more variables in a statement make this driver slower, not faster
		anyOf:    anyOfOnSQLite,
		snapshot: sql.LevelDefault, // it knows no other
		hasTable: "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?",
		trouble:  troubleOnSQLite,
		goose:    goose.DialectSQLite3,
		oneAtATime: func(dsn string) (goose.ProviderOption, error) {
			return goose.WithLocker(&fileLock{path: dsn + "-migrate.lock"}), nil
		},
	}
}

// sqliteFile is the file that the part of a url after "sqlite:" names.
func sqliteFile(rest string) (string, error) {
	file := strings.TrimPrefix(rest, "//")
	switch {
	case file == "":
		return "", errors.New("the database url names no file; write sqlite:FILE, as in sqlite:trailcat.db")
	case strings.Contains(file, ":memory:"):
		return "", errors.New("a database in memory is not supported, as each connection would see another one; name a file, as in sqlite:/tmp/trailcat.db")
	case strings.Contains(file, "?"):
		return "", errors.New("the database url has parameters after a question mark; sqlite takes none: name only the file, as in sqlite:trailcat.db")
	default:
		return file, nil
	}
}

// openSQLite makes one connection to write and some to read. With its
// write-ahead log SQLite lets readers read while the writer writes, and one
// writer at a time needs no luck with locks.
func openSQLite(file string) (pools, error) {
	if dir := filepath.Dir(file); !isDir(dir) {
		return pools{}, fmt.Errorf("the folder %s does not exist; make it first", dir)
	}
	always := url.Values{
		"_pragma":      {"busy_timeout(5000)", "journal_mode(wal)", "synchronous(normal)", "foreign_keys(1)"},
		"_time_format": {"sqlite"},
		"_timezone":    {"UTC"},
	}
	path := "file:" + strings.NewReplacer("%", "%25", "#", "%23").Replace(filepath.ToSlash(file)) + "?" + always.Encode()
	writer, err := sql.Open("sqlite", path+"&_txlock=immediate")
	if err != nil {
		return pools{}, err
	}
	writer.SetMaxOpenConns(1)
	reader, err := sql.Open("sqlite", path+"&_pragma=query_only(1)")
	if err != nil {
		return pools{}, errors.Join(err, writer.Close())
	}
	most := max(4, runtime.GOMAXPROCS(0))
	reader.SetMaxOpenConns(most)
	reader.SetMaxIdleConns(most)
	return pools{dsn: file, writer: writer, reader: reader, counters: nil}, nil
}

func isDir(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// anyOfOnSQLite hands over the values as one JSON list.
func anyOfOnSQLite(column string, values []string) clause.Expr {
	list, err := json.Marshal(values)
	if err != nil { // strings always marshal
		list = []byte("[]")
	}
	return gorm.Expr(column+" IN (SELECT value FROM json_each(?))", string(list))
}

// troubleOnSQLite knows another process that holds the file for longer than we wait.
func troubleOnSQLite(err error) errorClass {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return noTrouble
	}
	switch e.Code() & 0xff { // without the extension
	case lib.SQLITE_BUSY, lib.SQLITE_LOCKED:
		return serializationFailure
	default:
		return noTrouble
	}
}
