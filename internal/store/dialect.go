package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// dialect holds everything in which the two engines differ.
type dialect struct {
	name string // also the directory of its migrations

	// open opens the connection pools of a DSN with the time limit of statements, 0 for
	// none, and gorm returns the GORM dialect over one of them.
	open func(dsn string, timeout time.Duration) (pools, error)
	gorm func(db *sql.DB) gorm.Dialector

	// insert inserts rows, a slice of a model. With replace, a row takes the place of the one
	// with its primary key.
	insert func(db *gorm.DB, rows any, replace bool) error
	// anyOf returns the condition that a text column has one of the values. The statement
	// does not depend on the number of values, so that it stays prepared.
	anyOf func(column string, values []string) clause.Expr
	// jsonEach is the table function that returns the elements of a JSON array as value.
	jsonEach string
	// timeOf returns the expression for the time that a text expression is.
	timeOf func(text string) string
	// snapshot is the isolation level with which a transaction reads from one snapshot.
	snapshot sql.IsolationLevel
	// openAdvice says what an operator checks if a database cannot be opened.
	openAdvice string
	// readOnly is the statement that returns whether the session refuses writes.
	readOnly string
	// now is the statement that returns the time of the database; empty if it has no clock.
	now string
	// hasBytes is the condition that the column body contains a text.
	hasBytes string
	// purge removes deleted content from the files of the database, and reports whether it
	// could; nil if deleted content is not in files, or is removed by the database itself.
	purge func(ctx context.Context, writer *sql.DB) (done bool, err error)
	// hasTable is the statement that counts the tables with a name.
	hasTable string

	// classify returns the class of an error.
	classify func(error) errorClass

	goose goose.Dialect
	// oneAtATime prevents two processes from migrating the same database concurrently.
	oneAtATime func(dsn string) (goose.ProviderOption, error)
}

// errorClass classifies database errors by how a caller recovers from them.
type errorClass int

const (
	otherError           errorClass = iota // not temporary, or nil
	serializationFailure                   // the transaction failed only because of another one
	connectionLost                         // the connection was already dead or was lost
	unavailable                            // the database cannot be reached or opened
	readOnly                               // the database accepts no writes
	storageFull                            // no space is left for the write
	fileReplaced                           // the file of the database was removed or replaced while it was open
)

// pools are the connection pools for writing, reading and reserving numbers. The
// first two may be the same; counters is nil if the write transaction reserves numbers.
type pools struct {
	dsn                      string
	name                     string // for messages: the engine with the file, or the host and database
	writer, reader, counters *sql.DB
	writes                   int // transactions that write at once

	// jobLimits is the format of the statement that sets the time limits of jobs, in
	// milliseconds, in a transaction; empty if the engine has none, or if there are none.
	jobLimits string
	// checkFiles returns errFileReplaced if the files of the database are no longer those
	// that are open; nil if there is no such check.
	checkFiles func() error
	// reconnect replaces all connections before their next use; nil if that does not help.
	reconnect func()
	// close closes what else is open; may be nil.
	close func() error
}

// parseURL returns the dialect and the DSN of a database URL.
func parseURL(url string) (dialect, string, error) {
	const expected = "expected sqlite:FILE, such as sqlite:trailcat.db, or postgres://USER@HOST/DATABASE"
	scheme, rest, found := strings.Cut(url, ":")
	switch {
	case !found:
		return dialect{}, "", fmt.Errorf("the database URL has no scheme; %s", expected)
	case scheme == "postgres" || scheme == "postgresql":
		return postgresDialect(), url, nil
	case scheme == "sqlite":
		dsn, err := sqliteFile(rest)
		return sqliteDialect(), dsn, err
	default:
		return dialect{}, "", fmt.Errorf("the database URL has the unknown scheme %q; %s", scheme, expected)
	}
}
