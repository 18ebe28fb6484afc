// Package storetest opens stores for tests: fresh, migrated, and gone when the
// test ends.
//
// SQLite needs nothing. For Postgres it makes a database per test, on the server
// that TEST_POSTGRES_URL names, else on a throwaway server that it starts from
// the Postgres programs of this machine, else from programs that it fetches.
// There is one throwaway server per test process, and it ends with the process,
// however that ends. Where there is no Postgres to be had, tests fail: a rule
// that was not tested on both engines is not known to hold.
package storetest

import (
	"path/filepath"
	"testing"

	"trailcat/internal/store"
)

// Engines are the engines that a store can be on.
func Engines() []string { return []string{"sqlite", "postgres"} }

// New opens an empty SQLite store. Most tests of other rooms need no more.
func New(tb testing.TB) *store.Store {
	tb.Helper()
	return NewOn(tb, "sqlite")
}

// NewOn opens an empty store on an engine, "sqlite" or "postgres".
func NewOn(tb testing.TB, engine string) *store.Store {
	tb.Helper()
	return Open(tb, URL(tb, engine))
}

// Each runs a test on an empty store of each engine, side by side.
func Each(t *testing.T, test func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, engine := range Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			test(t, NewOn(t, engine))
		})
	}
}

// Open opens a store at a url until the test ends.
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

// URL is the url of an empty, migrated database on an engine.
func URL(tb testing.TB, engine string) string {
	tb.Helper()
	if engine == "postgres" {
		return PostgresURL(tb)
	}
	url := "sqlite:" + filepath.Join(tb.TempDir(), "trailcat.db")
	migrate(tb, url)
	return url
}

// PostgresURL is the url of an empty, migrated database on Postgres.
func PostgresURL(tb testing.TB) string {
	tb.Helper()
	url := newDatabase(tb)
	migrate(tb, url)
	return url
}

func migrate(tb testing.TB, url string) {
	tb.Helper()
	s, err := store.Open(tb.Context(), url)
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := s.MigrateUp(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if err := s.Close(); err != nil {
		tb.Fatal(err)
	}
}
