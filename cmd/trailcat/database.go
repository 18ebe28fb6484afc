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

// databaseFlags say where the data is. They are the same for all commands.
type databaseFlags struct {
	Database string     `help:"Where the data is: sqlite:FILE or postgres://…" default:"sqlite:trailcat.db" placeholder:"URL"`
	Migrate  bool       `help:"Bring the schema of a Postgres database up to date first. SQLite does so by itself."`
	LogLevel slog.Level `help:"The least serious lines to log: debug, info, warn or error." default:"info"`
}

// open opens the database and sees to its schema.
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

// requireFile refuses a file of SQLite that open would make: who reads one did not mean
// an empty one.
func (f databaseFlags) requireFile() error {
	file, ok := strings.CutPrefix(f.Database, "sqlite:")
	if _, err := os.Stat(strings.TrimPrefix(file, "//")); ok && errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database %s; name the one that the server uses, as in --database sqlite:trailcat.db", f.Database)
	}
	return nil
}

func (f databaseFlags) prepare(ctx context.Context, db *store.Store) error {
	if !f.Migrate && db.Engine() != "sqlite" {
		return db.CheckSchema(ctx)
	}
	if _, err := db.MigrateUp(ctx); err != nil {
		return fmt.Errorf("migrate the database: %w", err)
	}
	return nil
}

// logger writes to stderr: lines for people on a terminal, JSON for machines.
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
