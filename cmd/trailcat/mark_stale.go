package main

import (
	"errors"
	"fmt"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

// markStaleCommand marks stale listings.
type markStaleCommand struct {
	databaseFlags
	Force bool `help:"Mark them even if they are more than half of all listings."`
}

// Run marks the listings that are stale and removes the mark of those that are not. A
// server does so every hour, but never with --force.
func (c *markStaleCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		counts, err := catalog.New(db, p.now, newUUID).MarkStale(p.ctx, c.Force)
		_, printErr := fmt.Fprintf(p.stdout, "%d listings marked stale, %d no longer stale\n", counts.Marked, counts.Unmarked)
		return errors.Join(err, printErr)
	})
}
