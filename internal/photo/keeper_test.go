package photo_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/uuid"

	"trailcat/internal/catalog"
	"trailcat/internal/photo"
	"trailcat/internal/photo/files"
	"trailcat/internal/photo/imaging"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// fixture is a shelter and a keeper for the photos of its cats.
type fixture struct {
	*testing.T

	now       time.Time
	store     *store.Store
	catalog   *catalog.Catalog
	directory *files.Directory
	files     hookedFiles
	keeper    *photo.Keeper
	quotas    catalog.Quotas
	processed atomic.Int64 // photos
}

const shelterID = "shl_1"

// newFixture returns a fixture on an empty database.
func newFixture(t *testing.T, db *store.Store) *fixture {
	t.Helper()
	f := &fixture{T: t, store: db, now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	f.catalog = catalog.New(db, func() time.Time { return f.now }, func() [16]byte { return uuid.New() })
	var err error
	if f.directory, err = files.OpenDirectory(t.TempDir()); err != nil {
		t.Fatal(err)
	}
	f.files = hookedFiles{Directory: f.directory, afterPut: func(string) {}}
	err = db.Write(t.Context(), func(tx catalog.Tx) error {
		return tx.Shelters.SaveShelter(t.Context(), catalog.Shelter{ID: shelterID, Code: "A", Profile: catalog.Profile{Name: "Shelter"}, Version: 1, CreatedAt: f.now, UpdatedAt: f.now})
	})
	if err != nil {
		t.Fatal(err)
	}
	f.keeper = f.newKeeper(f.read)
	return f
}

func (f *fixture) read(_ context.Context, file []byte) (imaging.Image, error) {
	return imaging.Read(file)
}

func (f *fixture) newKeeper(process func(context.Context, []byte) (imaging.Image, error)) *photo.Keeper {
	return photo.NewKeeper(photo.KeeperConfig{
		Store: f.store, Catalog: f.catalog, Files: &f.files, AtOnce: 2, Usage: f.store, Quotas: f.quotas, Now: func() time.Time { return f.now },
		Process: func(ctx context.Context, file []byte) (imaging.Image, error) {
			f.processed.Add(1)
			return process(ctx, file)
		},
	})
}

func eachFixture(t *testing.T, test func(f *fixture)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) { test(newFixture(t, s)) })
}

// hookedFiles stores files in a directory and calls a function after each photo.
type hookedFiles struct {
	*files.Directory

	afterPut func(hash string)
	putError error // of all calls; nil: none
}

func (h *hookedFiles) Put(ctx context.Context, hash string, files map[int][]byte) error {
	if h.putError != nil {
		return h.putError
	}
	err := h.Directory.Put(ctx, hash, files)
	h.afterPut(hash)
	return err
}

func (f *fixture) keep(file []byte) catalog.KeptPhoto {
	f.Helper()
	kept, err := f.keeper.Keep(f.Context(), file)
	if err != nil {
		f.Fatal(err)
	}
	return kept
}

// checkFiles checks that exactly the renditions of a photo are stored.
func (f *fixture) checkFiles(kept catalog.KeptPhoto) {
	f.Helper()
	var sizes []int
	for _, r := range catalog.Renditions(kept.Width, kept.Height) {
		sizes = append(sizes, r.Size)
	}
	if ok, err := f.directory.Has(f.Context(), kept.Hash, sizes); !ok || err != nil {
		f.Errorf("files of photo %s: %v, %v", kept.Hash, ok, err)
	}
}

// A photo is processed once. It is processed again if its files are missing.
func TestKeeper_SamePhotoAgain(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		file := jpegFile(f, 700, 500)
		first := f.keep(file)
		if first.Hash != imaging.Hash(file) || first.Width != 700 || first.Height != 500 || !first.CreatedAt.Equal(f.now) {
			f.Errorf("got %+v", first)
		}
		f.checkFiles(first)
		f.now = f.now.Add(catalog.NewPhotoGrace)
		if second := f.keep(file); second != first || f.processed.Load() != 1 {
			f.Errorf("got %+v after %d photos were processed, want %+v after 1", second, f.processed.Load(), first)
		}
		if marked, err := f.store.MarkPhotoDeleting(f.Context(), first.Hash, f.now); marked || err != nil {
			f.Errorf("the photo is deleted although it was sent again: %v, %v", marked, err)
		}
		if err := f.directory.Delete(f.Context(), first.Hash); err != nil {
			f.Fatal(err)
		}
		f.keep(file)
		f.checkFiles(first)
		if f.processed.Load() != 2 {
			f.Errorf("%d photos were processed, want 2", f.processed.Load())
		}
	})
}

// A file that is not a photo leaves no files.
func TestKeeper_FileIsNotAPhoto(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		if _, err := f.keeper.Keep(f.Context(), []byte("no photo")); catalog.KindOf(err) == catalog.Internal {
			f.Errorf("got %v, want an error for the caller", err)
		}
		for entry, err := range f.directory.All(f.Context()) {
			f.Errorf("a file is stored: %v, %v", entry, err)
		}
	})
}

