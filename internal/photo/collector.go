package photo

import (
	"context"
	"errors"
	"iter"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/photo/files"
)

// CollectedPhotos finds and deletes photos that no cat shows. *store.Store implements it.
type CollectedPhotos interface {
	TakeLease(ctx context.Context, name, holder string, now time.Time, ttl time.Duration) (lease catalog.Lease, ok bool, err error)
	DropLease(ctx context.Context, name, holder string) error
	UnusedPhotos(ctx context.Context, since time.Time, limit int) ([]string, error)
	MarkPhotoDeleting(ctx context.Context, hash string, since time.Time) (bool, error)
	DeletePhoto(ctx context.Context, hash string) error
	MarkUnknownPhotos(ctx context.Context, hashes []string) (int64, error)
}

// StoredFiles are the files of photos. The stores of package files implement it.
type StoredFiles interface {
	Delete(ctx context.Context, hash string) error
	All(ctx context.Context) iter.Seq2[files.Entry, error]
	Clean(ctx context.Context, before time.Time) (int, error)
}

// Collector deletes photos that no cat shows, and files that belong to no photo.
type Collector struct {
	Store  CollectedPhotos
	Files  StoredFiles
	Grace  time.Duration // how long photos are kept that no cat shows any more
	Now    func() time.Time
	Holder string // unique name of this process among all nodes
}

const (
	collectorLease    = "collect_photos"
	collectorTTL      = 5 * time.Minute
	collectorRun      = 4 * time.Minute // ends before the lease does
	unusedPhotosBatch = 200
	// fileGrace is the age at which files that belong to no photo are deleted. It is much longer
	// than storing and recording a photo takes.
	fileGrace = 24 * time.Hour
)

// DeleteUnused deletes the photos that no cat has shown for the grace period, and those of erased
// cats immediately, and returns their number. It does nothing while another node does the same.
func (c Collector) DeleteUnused(ctx context.Context) (deleted int, err error) {
	_, ok, err := c.Store.TakeLease(ctx, collectorLease, c.Holder, c.Now(), collectorTTL)
	if err != nil || !ok {
		return 0, err
	}
	defer func() {
		err = errors.Join(err, c.Store.DropLease(context.WithoutCancel(ctx), collectorLease, c.Holder))
	}()
	ctx, cancel := context.WithTimeout(ctx, collectorRun)
	defer cancel()
	since := c.Now().Add(-c.Grace)
	for {
		hashes, err := c.Store.UnusedPhotos(ctx, since, unusedPhotosBatch)
		if err != nil || len(hashes) == 0 {
			return deleted, err
		}
		for _, hash := range hashes {
			done, deleteErr := c.delete(ctx, hash, since)
			err = errors.Join(err, deleteErr)
			if done {
				deleted++
			}
		}
		if err != nil {
			return deleted, err
		}
	}
}

// delete deletes a photo, unless a cat shows it again or it was sent again.
func (c Collector) delete(ctx context.Context, hash string, since time.Time) (bool, error) {
	if marked, err := c.Store.MarkPhotoDeleting(ctx, hash, since); err != nil || !marked {
		return false, err
	}
	if err := c.Files.Delete(ctx, hash); err != nil {
		return false, err
	}
	err := c.Store.DeletePhoto(ctx, hash)
	return err == nil, err
}

// MarkUnknownFiles marks the photos that have files but no record, if the files are older than a
// day, so that DeleteUnused deletes them. It also removes the files of interrupted calls. It
// returns the number of photos that it marked.
func (c Collector) MarkUnknownFiles(ctx context.Context) (marked int64, err error) {
	before := c.Now().Add(-fileGrace)
	var batch []string
	mark := func() error {
		if len(batch) == 0 {
			return nil
		}
		n, err := c.Store.MarkUnknownPhotos(ctx, batch)
		marked, batch = marked+n, batch[:0]
		return err
	}
	for entry, err := range c.Files.All(ctx) {
		if err != nil {
			return marked, err
		}
		if entry.ModTime.After(before) {
			continue
		}
		if batch = append(batch, entry.Hash); len(batch) == unusedPhotosBatch {
			if err := mark(); err != nil {
				return marked, err
			}
		}
	}
	if err := mark(); err != nil {
		return marked, err
	}
	_, err = c.Files.Clean(ctx, before)
	return marked, err
}
