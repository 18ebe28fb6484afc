package main

import (
	"errors"
	"fmt"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
)

// demoCommand writes a synthetic data set.
type demoCommand struct {
	databaseFlags
	Cats     int    `help:"Number of cats (default ${default})." default:"400000"`
	Shelters int    `help:"Number of shelters (default ${default})." default:"1100" min:"1"`
	Seed     uint64 `help:"Seed of the generator; the same seed and day give the same cats (default ${default})." default:"1"`
}

// Run writes a synthetic data set to the database.
func (c *demoCommand) Run(p *process) (err error) {
	places := geo.Default()
	set, err := demo.Synthetic(places, demo.Options{Cats: c.Cats, Shelters: c.Shelters, Seed: c.Seed, Today: now()})
	if err != nil {
		return err
	}
	db, err := c.open(p.ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	writers := 1
	if db.Engine() == "postgres" {
		writers = 2
	}
	started := now()
	if err := set.Write(p.ctx, catalog.New(db, p.now, newUUID), writers, progress(p, "writing cats")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "wrote %d cats of %d shelters in %s\n", c.Cats, c.Shelters, now().Sub(started).Round(1e8))
	return err
}
