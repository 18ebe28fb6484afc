package store_test

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const (
	photoURL   = "https://photos.shelter.example/1.jpg"
	otherURL   = "https://photos.shelter.example/2.jpg"
	photoHash  = "0123456789abcdef0123456789abcdef"
	secondHash = "fedcba9876543210fedcba9876543210"
)

// photoTest is a shelter whose cats have photos.
type photoTest struct {
	*testing.T

	store   *store.Store
	catalog *catalog.Catalog
	now     time.Time
}

func eachPhotoTest(t *testing.T, test func(t *photoTest)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_1")
		p := &photoTest{T: t, store: s, now: moment(1)}
		p.catalog = catalog.New(s, func() time.Time { return p.now }, func() [16]byte { return uuid.New() })
		test(p)
	})
}

// put puts a cat with photos and returns it.
func (t *photoTest) put(externalID string, status catalog.Status, photos ...catalog.Photo) (catalog.Cat, catalog.Result, error) {
	t.Helper()
	edit := func(f *catalog.Facts) { f.Name, f.Status, f.Photos = externalID, status, photos }
	return t.catalog.PutCat(t.Context(), "shl_1", catalog.CatUpdate{ExternalID: externalID, Source: "api", Edit: edit}, catalog.Precondition{})
}

func (t *photoTest) mustPut(externalID string, photos ...catalog.Photo) catalog.Cat {
	t.Helper()
	cat, _, err := t.put(externalID, catalog.Available, photos...)
	if err != nil {
		t.Fatal(err)
	}
	return cat
}

func (t *photoTest) photosOf(id string) []catalog.Photo {
	t.Helper()
	cat, err := t.store.Cat(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return cat.Photos
}

// keep records a kept photo, as the source of url if that is not empty.
func (t *photoTest) keep(hash, url string) {
	t.Helper()
	kept := catalog.KeptPhoto{Hash: hash, MediaType: "image/jpeg", Bytes: 1000, Width: 800, Height: 600, BlurHash: "LEHV6n", Color: "#a08060", PerceptualHash: 1 << 63, CreatedAt: t.now}
	if err := t.catalog.SaveKeptPhoto(t.Context(), kept); err != nil {
		t.Fatal(err)
	}
	if url != "" {
		t.fetched(catalog.PhotoSource{URL: url, Hash: hash, CheckedAt: t.now, NextAt: t.now.Add(time.Hour)})
	}
}

func (t *photoTest) fetched(source catalog.PhotoSource) {
	t.Helper()
	if err := t.catalog.SavePhotoSource(t.Context(), source); err != nil {
		t.Fatal(err)
	}
}

// due returns the URLs that are due.
func (t *photoTest) due() []string {
	t.Helper()
	var urls []string
	for {
		sources, err := t.store.LeasePhotoSources(t.Context(), t.now, time.Minute, 100, nil)
		if err != nil {
			t.Fatal(err)
		}
		if len(sources) == 0 {
			return urls
		}
		for _, s := range sources {
			urls = append(urls, s.URL)
		}
	}
}

// mustDelete deletes an unused photo.
func (t *photoTest) mustDelete(hash string) {
	t.Helper()
	if marked, err := t.store.MarkPhotoDeleting(t.Context(), hash, t.now); err != nil || !marked {
		t.Fatal(marked, err)
	}
	if err := t.store.DeletePhoto(t.Context(), hash); err != nil {
		t.Fatal(err)
	}
}

func (t *photoTest) isServed(hash string) bool {
	t.Helper()
	_, err := t.store.KeptPhoto(t.Context(), hash)
	if err != nil && catalog.KindOf(err) != catalog.NotFound {
		t.Fatal(err)
	}
	return err == nil
}

func shown(url, hash, alt string) catalog.Photo {
	p := catalog.Photo{URL: url, Alt: alt, Hash: hash, Width: 800, Height: 600, BlurHash: "LEHV6n", Color: "#a08060", PerceptualHash: 1 << 63}
	return p
}

// A linked photo is queued once. When it was fetched, each cat that has it shows the copy, which
// is a change of the cat, and so does a cat that gets it later.
func TestPhotos_LinkedPhotoIsShownWhenItIsFetched(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		cat := t.mustPut("A1", catalog.Photo{URL: photoURL, Alt: "Kenny", Width: 20, Height: 10})
		if got, want := t.due(), []string{photoURL}; !slices.Equal(got, want) {
			t.Fatalf("due are %v, want %v", got, want)
		}
		if got := t.due(); len(got) > 0 {
			t.Errorf("another node gets %v too", got)
		}
		t.keep(photoHash, photoURL)
		if got, want := t.photosOf(cat.ID), []catalog.Photo{shown(photoURL, photoHash, "Kenny")}; !slices.Equal(got, want) {
			t.Fatalf("the cat has %v, want %v", got, want)
		}
		head, err := t.store.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		changes, err := t.store.Changes(t.Context(), head.Seq-1, 10)
		if err != nil || len(changes) != 1 || changes[0].ResourceID != cat.ID || !slices.Equal(changes[0].Fields, []string{"photos"}) {
			t.Errorf("the log has %v, %v", changes, err)
		}
		if _, result, err := t.put("A1", catalog.Available, catalog.Photo{URL: photoURL, Alt: "Kenny"}); err != nil || result != catalog.ResultUnchanged {
			t.Errorf("sending the cat again: %s, %v", result, err)
		}
		second := t.mustPut("A2", catalog.Photo{URL: photoURL}, catalog.Photo{URL: otherURL})
		if got, want := second.Photos, []catalog.Photo{shown(photoURL, photoHash, ""), {URL: otherURL}}; !slices.Equal(got, want) {
			t.Errorf("the second cat has %v, want %v", got, want)
		}
		t.now = t.now.Add(time.Hour)
		if got, want := t.due(), []string{otherURL, photoURL}; !slices.Equal(got, want) {
			t.Errorf("after an hour due are %v, want %v", got, want)
		}
	})
}

