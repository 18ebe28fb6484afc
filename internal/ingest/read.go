package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// Options holds what a file does not say itself.
type Options struct {
	// AsOf is the date at which the ages in the file were true. Zero means Now.
	AsOf time.Time
	// Now is the time of the import.
	Now time.Time
	// Country is the country of the shelter; see Dataset.WithPlace.
	Country string
	// AllowEmpty accepts a file without rows as a list of no cats. Otherwise it is an
	// error.
	AllowEmpty bool
	// MaxText is the maximum size of the file in bytes, after decompression. Zero means 256 MiB.
	MaxText int64
}

// OpenFile opens a file by its path. Its errors are written for the user.
func OpenFile(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fileError(errcode.None, fmt.Sprintf("Expected a file, got the directory %s. Name the files in it.", path))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	return file, nil
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return catalog.Errorf(catalog.NotFound, errcode.None, "File %s does not exist.", path)
	case errors.Is(err, fs.ErrPermission):
		return fileError(errcode.None, fmt.Sprintf("No permission to read %s. Change the permissions of the file.", path))
	default:
		return fmt.Errorf("open the file: %w", err)
	}
}

// File is the content of a file.
type File interface {
	io.ReaderAt
	Size() int64 // in bytes
}

// Read reads a file in a format, as a stream. The file may be compressed with gzip or be the
// only table of a zip file. It is encoded in UTF-8, in UTF-16 with a byte order mark, or in
// Windows-1252, and separated by commas, semicolons, tabs or bars, or it is JSON or XML. Load
// reads it again, so it must stay open and unchanged. The error is for the file as a whole;
// errors in rows are in the report of Load.
func Read(file File, f *Format, opts Options) (*Dataset, error) {
	found, err := openListing(file)
	if err != nil {
		return nil, err
	}
	f, byCfg, err := found.withImportCfg(f)
	if err != nil {
		return nil, err
	}
	t, err := openTable(found.limited(opts.MaxText), f)
	if opts.AllowEmpty && !f.auto && isEmptyFile(err) {
		d := newDataset(f, &table{}, opts)
		d.blank = true
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	f, detected, err := f.resolve(t)
	if err != nil {
		return nil, err
	}
	t.applyFormat(f)
	d := newDataset(f, t, opts)
	d.DetectedFormat = cmp.Or(detected, byCfg)
	if err := d.readRows(); err != nil {
		return nil, err
	}
	d.photos, d.report.IgnoredFiles = found.photos, found.ignored+len(found.photos)
	if d.report.Rows == 0 && !opts.AllowEmpty {
		return nil, fileError(errcode.NoRows, "The file has a header but no rows.")
	}
	return d, nil
}

func isEmptyFile(err error) bool {
	e, ok := errors.AsType[*catalog.Error](err)
	return ok && e.Code == errcode.EmptyFile
}

func newDataset(f *Format, t *table, opts Options) *Dataset {
	return &Dataset{
		Format:         f,
		DetectedFormat: "",
		Partial:        false,
		asOf:           dateOf(cmp.Or(opts.AsOf, opts.Now)),
		country:        opts.Country,
		zone:           cmp.Or(f.zone, time.UTC),
		now:            cmp.Or(opts.Now, opts.AsOf),
		evidence:       dateEvidence{},
		dateColumns:    f.dateColumns(),
		table:          t,
		fields:         nil,
		evidenceFields: nil,
		listingsOnly:   false,
		photos:         nil,
		usedPhotos:     map[string]photoFile{},
		keepPhoto:      nil,
		photo:          nil,
		setsStatus:     f.setsStatus(t),
		blank:          false,
		decisions:      newDecisions(f),
	}
}
