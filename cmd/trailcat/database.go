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

	"golang.org/x/term"

	"trailcat/internal/store"
)

// databaseFlags are the flags that every command with a database shares.
type databaseFlags struct {
	Database string     `help:"Database URL: sqlite:FILE or postgres://… (default ${default})." default:"sqlite:trailcat.db" placeholder:"URL"`
	Migrate  bool       `help:"Migrate the schema of a Postgres database first. SQLite databases are always migrated."`
	LogLevel slog.Level `help:"Minimum log level: debug, info, warn or error (default ${default})." default:"info"`
}

// open opens the database and migrates or checks its schema. The caller closes
// the store.
func (f databaseFlags) open(ctx context.Context) (*store.Store, error) {
	db, err := store.Open(ctx, f.Database)
	if err != nil {
		return nil, err
	}
	if err := f.prepare(ctx, db); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
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
// it otherwise.
func (f databaseFlags) prepare(ctx context.Context, db *store.Store) error {
	if !f.Migrate && db.Engine() != "sqlite" {
		return db.CheckSchema(ctx)
	}
	if _, err := db.MigrateUp(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
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
