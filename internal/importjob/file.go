package importjob

import (
	"bytes"
	"compress/gzip"
	"io"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// MaxSize is the maximum size of a file in bytes, after decompression.
const MaxSize = 256 << 20

// CodeFileTooLarge is the code of the error for a file of more than MaxSize bytes.
const CodeFileTooLarge = "file_too_large"

// Options says how to import a file.
type Options struct {
	Format   *ingest.Format // see ingest.Find
	Mode     catalog.ImportMode
	DryRun   bool                  // compute the report only, without asking for confirmation
	Test     bool                  // behave like a real import, but keep nothing
	Confirm  string                // the token that confirms this import; see wire.ImportReport.Confirm
	AsOf     time.Time             // the day to which ages in the file refer; zero means today
	Progress func(done, total int) // called after each batch with the number of rows; nil for none
}

// KeepsNothing reports whether the import leaves nothing in the database, not even a
// record.
func (o Options) KeepsNothing() bool { return o.DryRun || o.Test }

// File is a parsed file, with the options of its import.
type File struct {
	content []byte
	options Options
	dataset *ingest.Dataset
}

// Read parses the content of a file, which may be compressed with gzip. The error
// has the code CodeFileTooLarge or is one of ingest.Read.
func Read(content []byte, options Options, now time.Time) (*File, error) {
	if exceedsMaxSize(content) {
		return nil, catalog.Errorf(catalog.Malformed, CodeFileTooLarge, "The file is larger than %d MiB after decompression. Split it and import the parts.", MaxSize>>20)
	}
	dataset, err := ingest.Read(bytes.NewReader(content), options.Format, ingest.Options{
		AsOf: options.AsOf, Now: now, Country: "", AllowEmpty: options.Mode == catalog.ModeSnapshot,
	})
	if err != nil {
		return nil, err
	}
	return &File{content: content, options: options, dataset: dataset}, nil
}

// Format returns the format of the file, detected or given.
func (f *File) Format() *ingest.Format { return f.dataset.Format }

// DetectedFormat returns the name of the detected format with the reason for choosing
// it, or "" if the format was given.
func (f *File) DetectedFormat() string { return f.dataset.DetectedFormat }

// IsGzip reports whether a file is compressed with gzip.
func IsGzip(content []byte) bool { return bytes.HasPrefix(content, []byte{0x1f, 0x8b}) }

// exceedsMaxSize decompresses a gzip file to measure it, so that a small file cannot
// fill the memory. Damaged files are left to the parser, which reports what is wrong.
func exceedsMaxSize(content []byte) bool {
	if !IsGzip(content) {
		return len(content) > MaxSize
	}
	r, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return false
	}
	size, _ := io.Copy(io.Discard, io.LimitReader(r, MaxSize+1))
	return size > MaxSize
}
