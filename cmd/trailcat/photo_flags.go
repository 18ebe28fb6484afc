package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"trailcat/internal/photo/files"
)

// photoFlags are the flags that every command that reads or writes the files of photos shares.
type photoFlags struct {
	PhotoDir     string   `help:"Directory for the files of kept photos; off to keep none (default the name of an SQLite database and -photos, and off for Postgres)." placeholder:"DIR"`
	PhotoStore   *url.URL `help:"S3 bucket for the files of kept photos, instead of a directory: s3://BUCKET/PREFIX?region=REGION&endpoint=https://HOST. AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are its credentials." placeholder:"URL"`
	PhotoBaseURL *url.URL `name:"photo-base-url" help:"Base URL from which clients get the files of kept photos, of a bucket or a CDN (default /photos of this server)." placeholder:"URL"`
}

// noPhotos is the value of --photo-dir for none.
const noPhotos = "off"

// check returns an error for flags whose values kong cannot check by their type.
func (f photoFlags) check() error {
	if f.PhotoStore != nil {
		if f.PhotoDir != "" {
			return errors.New("--photo-dir and --photo-store cannot be used together; set one of them")
		}
		if _, err := files.OpenS3(f.PhotoStore); err != nil {
			return fmt.Errorf("--photo-store: %w", err)
		}
	}
	if u := f.PhotoBaseURL; u != nil && !isBaseURL(u) {
		return fmt.Errorf("--photo-base-url %s is not a base URL; expected the form https://photos.example.org", u.Redacted())
	}
	return nil
}

// photoBaseURL returns the base URL of the files without a trailing slash, or "" if this server
// serves them.
func (f photoFlags) photoBaseURL() string {
	if f.PhotoBaseURL == nil {
		return ""
	}
	return strings.TrimSuffix(f.PhotoBaseURL.String(), "/")
}

// keepsPhotos reports whether there is a store of photos beside a database.
func (f photoFlags) keepsPhotos(database string) bool {
	return f.PhotoStore != nil || f.photoDirectory(database) != ""
}

// photoDirectory returns the directory of photos, or "" for none.
func (f photoFlags) photoDirectory(database string) string {
	file, isSQLite := strings.CutPrefix(database, "sqlite:")
	switch {
	case f.PhotoStore != nil, f.PhotoDir == noPhotos, f.PhotoDir == "" && !isSQLite:
		return ""
	case f.PhotoDir == "":
		return strings.TrimPrefix(file, "//") + "-photos"
	default:
		return f.PhotoDir
	}
}

// openPhotos opens the store of photos beside a database and checks that it can be used. It returns
// the store with an error if it cannot be used now, and nil if no photos are kept.
func (f photoFlags) openPhotos(ctx context.Context, database string) (files.Store, error) {
	if !f.keepsPhotos(database) {
		return nil, nil //nolint:nilnil // nil: no photos are kept
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if f.PhotoStore != nil {
		bucket, err := files.OpenS3(f.PhotoStore)
		if err != nil {
			return nil, fmt.Errorf("--photo-store: %w", err)
		}
		return bucket, bucket.Check(ctx)
	}
	directory, err := files.OpenDirectory(f.photoDirectory(database))
	if err != nil {
		return nil, fmt.Errorf("--photo-dir: %w", err)
	}
	return directory, directory.Check(ctx)
}
