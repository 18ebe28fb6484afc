package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
)

// maxText is by default the maximum size of a file in bytes, after decompression. The open
// data of a large city's shelter over ten years is 100 MB.
const maxText = 256 << 20

// openText opens a table and returns its text in UTF-8. Blank lines at its beginning are left
// out.
func openText(open func() (io.Reader, error)) (*window, error) {
	unpacked, err := open()
	if err != nil {
		return nil, err
	}
	data := bufio.NewReaderSize(unpacked, lookSize)
	head, err := data.Peek(lookSize)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if err := checkTable(head); err != nil {
		return nil, err
	}
	w := newWindow(decode(data, head))
	if head := w.peek(lookSize); !bytes.ContainsRune(head, '\n') && bytes.ContainsRune(head, '\r') { // line ends of classic Mac OS
		w = newWindow(macLines{io.MultiReader(bytes.NewReader(bytes.Clone(head)), w.rest())})
	}
	if !w.skipBlankLines() && w.failure() == nil {
		return nil, fileError(errcode.EmptyFile, "The file is empty.")
	}
	return w, w.failure()
}

// rest returns what follows the bytes that peek has returned.
func (w *window) rest() io.Reader {
	if w.err != nil {
		return failingReader{w.err}
	}
	return w.in
}

type failingReader struct{ err error }

func (r failingReader) Read([]byte) (int, error) { return 0, r.err }

// unpack recognizes a gzip file by its first bytes, not by its name.
func unpack(r *bufio.Reader) (io.Reader, error) {
	if head, _ := r.Peek(2); !isGzip(head) { // a shorter file is not gzip, whatever the error
		return r, nil
	}
	unpacked, err := gzip.NewReader(r)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return unpacked, readError(err)
}

// limitedReader reads a decompressed file up to its maximum size in bytes.
type limitedReader struct {
	in        io.Reader
	max, left int64
}

func (r *limitedReader) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	if r.left -= int64(n); r.left < 0 {
		return 0, fileError(errcode.FileTooLarge, fmt.Sprintf("The file is larger than %d MiB after decompression. Split it and import the parts.", r.max>>20))
	}
	return n, readError(err)
}

// readError returns the error for the caller if a file could not be read or decompressed.
func readError(err error) error {
	switch {
	case err == nil, errors.Is(err, io.EOF), catalog.KindOf(err) == catalog.Malformed:
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fileError(errcode.CutOff, "The gzip file is truncated. Download it again.")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), isCorrupt(err):
		return fileError(errcode.Corrupt, "The gzip file is corrupt. Download it again.")
	default:
		return fmt.Errorf("read the file: %w", err)
	}
}

func isCorrupt(err error) bool {
	// compress/flate reports corruption by a type, not by a value.
	return err != nil && strings.HasPrefix(err.Error(), "flate: corrupt input")
}

// checkTable rejects files that are often sent in place of a table.
func checkTable(head []byte) error {
	words := bytes.ToLower(bytes.TrimSpace(head[:min(len(head), 512)]))
	switch {
	case isZip(head), isOldExcel(head):
		return fileError(errcode.NotATable, "Expected a table, got a zip or Excel file. Save the sheet as CSV and import that.")
	case bytes.HasPrefix(words, []byte("<!doctype")), bytes.HasPrefix(words, []byte("<html")), bytes.HasPrefix(words, []byte("<?xml")) && bytes.Contains(words, []byte("<html")):
		return fileError(errcode.NotATable, "Expected a table, got a web page. Check that it was not saved from a login page.")
	default:
		return nil
	}
}

// decode returns data, which begins with head, as UTF-8. A byte order mark decides the
// encoding; without one it is UTF-8, and lines that are not valid UTF-8 are Windows-1252, a
// superset of Latin-1.
func decode(data *bufio.Reader, head []byte) io.Reader {
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(data)
	}
	if bytes.HasPrefix(head, []byte("\uFEFF")) {
		_, _ = data.Discard(len("\uFEFF")) // it was read before
	}
	return &lineDecoder{in: data, block: make([]byte, lookSize), size: 0, text: nil}
}

// lineDecoder decodes text with lines in UTF-8 and lines in Windows-1252. Lines that are
// longer than a block are decoded in parts.
type lineDecoder struct {
	in    io.Reader
	block []byte
	size  int    // of the part of block that is not decoded
	text  []byte // decoded and not yet read
}

func (d *lineDecoder) Read(p []byte) (int, error) {
	if len(d.text) == 0 {
		if err := d.decodeBlock(); err != nil {
			return 0, err
		}
	}
	n := copy(p, d.text)
	d.text = d.text[n:]
	return n, nil
}

// decodeBlock decodes the whole lines of the next block. It returns io.EOF after the last one.
func (d *lineDecoder) decodeBlock() error {
	n, err := io.ReadFull(d.in, d.block[d.size:])
	d.size += n
	switch atEnd := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF); {
	case err != nil && !atEnd:
		return err
	case atEnd && d.size == 0:
		return io.EOF
	case atEnd:
		d.text, d.size = decodeLines(d.block[:d.size]), 0
	default:
		end := bytes.LastIndexByte(d.block, '\n') + 1
		if end == 0 {
			end = wholeRunes(d.block)
		}
		d.text = decodeLines(d.block[:end])
		if len(d.text) > 0 && &d.text[0] == &d.block[0] {
			d.text = bytes.Clone(d.text) // the block is filled again before it is read
		}
		d.size = copy(d.block, d.block[end:])
	}
	return nil
}

// wholeRunes returns the length of a text without an incomplete character at its end.
func wholeRunes(text []byte) int {
	for end := len(text) - 1; end >= max(0, len(text)-utf8.UTFMax); end-- {
		if utf8.RuneStart(text[end]) {
			if utf8.FullRune(text[end:]) {
				break
			}
			return end
		}
	}
	return len(text)
}

func decodeLines(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	text := make([]byte, 0, len(data)+len(data)/8)
	for line := range bytes.Lines(data) {
		if utf8.Valid(line) {
			text = append(text, line...)
			continue
		}
		for _, b := range line {
			text = utf8.AppendRune(text, charmap.Windows1252.DecodeByte(b))
		}
	}
	return text
}

// macLines reads text with the line ends of classic Mac OS.
type macLines struct{ in io.Reader }

func (r macLines) Read(p []byte) (int, error) {
	n, err := r.in.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// fileError returns the error for a file that cannot be read as a table.
func fileError(code errcode.Code, detail string) error {
	return catalog.Errorf(catalog.Malformed, code, "%s", detail)
}