// A source that changed replaces the copy. One that is missing is noted, and the copy stays.
func TestPhotos_SourceChangesAndGoes(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		cat := t.mustPut("A1", catalog.Photo{URL: photoURL})
		t.keep(photoHash, photoURL)
		t.keep(secondHash, photoURL)
		if got := t.photosOf(cat.ID)[0].Hash; got != secondHash {
			t.Errorf("the cat shows %s after the source changed", got)
		}
		if t.isServed(photoHash) || !t.isServed(secondHash) {
			t.Error("not exactly the second copy is served")
		}
		t.fetched(catalog.PhotoSource{URL: photoURL, Hash: secondHash, Missing: true, CheckedAt: t.now, NextAt: t.now})
		want := shown(photoURL, secondHash, "")
		want.SourceMissing = true
		if got := t.photosOf(cat.ID); !slices.Equal(got, []catalog.Photo{want}) {
			t.Errorf("the cat has %v, want %v", got, want)
		}
	})
}

// An edit may refer to a kept photo by its hash: one that came as a file, or one that the cat
// has already, whose source it then keeps.
func TestPhotos_ByHash(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		cat := t.mustPut("A1", catalog.Photo{Hash: photoHash, Alt: "Kenny"})
		if want := []catalog.Photo{shown("", photoHash, "Kenny")}; !slices.Equal(cat.Photos, want) {
			t.Errorf("the cat has %v, want %v", cat.Photos, want)
		}
		_, _, err := t.put("A2", catalog.Available, catalog.Photo{URL: otherURL}, catalog.Photo{Hash: secondHash})
		if e, ok := errors.AsType[*catalog.Error](err); !ok || len(e.Fields) != 1 || e.Fields[0].Pointer != "/photos/1/url" {
			t.Errorf("a photo that is not kept: %v", err)
		}
		t.mustPut("A3", catalog.Photo{URL: photoURL})
		t.keep(secondHash, photoURL)
		linked := t.mustPut("A3", catalog.Photo{Hash: secondHash, Alt: "from the copy"}, catalog.Photo{Hash: photoHash})
		want := []catalog.Photo{shown(photoURL, secondHash, "from the copy"), shown("", photoHash, "")}
		if !slices.Equal(linked.Photos, want) {
			t.Errorf("the cat has %v, want %v", linked.Photos, want)
		}
		usage, err := t.store.PhotoUsage(t.Context(), "shl_1")
		if want := (catalog.PhotoUsage{Photos: 2, Bytes: 2000}); err != nil || usage != want {
			t.Errorf("the shelter uses %v, %v, want %v", usage, err, want)
		}
	})
}

