package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"gorm.io/gorm"
)

// ErrNotSQLite is returned for a database that has backup programs of its own.
var ErrNotSQLite = errors.New("not an SQLite database")

// ResetLog gives the log a new epoch, so that everything that follows it starts over, and
// returns its last number. It is for a database that was restored or copied by other
// programs.
func (s *Store) ResetLog(ctx context.Context) (seq int64, err error) {
	head, err := s.Head(ctx)
	if err != nil {
		return 0, err
	}
	_, err = s.execOnce(ctx, func(db *gorm.DB) *gorm.DB {
		return db.Exec("UPDATE log_head SET epoch = ?", head.NextEpoch())
	})
	return head.Seq, wrapError(err, "give the log a new epoch")
}

// BackUp writes a copy of an SQLite database to a file while others read and write the
// database, and returns the last number of the log in it. The file appears when it is
// complete and checked; an existing one is replaced. The log of the copy has a new epoch,
// in case it is put into use without Restore.
func (s *Store) BackUp(ctx context.Context, file string) (seq int64, err error) {
	if s.dialect.name != "sqlite" {
		return 0, ErrNotSQLite
	}
	if sameFile(s.pools.dsn, file) {
		return 0, fmt.Errorf("%s is the database itself", file)
	}
	part := file + ".part"
	defer func() { err = errors.Join(err, removeSQLite(part)) }()
	if err := errors.Join(removeSQLite(part), createPrivate(part)); err != nil { // VACUUM would create it readable by others
		return 0, err
	}
	if _, err := s.pools.writer.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		return 0, fmt.Errorf("copy the database: %w", err)
	}
	err = usingFile(ctx, part, func(copied *Store) (err error) {
		if err := copied.checkIntegrity(ctx); err != nil {
			return err
		}
		seq, err = copied.ResetLog(ctx)
		return err
	})
	if err != nil {
		return 0, err
	}
	return seq, publish(part, file)
}

// Restore replaces the SQLite database at a URL by a backup, and gives its log a new
// epoch. It fails and changes nothing if a process uses the database or the backup is not
// intact. It returns the file in which the replaced database is kept, "" if there was
// none, and the last number of the restored log.
func Restore(ctx context.Context, databaseURL, backup string, now time.Time) (kept string, seq int64, err error) {
	dialect, file, err := parseURL(databaseURL)
	switch {
	case err != nil:
		return "", 0, err
	case dialect.name != "sqlite":
		return "", 0, ErrNotSQLite
	case sameFile(file, backup):
		return "", 0, fmt.Errorf("%s is the database itself", backup)
	}
	lock := fileLock{path: file + migrateLock} // excludes migrations and other restores
	if err := lock.Lock(ctx, nil); err != nil {
		return "", 0, err
	}
	defer func() { err = errors.Join(err, lock.Unlock(ctx, nil)) }()
	part := file + ".restore"
	defer func() { err = errors.Join(err, removeSQLite(part)) }()
	if seq, err = prepareRestore(ctx, backup, part); err != nil {
		return "", 0, fmt.Errorf("%s: %w", backup, err)
	}
	if err := release(ctx, file); err != nil {
		return "", 0, err
	}
	if exists(file) {
		kept = file + ".before-restore-" + now.UTC().Format("20060102T150405Z")
		if err := os.Link(file, kept); err != nil {
			return "", 0, fmt.Errorf("keep the present database: %w; move it away and restore again", err)
		}
	}
	return kept, seq, publish(part, file)
}

// prepareRestore copies a backup to a file, checks and migrates the copy, and returns the
// last number of its log.
func prepareRestore(ctx context.Context, backup, part string) (seq int64, err error) {
	if err := removeSQLite(part); err != nil {
		return 0, err
	}
	if err := copyFile(backup, part); err != nil {
		return 0, err
	}
	if exists(backup + "-wal") { // a copy of a file that was in use
		if err := copyFile(backup+"-wal", part+"-wal"); err != nil {
			return 0, err
		}
	}
	err = usingFile(ctx, part, func(s *Store) (err error) {
		if err := s.checkIntegrity(ctx); err != nil {
			return err
		}
		schema, _ := errors.AsType[*SchemaError](s.CheckSchema(ctx))
		if schema != nil && (schema.Have == 0 || schema.IsNewer()) {
			return schema
		}
		if _, err := s.MigrateUp(ctx); err != nil {
			return err
		}
		seq, err = s.ResetLog(ctx)
		return err
	})
	return seq, err
}

// release makes the file of a database contain all its data, without a write-ahead log
// beside it, which is possible only if no process uses the database.
func release(ctx context.Context, file string) (err error) {
	if !exists(file) {
		if exists(file + "-wal") {
			return fmt.Errorf("%s-wal belongs to a database that is missing; move it away first", file)
		}
		return nil
	}
	db, err := sql.Open("sqlite", sqliteURI(file, url.Values{"_pragma": {"busy_timeout(1000)"}}))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var mode string
	err = db.QueryRowContext(ctx, "PRAGMA journal_mode = delete").Scan(&mode)
	switch {
	case classifySQLite(err) == serializationFailure, err == nil && mode != "delete":
		return fmt.Errorf("%s is in use; stop the server and other programs that use it first", file)
	case err != nil:
		return fmt.Errorf("%s cannot be opened (%w); move it and the files beside it away, and restore again", file, err)
	default:
		return nil
	}
}

// checkIntegrity returns an error unless the file of an SQLite database is intact.
func (s *Store) checkIntegrity(ctx context.Context) error {
	var result string
	if err := s.pools.reader.QueryRowContext(ctx, "PRAGMA quick_check(1)").Scan(&result); err != nil {
		return fmt.Errorf("check the file: %w", err)
	}
	if result != "ok" {
		return fmt.Errorf("the file is damaged: %s", result)
	}
	return nil
}

// usingFile calls do with the store in an SQLite file. The file is complete in itself
// afterwards.
func usingFile(ctx context.Context, file string, do func(*Store) error) error {
	s, err := Open(ctx, "sqlite:"+file)
	if err != nil {
		return err
	}
	return errors.Join(do(s), s.Close())
}

// publish writes a file to disk and gives it its final name.
func publish(part, file string) error {
	if err := syncFile(part); err != nil {
		return err
	}
	if err := os.Rename(part, file); err != nil {
		return err
	}
	return syncDir(filepath.Dir(file))
}

func syncFile(name string) error {
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	return errors.Join(file.Sync(), file.Close())
}

func copyFile(from, to string) (err error) {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = in.Close() }() // only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// removeSQLite removes the file of a database and those that SQLite and migrations
// create beside it, if they exist.
func removeSQLite(file string) error {
	var errs []error
	for _, suffix := range []string{"", "-wal", "-shm", "-journal", migrateLock} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

func exists(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}

func sameFile(a, b string) bool {
	x, errX := os.Stat(a)
	y, errY := os.Stat(b)
	return errX == nil && errY == nil && os.SameFile(x, y)
}
