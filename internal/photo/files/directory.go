package files

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"trailcat/internal/catalog"
)

// Directory stores photos in a directory, with one subdirectory for each photo. A photo is
// written under a temporary name, flushed to the disk and renamed. It is renamed before it is
// deleted.
type Directory struct{ path string }

// OpenDirectory opens a directory and creates it if it does not exist. Its parent must exist.
// Only the owner of the process can read a directory that it creates. All who can read the
// directory can read the files in it.
func OpenDirectory(path string) (*Directory, error) {
	if err := os.Mkdir(path, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create the directory for photos: %w", err)
	}
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil, fmt.Errorf("open the directory for photos: %w", err)
	case !info.IsDir():
		return nil, fmt.Errorf("open the directory for photos: %s is not a directory", path)
	}
	return &Directory{path: path}, nil
}

// Put implements Store. A photo that is stored with the same content is not written again; only
// its time changes.
func (d *Directory) Put(ctx context.Context, hash string, files map[int][]byte) error {
	sizes, err := checkPut(hash, files)
	if err != nil {
		return err
	}
	part := d.temporary(newPrefix)
	err = writePhoto(part, sizes, files)
	if err == nil {
		err = d.install(part, hash, files)
	}
	err = errors.Join(err, os.RemoveAll(part)) // it does not exist if it was renamed
	return newStorageError(ctx, "store photo "+hash, err)
}

// temporary returns the path of a file or directory that does not exist.
func (d *Directory) temporary(prefix string) string {
	return filepath.Join(d.path, prefix+rand.Text())
}

// writePhoto writes the files of a photo into a new directory and flushes them to the disk.
func writePhoto(dir string, sizes []int, files map[int][]byte) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	for _, size := range sizes {
		if err := writeFile(filepath.Join(dir, fileName(size)), files[size]); err != nil {
			return err
		}
	}
	return syncDirectory(dir)
}

func writeFile(name string, content []byte) error {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}

// syncDirectory flushes the entries of a directory to the disk, which Windows does by itself.
func syncDirectory(path string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// maxAttempts bounds the attempts to rename a photo while other processes store and delete it.
const maxAttempts = 100

// install renames the directory of a photo to its hash, and replaces one that is there unless it
// has the same files.
func (d *Directory) install(part, hash string, files map[int][]byte) error {
	var err error
	for range maxAttempts {
		if err = os.Rename(part, d.photo(hash)); err == nil {
			return syncDirectory(d.path)
		}
		switch same, readErr := d.hasContent(hash, files); {
		case readErr != nil && !errors.Is(readErr, fs.ErrNotExist):
			return errors.Join(err, readErr)
		case same:
			if err = d.touch(hash, part); !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		default:
			if deleteErr := d.discard(hash); deleteErr != nil {
				return errors.Join(err, deleteErr)
			}
		}
	}
	return err
}

func (d *Directory) photo(hash string) string { return filepath.Join(d.path, hash) }

// hasContent reports whether a photo is stored with these files.
func (d *Directory) hasContent(hash string, files map[int][]byte) (bool, error) {
	for size, want := range files {
		got, err := os.ReadFile(filepath.Join(d.photo(hash), fileName(size)))
		if err != nil || !bytes.Equal(got, want) {
			return false, err
		}
	}
	return true, nil
}

// touch sets the time of a photo to that of a directory that was just written.
func (d *Directory) touch(hash, written string) error {
	info, err := os.Stat(written)
	if err != nil {
		return err
	}
	return os.Chtimes(d.photo(hash), info.ModTime(), info.ModTime())
}

// discard removes the files of a photo if there are any.
func (d *Directory) discard(hash string) error {
	trash := d.temporary(deletedPrefix)
	if err := os.Rename(d.photo(hash), trash); err != nil {
		return ignoreNotExist(err)
	}
	return errors.Join(syncDirectory(d.path), os.RemoveAll(trash))
}

func ignoreNotExist(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// checkPath returns an error if the directory itself does not exist, because it is then unknown
// whether a photo is stored.
func (d *Directory) checkPath(ctx context.Context) error {
	_, err := os.Stat(d.path)
	return newStorageError(ctx, "open the directory for photos", err)
}

// Has implements Store.
func (d *Directory) Has(ctx context.Context, hash string, sizes []int) (bool, error) {
	if !catalog.IsPhotoHash(hash) || len(sizes) == 0 {
		return false, nil
	}
	for _, size := range sizes {
		info, err := os.Stat(filepath.Join(d.photo(hash), fileName(size)))
		switch {
		case err == nil && !info.Mode().IsRegular():
			return false, nil
		case errors.Is(err, fs.ErrNotExist):
			return false, d.checkPath(ctx)
		case err != nil:
			return false, newStorageError(ctx, "look for photo "+hash, err)
		}
	}
	return true, nil
}

// Open implements Store.
func (d *Directory) Open(ctx context.Context, hash string, size int) (*File, error) {
	if !catalog.IsPhotoHash(hash) {
		return nil, notStored(hash, size)
	}
	file, err := os.Open(filepath.Join(d.photo(hash), fileName(size)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if err := d.checkPath(ctx); err != nil {
			return nil, err
		}
		return nil, notStored(hash, size)
	case err != nil:
		return nil, newStorageError(ctx, "open photo "+hash, err)
	}
	info, err := file.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(newStorageError(ctx, "open photo "+hash, err), file.Close(), notStored(hash, size))
	}
	return &File{ReadSeekCloser: file, size: info.Size(), modTime: info.ModTime()}, nil
}

// Delete implements Store.
func (d *Directory) Delete(ctx context.Context, hash string) error {
	if !catalog.IsPhotoHash(hash) {
		return fmt.Errorf("delete a photo: %q is not a hash", hash)
	}
	if err := d.checkPath(ctx); err != nil {
		return err
	}
	return newStorageError(ctx, "delete photo "+hash, d.discard(hash))
}

// All implements Store.
func (d *Directory) All(ctx context.Context) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		for dir, err := range d.entries(ctx) {
			if err != nil {
				yield(Entry{}, err)
				return
			}
			if !dir.IsDir() || !catalog.IsPhotoHash(dir.Name()) {
				continue
			}
			entry, err := d.entry(dir.Name())
			if errors.Is(err, fs.ErrNotExist) || err == nil && len(entry.Sizes) == 0 {
				continue // deleted meanwhile, or nothing of ours
			}
			if !yield(entry, newStorageError(ctx, "read photo "+dir.Name(), err)) {
				return
			}
		}
	}
}

