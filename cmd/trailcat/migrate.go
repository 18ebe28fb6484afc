package main

import (
	"errors"
	"fmt"
	"time"

	"trailcat/internal/store"
)

// migrateCommand manages the database schema.
type migrateCommand struct {
	Up     migrateUp     `cmd:"" help:"Apply pending migrations."`
	Down   migrateDown   `cmd:"" help:"Roll back the latest migration and delete the data that only it stores."`
	Status migrateStatus `cmd:"" help:"List migrations and when they were applied."`
}

type (
	migrateUp     struct{ databaseFlags }
	migrateDown   struct{ databaseFlags }
	migrateStatus struct{ databaseFlags }
)

// Run applies pending migrations.
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

// Run rolls back the latest migration.
func (c *migrateDown) Run(p *process) error {
	return c.with(p, func(db *store.Store) error { return db.MigrateDown(p.ctx) })
}

// Run lists the migrations, one per line.
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

// with calls do with the open database, without migrating or checking the schema.
func (f databaseFlags) with(p *process, do func(*store.Store) error) error {
	db, err := store.Open(p.ctx, f.Database)
	if err != nil {
		return err
	}
	return errors.Join(do(db), db.Close())
}
