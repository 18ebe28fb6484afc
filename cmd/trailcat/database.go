package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"

	"golang.org/x/term"

	"trailcat/internal/store"
)

// databaseFlags are the flags that every command with a database shares.
type databaseFlags struct {
	Database        string        `help:"Database URL: sqlite:FILE or postgres://… (default ${default})." default:"${database}" placeholder:"URL"`
	Migrate         bool          `help:"Migrate the schema of a Postgres database first. SQLite databases are always migrated."`
	DatabaseTimeout time.Duration `help:"Time limit of each read and write of the database; imports and background jobs have five minutes, 0 means unlimited (default ${default})." default:"10s" min:"100ms" or-zero:""`
	LogLevel        slog.Level    `help:"Minimum log level: debug, info, warn or error (default ${default})." default:"info"`
}

// defaultDatabase is the database if no flag and no variable names one.
const defaultDatabase = "sqlite:trailcat.db"

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
		err = f.adviseMigration(db.CheckSchema(ctx))
	} else if _, err = db.MigrateUp(ctx); err != nil {
		err = fmt.Errorf("migrate the database: %w", err)
	}
	return errors.Join(err, db.Close())
}

// adviseMigration adds to an error about the schema what to do.
func (f databaseFlags) adviseMigration(err error) error {
	schema, ok := errors.AsType[*store.SchemaError](err)
	switch {
	case !ok:
		return err
	case schema.IsNewer():
		return fmt.Errorf("%w; run the version of trailcat that migrated it, or with that version: %s", err, f.commandLine("migrate down"))
	default:
		return fmt.Errorf("%w; run: %s", err, f.commandLine("migrate up"))
	}
}

// commandLine returns the command line of another command on the same database, for the
// operator to run. A password in the URL is replaced by xxxxx.
func (f databaseFlags) commandLine(command string) string {
	if f.Database == defaultDatabase {
		return "trailcat " + command
	}
	return "trailcat " + command + " --database " + shellQuote(redactURL(f.Database))
}

// redactURL replaces the password in the URL of a database.
func redactURL(text string) string {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "sqlite" {
		return text
	}
	if query := u.Query(); query.Has("password") {
		query.Set("password", "xxxxx")
		u.RawQuery = query.Encode()
	}
	return u.Redacted()
}

// shellQuote quotes an argument for a POSIX shell if that is necessary.
func shellQuote(arg string) string {
	if !strings.ContainsFunc(arg, func(r rune) bool {
		return !strings.ContainsRune("-_./:@%+=,", r) && !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		return arg
	}
	return "'" + strings.ReplaceAll(arg, "'", `'\''`) + "'"
}

// logger returns a logger to stderr: text if stderr is a terminal, JSON otherwise.
// Warnings that repeat are logged once a minute.
func (f databaseFlags) logger(stderr io.Writer) *slog.Logger {
	options := &slog.HandlerOptions{Level: f.LogLevel}
	var handler slog.Handler = slog.NewJSONHandler(stderr, options)
	if onTerminal(stderr) {
		handler = slog.NewTextHandler(stderr, options)
	}
	return slog.New(newRepeatLimiter(handler))
}

func onTerminal(w io.Writer) bool {
	file, ok := w.(*os.File)
	return ok && term.IsTerminal(int(file.Fd()))
}