// entries iterates over everything in the directory, without sorting it. It ends after an
// error.
func (d *Directory) entries(ctx context.Context) iter.Seq2[fs.DirEntry, error] {
	const atOnce = 1000
	const action = "list the directory for photos"
	return func(yield func(fs.DirEntry, error) bool) {
		dir, err := os.Open(d.path)
		if err != nil {
			yield(nil, newStorageError(ctx, action, err))
			return
		}
		defer func() { _ = dir.Close() }()
		for err == nil {
			var entries []fs.DirEntry
			entries, err = dir.ReadDir(atOnce)
			for _, entry := range entries {
				if ctx.Err() != nil {
					err = ctx.Err()
					break
				}
				if !yield(entry, nil) {
					return
				}
			}
		}
		if !errors.Is(err, io.EOF) {
			yield(nil, newStorageError(ctx, action, err))
		}
	}
}

// entry describes a photo. Its time is that of its directory.
func (d *Directory) entry(hash string) (Entry, error) {
	entry := Entry{Hash: hash}
	info, err := os.Stat(d.photo(hash))
	if err != nil {
		return entry, err
	}
	entry.ModTime = info.ModTime()
	files, err := os.ReadDir(d.photo(hash))
	if err != nil {
		return entry, err
	}
	for _, file := range files {
		size, ok := parseFileName(file.Name())
		if !ok || !file.Type().IsRegular() {
			continue
		}
		info, err := file.Info()
		if err != nil {
			return entry, err
		}
		entry.Bytes += info.Size()
		entry.Sizes = append(entry.Sizes, size)
	}
	slices.Sort(entry.Sizes)
	return entry, nil
}

// Clean implements Store.
func (d *Directory) Clean(ctx context.Context, before time.Time) (int, error) {
	removed := 0
	for entry, err := range d.entries(ctx) {
		if err != nil {
			return removed, err
		}
		if !isUnfinished(entry.Name()) {
			continue
		}
		info, err := entry.Info()
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.ModTime().Before(before) {
			continue
		}
		if err == nil {
			err = os.RemoveAll(filepath.Join(d.path, entry.Name()))
		}
		if err != nil {
			return removed, newStorageError(ctx, "remove unfinished files of photos", err)
		}
		removed++
	}
	return removed, nil
}

// Check implements Store.
func (d *Directory) Check(ctx context.Context) error {
	want := []byte("Trailcat can write here.\n")
	dir := d.temporary(probePrefix)
	err := writePhoto(dir, []int{1}, map[int][]byte{1: want})
	if err == nil {
		var got []byte
		if got, err = os.ReadFile(filepath.Join(dir, fileName(1))); err == nil && !bytes.Equal(got, want) {
			err = fmt.Errorf("%s has other content than was written", dir)
		}
	}
	err = errors.Join(err, os.RemoveAll(dir))
	return newStorageError(ctx, fmt.Sprintf("the directory for photos, %s, cannot be used", d.path), err)
}
