package storetest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"trailcat/migrations"
)

// server is a Postgres server on which tests create databases.
type server struct {
	url      string
	strategy string // how to copy a database; empty for the default of Postgres
	template string // the name of an empty, migrated database
}

const (
	databasePrefix = "trailcat_test_"     // followed by creation time, process id and number
	templatePrefix = "trailcat_template_" // followed by a hash of the migrations
)

// sharedServer returns the server that all tests of this process share.
var sharedServer = sync.OnceValues(func() (server, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s := server{url: os.Getenv("TEST_POSTGRES_URL"), strategy: "", template: ""} //nolint:forbidigo // tests have no main to be configured by
	if s.url == "" {
		var err error
		if s, err = startCluster(ctx); err != nil {
			return server{}, err
		}
	}
	template, err := s.makeTemplate(ctx)
	s.template = template
	return s, err
})

// makeTemplate returns the name of the migrated database that tests copy. Processes
// on the same server share it: one creates it while the others wait. It also removes
// databases that earlier processes left behind.
func (s server) makeTemplate(ctx context.Context) (name string, err error) {
	hash, err := migrationsHash()
	if err != nil {
		return "", err
	}
	name = templatePrefix + hash
	conn, err := pgx.Connect(ctx, s.url)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, conn.Close(ctx)) }() // releases the lock
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock(hashtext('trailcat storetest'))"); err != nil {
		return "", err
	}
	databases, err := databaseNames(ctx, conn)
	if err != nil {
		return "", err
	}
	exists := false
	for _, database := range databases {
		exists = exists || database == name
		if leftBehind(database, name, time.Now()) {
			if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+database+" WITH (FORCE)"); err != nil {
				return "", err
			}
		}
	}
	if exists {
		return name, nil
	}
	building := name + "_building"
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+building+" TEMPLATE template0"+s.strategy); err != nil {
		return "", err
	}
	if err := migrate(ctx, s.database(building)); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, "ALTER DATABASE "+building+" RENAME TO "+name)
	return name, err
}

// leftBehind reports whether a database was made by a test process that has surely
// ended, or for other migrations.
func leftBehind(database, template string, now time.Time) bool {
	if strings.HasPrefix(database, templatePrefix) {
		return database != template
	}
	created, _, _ := strings.Cut(strings.TrimPrefix(database, databasePrefix), "_")
	seconds, err := strconv.ParseInt(created, 10, 64)
	return strings.HasPrefix(database, databasePrefix) && err == nil && now.Sub(time.Unix(seconds, 0)) > 6*time.Hour
}

func databaseNames(ctx context.Context, conn *pgx.Conn) ([]string, error) {
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE datname LIKE 'trailcat%'")
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// migrationsHash identifies the schema that the migrations make.
func migrationsHash() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(migrations.FS, "postgres", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(migrations.FS, path)
		hash.Write(content) // never fails
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)[:8]), err
}

// databaseCount numbers the databases of this process.
var databaseCount atomic.Int64

// PostgresURL returns the URL of an empty, migrated database on Postgres.
func PostgresURL(tb testing.TB) string {
	tb.Helper()
	s, err := sharedServer()
	if err != nil {
		tb.Fatalf("no Postgres server for tests: set TEST_POSTGRES_URL to one where databases may be created, or install Postgres (%v)", err)
	}
	name := fmt.Sprintf("%s%d_%d_%d", databasePrefix, time.Now().Unix(), os.Getpid(), databaseCount.Add(1))
	s.exec(tb, s.url, "CREATE DATABASE "+name+" TEMPLATE "+s.template+s.strategy)
	tb.Cleanup(func() { s.exec(tb, s.url, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)") })
	s.exec(tb, s.database(name), "UPDATE log_head SET epoch = gen_random_uuid()::text")
	return s.database(name)
}

// database returns the URL of a database on the server.
func (s server) database(name string) string {
	u, err := url.Parse(s.url)
	if err != nil {
		return s.url // connecting to it reports the error
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs one statement, even after the test's context has ended.
func (s server) exec(tb testing.TB, url, sql string) {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		tb.Fatal(err)
	}
	_, err = conn.Exec(ctx, sql)
	if err := errors.Join(err, conn.Close(ctx)); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}
