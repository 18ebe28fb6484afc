package importjob

import (
	"bytes"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

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
// is one of ingest.Read.
func Read(content []byte, options Options, now time.Time) (*File, error) {
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
