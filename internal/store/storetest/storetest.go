// Package storetest opens stores for tests: empty, migrated, and removed when the
// test ends.
//
// Migrations run once per process and engine; each store is a copy of the result. For
// Postgres it creates one database per test on the server that TEST_POSTGRES_URL
// names, otherwise on a temporary server that it starts from the Postgres programs
// of this machine, otherwise, as a last resort, from programs that it downloads.
// Each test process has at most one temporary server, which ends with the process,
// however that ends. Without Postgres the tests fail, since a rule must be tested on
// both engines.
package storetest

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	_ "modernc.org/sqlite"             // the driver "sqlite"

	"trailcat/internal/store"
)

// Engines lists the engines of stores.
func Engines() []string { return []string{"sqlite", "postgres"} }

// New opens an empty SQLite store. Most tests of other packages need no more.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	return NewOn(tb, "sqlite")
}

// NewOn opens an empty store on an engine, "sqlite" or "postgres".
func NewOn(tb testing.TB, engine string) *store.Store {
	tb.Helper()
	return Open(tb, URL(tb, engine))
}

// Each runs a test in parallel on an empty store of each engine.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	EachURL(t, func(t *testing.T, url string) {
		t.Helper()
		test(t, Open(t, url))
	})
}

// EachURL runs a test in parallel with the URL of an empty, migrated database on each
// engine.
func EachURL(t *testing.T, test func(t *testing.T, url string)) {
	t.Helper()
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, URL(t, engine))
		})
	}
}

