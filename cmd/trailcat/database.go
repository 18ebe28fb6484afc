package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"trailcat/internal/store"
)

// databaseFlags are the flags that every command with a database shares.
type databaseFlags struct {
	Database        string        `help:"Database URL: sqlite:FILE or postgres://… (default ${default})." default:"sqlite:trailcat.db" placeholder:"URL"`
	Migrate         bool          `help:"Migrate the schema of a Postgres database first. SQLite databases are always migrated."`
	DatabaseTimeout time.Duration `help:"Time limit of each read and write of the database; imports and background jobs have five minutes, 0 means unlimited (default ${default})." default:"10s"`
	LogLevel        slog.Level    `help:"Minimum log level: debug, info, warn or error (default ${default})." default:"info"`
}

// Validate checks flags that kong cannot check by their type; kong calls it.
func (f databaseFlags) Validate() error {
	if f.DatabaseTimeout != 0 && f.DatabaseTimeout < minDatabaseTimeout {
		return fmt.Errorf("--database-timeout must be 0 or at least %v, got %v", minDatabaseTimeout, f.DatabaseTimeout)
	}
	return nil
}

// minDatabaseTimeout is more than any read or write takes on a database that works.
const minDatabaseTimeout = 100 * time.Millisecond

// open opens the database and migrates or checks its schema. The caller closes
// the store.
func (f databaseFlags) open(ctx context.Context) (*store.Store, error) {
	return f.openWithLimits(ctx, store.Limits{Timeout: f.DatabaseTimeout, WriteWait: 0})
}

func (f databaseFlags) openWithLimits(ctx context.Context, limits store.Limits) (*store.Store, error) {
	if err := f.prepare(ctx); err != nil {
		return nil, err
	}
	return store.OpenWithLimits(ctx, f.Database, limits)
}

// requireFile returns an error if the database is an SQLite file that does not
// exist. open would create it, and a command that only reads would report an
// empty database instead of a mistyped path.
func (f databaseFlags) requireFile() error {
	file, ok := strings.CutPrefix(f.Database, "sqlite:")
	if _, err := os.Stat(strings.TrimPrefix(file, "//")); ok && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("database %s does not exist; name the database of the server, for example --database sqlite:trailcat.db", f.Database)
	}
	return nil
}

// prepare migrates the schema if the flags or the engine ask for it, and checks
// it otherwise. Migrations have no time limit.
func (f databaseFlags) prepare(ctx context.Context) error {
	db, err := store.Open(ctx, f.Database)
	if err != nil {
		return err
	}
	if !f.Migrate && db.Engine() != "sqlite" {
		err = db.CheckSchema(ctx)
	} else if _, err = db.MigrateUp(ctx); err != nil {
		err = fmt.Errorf("migrate the database: %w", err)
	}
	return errors.Join(err, db.Close())
}

// logger returns a logger to stderr: text if stderr is a terminal, JSON otherwise.
func (f databaseFlags) logger(stderr io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: f.LogLevel}
	if onTerminal(stderr) {
		return slog.New(slog.NewTextHandler(stderr, options))
	}
	return slog.New(slog.NewJSONHandler(stderr, options))
}

func onTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