// The collector may delete the files of a photo that is sent again until it is recorded.
func TestKeeper_FilesAreDeletedBeforeThePhotoIsRecorded(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		deleted := false
		f.files.afterPut = func(hash string) {
			if !deleted {
				deleted = true
				if err := f.directory.Delete(f.Context(), hash); err != nil {
					f.Error(err)
				}
			}
		}
		f.checkFiles(f.keep(jpegFile(f, 700, 500)))
	})
}

// A photo that is sent while its unused copy is deleted is recorded afterwards.
func TestKeeper_PhotoIsBeingDeleted(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		file := jpegFile(f, 700, 500)
		kept := f.keep(file)
		f.now = f.now.Add(catalog.NewPhotoGrace)
		if marked, err := f.store.MarkPhotoDeleting(f.Context(), kept.Hash, f.now); !marked || err != nil {
			f.Fatal(marked, err)
		}
		puts := 0
		f.files.afterPut = func(hash string) {
			if puts++; puts == 2 {
				if err := errors.Join(f.directory.Delete(f.Context(), hash), f.store.DeletePhoto(f.Context(), hash)); err != nil {
					f.Error(err)
				}
			}
		}
		f.checkFiles(f.keep(file))
		if _, err := f.store.AnyKeptPhoto(f.Context(), kept.Hash); err != nil {
			f.Error(err)
		}
	})
}

// Photos of requests are rejected if too many wait, or if one waits too long. Photos of background
// jobs wait, and leave one slot to requests.
func TestKeeper_Queue(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		running, finish := atomic.Int64{}, make(chan struct{})
		keeper := photo.NewKeeper(photo.KeeperConfig{
			Store: unknownPhotos{}, Catalog: nil, Files: nil, AtOnce: 2, Now: time.Now,
			Process: func(context.Context, []byte) (imaging.Image, error) {
				running.Add(1)
				defer running.Add(-1)
				<-finish
				return imaging.Image{}, context.Canceled
			},
		})
		var rejected atomic.Int64
		keep := func(ctx context.Context) {
			go func() {
				if _, err := keeper.Keep(ctx, nil); catalog.KindOf(err) == catalog.Unavailable {
					rejected.Add(1)
				}
			}()
			synctest.Wait()
		}
		check := func(step string, wantRunning, wantRejected int64) {
			t.Helper()
			if running.Load() != wantRunning || rejected.Load() != wantRejected {
				t.Errorf("%s: %d are processed and %d were rejected, want %d and %d", step, running.Load(), rejected.Load(), wantRunning, wantRejected)
			}
		}
		for range 3 {
			keep(catalog.WithWorkload(ctx, catalog.JobWorkload))
		}
		check("jobs", 1, 0)
		for range 16 {
			keep(ctx)
		}
		check("full queue", 2, 0)
		keep(ctx)
		check("one more", 2, 1)
		time.Sleep(10 * time.Second)
		synctest.Wait()
		check("after 10 seconds", 2, 16)
		finish <- struct{}{}
		finish <- struct{}{}
		synctest.Wait()
		check("after the first ended", 1, 16)
		close(finish)
	})
}

// unknownPhotos has no photos.
type unknownPhotos struct{}

func (unknownPhotos) RenewKeptPhoto(_ context.Context, hash string, _ time.Time) (catalog.KeptPhoto, error) {
	return catalog.KeptPhoto{}, catalog.NotFoundError("photo", hash)
}

// A shelter with as many photos as its quota allows can send those again that its cats show, as in
// the next import of the same file.
func TestKeeper_QuotaOfPhotosThatAreShown(t *testing.T) {
	t.Parallel()

	eachFixture(t, func(f *fixture) {
		f.quotas.Photos = new(int64(1))
		f.keeper = f.newKeeper(f.read)
		shelter, err := f.store.Shelter(f.Context(), shelterID)
		if err != nil {
			f.Fatal(err)
		}
		shown, other := jpegFile(f, 100, 100), jpegFile(f, 101, 100)
		kept := f.keep(shown)
		edit := func(facts *catalog.Facts) {
			facts.Name, facts.Status, facts.Photos = "Kenny", catalog.Available, []catalog.Photo{kept.Photo()}
		}
		if _, _, err := f.catalog.PutCat(f.Context(), shelterID, catalog.CatUpdate{ExternalID: "A1", Source: "api", Edit: edit}, catalog.Precondition{}); err != nil {
			f.Fatal(err)
		}
		if err := f.keeper.CheckQuota(f.Context(), shelter, shown); err != nil {
			f.Errorf("a photo that a cat shows: %v", err)
		}
		if err := f.keeper.CheckQuota(f.Context(), shelter, other); catalog.KindOf(err) != catalog.Conflict {
			f.Errorf("another photo: %v, want a conflict", err)
		}
	})
}
