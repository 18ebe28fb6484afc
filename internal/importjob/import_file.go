package importjob

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// MaxUnpacked is how large a file may be when unpacked, in bytes.
const MaxUnpacked = 256 << 20

// ErrFileTooLarge reports a packed file of more than maxUnpacked bytes.
var ErrFileTooLarge = errors.New("the file is too large when unpacked")

// readListing reads a file from a country as what it is said to be, or as what it looks like.
func readListing(file []byte, in Options, country string, now time.Time) (*ingest.Dataset, error) {
	if err := checkUnpacked(file); err != nil {
		return nil, err
	}
	format, err := ingest.Find(in.Format)
	if err != nil {
		return nil, err
	}
	return ingest.Read(bytes.NewReader(file), format, ingest.Options{
		AsOf: in.AsOf, Now: now, Country: country, AllowEmpty: in.Mode == catalog.ModeSnapshot,
	})
}

// IsPacked says whether a file is packed with gzip.
func IsPacked(file []byte) bool { return bytes.HasPrefix(file, []byte{0x1f, 0x8b}) }

// checkUnpacked refuses a small file that would unpack to a huge one. What else
// is wrong with it, the reader says.
func checkUnpacked(file []byte) error {
	if !IsPacked(file) {
		return nil
	}
	unpacked, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return nil //nolint:nilerr // the reader says it in the caller's words
	}
	size, _ := io.Copy(io.Discard, io.LimitReader(unpacked, MaxUnpacked+1)) // the same for damage
	if size > MaxUnpacked {
		return ErrFileTooLarge
	}
	return nil
}
