package main

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"strings"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/demo"
	"trailcat/internal/importjob"
	"trailcat/internal/ingest"
)

// demoKeyDays is for how many days the key of a demo is valid.
const demoKeyDays = 7

// demoKeyName is the name of the key of a demo. The ID of the key consists of the same bytes, so
// that each start replaces the key of the one before.
const demoKeyName = "serve --demo"

// loadDemo loads the demo, and returns the new key of its partner, or "" if it has none.
func (s *server) loadDemo(ctx context.Context) (key string, err error) {
	if err := s.keepDemoPictures(ctx); err != nil {
		return "", err
	}
	if _, err := demo.LoadListings(ctx, s.cats, s.places, s.clock.Now(), s.photos != nil); err != nil {
		return "", err
	}
	if err := demo.LoadSamples(ctx, s.cats, demo.Samples{Places: s.places, Today: s.clock.Now(), Secret: random(), Import: s.importSample}); err != nil {
		return "", err
	}
	secret := random()
	copy(secret[:], demoKeyName)
	_, key, err = s.cats.CreateKey(ctx, catalog.NewKey{
		PartnerID: demo.SamplePartner, Name: demoKeyName, Test: false, ExpiresAt: s.clock.Now().AddDate(0, 0, demoKeyDays), Random: secret,
		Scopes: []access.Scope{access.ListingsRead, access.ListingsWrite, access.AssessmentsWrite, access.Webhooks},
	})
	if catalog.KindOf(err) == catalog.NotFound {
		return "", nil
	}
	return key, err
}

// keepDemoPictures keeps the pictures of the demo before its listings are written for the first
// time. They are processed in this process, because they are no files of others.
func (s *server) keepDemoPictures(ctx context.Context) error {
	if s.photos == nil {
		return nil
	}
	err := s.db.Write(ctx, func(tx catalog.Tx) error {
		_, err := tx.Shelters.ShelterByExternalID(ctx, demo.FirstShelter)
		return err
	})
	if catalog.KindOf(err) != catalog.NotFound {
		return err
	}
	pictures, err := demo.ListedPictures(ctx, s.clock.Now())
	if err != nil {
		return err
	}
	err = keepPictures(ctx, s.db, s.cats, s.photos.files, pictures, s.clock.Now)
	if kind := catalog.KindOf(err); kind == catalog.Unavailable || kind == catalog.StorageFull {
		s.log.WarnContext(ctx, "the cats of the demo have no pictures, because photos cannot be stored", slog.Any("error", err))
		return nil
	}
	return err
}

// importSample imports a small file in Trailcat's own format.
func (s *server) importSample(ctx context.Context, c *catalog.Catalog, shelter catalog.Shelter, file string) error {
	format, err := ingest.Find("trailcat")
	if err != nil {
		return err
	}
	content := strings.NewReader(file)
	//nolint:exhaustruct // the defaults
	_, err = importjob.New(s.db, c, s.clock.Now, importjob.NewFile(content, content.Size(), sha256.Sum256([]byte(file)), importjob.Options{
		Format: format, Mode: catalog.ModeIncremental, AsOf: time.Time{},
	}), shelter).Run(ctx)
	return err
}
