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

// Options are what a file does not say itself.
type Options struct {
	// AsOf is the day on which the ages in the file were true. Now stands for it if it is zero.
	AsOf time.Time
	// Now is the moment of the import.
	Now time.Time
	// Country is where the shelter is; see Listing.In.
	Country string
	// AllowEmpty takes a file without rows for a listing of no cats. Else it is an error.
	AllowEmpty bool
}

// ReadFile reads the listing in a file; see Read.
func ReadFile(path string, f *Format, opts Options) (*Dataset, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil, fileError("directory", path+" is a directory. Name the files in it.")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, err)
	}
	defer func() { _ = file.Close() }() // nothing was written to it
	return Read(file, f, opts)
}

func openError(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &catalog.Error{Kind: catalog.NotFound, Code: "no_such_file", Detail: fmt.Sprintf("There is no file %s.", path), Faults: nil}
	case errors.Is(err, fs.ErrPermission):
		return fileError("unreadable", path+" may not be read by this user. Change its permissions.")
	default:
		return fmt.Errorf("open the file: %w", err)
	}
}

// Read reads a file as a listing of a format. The file may be packed with gzip;
// it may be UTF-8 or UTF-16 with or without a byte order mark, or Windows-1252;
// its fields may be parted by commas, semicolons, tabs or bars, or it may be JSON.
// The error is for a file as a whole. What is wrong with a row is told by the
// report of Load.
func Read(r io.Reader, f *Format, opts Options) (*Dataset, error) {
	text, err := readText(r)
	if opts.AllowEmpty && !f.auto && isEmptyFile(err) {
		return newDataset(f, &table{}, opts), nil
	}
	if err != nil {
		return nil, err
	}
	t, err := openTable(text)
	if err != nil {
		return nil, err
	}
	f, takenFor, err := f.resolve(t)
	if err != nil {
		return nil, err
	}
	t.applyFormat(f)
	l := newDataset(f, t, opts)
	l.DetectedFormat = takenFor
	for {
		r, err := t.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read a row: %w", err)
		}
		l.addRow(r)
	}
	if l.report.Rows == 0 && !opts.AllowEmpty {
		return nil, fileError("no_rows", "The file has a header, but no rows.")
	}
	l.finish()
	return l, nil
}

func isEmptyFile(err error) bool {
	e, ok := errors.AsType[*catalog.Error](err)
	return ok && e.Code == codeEmptyFile
}

func newDataset(f *Format, t *table, opts Options) *Dataset {
	l := &Dataset{
		Format:         f,
		DetectedFormat: "",
		Partial:        t.docs != nil && t.docs.partial,
		asOf:           dayOf(cmp.Or(opts.AsOf, opts.Now)),
		country:        opts.Country,
		fields:         nil,
		setsStatus:     f.setsStatus(t),
		rejectedIDs:    nil,
		unreadableRows: nil,
		rows:           nil,
		byID:           map[string]int{},
		report:         Report{Format: f.Name, Rows: 0, Created: 0, Updated: 0, Unchanged: 0, Skipped: 0, Rejected: 0, SkippedByReason: map[string]int{}, Errors: []RowError{}},
	}
	for _, fld := range f.fields {
		if slices.ContainsFunc(fld.columns(), t.hasColumn) {
			l.fields = append(l.fields, fld)
		}
	}
	return l
}
