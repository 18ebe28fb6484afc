package store_test

import (
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// endConnections terminates all other connections to a database, as a restart of
// Postgres does.
func endConnections(t *testing.T, url string) {
	t.Helper()
	config, err := pgx.ParseConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	execute(t, config, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
}

// execute runs one statement on a connection of its own.
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

func TestPostgres_RecoversFromLostConnections(t *testing.T) {
	t.Parallel()

	url := storetest.PostgresURL(t)
	s := storetest.Open(t, url)
	const connections = 5
	var open sync.WaitGroup
	open.Add(connections)
	together(t, connections, func() error {
		return s.Write(t.Context(), func(tx catalog.Tx) error {
			open.Done()
			open.Wait()
			_, err := tx.Log.NextNumbers(t.Context(), "cat", 1)
			return err
		})
	})

	endConnections(t, url)
	if _, err := s.Head(t.Context()); err != nil {
		t.Errorf("read after the loss of all connections: %v", err)
	}
	endConnections(t, url)
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("ping after the loss of all connections: %v", err)
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
		t.Errorf("after a write that lost its connection the log ends at %d (%v), want 1", head.Seq, err)
	}
}

// A host that is not a database, or a file, is reported with its name and what to check.
func TestOpen_WhatIsNoDatabaseIsUnavailable(t *testing.T) {
	t.Parallel()

	file := filepath.Join(t.TempDir(), "cats.db")
	if err := os.WriteFile(file, []byte("not a database, but a text that is long enough"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, tt := range map[string]struct{ url, database, advice string }{
		"resets":    {fakeServer(t, func(c *net.TCPConn) { _ = c.SetLinger(0) }), "postgres://127.0.0.1:", "check that Postgres runs there"},
		"closes":    {fakeServer(t, func(*net.TCPConn) {}), "postgres://127.0.0.1:", "check that Postgres runs there"},
		"HTTP":      {fakeServer(t, func(c *net.TCPConn) { _, _ = c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) }), "postgres://127.0.0.1:", "check that Postgres runs there"},
		"text file": {"sqlite:" + file, "sqlite:" + file, "check that the file is an SQLite database"},
	} {
		_, err := store.Open(t.Context(), tt.url)
		if catalog.KindOf(err) != catalog.Unavailable {
			t.Errorf("%s: got %v of kind %q, want unavailable", name, err, catalog.KindOf(err))
		}
		if err == nil || !strings.Contains(err.Error(), tt.database) || !strings.Contains(err.Error(), tt.advice) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v, want the name %s and %q", name, err, tt.database, tt.advice)
		}
	}
}

// fakeServer returns the URL of a server that answers the first bytes of each connection
// with respond and then closes it.
func fakeServer(t *testing.T, respond func(*net.TCPConn)) (url string) {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.AcceptTCP()
			if err != nil {
				return
			}
			_, _ = conn.Read(make([]byte, 1024))
			respond(conn)
			_ = conn.Close()
		}
	}()
	return "postgres://trailcat:secret@" + listener.Addr().String() + "/trailcat"
}

func TestPostgres_DroppedDatabaseIsUnavailable(t *testing.T) {
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
			t.Errorf("%s: got %v of kind %q, want unavailable", doing, err, catalog.KindOf(err))
		}
	}
	if err := s.Ping(t.Context()); err == nil {
		t.Error("a dropped database responds to a ping")
	}
}