// A photo that no cat shows is not served, and is deleted only once it was unused for long
// enough. A cat that is listed again after that is without it.
func TestPhotos_UnusedAreDeleted(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		t.mustPut("A1", catalog.Photo{Hash: photoHash}, catalog.Photo{URL: photoURL})
		t.keep(secondHash, photoURL)
		if !t.isServed(photoHash) {
			t.Fatal("the photo is not served")
		}
		unused := func() []string {
			if err := t.store.NoteUnusedPhotos(t.Context(), t.now); err != nil {
				t.Fatal(err)
			}
			hashes, err := t.store.UnusedPhotos(t.Context(), t.now.Add(-time.Hour), 10)
			if err != nil {
				t.Fatal(err)
			}
			return hashes
		}
		t.now = t.now.Add(2 * time.Hour)
		if got := unused(); len(got) > 0 {
			t.Errorf("unused are %v while the cat shows them", got)
		}
		removed, _, err := t.put("A1", catalog.Removed, catalog.Photo{Hash: photoHash}, catalog.Photo{URL: photoURL})
		if err != nil || len(removed.Photos) != 2 {
			t.Fatal(removed.Photos, err)
		}
		if t.isServed(photoHash) || t.isServed(secondHash) {
			t.Error("photos of a removed cat are served")
		}
		if got := unused(); len(got) > 0 {
			t.Errorf("unused for an hour are %v", got)
		}
		t.now = t.now.Add(time.Hour)
		if got, want := unused(), []string{photoHash, secondHash}; !slices.Equal(got, want) {
			t.Fatalf("unused for an hour are %v, want %v", got, want)
		}
		for _, hash := range []string{photoHash, secondHash} {
			t.mustDelete(hash)
		}
		relisted := t.mustPut("A1", catalog.Photo{Hash: photoHash}, catalog.Photo{URL: photoURL})
		if want := []catalog.Photo{{URL: photoURL, Width: 800, Height: 600}}; !slices.Equal(relisted.Photos, want) {
			t.Errorf("the cat that is listed again has %v, want %v", relisted.Photos, want)
		}
	})
}

// Photos that look alike are found if up to three bits of their perceptual hashes differ, wherever
// these are.
func TestPhotos_LookAlike(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		cat := t.mustPut("A1", catalog.Photo{Hash: photoHash})
		for _, flipped := range []uint64{0, 1, 1<<63 | 1, 1<<20 | 1<<40 | 1<<60, 1 | 1<<17 | 1<<33} {
			near := uint64(1<<63) ^ flipped
			found, err := t.store.CatsWithPhotosLike(t.Context(), []uint64{5, near})
			if err != nil || !slices.Equal(found[1<<63], []string{cat.ID}) {
				t.Errorf("with the bits %b flipped: found %v, %v", flipped, found, err)
			}
		}
		if found, err := t.store.CatsWithPhotosLike(t.Context(), []uint64{0x1234567812345678}); err != nil || len(found) > 0 {
			t.Errorf("another photo finds %v, %v", found, err)
		}
	})
}

// A photo that a cat shows is not deleted, even if it was found to be unused before.
func TestPhotos_UsedAreNotDeleted(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		t.mustPut("A1", catalog.Photo{Hash: photoHash})
		t.now = t.now.Add(48 * time.Hour)
		if marked, err := t.store.MarkPhotoDeleting(t.Context(), photoHash, t.now); marked || err != nil {
			t.Errorf("marked: %v, %v", marked, err)
		}
		if err := t.store.DeletePhoto(t.Context(), photoHash); err != nil || !t.isServed(photoHash) {
			t.Errorf("a photo that is not marked was deleted: %v", err)
		}
	})
}

