package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/geo"
	"trailcat/internal/photo/files"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/store"
)

// demoCommand writes a synthetic data set.
type demoCommand struct {
	databaseFlags
	photoFlags
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
	cats := catalog.New(db, p.now, newUUID)
	stored, err := c.openPhotos(p.ctx, c.Database)
	if err != nil {
		return err
	}
	if stored != nil {
		if err := keepPictures(p.ctx, db, cats, stored, demo.Pictures(), p.now); err != nil {
			return err
		}
	}
	if err := set.Write(p.ctx, cats, writers, progress(p, "writing cats")); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.stdout, "wrote %d cats of %d shelters in %s\n", c.Cats, c.Shelters, now().Sub(started).Round(1e8))
	return err
}

// Validate checks flags that kong cannot check by their type; kong calls it.
func (c *demoCommand) Validate() error { return c.check() }

// keepPictures keeps the pictures of the demo, so that its cats show them.
func keepPictures(ctx context.Context, db *store.Store, cats *catalog.Catalog, stored files.Store, pictures []demo.Picture, now func() time.Time) error {
	process := func(_ context.Context, file []byte) (imaging.Image, error) { return imaging.Read(file) }
	keeper := newPhotoKeeper(db, cats, stored, process, catalog.Quotas{}, now)
	return demo.KeepPictures(ctx, cats, pictures, keeper.Keep, now())
}
