package ingest

import (
	"archive/zip"
	"bufio"
	"cmp"
	"compress/flate"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"trailcat/internal/errcode"
)

const (
	// maxZipDirectory limits the list of the entries of a zip file, in bytes: about 10,000
	// entries.
	maxZipDirectory = 1 << 20
	// maxShownEntries is how many entries of a zip file an error names.
	maxShownEntries = 20
)

// tableExtensions are the extensions of the tables in a zip file.
var tableExtensions = []string{".csv", ".tsv", ".txt", ".json", ".ndjson", ".xml"}

// listing is the table of a file, and what a zip file has beside it.
type listing struct {
	open      func() (io.Reader, error) // decompresses the table from its beginning
	importCfg []byte                    // the import.cfg of a zip file; nil for none
	photos    photoFiles
	ignored   int // other entries of a zip file, which are not read
}

// limited returns an open that fails for a table of more than size bytes; zero means maxText.
func (l listing) limited(size int64) func() (io.Reader, error) {
	size = cmp.Or(size, maxText)
	return func() (io.Reader, error) {
		unpacked, err := l.open()
		return &limitedReader{in: unpacked, max: size, left: size}, err
	}
}

// openListing finds the table of a file, which may be compressed with gzip or be the only one
// of a zip file. Both are recognized by their first bytes.
func openListing(file File) (listing, error) {
	head := make([]byte, 4)
	n, err := file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return listing{}, fmt.Errorf("read the file: %w", err)
	}
	if isZip(head[:n]) {
		return openZip(file)
	}
	return listing{open: func() (io.Reader, error) {
		return unpack(bufio.NewReaderSize(io.NewSectionReader(file, 0, math.MaxInt64), 4<<10))
	}}, nil
}

// openZip finds the table of a zip file. The names of its entries are only compared and shown.
func openZip(file File) (listing, error) {
	content := &budgetedReader{file: file, left: maxZipDirectory}
	archive, err := zip.NewReader(content, file.Size())
	switch {
	case content.left < 0:
		return listing{}, fileError(errcode.TooManyEntries, "The zip file has too many entries. Send the table without the photos.")
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		return listing{}, zipError(err)
	}
	content.left = math.MaxInt64
	out := listing{open: nil, importCfg: nil, photos: photoFiles{}, ignored: 0}
	var tables, cfgs []*zip.File
	for _, entry := range archive.File {
		name := path.Base(strings.ReplaceAll(entry.Name, `\`, "/"))
		switch {
		case entry.Name == "[Content_Types].xml":
			return listing{}, fileError(errcode.NotATable, "Expected a table, got an Excel file. Save the sheet as CSV and import that.")
		case strings.HasSuffix(entry.Name, "/"), strings.HasSuffix(entry.Name, `\`), strings.HasPrefix(name, "."), strings.HasPrefix(entry.Name, "__MACOSX/"):
		case strings.EqualFold(name, "import.cfg"):
			cfgs = append(cfgs, entry)
		case slices.Contains(tableExtensions, strings.ToLower(path.Ext(name))):
			tables = append(tables, entry)
		case slices.Contains(photoExtensions, strings.ToLower(path.Ext(name))) && out.photos[photoName(name)] == nil:
			out.photos[photoName(name)] = entry
		default:
			out.ignored++
		}
	}
	if len(tables) != 1 || len(cfgs) > 1 {
		return listing{}, fileError(errcode.NotOneTable, fmt.Sprintf("Expected a zip file with one table (%s) and at most one import.cfg. It has %d tables: %s. Send them one by one.",
			strings.Join(tableExtensions, ", "), len(tables), entryNames(archive.File)))
	}
	for _, cfg := range cfgs {
		if out.importCfg, err = readImportCfg(cfg); err != nil {
			return listing{}, err
		}
	}
	out.open = func() (io.Reader, error) { return openEntry(tables[0]) }
	return out, nil
}

// entryNames lists the names of the first entries of a zip file.
func entryNames(entries []*zip.File) string {
	if len(entries) == 0 {
		return "it is empty"
	}
	var names []string
	for _, entry := range entries[:min(len(entries), maxShownEntries)] {
		names = append(names, shorten(strings.ToValidUTF8(entry.Name, "?")))
	}
	if len(entries) > maxShownEntries {
		names = append(names, fmt.Sprintf("and %d more", len(entries)-maxShownEntries))
	}
	return strings.Join(names, ", ")
}

func readImportCfg(entry *zip.File) ([]byte, error) {
	in, err := openEntry(entry)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(in, MaxFormat+1)) // ParseFormat refuses a longer one
	return text, err
}

func openEntry(entry *zip.File) (io.Reader, error) {
	if entry.Flags&1 != 0 {
		return nil, fileError(errcode.Encrypted, "The zip file is protected by a password. Send it without one.")
	}
	in, err := entry.Open()
	if err != nil {
		return nil, zipError(err)
	}
	return entryReader{in}, nil
}

// entryReader reads an entry of a zip file. Its errors are written for the user.
type entryReader struct{ in io.Reader }

func (r entryReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	return n, zipError(err)
}

// zipError returns the error for the caller if a zip file could not be read.
func zipError(err error) error {
	_, corrupt := errors.AsType[flate.CorruptInputError](err)
	switch {
	case err == nil, errors.Is(err, io.EOF):
		return err
	case errors.Is(err, zip.ErrAlgorithm):
		return fileError(errcode.Corrupt, "The zip file is compressed by a method that is not supported. Create it with the usual method, deflate.")
	case corrupt, errors.Is(err, zip.ErrFormat), errors.Is(err, zip.ErrChecksum), errors.Is(err, io.ErrUnexpectedEOF):
		return fileError(errcode.Corrupt, "The zip file is truncated or corrupt. Create it again.")
	default:
		return fmt.Errorf("read the zip file: %w", err)
	}
}

// budgetedReader reads a file until a number of bytes was read, which limits the memory for
// the list of the entries of a zip file, whatever the file says about its size.
type budgetedReader struct {
	file io.ReaderAt
	left int64
}

func (r *budgetedReader) ReadAt(p []byte, offset int64) (int, error) {
	if r.left -= int64(len(p)); r.left < 0 {
		return 0, errors.New("the list of entries is too long")
	}
	return r.file.ReadAt(p, offset)
}
