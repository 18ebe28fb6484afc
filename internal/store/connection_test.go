package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// endConnections ends every other connection to a database, as a restart of Postgres does.
func endConnections(t *testing.T, url string) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, config, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
}

// execute runs one statement over a connection of its own.
func execute(t *testing.T, config *pgx.ConnConfig, sql string) {
	t.Helper()
	conn, err := pgx.ConnectConfig(t.Context(), config)
	if err != nil {
		t.Fatal(err)
	}
	_, err = conn.Exec(t.Context(), sql)
	if err := errors.Join(err, conn.Close(t.Context())); err != nil {
		t.Fatal(err)
	}
}

func TestTheStoreSurvivesTheLossOfItsConnections(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	together(t, 5, func() error { // so that there are several to lose
		return s.Write(t.Context(), func(tx catalog.Tx) error {
			time.Sleep(20 * time.Millisecond)
			_, err := tx.Log.NextNumbers(t.Context(), "cat", 1)
			return err
		})
	})

	endConnections(t, url)
	if _, err := s.Head(t.Context()); err != nil {
		t.Errorf("the read after it: %v", err)
	}
	endConnections(t, url)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("the ping after it: %v", err)
	}
	endConnections(t, url)
	runs := 0
	write(t, s, func(tx catalog.Tx) error {
		if _, err := tx.Log.NextNumbers(t.Context(), "cat", 1); err != nil {
			return err
		}
		if runs++; runs == 1 {
			endConnections(t, url)
		}
		return appendLog(tx, t.Context(), make([]catalog.Change, 1))
	})
	if head, err := s.Head(t.Context()); err != nil || head.Seq != 1 {
		t.Errorf("a write that lost its connection in the middle left the log at %d (%v), want 1", head.Seq, err)
	}
}

func TestADatabaseThatIsGoneIsUnavailable(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	admin, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	name := admin.Database
	admin.Database = "postgres"
	execute(t, admin, "DROP DATABASE "+name+" WITH (FORCE)")
	_, reading := s.Head(t.Context())
	writing := s.Write(t.Context(), func(tx catalog.Tx) error { return appendLog(tx, t.Context(), make([]catalog.Change, 1)) })
	for doing, err := range map[string]error{"reading": reading, "writing": writing} {
		if catalog.KindOf(err) != catalog.Unavailable {
			t.Errorf("%s: %v, of kind %q, want unavailable", doing, err, catalog.KindOf(err))
		}
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a database that is gone answers a ping")
	}
}
