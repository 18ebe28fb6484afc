package main

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/photo"
	"trailcat/internal/photo/files"
	"trailcat/internal/store"
)

// photosCommand manages the copies of photos.
type photosCommand struct {
	Verify  photosVerifyCommand  `cmd:"" help:"Read the files of all photos, and report those that are missing or damaged as JSON, one photo per line."`
	Collect photosCollectCommand `cmd:"" help:"Delete the photos that no cat shows, and files that belong to no photo. Servers do this by themselves."`
	Refetch photosRefetchCommand `cmd:"" help:"Have servers fetch photos from their sources now, also those of cats that earlier versions stored."`
	Process photosProcessCommand `cmd:"" hidden:"" help:"Process photos that arrive on stdin. Servers start this command."`
}

// usingPhotos opens the database and the store of photos for fn.
func (f databaseFlags) usingPhotos(p *process, photos photoFlags, fn func(db *store.Store, stored files.Store) error) error {
	if !photos.keepsPhotos(f.Database) {
		return errors.New("no photos are kept; name their directory with --photo-dir or their bucket with --photo-store, as the server does")
	}
	return f.using(p, func(db *store.Store) error {
		stored, err := photos.openPhotos(p.ctx, f.Database)
		if err != nil {
			return err
		}
		return fn(db, stored)
	})
}

// photosVerifyCommand verifies the files of photos.
type photosVerifyCommand struct {
	databaseFlags
	photoFlags
	Repair bool `help:"Delete damaged photos, and have servers fetch them again. Those that were sent as files must be sent again."`
}

// damagedPhoto is a line of the output of photosVerifyCommand.
type damagedPhoto struct {
	Hash        string   `json:"hash"`
	Problem     string   `json:"problem"`
	Cats        []string `json:"cats"`
	IsRefetched bool     `json:"is_refetched"` // it will be fetched again from its source
}

// Run prints the photos whose files are missing or damaged. The exit code is 3 if there are any.
func (c *photosVerifyCommand) Run(p *process) error {
	return c.usingPhotos(p, c.photoFlags, func(db *store.Store, stored files.Store) error {
		verifier := photo.Verifier{Store: db, Files: stored, Repair: c.Repair, Now: p.now}
		advance := func(int) {}
		if draw := progress(p, "verifying photos"); draw != nil {
			advance = func(photos int) { draw(photos, unknownTotal) }
		}
		damaged, output := 0, json.NewEncoder(p.stdout)
		photos, err := verifier.Verify(p.ctx, advance, func(d photo.Damage) error {
			damaged++
			return output.Encode(damagedPhoto{Hash: d.Hash, Problem: d.Problem, Cats: append([]string{}, d.CatIDs...), IsRefetched: d.Queued > 0})
		})
		if _, printErr := fmt.Fprintf(p.stderr, "%d photos verified, %d missing or damaged\n", photos, damaged); err == nil {
			err = printErr
		}
		if err == nil && damaged > 0 {
			err = rejectedError{fmt.Sprintf("%d photos are missing or damaged", damaged)}
		}
		return err
	})
}

// photosCollectCommand deletes unused photos.
type photosCollectCommand struct {
	databaseFlags
	photoFlags
	Grace time.Duration `help:"Time for which photos are kept that no cat shows any more (default ${default})." default:"720h"`
}

// Run deletes unused photos, and files that belong to no photo.
func (c *photosCollectCommand) Run(p *process) error {
	return c.usingPhotos(p, c.photoFlags, func(db *store.Store, stored files.Store) error {
		collector := photo.Collector{Store: db, Files: stored, Grace: c.Grace, Now: p.now, Holder: rand.Text()}
		err := db.NoteUnusedPhotos(p.ctx, p.now())
		if err != nil {
			return err
		}
		unknown, err := collector.MarkUnknownFiles(p.ctx)
		if err != nil {
			return err
		}
		deleted, err := collector.DeleteUnused(p.ctx)
		_, printErr := fmt.Fprintf(p.stdout, "%d photos deleted, of which %d were not in the database\n", deleted, unknown)
		return errors.Join(err, printErr)
	})
}

// photosRefetchCommand makes sources of photos due.
type photosRefetchCommand struct {
	databaseFlags
	Shelter string `help:"Only photos of a shelter, by its ID or code." placeholder:"ID"`
	Failed  bool   `help:"Only photos whose last attempt failed."`
	All     bool   `help:"All photos, which makes many requests to the hosts of the shelters."`
}

// Validate checks flags that kong cannot check by their type; kong calls it.
func (c *photosRefetchCommand) Validate() error {
	if !c.All && !c.Failed && c.Shelter == "" {
		return errors.New("name the photos with --shelter ID, --failed or --all")
	}
	return nil
}

// Run queues the photos of cats that are not queued yet, and makes the others due.
func (c *photosRefetchCommand) Run(p *process) error {
	return c.using(p, func(db *store.Store) error {
		shelterID := ""
		if c.Shelter != "" {
			shelter, err := findShelter(p, db, c.Shelter)
			if err != nil {
				return err
			}
			shelterID = shelter.ID
		}
		draw := progress(p, "looking for photos")
		cats, ctx := catalog.New(db, p.now, newUUID), catalog.WithWorkload(p.ctx, catalog.JobWorkload)
		for last, seen := int64(0), 0; ; seen += queuePhotosBatch {
			next, err := cats.QueuePhotos(ctx, last, queuePhotosBatch)
			if err != nil {
				return err
			}
			if last = next; last == 0 {
				break
			}
			if draw != nil {
				draw(seen, unknownTotal)
			}
		}
		if _, err := db.RefetchPhotos(p.ctx, p.now(), shelterID, c.Failed); err != nil {
			return err
		}
		waiting, err := db.PhotosWaiting(p.ctx, p.now())
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(p.stdout, "%d photos wait to be fetched\n", waiting)
		return err
	})
}

// photosProcess are the arguments with which a server starts photosProcessCommand.
var photosProcess = []string{"photos", "process"}

// photosProcessCommand is the child process of a server that processes photos.
type photosProcessCommand struct{}

// Run processes photos until stdin ends.
func (photosProcessCommand) Run(p *process) error { return photo.ServeProcessor(os.Stdin, p.stdout) }
