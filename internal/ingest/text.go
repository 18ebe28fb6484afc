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

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"trailcat/internal/catalog"
)

// maxText is the maximum size of an unpacked file, in bytes. The open data of a
// large city's shelter over ten years is a fifth of it.
const maxText = 512 << 20

// codeEmptyFile is the error code for a file without text.
const codeEmptyFile = "empty_file"

// readText unpacks a file and returns its text in UTF-8.
func readText(r io.Reader) (string, error) {
	packed := bufio.NewReader(r)
	unpacked, err := unpack(packed)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(unpacked, maxText+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "", fileError("cut_off", "The gzip file is truncated. Download it again.")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), isCorrupt(err):
		return "", fileError("corrupt", "The gzip file is corrupt. Download it again.")
	case err != nil:
		return "", fmt.Errorf("read the file: %w", err)
	case len(data) > maxText:
		return "", fileError("too_large", fmt.Sprintf("The file is larger than %d MiB when unpacked. Split it and import the parts.", maxText>>20))
	}
	if err := checkTable(data); err != nil {
		return "", err
	}
	text, err := decode(data)
	if !strings.Contains(text, "\n") { // line ends of classic Mac OS
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return text, err
}

// unpack recognizes a gzip file by its first bytes, not by its name.
func unpack(r *bufio.Reader) (io.Reader, error) {
	if magic, _ := r.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) { // a shorter file is not gzip, whatever the error
		return r, nil
	}
	unpacked, err := gzip.NewReader(r)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, fileError("cut_off", "The gzip file is truncated. Download it again.")
	case errors.Is(err, gzip.ErrHeader):
		return nil, fileError("corrupt", "The gzip file is corrupt. Download it again.")
	case err != nil:
		return nil, fmt.Errorf("read the gzip file: %w", err)
	}
	return unpacked, nil
}

func isCorrupt(err error) bool {
	// compress/flate reports corruption by a type, not by a value.
	return err != nil && strings.HasPrefix(err.Error(), "flate: corrupt input")
}

// checkTable rejects files that are often sent in place of a table.
func checkTable(data []byte) error {
	head := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 512)]))
	switch {
	case len(head) == 0:
		return fileError(codeEmptyFile, "The file is empty.")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return fileError("not_a_table", "Expected a table, got a zip or Excel file. Save the sheet as CSV and import that.")
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")), bytes.HasPrefix(head, []byte("<?xml")):
		return fileError("not_a_table", "Expected a table, got a web page or XML. Check that it was not saved from a login page.")
	default:
		return nil
	}
}

// decode returns data as UTF-8. A byte order mark decides the encoding; without
// one it is UTF-8, and lines that are not valid UTF-8 are Windows-1252, a
// superset of Latin-1.
func decode(data []byte) (string, error) {
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return decodeAs(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), data)
	case utf8.Valid(data):
		return strings.TrimPrefix(string(data), "\uFEFF"), nil
	default:
		return decodeLines(bytes.TrimPrefix(data, []byte("\uFEFF")))
	}
}

// decodeLines decodes text with lines in UTF-8 and lines in Windows-1252.
func decodeLines(data []byte) (string, error) {
	var b strings.Builder
	b.Grow(len(data) + len(data)/16)
	for line := range bytes.Lines(data) {
		if utf8.Valid(line) {
			b.Write(line)
			continue
		}
		text, err := decodeAs(charmap.Windows1252, line)
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
	return b.String(), nil
}

func decodeAs(e encoding.Encoding, data []byte) (string, error) {
	text, err := e.NewDecoder().Bytes(data)
	if err != nil {
		return "", fmt.Errorf("decode the text: %w", err)
	}
	return string(text), nil
}

// fileError returns the error for a file that cannot be read as a table.
func fileError(code, detail string) error {
	return catalog.Errorf(catalog.Malformed, code, "%s", detail)
}
