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

// maxText is the most that a file may hold when unpacked, in bytes. All the open
// data of a large city's shelter over ten years is a fifth of it.
const maxText = 512 << 20

// codeEmptyFile is the code of the error for a file without any text.
const codeEmptyFile = "empty_file"

// readText unpacks a file and answers with its text in UTF-8.
func readText(r io.Reader) (string, error) {
	packed := bufio.NewReader(r)
	unpacked, err := unpack(packed)
	if err != nil {
		return "", err
	}
	data, err := io.ReadAll(io.LimitReader(unpacked, maxText+1))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "", fileError("cut_off", "The gzip file is cut off: it ends in the middle. Fetch it again.")
	case errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader), isCorrupt(err):
		return "", fileError("corrupt", "The gzip file is damaged. Fetch it again.")
	case err != nil:
		return "", fmt.Errorf("read the file: %w", err)
	case len(data) > maxText:
		return "", fileError("too_large", fmt.Sprintf("The file holds more than %d MiB. Split it and import the parts.", maxText>>20))
	}
	if err := checkTable(data); err != nil {
		return "", err
	}
	text, err := decode(data)
	if !strings.Contains(text, "\n") { // lines end as they did on old Macs
		text = strings.ReplaceAll(text, "\r", "\n")
	}
	return text, err
}

// unpack sees a gzip file by its first bytes, not by its name.
func unpack(r *bufio.Reader) (io.Reader, error) {
	if magic, _ := r.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) { // a shorter file is no gzip, whatever the error
		return r, nil
	}
	unpacked, err := gzip.NewReader(r)
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return nil, fileError("cut_off", "The gzip file is cut off: it ends in the middle. Fetch it again.")
	case errors.Is(err, gzip.ErrHeader):
		return nil, fileError("corrupt", "The gzip file is damaged. Fetch it again.")
	case err != nil:
		return nil, fmt.Errorf("read the gzip file: %w", err)
	}
	return unpacked, nil
}

func isCorrupt(err error) bool {
	// compress/flate tells damage by a type, not by a value.
	return err != nil && strings.HasPrefix(err.Error(), "flate: corrupt input")
}

// checkTable refuses what is often sent in place of a table.
func checkTable(data []byte) error {
	head := bytes.ToLower(bytes.TrimSpace(data[:min(len(data), 512)]))
	switch {
	case len(head) == 0:
		return fileError(codeEmptyFile, "The file is empty.")
	case bytes.HasPrefix(data, []byte("PK\x03\x04")), bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return fileError("not_a_table", "This is a zip or Excel file. Save the sheet as CSV and import that.")
	case bytes.HasPrefix(head, []byte("<!doctype")), bytes.HasPrefix(head, []byte("<html")), bytes.HasPrefix(head, []byte("<?xml")):
		return fileError("not_a_table", "This is a web page or XML, not a table. Was it saved from a page that asks to log in?")
	default:
		return nil
	}
}

// decode is the text of data in UTF-8. A byte order mark decides; without one it
// is UTF-8, and lines that are not are Windows-1252, which takes in Latin-1.
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

// decodeLines decodes text of which some lines are UTF-8 and some Windows-1252.
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

// fileError is the error for a file that cannot be read as a table.
func fileError(code, detail string) error {
	return &catalog.Error{Kind: catalog.Malformed, Code: code, Detail: detail, Faults: nil}
}
