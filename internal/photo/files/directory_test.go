package files_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/photo/files"
	"trailcat/internal/resourcetest"
)

func openDirectory(t *testing.T, path string) *files.Directory {
	t.Helper()
	store, err := files.OpenDirectory(path)
	if err != nil {
		t.Fatal(err)
	}
	return store
}

func writeFile(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("not ours"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// fileNames returns the paths of all files below a directory, with their lengths.
func fileNames(t *testing.T, dir string) map[string]int64 {
	t.Helper()
	names := map[string]int64{}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		names[filepath.ToSlash(name)] = info.Size()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

func TestDirectory(t *testing.T) {
	t.Parallel()

	testStore(t, func(t *testing.T) storage {
		t.Helper()
		path := filepath.Join(t.TempDir(), "photos")
		return storage{
			store: openDirectory(t, path),
			write: func(t *testing.T, name string) { t.Helper(); writeFile(t, filepath.Join(path, name)) },
			names: func(t *testing.T) map[string]int64 { t.Helper(); return fileNames(t, path) },
		}
	})
}

func TestDirectory_CannotBeOpened(t *testing.T) {
	t.Parallel()

	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "file"))
	for name, path := range map[string]string{"file": filepath.Join(dir, "file"), "in a directory that does not exist": filepath.Join(dir, "none", "photos")} {
		if _, err := files.OpenDirectory(path); err == nil {
			t.Errorf("%s: got no error", name)
		}
	}
}

// If the directory disappears, such as a disk that is no longer mounted, photos are reported as
// unavailable, not as missing.
func TestDirectory_MissingIsUnavailable(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "photos")
	store := openDirectory(t, path)
	put(t, store, 1)
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	_, openErr := store.Open(t.Context(), hashOf(1), 300)
	_, hasErr := store.Has(t.Context(), hashOf(1), photoSizes)
	_, cleanErr := store.Clean(t.Context(), time.Now())
	errs := map[string]error{
		"put": store.Put(t.Context(), hashOf(2), photo(2)), "delete": store.Delete(t.Context(), hashOf(1)), "check": store.Check(t.Context()),
		"open": openErr, "has": hasErr, "clean": cleanErr,
	}
	for _, err := range store.All(t.Context()) {
		errs["all"] = err
	}
	for name, err := range errs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checkStorageError(t, err, catalog.Unavailable, path)
		})
	}
}

// A photo that was stored again counts as new.
func TestDirectory_PutOfTheSameContentRenewsItsTime(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "photos")
	store := openDirectory(t, path)
	put(t, store, 1)
	old := time.Now().Add(-time.Hour)
	if err := os.Chtimes(filepath.Join(path, hashOf(1)), old, old); err != nil {
		t.Fatal(err)
	}
	if got := all(t, store)[0].ModTime; time.Since(got) < time.Minute {
		t.Fatalf("got time %v, want that of an hour ago", got)
	}
	put(t, store, 1)
	if got := all(t, store)[0].ModTime; time.Since(got) > time.Minute {
		t.Errorf("got time %v, want now", got)
	}
}

// Clean removes what is unfinished and old, and nothing else.
func TestDirectory_Clean(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "photos")
	store := openDirectory(t, path)
	put(t, store, 1)
	for _, name := range []string{".new-A/300.jpg", ".deleted-B/300.jpg", ".check-C/1.jpg", ".newer/a", "notes/.new-D"} {
		writeFile(t, filepath.Join(path, name))
	}
	if n, err := store.Clean(t.Context(), time.Now().Add(-time.Hour)); n != 0 || err != nil {
		t.Errorf("nothing is old: got %d removed, error %v, want none", n, err)
	}
	if n, err := store.Clean(t.Context(), time.Now().Add(time.Hour)); n != 3 || err != nil {
		t.Errorf("got %d removed, error %v, want 3", n, err)
	}
	names := fileNames(t, path)
	for _, name := range []string{".newer/a", "notes/.new-D"} {
		if _, ok := names[name]; !ok {
			t.Errorf("%s was removed", name)
		}
	}
	if len(names) != 2+len(photoSizes) {
		t.Errorf("got %v, want two foreign files and the photo", names)
	}
	checkContent(t, store, 1)
}

