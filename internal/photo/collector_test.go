package photo_test

import (
	"context"
	"errors"
	"io/fs"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/photo"
	"trailcat/internal/photo/files"
)

// failingFiles cannot delete.
type failingFiles struct{ *files.Directory }

var errAway = errors.New("the storage is away")

func (failingFiles) Delete(context.Context, string) error { return errAway }

func (f *fixture) collector(stored photo.StoredFiles) photo.Collector {
	return photo.Collector{Store: f.store, Files: stored, Grace: 30 * 24 * time.Hour, Now: func() time.Time { return f.now }, Holder: "node"}
}

func (f *fixture) collect(want int) {
	f.Helper()
	if n, err := f.collector(f.directory).DeleteUnused(f.Context()); n != want || err != nil {
		f.Errorf("%d photos were deleted, %v; want %d", n, err, want)
	}
}

// hasFile reports whether a file of a photo is stored.
func (f *fixture) hasFile(hash string) bool {
	f.Helper()
	file, err := f.directory.Open(f.Context(), hash, 300)
	if err == nil {
		_ = file.Close()
	} else if !errors.Is(err, fs.ErrNotExist) {
		f.Fatal(err)
	}
	return err == nil
}

// A photo is deleted with its files once no cat has shown it for the grace period, even if its
// files could not be deleted at first.
func TestCollector_UnusedPhotos(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		hash := f.keep(jpegFile(f, 700, 500)).Hash
		show := func(photos ...catalog.Photo) catalog.Cat {
			f.Helper()
			edit := func(facts *catalog.Facts) {
				facts.Name, facts.Status, facts.Photos = "Kenny", catalog.Available, photos
			}
			cat, _, err := f.catalog.PutCat(f.Context(), shelterID, catalog.CatUpdate{ExternalID: "A1", Source: "api", Edit: edit}, catalog.Precondition{})
			if err != nil {
				f.Fatal(err)
			}
			return cat
		}
		show(catalog.Photo{Hash: hash})
		f.now = f.now.Add(60 * 24 * time.Hour)
		f.collect(0)
		show()
		f.now = f.now.Add(29 * 24 * time.Hour)
		f.collect(0)
		show(catalog.Photo{Hash: hash})
		f.now = f.now.Add(2 * 24 * time.Hour)
		f.collect(0)
		show()
		f.now = f.now.Add(30 * 24 * time.Hour)
		if n, err := f.collector(failingFiles{f.directory}).DeleteUnused(f.Context()); n != 0 || !errors.Is(err, errAway) {
			f.Errorf("files that cannot be deleted: %d, %v", n, err)
		}
		if !f.hasFile(hash) {
			f.Fatal("the files are gone")
		}
		f.collect(1)
		if _, err := f.store.AnyKeptPhoto(f.Context(), hash); catalog.KindOf(err) != catalog.NotFound || f.hasFile(hash) {
			f.Errorf("the photo is left: %v, files: %v", err, f.hasFile(hash))
		}
		f.collect(0)
	})
}

// The photos of an erased cat are deleted immediately.
func TestCollector_ErasedCat(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		hash := f.keep(jpegFile(f, 700, 500)).Hash
		edit := func(facts *catalog.Facts) { facts.Name, facts.Photos = "Kenny", []catalog.Photo{{Hash: hash}} }
		cat, _, err := f.catalog.PutCat(f.Context(), shelterID, catalog.CatUpdate{ExternalID: "A1", Source: "api", Edit: edit}, catalog.Precondition{})
		if err == nil {
			_, err = f.catalog.EraseCat(f.Context(), cat.ID)
		}
		if err != nil {
			f.Fatal(err)
		}
		f.collect(1)
		if f.hasFile(hash) {
			f.Error("the files are left")
		}
	})
}

// Files of photos that are not recorded are deleted if they are older than a day.
func TestCollector_UnknownFiles(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		f.now = time.Now()
		kept := f.keep(jpegFile(f, 700, 500)).Hash
		const unknown = "0123456789abcdef0123456789abcdef"
		if err := f.directory.Put(f.Context(), unknown, map[int][]byte{300: {1}}); err != nil {
			f.Fatal(err)
		}
		for _, want := range []int64{0, 1} {
			if n, err := f.collector(f.directory).MarkUnknownFiles(f.Context()); n != want || err != nil {
				f.Fatalf("got %d, %v, want %d", n, err, want)
			}
			f.collect(int(want))
			f.now = f.now.Add(25 * time.Hour)
			f.keep(jpegFile(f, 700, 500)) // renews it
		}
		if f.hasFile(unknown) || !f.hasFile(kept) {
			f.Errorf("unknown files are stored: %v, those of a photo: %v", f.hasFile(unknown), f.hasFile(kept))
		}
	})
}
