package main

import "testing"

// TestCommandLine_NamesTheDatabase checks that suggested commands work on the database
// that was meant, and do not print its password.
func TestCommandLine_NamesTheDatabase(t *testing.T) {
	t.Parallel()

	for database, want := range map[string]string{
		defaultDatabase:                        "trailcat migrate up",
		"sqlite:my cats.db":                    "trailcat migrate up --database 'sqlite:my cats.db'",
		"sqlite:cat's.db":                      `trailcat migrate up --database 'sqlite:cat'\''s.db'`,
		"postgres://db/cats":                   "trailcat migrate up --database postgres://db/cats",
		"postgres://me:secret@db/cats?a=1&b=2": "trailcat migrate up --database 'postgres://me:xxxxx@db/cats?a=1&b=2'",
		"postgres://db/cats?password=secret":   "trailcat migrate up --database 'postgres://db/cats?password=xxxxx'",
	} {
		if got := (databaseFlags{Database: database}).commandLine("migrate up"); got != want {
			t.Errorf("%s: got %s, want %s", database, got, want)
		}
	}
}