// Open opens the store at a URL until the test ends.
func Open(tb testing.TB, url string) *store.Store {
	tb.Helper()
	s, err := store.Open(tb.Context(), url)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// URL returns the URL of an empty, migrated database on an engine.
func URL(tb testing.TB, engine string) string {
	tb.Helper()
	if engine == "postgres" {
		return PostgresURL(tb)
	}
	template, err := sqliteTemplate()
	if err != nil {
		tb.Fatalf("make the SQLite template: %v", err)
	}
	return copyURL(tb, template)
}

// Restore opens a store on a copy of a SQLite file whose store is closed. The copy has a
// log of its own.
func Restore(tb testing.TB, content []byte) *store.Store {
	tb.Helper()
	return Open(tb, copyURL(tb, content))
}

// copyURL writes a SQLite file and returns its URL.
func copyURL(tb testing.TB, content []byte) string {
	tb.Helper()
	file := filepath.Join(tb.TempDir(), "trailcat.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	url := "sqlite:" + file
	execSQL(tb, url, "UPDATE log_head SET epoch = lower(hex(randomblob(16)))")
	return url
}

// sqliteTemplate returns the content of an empty, migrated SQLite file.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "trailcat-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }() // a temporary directory
	file := filepath.Join(dir, "trailcat.db")
	if err := migrate(context.Background(), "sqlite:"+file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

// Save returns a function that brings a database back to the present state as a failover
// does that loses transactions: it undoes the changes of existing cats and shelters and
// removes the log entries since. What else was written stays.
func Save(tb testing.TB, url string) (lose func()) {
	tb.Helper()
	tables := map[string][]string{
		"cats":     {"status", "name", "description", "version", "updated_at", "rating", "facts"},
		"shelters": {"name", "version", "updated_at", "profile"},
	}
	for table := range tables {
		execSQL(tb, url, "CREATE TABLE saved_"+table+" AS SELECT * FROM "+table)
	}
	saved := logEnd(tb, url)
	return func() {
		tb.Helper()
		for table, columns := range tables {
			for i, column := range columns {
				columns[i] = column + " = s." + column
			}
			execSQL(tb, url, "UPDATE "+table+" SET "+strings.Join(columns, ", ")+" FROM saved_"+table+" AS s WHERE s.id = "+table+".id")
			execSQL(tb, url, "DROP TABLE saved_"+table)
		}
		SetBack(tb, url, logEnd(tb, url)-saved)
	}
}

// logEnd returns the sequence number of the last entry of the log of a database.
func logEnd(tb testing.TB, url string) (seq int64) {
	tb.Helper()
	db := openSQL(tb, url)
	if err := errors.Join(db.QueryRowContext(tb.Context(), "SELECT seq FROM log_head").Scan(&seq), db.Close()); err != nil {
		tb.Fatal(err)
	}
	return seq
}

// SetBack removes the last n entries of the log of a database, as a failover that loses
// transactions does. What was written with them stays.
func SetBack(tb testing.TB, url string, n int64) {
	tb.Helper()
	db := openSQL(tb, url)
	tx, err := db.BeginTx(tb.Context(), nil) // no reader may see a part of it
	if err != nil {
		tb.Fatal(err)
	}
	for _, statement := range []string{
		"UPDATE log_head SET seq = seq - " + strconv.FormatInt(n, 10),
		"DELETE FROM changes WHERE seq > (SELECT seq FROM log_head)",
		"UPDATE log_head SET commit_id = coalesce((SELECT commit_id FROM changes WHERE changes.seq = log_head.seq), 0)",
		"UPDATE leases SET checkpoint = (SELECT seq FROM log_head) WHERE name LIKE 'webhook %' AND checkpoint > (SELECT seq FROM log_head)",
	} {
		if _, err := tx.ExecContext(tb.Context(), statement); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
	}
	if err := errors.Join(tx.Commit(), db.Close()); err != nil {
		tb.Fatal(err)
	}
}

// LockLog locks the end of the log of a database from a connection of its own, as a node
// does that hangs in a transaction. It returns the function that unlocks it.
func LockLog(tb testing.TB, url string) (unlock func()) {
	tb.Helper()
	db := openSQL(tb, url)
	tx, err := db.BeginTx(context.WithoutCancel(tb.Context()), nil)
	if err == nil {
		_, err = tx.ExecContext(tb.Context(), "UPDATE log_head SET seq = seq")
	}
	if err != nil {
		tb.Fatal(err)
	}
	unlock = sync.OnceFunc(func() {
		if err := errors.Join(tx.Rollback(), db.Close()); err != nil {
			tb.Error(err)
		}
	})
	tb.Cleanup(unlock)
	return unlock
}

// CheckCatCounts checks that the number of cats that triggers keep for each shelter is the
// number of its rows that are not removed.
func CheckCatCounts(tb testing.TB, url string) {
	tb.Helper()
	const query = `SELECT count(*), count(CASE WHEN kept <> counted THEN 1 END) FROM
		(SELECT coalesce((SELECT cats FROM cat_counts WHERE shelter_id = shelters.id), 0) AS kept,
			(SELECT count(*) FROM cats WHERE shelter_id = shelters.id AND status <> 'removed') AS counted FROM shelters) AS counts`
	db := openSQL(tb, url)
	var shelters, wrong int
	err := db.QueryRowContext(tb.Context(), query).Scan(&shelters, &wrong)
	if err := errors.Join(err, db.Close()); err != nil || shelters == 0 || wrong > 0 {
		tb.Errorf("of %d shelters %d have a wrong number of cats (%v)", shelters, wrong, err)
	}
}

// SetEpoch gives the log of a database an earlier epoch, as a failover that loses the new
// epoch does.
func SetEpoch(tb testing.TB, url, epoch string) {
	tb.Helper()
	execSQL(tb, url, "UPDATE log_head SET epoch = $1", epoch)
}

// execSQL runs a statement on a database outside of a store.
func execSQL(tb testing.TB, url, statement string, args ...any) {
	tb.Helper()
	db := openSQL(tb, url)
	_, err := db.ExecContext(tb.Context(), statement, args...)
	if err := errors.Join(err, db.Close()); err != nil {
		tb.Fatalf("%s: %v", statement, err)
	}
}

// openSQL opens a database for statements outside of a store.
func openSQL(tb testing.TB, url string) *sql.DB {
	tb.Helper()
	driver, dsn := "pgx", url
	if file, ok := strings.CutPrefix(url, "sqlite:"); ok {
		driver, dsn = "sqlite", "file:"+file+"?_pragma=busy_timeout(5000)"
	}
	db, err := sql.Open(driver, dsn)
	if err != nil {
		tb.Fatal(err)
	}
	return db
}

func migrate(ctx context.Context, url string) error {
	s, err := store.Open(ctx, url)
	if err != nil {
		return err
	}
	_, err = s.MigrateUp(ctx)
	return errors.Join(err, s.Close())
}
