package importjob

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// Options says how to import a file.
type Options struct {
	Format  *ingest.Format // see FindFormat
	Version int            // of the shelter's own format; 0 for another format
	Mode    catalog.ImportMode
	DryRun  bool // compute the report only, without asking for confirmation
	Test    bool // behave like a real import, but keep nothing
	// ListingsOnly leaves out assessments, and that somebody verified gates, because the caller
	// may only write listings.
	ListingsOnly bool
	Confirm      string                // the token that confirms this import; see wire.ImportReport.Confirm
	AsOf         time.Time             // the day to which ages in the file refer; zero means today
	MaxText      int64                 // maximum size after decompression in bytes; zero means 256 MiB
	Progress     func(done, total int) // called after each batch with the number of rows; nil for none
}

// KeepsNothing reports whether the import leaves nothing in the database, not even a
// record.
func (o Options) KeepsNothing() bool { return o.DryRun || o.Test }

// File is a file to import, with the options of its import. Its content must stay open until
// the import has ended.
type File struct {
	content io.ReaderAt
	size    int64
	hash    string // SHA-256, in hex
	options Options
	dataset *ingest.Dataset // nil until it was read
}

// NewFile returns the file with a content of size bytes, which may be compressed with gzip or be a zip file.
func NewFile(content io.ReaderAt, size int64, hash [sha256.Size]byte, options Options) *File {
	return &File{content: content, size: size, hash: hex.EncodeToString(hash[:]), options: options, dataset: nil}
}

// Read reads the file before its job runs, which otherwise does it. The error is one of
// ingest.Read.
func (f *File) Read(now time.Time) (err error) {
	f.dataset, err = f.read(f.content, now)
	return err
}

func (f *File) read(content io.ReaderAt, now time.Time) (*ingest.Dataset, error) {
	return ingest.Read(io.NewSectionReader(content, 0, f.size), f.options.Format, ingest.Options{
		AsOf: f.options.AsOf, Now: now, Country: "", AllowEmpty: f.options.Mode == catalog.ModeSnapshot, MaxText: f.options.MaxText,
	})
}

// Format returns the format of a file that was read, detected or given.
func (f *File) Format() *ingest.Format { return f.dataset.Format }

// DetectedFormat returns the name of the detected format with the reason for choosing
// it, or "" if the format was given.
func (f *File) DetectedFormat() string { return f.dataset.DetectedFormat }
