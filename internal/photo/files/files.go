// Package files stores the files of kept photos.
//
// The file of a photo in a size is HASH/SIZE.jpg, so that a web server, a bucket or a CDN can
// serve the files under the paths of the API. The package depends on catalog for the errors
// that callers get and the form of hashes. It does not know which photos cats have, nor what the
// files contain.
package files

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"trailcat/internal/catalog"
)

// Store stores the files of photos. It is safe for concurrent use, also by several processes.
//
// A hash is one that catalog.IsPhotoHash accepts, and a size is a positive number. If the storage
// cannot be used, errors are of the kind catalog.Unavailable, and of the kind
// catalog.StorageFull if it has no space left; both name the cause for the log.
type Store interface {
	// Put stores the files of a photo, by size, and replaces what is stored of it. After a
	// crash Has reports either all or none of them.
	Put(ctx context.Context, hash string, files map[int][]byte) error
	// Has reports whether the files of a photo in all of the sizes are stored.
	Has(ctx context.Context, hash string, sizes []int) (bool, error)
	// Open opens a file. The error is fs.ErrNotExist if it is not stored. The file can be read
	// until ctx ends.
	Open(ctx context.Context, hash string, size int) (*File, error)
	// Delete removes the files of a photo. It is not an error if none are stored.
	Delete(ctx context.Context, hash string) error
	// All iterates over all photos of which a file is stored, in no particular order, and
	// skips other files. It may miss photos that are stored or deleted while it runs. An error
	// whose entry has a hash concerns only this photo, and the iteration continues.
	All(ctx context.Context) iter.Seq2[Entry, error]
	// Clean removes the files and directories that interrupted calls of Put, Delete and Check
	// left before a time, and returns their number. No call that began before that time may
	// still be running.
	Clean(ctx context.Context, before time.Time) (int, error)
	// Check writes, reads, lists and deletes a small file. Its error says what to do.
	Check(ctx context.Context) error
}

// Entry describes what is stored of a photo.
type Entry struct {
	Hash    string
	Bytes   int64     // of all files
	ModTime time.Time // when the photo was stored last, by the clock of the storage
	Sizes   []int     // ascending
}

// File is an open file of a photo. The embedded reader of a file in a directory is an
// *os.File, which a server can send without copying it through the memory of the process.
type File struct {
	io.ReadSeekCloser
	size    int64
	modTime time.Time
}

// Size returns the length of the file in bytes.
func (f *File) Size() int64 { return f.size }

// ModTime returns when the file was stored, by the clock of the storage.
func (f *File) ModTime() time.Time { return f.modTime }

// Names of unfinished files begin with one of these, so that no web server lists them and no
// photo has their name. Random characters follow.
const (
	newPrefix     = ".new-"
	deletedPrefix = ".deleted-"
	probePrefix   = ".check-"
)

func isUnfinished(name string) bool {
	return strings.HasPrefix(name, newPrefix) || strings.HasPrefix(name, deletedPrefix) || strings.HasPrefix(name, probePrefix)
}

var filePattern = regexp.MustCompile(`^([1-9][0-9]{0,5})\.jpg$`)

// fileName returns the name of the file of a size.
func fileName(size int) string { return strconv.Itoa(size) + ".jpg" }

// parseFileName returns the size in the name of a file; ok is false if it has none.
func parseFileName(name string) (size int, ok bool) {
	match := filePattern.FindStringSubmatch(name)
	if match == nil {
		return 0, false
	}
	size, err := strconv.Atoi(match[1])
	return size, err == nil
}

// checkPut returns the sizes of files in ascending order, or an error if they cannot be
// stored.
func checkPut(hash string, files map[int][]byte) ([]int, error) {
	if !catalog.IsPhotoHash(hash) {
		return nil, fmt.Errorf("store a photo: %q is not a hash", hash)
	}
	sizes := slices.Sorted(maps.Keys(files))
	if len(sizes) == 0 {
		return nil, fmt.Errorf("store photo %s: it has no files", hash)
	}
	for _, size := range sizes {
		if _, ok := parseFileName(fileName(size)); !ok {
			return nil, fmt.Errorf("store photo %s: %d is not a size", hash, size)
		}
		if len(files[size]) == 0 {
			return nil, fmt.Errorf("store photo %s: the file of size %d is empty", hash, size)
		}
	}
	return sizes, nil
}

func notStored(hash string, size int) error {
	return fmt.Errorf("photo %q in size %d: %w", hash, size, fs.ErrNotExist)
}