// A photo that was sent but is shown by no cat yet is kept for a day, and for another one if it is
// sent again. While it is deleted it can neither be shown nor recorded.
func TestPhotos_SentAgain(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		mark := func() bool {
			t.Helper()
			marked, err := t.store.MarkPhotoDeleting(t.Context(), photoHash, t.now)
			if err != nil {
				t.Fatal(err)
			}
			return marked
		}
		for range 3 {
			t.now = t.now.Add(catalog.NewPhotoGrace - time.Minute)
			if mark() {
				t.Fatal("a photo that is less than a day old is deleted")
			}
			if kept, err := t.store.RenewKeptPhoto(t.Context(), photoHash, t.now); err != nil || kept.Bytes != 1000 {
				t.Fatal(kept, err)
			}
		}
		t.now = t.now.Add(catalog.NewPhotoGrace)
		if !mark() {
			t.Fatal("an unused photo is not deleted")
		}
		if _, err := t.store.RenewKeptPhoto(t.Context(), photoHash, t.now); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("while it is deleted: %v", err)
		}
		if err := t.catalog.SaveKeptPhoto(t.Context(), catalog.KeptPhoto{Hash: photoHash, CreatedAt: t.now}); !errors.Is(err, catalog.ErrPhotoDeleting) {
			t.Errorf("recorded while it is deleted: %v", err)
		}
		t.mustDelete(photoHash) // also if the first process ended meanwhile
		t.keep(photoHash, "")
		if _, err := t.store.AnyKeptPhoto(t.Context(), photoHash); err != nil {
			t.Error(err)
		}
	})
}

// A photo that a cat no longer shows is noted at once; one that another cat shows is not.
func TestPhotos_ReplacedPhotoIsUnused(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		t.keep(secondHash, "")
		t.mustPut("A1", catalog.Photo{Hash: photoHash}, catalog.Photo{Hash: secondHash})
		t.mustPut("A2", catalog.Photo{Hash: secondHash})
		t.now = t.now.Add(time.Hour)
		t.mustPut("A1")
		if got, err := t.store.UnusedPhotos(t.Context(), t.now, 10); err != nil || !slices.Equal(got, []string{photoHash}) {
			t.Errorf("got %v, %v, want %s", got, err, photoHash)
		}
	})
}

// The photos of cats that are stored without their uses, as by earlier versions, are queued. A photo
// that was fetched for another cat is shown at once.
func TestPhotos_OfEarlierVersions(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		old := plainCat(1000, "shl_1")
		old.Photos = []catalog.Photo{{URL: photoURL, Alt: "first"}, {URL: otherURL}}
		write(t, t.store, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), []catalog.Cat{old}, nil) })
		other := t.mustPut("B1", catalog.Photo{URL: otherURL})
		t.keep(photoHash, otherURL)
		var numbers []int64
		for last := int64(0); ; {
			next, err := t.catalog.QueuePhotos(t.Context(), last, 1)
			if err != nil {
				t.Fatal(err)
			}
			if last = next; last == 0 {
				break
			}
			numbers = append(numbers, last)
		}
		if want := []int64{old.Number, other.Number}; !slices.Equal(slices.Sorted(slices.Values(numbers)), slices.Sorted(slices.Values(want))) {
			t.Errorf("got cats %v, want %v", numbers, want)
		}
		if got, want := t.photosOf(old.ID), []catalog.Photo{{URL: photoURL, Alt: "first"}, shown(otherURL, photoHash, "")}; !slices.Equal(got, want) {
			t.Errorf("the cat has %v, want %v", got, want)
		}
		if got, want := t.due(), []string{photoURL}; !slices.Equal(got, want) {
			t.Errorf("due are %v, want %v", got, want)
		}
	})
}

// A call leases at most one source of each host, and none of hosts to skip.
func TestPhotos_LeasesAreSharedByHosts(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		var photos []catalog.Photo
		for i := range 9 {
			photos = append(photos, catalog.Photo{URL: fmt.Sprintf("https://host-%d.example/%d.jpg", i%3, i)})
		}
		t.mustPut("A1", photos...)
		t.now = t.now.Add(time.Minute)
		lease := func(limit int, skip ...string) (hosts []string) {
			t.Helper()
			sources, err := t.store.LeasePhotoSources(t.Context(), t.now, time.Minute, limit, skip)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range sources {
				hosts = append(hosts, s.Host())
			}
			return hosts
		}
		if got, want := lease(5, "host-1.example"), []string{"host-0.example", "host-2.example"}; !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
		if got := lease(1); len(got) != 1 {
			t.Errorf("got %v, want one host", got)
		}
		t.mustPut("A1")
		t.now = t.now.Add(time.Hour)
		if got := lease(5); len(got) > 0 {
			t.Errorf("sources that no cat has any more are leased: %v", got)
		}
		if n, err := t.store.PhotosWaiting(t.Context(), t.now); n != 0 || err != nil {
			t.Errorf("%d of them are left, %v", n, err)
		}
	})
}

