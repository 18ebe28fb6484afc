package store_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// appendEntry writes to the database.
func appendEntry(ctx context.Context, s *store.Store) error {
	return s.Write(ctx, func(tx catalog.Tx) error { return appendLog(tx, ctx, make([]catalog.Change, 1)) })
}

// checkOutage fails unless a write and a ping fail as unavailable with a code, and the
// error of the write names the database.
func checkOutage(t *testing.T, s *store.Store, code, name string) {
	t.Helper()
	err := appendEntry(t.Context(), s)
	var caller *catalog.Error
	if !errors.As(err, &caller) || caller.Kind != catalog.Unavailable || string(caller.Code) != code || !strings.Contains(err.Error(), name) {
		t.Errorf("write: got error %v (%+v), want code %q and the name %s", err, caller, code, name)
	}
	if caller != nil && strings.Contains(caller.Detail, name) {
		t.Errorf("got detail %q, which shows callers the path of the database", caller.Detail)
	}
	if err := s.Ping(t.Context()); !errors.As(err, &caller) || string(caller.Code) != code {
		t.Errorf("ping: got %v, want code %q", err, code)
	}
}

// checkRecovered fails unless writes succeed and a check finds that they do.
func checkRecovered(t *testing.T, s *store.Store) {
	t.Helper()
	if err := appendEntry(t.Context(), s); err != nil {
		t.Errorf("write: %v", err)
	}
	if err := errors.Join(s.CheckWritable(t.Context()), s.WriteError(), s.Ping(t.Context())); err != nil {
		t.Errorf("check: %v", err)
	}
}

func TestSQLite_RemovedOrReplacedFileAcceptsNoWrites(t *testing.T) {
	t.Parallel()

	for name, change := range map[string]func(file string) error{
		"removed": os.Remove,
		"replaced": func(file string) error {
			return errors.Join(os.Rename(file, file+".old"), os.WriteFile(file, nil, 0o600))
		},
		"write-ahead log removed": func(file string) error { return os.Remove(file + "-wal") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			url := storetest.URL(t, "sqlite")
			s, file := storetest.Open(t, url), strings.TrimPrefix(url, "sqlite:")
			checkRecovered(t, s)
			if err := change(file); err != nil {
				t.Fatal(err)
			}
			checkOutage(t, s, "database_file_replaced", file)
			if err := s.CheckWritable(t.Context()); err == nil {
				t.Error("the check found no fault")
			}
			s.CloseIdleReaders()
			var caller *catalog.Error
			if _, err := s.Head(t.Context()); !errors.As(err, &caller) || caller.Code != "database_file_replaced" {
				t.Errorf("read over a new connection: got error %v, want code database_file_replaced", err)
			}
			_, _, err := s.TakeLease(t.Context(), "rerate", "a", moment(0), 0)
			if catalog.KindOf(err) != catalog.Unavailable {
				t.Errorf("single statement: got error %v, want unavailable", err)
			}
		})
	}
}

func TestSQLite_FileThatIsMovedBackAcceptsWrites(t *testing.T) {
	t.Parallel()

	url := storetest.URL(t, "sqlite")
	s, file := storetest.Open(t, url), strings.TrimPrefix(url, "sqlite:")
	if err := os.Rename(file, file+".old"); err != nil {
		t.Fatal(err)
	}
	checkOutage(t, s, "database_file_replaced", file)
	if err := os.Rename(file+".old", file); err != nil {
		t.Fatal(err)
	}
	checkRecovered(t, s)
}

// TestSQLite_CancelledQueriesAreNoFault cancels queries: the driver closes their
// connections, and SQLite would remove the write-ahead log with the last one.
func TestSQLite_CancelledQueriesAreNoFault(t *testing.T) {
	t.Parallel()

	s := storetest.New(t)
	checkRecovered(t, s)
	s.SQL().SetMaxIdleConns(0)
	s.CloseIdleReaders()
	checkRecovered(t, s)
}

