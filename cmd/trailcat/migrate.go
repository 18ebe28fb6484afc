package main

import (
	"errors"
	"fmt"
	"time"

	"trailcat/internal/store"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply the migrations that the database has not seen yet."`
	Down   migrateDown   `cmd:"" help:"Take back the last migration, and the data that it holds."`
	Status migrateStatus `cmd:"" help:"List the migrations and when they were applied."`
}

type (
	migrateUp     struct{ databaseFlags }
	migrateDown   struct{ databaseFlags }
	migrateStatus struct{ databaseFlags }
)

// Run applies the migrations.
func (c *migrateUp) Run(p *process) error {
	return c.with(p, func(db *store.Store) error {
		applied, err := db.MigrateUp(p.ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%d migrations applied\n", applied)
		return err
	})
}

// Run takes back the last migration.
func (c *migrateDown) Run(p *process) error {
	return c.with(p, func(db *store.Store) error { return db.MigrateDown(p.ctx) })
}

// Run lists the migrations.
func (c *migrateStatus) Run(p *process) error {
	return c.with(p, func(db *store.Store) error {
		list, err := db.MigrationStatus(p.ctx)
		for _, m := range list {
			applied := "not applied"
			if !m.AppliedAt.IsZero() {
				applied = "applied " + m.AppliedAt.Format(time.RFC3339)
			}
			_, printErr := fmt.Fprintf(p.stdout, "%04d  %-24s %s\n", m.Number, m.Name, applied)
			err = errors.Join(err, printErr)
		}
		return err
	})
}

// with opens the database as it is, without touching its schema.
func (f databaseFlags) with(p *process, do func(*store.Store) error) error {
	db, err := store.Open(p.ctx, f.Database)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}