// Files of a photo that is not in the database are deleted like those of an unused photo.
func TestPhotos_UnknownFiles(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		if n, err := t.store.MarkUnknownPhotos(t.Context(), []string{photoHash, secondHash}); n != 1 || err != nil {
			t.Fatal(n, err)
		}
		if got, err := t.store.UnusedPhotos(t.Context(), t.now, 10); err != nil || !slices.Equal(got, []string{secondHash}) {
			t.Errorf("got %v, %v, want %s", got, err, secondHash)
		}
		t.mustDelete(secondHash)
	})
}

// The photos of an erased cat are to be deleted at once, unless another cat shows them.
func TestPhotos_ErasedCat(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.keep(photoHash, "")
		cat := t.mustPut("A1", catalog.Photo{Hash: photoHash}, catalog.Photo{URL: photoURL}, catalog.Photo{URL: otherURL})
		t.keep(secondHash, photoURL)
		t.mustPut("A2", catalog.Photo{URL: photoURL})
		if _, err := t.catalog.EraseCat(t.Context(), cat.ID); err != nil {
			t.Fatal(err)
		}
		hashes, err := t.store.UnusedPhotos(t.Context(), time.Unix(0, 0), 10)
		if err != nil || !slices.Equal(hashes, []string{photoHash}) {
			t.Errorf("to be deleted at once: %v, %v, want %s", hashes, err, photoHash)
		}
		t.now = t.now.Add(24 * time.Hour)
		if got := strings.Join(t.due(), " "); got != photoURL {
			t.Errorf("sources that are left: %s, want %s", got, photoURL)
		}
	})
}

// The photos of a cat can be sent back as they were read, also if two sources have the same file.
// Two addresses of one copy are one photo.
func TestPhotos_SentBackAsRead(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.mustPut("A1", catalog.Photo{URL: photoURL, Alt: "front"}, catalog.Photo{URL: otherURL, Alt: "again"})
		t.keep(photoHash, photoURL)
		t.keep(photoHash, otherURL)
		want := []catalog.Photo{shown(photoURL, photoHash, "front"), shown(otherURL, photoHash, "again")}
		for _, base := range []catalog.PhotoBase{"", "https://cdn.example/kept"} {
			var read []catalog.Photo
			for _, p := range want {
				read = append(read, catalog.Photo{URL: base.Best(p, catalog.MaxPhotoSize), Alt: p.Alt, Width: p.Width, Height: p.Height})
			}
			cat, result, err := t.put("A1", catalog.Available, read...)
			if err != nil || result != catalog.ResultUnchanged || !slices.Equal(cat.Photos, want) {
				t.Errorf("sent back with the base %q: %s, %v, got %v", base, result, err, cat.Photos)
			}
			sizes := t.mustPut("B"+string(base), catalog.Photo{URL: base.Address(photoHash, 300)}, catalog.Photo{URL: base.Address(photoHash, 600)})
			if want := []catalog.Photo{shown("", photoHash, "")}; !slices.Equal(sizes.Photos, want) {
				t.Errorf("two sizes of one copy: got %v, want %v", sizes.Photos, want)
			}
		}
	})
}