// A full disk is an error that says so and leaves no files, and photos can be deleted.
func TestDirectory_FullDisk(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "photos")
	if err := os.Mkdir(path, 0o755); err != nil {
		t.Fatal(err)
	}
	resourcetest.MountSmall(t, path)
	store := openDirectory(t, path)
	put(t, store, 1)
	large := map[int][]byte{300: bytes.Repeat([]byte{1}, 100<<10), 2048: bytes.Repeat([]byte{2}, 1<<20)}
	stored := 0
	var err error
	for ; err == nil && stored < 100; stored++ {
		err = store.Put(t.Context(), hashOf(100+stored), large)
	}
	checkStorageError(t, err, catalog.StorageFull, path)
	stored-- // the one that failed
	if got := fileNames(t, path); stored < 1 || len(got) != len(photoSizes)+2*stored {
		t.Errorf("got %v, want the files of %d photos", got, 1+stored)
	}
	checkContent(t, store, 1)
	if err := store.Delete(t.Context(), hashOf(100)); err != nil {
		t.Error(err)
	}
	if err := store.Put(t.Context(), hashOf(100), large); err != nil {
		t.Errorf("after a photo was deleted: %v", err)
	}
}

// writerVariable makes this program the process that TestDirectory_KilledWriter kills.
const writerVariable = "TRAILCAT_TEST_PHOTO_WRITER"

func TestMain(m *testing.M) {
	if path := os.Getenv(writerVariable); path != "" {
		fmt.Fprintln(os.Stderr, writePhotos(path))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writtenPhotos is how many photos the writer stores and deletes in turn.
const writtenPhotos = 20

// writePhotos stores, replaces and deletes photos until the process is killed. It prints a line
// before each photo.
func writePhotos(path string) error {
	store, err := files.OpenDirectory(path)
	if err != nil {
		return err
	}
	for i := 0; ; i++ {
		n := i % writtenPhotos
		if _, err := fmt.Println(i); err != nil {
			return err
		}
		content := photo(n)
		if i%3 == 1 {
			content = photo(n + 1000) // another version of the same photo
		}
		if err := store.Put(context.Background(), hashOf(n), content); err != nil {
			return err
		}
		if i%5 == 4 {
			if err := store.Delete(context.Background(), hashOf((n+7)%writtenPhotos)); err != nil {
				return err
			}
		}
	}
}

// TestDirectory_KilledWriter kills a process that writes. Every photo that Has reports is complete,
// in one of its versions, and after Clean no other files remain.
func TestDirectory_KilledWriter(t *testing.T) {
	t.Parallel()

	path := filepath.Join(t.TempDir(), "photos")
	store := openDirectory(t, path)
	kills := 20
	if testing.Short() {
		kills = 6
	}
	for kill := range kills {
		killWriter(t, path, 1+7*kill)
		complete := 0
		for n := range writtenPhotos {
			if has, err := store.Has(t.Context(), hashOf(n), photoSizes); err != nil {
				t.Fatal(err)
			} else if has {
				complete++
				checkVersion(t, store, n)
			}
		}
		if entries := all(t, store); len(entries) != complete || complete == 0 {
			t.Errorf("got %d photos listed and %d complete, want the same and at least one", len(entries), complete)
		}
	}
	if _, err := store.Clean(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got, want := len(fileNames(t, path)), len(all(t, store))*len(photoSizes); got != want {
		t.Errorf("got %d files, want %d", got, want)
	}
}

// killWriter starts the writer and kills it soon after it has begun with a photo.
func killWriter(t *testing.T, path string, photo int) {
	t.Helper()
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	writer := exec.CommandContext(t.Context(), program)
	writer.Env = append(os.Environ(), writerVariable+"="+path)
	writer.Stderr = &stderr
	stdout, err := writer.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := writer.Start(); err != nil {
		t.Fatal(err)
	}
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		if lines.Text() == strconv.Itoa(photo) {
			break
		}
	}
	if err := writer.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	var ended *exec.ExitError
	if err := writer.Wait(); !errors.As(err, &ended) || ended.Exited() {
		t.Fatalf("the writer ended by itself: %v: %s", err, &stderr)
	}
}

// checkVersion fails unless all files of a photo are of the same version.
func checkVersion(t *testing.T, store files.Store, n int) {
	t.Helper()
	for _, size := range photoSizes {
		first := bytes.Equal(read(t, store, hashOf(n), 300), content(n, 300))
		want := content(n+1000, size)
		if first {
			want = content(n, size)
		}
		if got := read(t, store, hashOf(n), size); !bytes.Equal(got, want) {
			t.Errorf("photo %d in size %d is not complete: got %d bytes, want %d", n, size, len(got), len(want))
		}
	}
}
