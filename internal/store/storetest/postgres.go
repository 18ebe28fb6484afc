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

// durability is whether a server flushes each commit to the disk.
type durability string

const (
	durable durability = "on"
	fast    durability = "off"
)

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
		if s, err = startCluster(ctx, fast); err != nil {
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

// PostgresURL returns the URL of an empty, migrated database on Postgres. A database
// that an earlier test has finished with is emptied and used again, which takes a
// tenth of the time of a new one.
func PostgresURL(tb testing.TB) string {
	tb.Helper()
	s, err := sharedServer()
	if err != nil {
		tb.Fatalf("no Postgres server for tests: set TEST_POSTGRES_URL to one where databases may be created, or install Postgres (%v)", err)
	}
	name := idle.take()
	if name == "" {
		name = fmt.Sprintf("%s%d_%d_%d", databasePrefix, time.Now().Unix(), os.Getpid(), idle.count.Add(1))
		s.exec(tb, "CREATE DATABASE "+name+" TEMPLATE "+s.template+s.strategy)
	}
	schema := ""
	tb.Cleanup(func() {
		if s.empty(name, schema) != nil {
			s.exec(tb, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
			return
		}
		idle.put(name)
	})
	err = s.with(name, func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "UPDATE log_head SET epoch = gen_random_uuid()::text"); err != nil {
			return err
		}
		return conn.QueryRow(ctx, schemaSQL).Scan(&schema)
	})
	if err != nil {
		tb.Fatal(err)
	}
	return s.database(name)
}

// DurablePostgresURL returns the URL of an empty, migrated database on a server of its own
// that flushes each commit to the disk, as servers do that are not for tests.
func DurablePostgresURL(tb testing.TB) string {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), 2*time.Minute)
	defer cancel()
	s, err := startCluster(ctx, durable)
	if err != nil {
		tb.Fatal(err)
	}
	name := databasePrefix + "durable"
	s.exec(tb, "CREATE DATABASE "+name)
	if err := migrate(ctx, s.database(name)); err != nil {
		tb.Fatal(err)
	}
	return s.database(name)
}

// idle holds the databases of this process that no test uses. The server, or the next
// process that makes a template, removes them.
var idle databases

type databases struct {
	count atomic.Int64 // numbers the databases of this process
	mu    sync.Mutex
	names []string
}

// take returns the name of a database and removes it from the list, or "".
func (d *databases) take() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.names) == 0 {
		return ""
	}
	name := d.names[len(d.names)-1]
	d.names = d.names[:len(d.names)-1]
	return name
}

func (d *databases) put(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.names = append(d.names, name)
}

// schemaSQL identifies the tables, indexes, columns and migrations of a database.
const schemaSQL = `SELECT md5(string_agg(a.attrelid || ':' || a.attnum || a.attname || a.atttypid, ',' ORDER BY a.attrelid, a.attnum)
		|| (SELECT count(*) FROM goose_db_version))
	FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace`

// emptySQL ends all other connections to a database, and removes the rows of all
// tables that migrations leave empty.
const emptySQL = `DO $$
DECLARE name text; filled boolean; tables text[] := '{}';
BEGIN
	PERFORM pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
	FOR name IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT IN ('log_head', 'goose_db_version') LOOP
		EXECUTE format('SELECT EXISTS (SELECT FROM %I)', name) INTO filled;
		IF filled THEN tables := tables || quote_ident(name); END IF;
	END LOOP;
	IF tables <> '{}' THEN EXECUTE 'TRUNCATE ' || array_to_string(tables, ', ') || ' RESTART IDENTITY CASCADE'; END IF;
	DELETE FROM log_head;
	INSERT INTO log_head (id, seq, epoch) VALUES (1, 0, '');
END $$`

// empty makes a used database as a new one is. It fails if its schema is no longer
// the given one.
func (s server) empty(name, schema string) error {
	return s.with(name, func(ctx context.Context, conn *pgx.Conn) error {
		now := ""
		if err := conn.QueryRow(ctx, schemaSQL).Scan(&now); err != nil {
			return err
		}
		if now != schema {
			return errors.New("the schema was changed")
		}
		_, err := conn.Exec(ctx, emptySQL)
		return err
	})
}

// with connects to a database, even after the test's context has ended.
func (s server) with(name string, do func(ctx context.Context, conn *pgx.Conn) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	conn, err := pgx.Connect(ctx, s.database(name))
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, conn), conn.Close(ctx))
}

// BackUpPostgres copies a database, which nobody may use meanwhile. The function that it
// returns replaces the database by the copy, also while it is used: its clients lose their
// connections.
func BackUpPostgres(tb testing.TB, url string) (restore func()) {
	tb.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		tb.Fatal(err)
	}
	s, err := sharedServer()
	if err != nil {
		tb.Fatal(err)
	}
	name := config.Database
	disconnect := "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '" + name + "'"
	s.exec(tb, disconnect)
	s.exec(tb, "CREATE DATABASE "+name+"_backup TEMPLATE "+name)
	return func() {
		tb.Cleanup(func() { s.exec(tb, "DROP DATABASE IF EXISTS "+name+"_lost WITH (FORCE)") })
		for _, sql := range []string{
			"ALTER DATABASE " + name + " ALLOW_CONNECTIONS false", disconnect,
			"ALTER DATABASE " + name + " RENAME TO " + name + "_lost", "ALTER DATABASE " + name + "_backup RENAME TO " + name,
		} {
			s.exec(tb, sql)
		}
	}
}

// database returns the URL of a database on the server; an empty name is that of its
// own URL.
func (s server) database(name string) string {
	if name == "" {
		return s.url
	}
	u, err := url.Parse(s.url)
	if err != nil {
		return s.url // connecting to it reports the error
	}
	u.Path = "/" + name
	return u.String()
}

// exec runs one statement on the server's own database.
func (s server) exec(tb testing.TB, sql string) {
	tb.Helper()
	err := s.with("", func(ctx context.Context, conn *pgx.Conn) error {
		_, err := conn.Exec(ctx, sql)
		return err
	})
	if err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}
