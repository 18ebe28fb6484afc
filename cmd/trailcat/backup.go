package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"trailcat/internal/store"
)

// backupCommand copies an SQLite database.
type backupCommand struct {
	databaseFlags
	File      string `arg:"" help:"File to write; it appears when the backup is complete and checked." type:"path" placeholder:"FILE"`
	Overwrite bool   `help:"Replace the file if it exists."`
}

// Run writes a backup. Servers may read and write the database meanwhile. It does not
// migrate the database, so that a backup can be made before an update.
func (c *backupCommand) Run(p *process) error {
	if err := c.requireFile(); err != nil {
		return err
	}
	if _, err := os.Lstat(c.File); !errors.Is(err, fs.ErrNotExist) && !c.Overwrite {
		return fmt.Errorf("%s exists already; name another file, or add --overwrite", c.File)
	}
	return c.with(p, func(db *store.Store) error {
		seq, err := db.BackUp(p.ctx, c.File)
		if errors.Is(err, store.ErrNotSQLite) {
			return fmt.Errorf("trailcat backup copies SQLite databases; back up Postgres with its own programs, such as pg_dump --format=custom or pg_basebackup, and after a restore run: %s", c.commandLine("reset-log"))
		}
		if err != nil {
			return err
		}
		info, err := os.Stat(c.File)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%s: %d bytes, up to change %d\n", c.File, info.Size(), seq)
		return err
	})
}

// restoreCommand replaces an SQLite database by a backup.
type restoreCommand struct {
	databaseFlags
	File string `arg:"" help:"Backup to restore, which trailcat backup wrote." type:"existingfile" placeholder:"FILE"`
}

// Run replaces the database, which no process may use, and keeps the replaced one beside
// it.
func (c *restoreCommand) Run(p *process) error {
	kept, seq, err := store.Restore(p.ctx, c.Database, c.File, p.now())
	if errors.Is(err, store.ErrNotSQLite) {
		return fmt.Errorf("trailcat restore restores SQLite databases; restore Postgres with its own programs, such as pg_restore, then run: %s", c.commandLine("reset-log"))
	}
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(p.stdout, "%s: restored from %s up to change %d; clients, webhooks and nodes will start over\n", c.Database, c.File, seq); err != nil || kept == "" {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "The replaced database is kept in %s; delete it when you do not need it.\n", kept)
	return err
}

// resetLogCommand starts a new epoch of the change log.
type resetLogCommand struct {
	databaseFlags
}

// Run gives the log a new epoch.
func (c *resetLogCommand) Run(p *process) error {
	if err := c.requireFile(); err != nil {
		return err
	}
	return c.using(p, func(db *store.Store) error {
		if _, err := db.ResetLog(p.ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintln(p.stdout, "The change log has a new epoch; clients, webhooks and nodes will start over.")
		return err
	})
}
