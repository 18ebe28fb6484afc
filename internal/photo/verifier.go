package photo

import (
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io/fs"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/photo/files"
)

// VerifiedPhotos lists kept photos, and queues their sources. *store.Store implements it.
type VerifiedPhotos interface {
	KeptPhotosAfter(ctx context.Context, hash string, limit int) ([]catalog.KeptPhoto, error)
	RepairPhoto(ctx context.Context, hash string, now time.Time) (queued int64, catIDs []string, err error)
	CatsWithPhoto(ctx context.Context, hash string) ([]string, error)
}

// OpenedFiles are the files of photos. The stores of package files implement it.
type OpenedFiles interface {
	Open(ctx context.Context, hash string, size int) (*files.File, error)
	Delete(ctx context.Context, hash string) error
}

// Verifier compares the files of photos with what is recorded of them.
type Verifier struct {
	Store  VerifiedPhotos
	Files  OpenedFiles
	Repair bool // delete what is damaged, and fetch it again
	Now    func() time.Time
}

// Damage is a photo whose files are missing or damaged.
type Damage struct {
	Hash    string
	Problem string   // of the first such file
	CatIDs  []string // the cats that show the photo
	Queued  int64    // sources from which it is fetched again; 0 unless it is repaired
}

// Verify reads all files of all photos and calls report for each damaged photo, and progress
// with the number of photos after each batch. It returns the number of photos. If the storage
// cannot be read it stops with an error.
func (v Verifier) Verify(ctx context.Context, progress func(photos int), report func(Damage) error) (photos int, err error) {
	for after := ""; ; {
		batch, err := v.Store.KeptPhotosAfter(ctx, after, unusedPhotosBatch)
		if err != nil || len(batch) == 0 {
			return photos, err
		}
		for _, kept := range batch {
			if err := v.verifyPhoto(ctx, kept, report); err != nil {
				return photos, err
			}
			photos++
		}
		progress(photos)
		after = batch[len(batch)-1].Hash
	}
}

func (v Verifier) verifyPhoto(ctx context.Context, kept catalog.KeptPhoto, report func(Damage) error) error {
	problem, err := v.problem(ctx, kept)
	if err != nil || problem == "" {
		return err
	}
	damage := Damage{Hash: kept.Hash, Problem: problem}
	if !v.Repair {
		if damage.CatIDs, err = v.Store.CatsWithPhoto(ctx, kept.Hash); err != nil {
			return err
		}
		return report(damage)
	}
	if err := v.Files.Delete(ctx, kept.Hash); err != nil { // Keep would take the remaining files for a complete photo
		return err
	}
	if damage.Queued, damage.CatIDs, err = v.Store.RepairPhoto(ctx, kept.Hash, v.Now()); err != nil {
		return err
	}
	return report(damage)
}

// problem returns what is wrong with the first file of a photo that is not as recorded, or "".
func (v Verifier) problem(ctx context.Context, kept catalog.KeptPhoto) (string, error) {
	for _, r := range catalog.Renditions(kept.Width, kept.Height) {
		file, err := v.Files.Open(ctx, kept.Hash, r.Size)
		if errors.Is(err, fs.ErrNotExist) {
			return fmt.Sprintf("The file of size %d is missing.", r.Size), nil
		}
		if err != nil {
			return "", err
		}
		picture, err := jpeg.Decode(file)
		_ = file.Close() // only read
		switch {
		case err != nil && catalog.KindOf(err) == catalog.Unavailable, ctx.Err() != nil:
			return "", errors.Join(err, ctx.Err())
		case err != nil:
			return fmt.Sprintf("The file of size %d is damaged: %s.", r.Size, err), nil
		case picture.Bounds().Dx() != r.Width || picture.Bounds().Dy() != r.Height:
			return fmt.Sprintf("The file of size %d has %d × %d pixels instead of %d × %d.", r.Size, picture.Bounds().Dx(), picture.Bounds().Dy(), r.Width, r.Height), nil
		}
	}
	return "", nil
}
