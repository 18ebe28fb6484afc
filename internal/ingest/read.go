package ingest

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"time"

	"trailcat/internal/catalog"
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
}

// ReadFile reads a file by its path; see Read.
func ReadFile(path string, f *Format, opts Options) (*Dataset, error) {
	file, err := OpenFile(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }() // only read
	return Read(file, f, opts)
}

// OpenFile opens a file by its path. Its errors are written for the user.
func OpenFile(path string) (*os.File, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fileError("directory", fmt.Sprintf("Expected a file, got the directory %s. Name the files in it.", path))
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
		return catalog.Errorf(catalog.NotFound, "no_such_file", "File %s does not exist.", path)
	case errors.Is(err, fs.ErrPermission):
		return fileError("unreadable", fmt.Sprintf("No permission to read %s. Change the permissions of the file.", path))
	default:
		return fmt.Errorf("open the file: %w", err)
	}
}

// Read parses a file in a format. The file may be compressed with gzip, encoded
// in UTF-8 or UTF-16 with or without a byte order mark or in Windows-1252,
// separated by commas, semicolons, tabs or bars, or be JSON. The error is for the
// file as a whole; errors in rows are in the report of Load.
func Read(r io.Reader, f *Format, opts Options) (*Dataset, error) {
	text, err := readText(r)
	if opts.AllowEmpty && !f.auto && isEmptyFile(err) {
		d := newDataset(f, &table{}, opts)
		d.blank = true
		return d, nil
	}
	if err != nil {
		return nil, err
	}
	t, err := openTable(text)
	if err != nil {
		return nil, err
	}
	f, detected, err := f.resolve(t)
	if err != nil {
		return nil, err
	}
	t.applyFormat(f)
	d := newDataset(f, t, opts)
	d.DetectedFormat = detected
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read a row: %w", err)
		}
		d.addRow(r)
	}
	if d.report.Rows == 0 && !opts.AllowEmpty {
		return nil, fileError("no_rows", "The file has a header but no rows.")
	}
	if err := d.undated.check(f); err != nil {
		return nil, err
	}
	d.finish()
	return d, nil
}

func isEmptyFile(err error) bool {
	e, ok := errors.AsType[*catalog.Error](err)
	return ok && e.Code == codeEmptyFile
}

func newDataset(f *Format, t *table, opts Options) *Dataset {
	d := &Dataset{
		Format:         f,
		DetectedFormat: "",
		Partial:        t.documents != nil && t.documents.partial,
		asOf:           dateOf(cmp.Or(opts.AsOf, opts.Now)),
		country:        opts.Country,
		zone:           cmp.Or(f.zone, time.UTC),
		fields:         nil,
		setsStatus:     f.setsStatus(t),
		blank:          false,
		rejectedIDs:    nil,
		unreadableRows: nil,
		rows:           nil,
		byID:           map[string]int{},
		undated:        undatedColumns{},
		report:         Report{Format: f.Name, Rows: 0, Created: 0, Updated: 0, Unchanged: 0, Skipped: 0, Rejected: 0, SkippedByReason: map[string]int{}, Errors: []RowError{}},
	}
	for _, fld := range f.fields {
		if slices.ContainsFunc(fld.columns(), t.hasColumn) {
			d.fields = append(d.fields, fld)
		}
	}
	return d
}