// A cat that gets a photo while another transaction records that it was fetched shows the copy, and
// the two do not deadlock.
func TestPhotos_FetchedDuringAWrite(t *testing.T) {
	t.Parallel()

	s := storetest.NewOn(t, "postgres")
	for _, id := range []string{"shl_1", "shl_2"} {
		shelterNamed(t, s, id)
	}
	p := &photoTest{T: t, store: s, now: moment(1)}
	p.catalog = catalog.New(s, func() time.Time { return p.now }, func() [16]byte { return uuid.New() })
	waiting := func() (n int) {
		const query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
		if err := s.SQL().QueryRowContext(t.Context(), query).Scan(&n); err != nil {
			t.Error(err)
		}
		return n
	}
	for n, shelterID := range []string{"shl_1", "shl_2"} { // that of the first cat, for which the fetch waits, or another one
		url, hash := fmt.Sprintf("https://photos.shelter.example/during-%d.jpg", n), fmt.Sprintf("%032x", n)
		p.mustPut(fmt.Sprintf("A%d", n), catalog.Photo{URL: url})
		p.keep(hash, "")
		cat := plainCat(10+n, shelterID)
		cat.Photos = []catalog.Photo{{URL: url}}
		attempts := 0
		var ended atomic.Bool
		fetched := make(chan error, 1)
		fetch := func() {
			source := catalog.PhotoSource{URL: url, Hash: hash, CheckedAt: p.now, NextAt: p.now.Add(time.Hour)}
			err := p.catalog.SavePhotoSource(t.Context(), source)
			ended.Store(true)
			fetched <- err
		}
		write(t, s, func(tx catalog.Tx) error {
			attempts++
			if _, err := tx.Shelters.Shelter(t.Context(), shelterID); err != nil {
				return err
			}
			queue := func() error {
				_, err := tx.Photos.QueuePhotoSources(t.Context(), []string{url}, p.now)
				return err
			}
			if shelterID == "shl_2" {
				if err := queue(); err != nil {
					return err
				}
			}
			if attempts == 1 {
				go fetch()
				for waiting() == 0 && !ended.Load() && !t.Failed() {
					runtime.Gosched()
				}
			}
			if shelterID == "shl_1" {
				if err := queue(); err != nil {
					return err
				}
			}
			return errors.Join(tx.Cats.SaveCats(t.Context(), []catalog.Cat{cat}, nil), tx.Photos.SavePhotoUses(t.Context(), []catalog.Cat{cat}))
		})
		if err := <-fetched; err != nil || attempts != 1 {
			t.Errorf("the fetch ended with %v, after %d attempts to write", err, attempts)
		}
		if photos := p.photosOf(cat.ID); len(photos) != 1 || photos[0].Hash != hash {
			t.Errorf("the cat of %s shows %+v, want the copy %s", shelterID, photos, hash)
		}
	}
}

// A source that no cat shows is not deleted while a cat begins to show it.
func TestPhotos_UnusedSourceIsShownAgain(t *testing.T) {
	t.Parallel()

	s := storetest.NewOn(t, "postgres")
	shelterNamed(t, s, "shl_1")
	p := &photoTest{T: t, store: s, now: moment(1)}
	p.catalog = catalog.New(s, func() time.Time { return p.now }, func() [16]byte { return uuid.New() })
	p.mustPut("A1", catalog.Photo{URL: photoURL})
	p.mustPut("A1")
	cat := plainCat(10, "shl_1")
	cat.Photos = []catalog.Photo{{URL: photoURL}}
	write(t, s, func(tx catalog.Tx) error {
		if _, err := tx.Photos.QueuePhotoSources(t.Context(), []string{photoURL}, p.now); err != nil {
			return err
		}
		if due := p.due(); len(due) > 0 {
			t.Errorf("due before a cat shows them: %v", due)
		}
		return errors.Join(tx.Cats.SaveCats(t.Context(), []catalog.Cat{cat}, nil), tx.Photos.SavePhotoUses(t.Context(), []catalog.Cat{cat}))
	})
	if due := p.due(); !slices.Equal(due, []string{photoURL}) {
		t.Errorf("due: %v, want %s", due, photoURL)
	}
}

// A photo that was fetched for a cat that was erased meanwhile is to be deleted at once.
func TestPhotos_ErasedDuringAFetch(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		cat := t.mustPut("A1", catalog.Photo{URL: photoURL})
		if _, err := t.catalog.EraseCat(t.Context(), cat.ID); err != nil {
			t.Fatal(err)
		}
		t.keep(photoHash, photoURL)
		if hashes, err := t.store.UnusedPhotos(t.Context(), time.Unix(0, 0), 10); err != nil || !slices.Equal(hashes, []string{photoHash}) {
			t.Errorf("to be deleted at once: %v, %v, want %s", hashes, err, photoHash)
		}
	})
}

// A photo that was deleted between the upload and the write of the cat is an error.
func TestPhotos_DeletedBeforeTheCatIsWritten(t *testing.T) {
	t.Parallel()

	eachPhotoTest(t, func(t *photoTest) {
		t.mustPut("A1")
		_, result, err := t.put("A1", catalog.Available, shown("", photoHash, "Kenny"))
		if e, ok := errors.AsType[*catalog.Error](err); !ok || len(e.Fields) != 1 || e.Fields[0].Pointer != "/photos/0/url" {
			t.Errorf("got %s, %v, want an error about the photo", result, err)
		}
	})
}