func TestSQLite_FullDatabaseAcceptsNoWrites(t *testing.T) {
	t.Parallel()

	url := storetest.URL(t, "sqlite")
	s := storetest.Open(t, url)
	shelterNamed(t, s, "shl_1")
	if _, err := s.SQL().ExecContext(t.Context(), "PRAGMA max_page_count = 1"); err != nil { // SQLite raises it to the current size
		t.Fatal(err)
	}
	var err error
	for err == nil { // until the free pages are used
		err = s.Write(t.Context(), func(tx catalog.Tx) error {
			return tx.Imports.SaveImport(t.Context(), catalog.Import{ID: "imp_1", ShelterID: "shl_1", Mode: catalog.ModeSnapshot, Status: catalog.ImportDone, Report: bytes.Repeat([]byte{' '}, 1<<20)})
		})
	}
	if catalog.KindOf(err) != catalog.StorageFull || !strings.Contains(err.Error(), strings.TrimPrefix(url, "sqlite:")) {
		t.Fatalf("got error %v of kind %s, want storage_full with the name of the file", err, catalog.KindOf(err))
	}
	for range 2 { // the check does not change that
		if err := s.Ping(t.Context()); catalog.KindOf(err) != catalog.StorageFull {
			t.Errorf("ping: got error %v, want storage_full", err)
		}
		if err := s.CheckWritable(t.Context()); catalog.KindOf(err) != catalog.StorageFull {
			t.Errorf("check: got error %v, want storage_full", err)
		}
	}
	if _, err := s.SQL().ExecContext(t.Context(), "PRAGMA max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	checkRecovered(t, s)
}

func TestSQLite_ReadOnlyDatabaseAcceptsNoWrites(t *testing.T) {
	t.Parallel()

	url := storetest.URL(t, "sqlite")
	s := storetest.Open(t, url)
	if _, err := s.SQL().ExecContext(t.Context(), "PRAGMA query_only = 1"); err != nil {
		t.Fatal(err)
	}
	checkOutage(t, s, "database_read_only", strings.TrimPrefix(url, "sqlite:"))
	if _, err := s.SQL().ExecContext(t.Context(), "PRAGMA query_only = 0"); err != nil {
		t.Fatal(err)
	}
	checkRecovered(t, s)
}

// TestPostgres_ReadOnlyDatabaseAcceptsNoWrites makes new sessions read-only, as those of
// a standby are.
func TestPostgres_ReadOnlyDatabaseAcceptsNoWrites(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	checkRecovered(t, s)
	execute(t, config, "ALTER DATABASE "+config.Database+" SET default_transaction_read_only = on")
	endConnections(t, url)
	checkOutage(t, s, "database_read_only", config.Database)
	if err := s.CheckWritable(t.Context()); catalog.KindOf(err) != catalog.Unavailable {
		t.Errorf("check: got error %v, want unavailable", err)
	}

	config.RuntimeParams["default_transaction_read_only"] = "off"
	execute(t, config, "ALTER DATABASE "+config.Database+" RESET default_transaction_read_only")
	for s.CheckWritable(t.Context()) != nil && t.Context().Err() == nil { // the first check replaces the connections
	}
	checkRecovered(t, s)
}

// TestPostgres_ConnectionsToADemotedPrimaryAreReplaced makes the open sessions
// read-only, while new ones lead to the new primary.
func TestPostgres_ConnectionsToADemotedPrimaryAreReplaced(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	for name, use := range map[string]func(*store.Store) error{
		"write":     func(s *store.Store) error { return appendEntry(t.Context(), s) },
		"statement": func(s *store.Store) error { return s.DropLease(t.Context(), "rerate", "a") },
	} {
		s := storetest.Open(t, url)
		s.SQL().SetMaxOpenConns(1)
		if _, err := s.SQL().ExecContext(t.Context(), "SET default_transaction_read_only = on"); err != nil {
			t.Fatal(err)
		}
		if err := use(s); err != nil {
			t.Errorf("%s: got error %v, want success on a new connection", name, err)
		}
		if err := errors.Join(s.WriteError(), s.Ping(t.Context())); err != nil {
			t.Errorf("%s: got %v afterwards, want no error", name, err)
		}
	}
}

func TestSQLite_NewFileIsPrivate(t *testing.T) {
	t.Parallel()

	file := t.TempDir() + "/trailcat.db"
	s := storetest.Open(t, "sqlite:"+file)
	if _, err := s.MigrateUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{file, file + "-wal", file + "-shm"} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("%s: got permissions %o, want 600", path, got)
		}
	}
}
