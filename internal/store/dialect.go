package store

import (
	"database/sql"
	"fmt"
	"strings"

	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// dialect is all that our two engines do not agree on.
type dialect struct {
	name string // and the folder of its migrations

	// open makes the pools of connections for a DSN; gorm speaks over one of them.
	open func(dsn string) (pools, error)
	gorm func(db *sql.DB) gorm.Dialector

	// batch is how many rows are best sent with one statement.
	batch int
	// anyOf holds where a column of text has one of the values. It is the same
	// statement however many values there are, so that it stays prepared.
	anyOf func(column string, values []string) clause.Expr
	// snapshot is the isolation under which all that a transaction reads is of
	// one moment.
	snapshot sql.IsolationLevel
	// hasTable counts the tables of a name.
	hasTable string

	// trouble says what an error has to do with the database's own state.
	trouble func(error) errorClass

	goose goose.Dialect
	// oneAtATime keeps two processes from migrating the same database at once.
	oneAtATime func(dsn string) (goose.ProviderOption, error)
}

// errorClass is a failure that is nobody's mistake and may pass.
type errorClass int

const (
	noTrouble            errorClass = iota
	serializationFailure            // a transaction failed only because of another one
	connectionLost                  // a connection turned out to be dead
	unavailable                     // there is no connection to be had
)

// pools are connections: to write, to read, and to take numbers. The first two
// may be the same; the last is nil where numbers are taken inside the write.
type pools struct {
	dsn                      string
	writer, reader, counters *sql.DB
}

// dialectOf picks the dialect that a url asks for, and what its driver is to open.
func dialectOf(url string) (dialect, string, error) {
	const wanted = "write sqlite:FILE, as in sqlite:trailcat.db, or postgres://USER@HOST/DATABASE"
	scheme, rest, found := strings.Cut(url, ":")
	switch {
	case !found:
		return dialect{}, "", fmt.Errorf("the database url has no scheme; %s", wanted)
	case scheme == "postgres" || scheme == "postgresql":
		return postgresDialect(), url, nil
	case scheme == "sqlite":
		dsn, err := sqliteFile(rest)
		return sqliteDialect(), dsn, err
	default:
		return dialect{}, "", fmt.Errorf("the database url begins with %q, which is neither sqlite nor postgres; %s", scheme, wanted)
	}
}
