package ingest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// table is a text split into rows of fields. The first row names the columns.
type table struct {
	text   string
	comma  rune
	header []string
	index  map[string]int // index in header by column key

	rows  *csv.Reader
	start int // offset in text at which rows began

	line    int // number of the line that begins at counted
	counted int // offset in text

	escaped   bool           // fields are escaped as by EscapeFormula
	mapping   *columnMapping // renames columns and values; nil for none
	documents *documents     // the rows, if the text is JSON
}

// row is a row of a table. It has one field for each column, unless fault says
// otherwise.
type row struct {
	table  *table
	line   int // number of its first line, from 1
	fields []string
	fault  string // why the row cannot be read; empty if it can
	text   string // its first line, if there is a fault
}

// excerpt returns the part of an unreadable row that a report may show. For JSON
// it is empty, since the text may hold personal data.
func (r row) excerpt() string {
	if r.table.documents != nil {
		return ""
	}
	return shorten(r.text)
}

// openTable detects the separator of a text and reads its header.
func openTable(text string) (*table, error) {
	if isJSON(text) {
		return openJSON(text)
	}
	t := &table{text: text, comma: ',', header: nil, index: map[string]int{}, rows: nil, start: 0, line: 1, counted: 0, escaped: false, mapping: nil, documents: nil}
	begin, declared := declaredSeparator(text)
	for _, comma := range []rune{',', ';', '\t', '|'} {
		if declared != 0 && declared != comma {
			continue
		}
		if header, err := newCSVReader(text[begin:], comma, true).Read(); err == nil && len(header) > len(t.header) {
			t.header, t.comma = header, comma
		}
	}
	t.setHeader(t.header)
	t.seek(begin)
	if _, err := t.rows.Read(); err != nil {
		t.seek(lineEnd(text, begin)) // a header with a stray quote was read leniently above
	}
	return t, nil
}

// setHeader sets the names of the columns. Of two columns with the same key the
// first counts.
func (t *table) setHeader(header []string) {
	t.header, t.index = make([]string, len(header)), map[string]int{}
	for i, name := range header {
		t.header[i] = strings.TrimSpace(name)
		if _, twice := t.index[columnKey(name)]; !twice {
			t.index[columnKey(name)] = i
		}
	}
}

// applyFormat prepares the table for reading with a format that it matches.
func (t *table) applyFormat(f *Format) {
	t.escaped, t.mapping = f.escaped, f.mapping
	if t.documents != nil {
		t.documents.applyFormat(f, t)
	}
}

// declaredSeparator returns the separator that a first line such as "sep=;"
// declares to Excel, and the offset of the next line. Without such a line it
// returns 0, 0.
func declaredSeparator(text string) (begin int, comma rune) {
	end := lineEnd(text, 0)
	separator, ok := strings.CutPrefix(strings.TrimSpace(text[:end]), "sep=")
	if !ok || len(separator) != 1 {
		return 0, 0
	}
	return end, rune(separator[0])
}

// next returns the next row that is not blank, and io.EOF after the last one.
func (t *table) next() (row, error) {
	if t.documents != nil {
		return t.documents.next()
	}
	for {
		at := t.start + int(t.rows.InputOffset())
		fields, err := t.rows.Read()
		if errors.Is(err, io.EOF) {
			return row{}, io.EOF
		}
		if err == nil && isBlank(fields) {
			continue
		}
		at = skipEmptyLines(t.text, at) // as csv does
		r := row{table: t, line: t.lineNumber(at), fields: fields, fault: "", text: ""}
		if err != nil || len(fields) != len(t.header) {
			t.repairRow(&r, at, err)
		}
		return r, nil
	}
}

func skipEmptyLines(text string, at int) int {
	for {
		switch {
		case strings.HasPrefix(text[at:], "\n"):
			at++
		case strings.HasPrefix(text[at:], "\r\n"):
			at += 2
		default:
			return at
		}
	}
}

// repairRow reads a row again whose quotes do not pair or that has another number
// of fields than the header. An open quote would swallow the rows that follow, so
// the line is first read alone, then together with the following lines as long as
// none of them could be a row itself. A row that cannot be repaired costs one
// line and no other row.
func (t *table) repairRow(r *row, at int, readErr error) {
	end := lineEnd(t.text, at)
	r.text = strings.TrimRight(t.text[at:end], "\r\n")
	alone, closed := t.parseLenientLine(r.text)
	if alone != nil && closed {
		r.fields = alone
		t.seek(end)
		return
	}
	if next := t.start + int(t.rows.InputOffset()); readErr == nil && !t.containsRow(t.text[end:next]) {
		if fields, ok := t.trimToWidth(r.fields); ok {
			r.fields = fields
			return
		}
		r.fault = fmt.Sprintf("Expected %d fields as in the header, got %d.", len(t.header), len(r.fields))
		return
	}
	if fields, next, ok := t.parseLenientRow(at); ok && !t.containsRow(t.text[end:next]) {
		r.fields = fields
		t.seek(next)
		return
	}
	if r.fields = alone; alone == nil {
		r.fault = `Unbalanced quotes. Write a quote inside a quoted field twice: "".`
	}
	t.seek(end)
}

// parseLenientLine reads a line as one row and takes stray quotes literally. The
// fields are nil if their number differs from the columns; closed is false if the
// last one was still open at the end of the line.
func (t *table) parseLenientLine(line string) (fields []string, closed bool) {
	read, err := newCSVReader(line+"\n.", t.comma, true).Read()
	if err != nil || len(read) == 0 {
		return nil, false
	}
	last := &read[len(read)-1]
	*last, closed = strings.CutSuffix(*last, "\n.")
	fields, _ = t.trimToWidth(read)
	return fields, !closed
}

// parseLenientRow reads a row that may span several lines and takes stray quotes
// literally. It returns the offset of the next row.
func (t *table) parseLenientRow(at int) (fields []string, next int, ok bool) {
	const maxRow = 64 << 10 // bytes
	lines := newCSVReader(t.text[at:min(len(t.text), at+maxRow)], t.comma, true)
	fields, err := lines.Read()
	if err != nil {
		return nil, at, false
	}
	fields, ok = t.trimToWidth(fields)
	return fields, at + int(lines.InputOffset()), ok
}

// trimToWidth drops blank fields to the right of the last column. It reports
// whether exactly as many fields as columns remain.
func (t *table) trimToWidth(fields []string) ([]string, bool) {
	width := len(t.header)
	if len(fields) < width || !isBlank(fields[width:]) {
		return nil, false
	}
	return fields[:width], true
}

func isBlank(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" })
}

// containsRow reports whether a line of a text is a row by itself.
func (t *table) containsRow(text string) bool {
	for line := range strings.Lines(text) {
		if fields, err := newCSVReader(line, t.comma, false).Read(); err == nil && len(fields) == len(t.header) && len(fields) > 1 {
			return true
		}
	}
	return false
}

// seek continues reading at an offset in the text.
func (t *table) seek(at int) { t.rows, t.start = newCSVReader(t.text[at:], t.comma, false), at }

// lineNumber returns the number of the line that begins at an offset. The offset
// must not be smaller than in the call before.
func (t *table) lineNumber(at int) int {
	t.line += strings.Count(t.text[t.counted:at], "\n")
	t.counted = at
	return t.line
}

// lineEnd returns the offset after the line that contains from.
func lineEnd(text string, from int) int {
	if n := strings.IndexByte(text[from:], '\n'); n >= 0 {
		return from + n + 1
	}
	return len(text)
}

func newCSVReader(text string, comma rune, lenient bool) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, lenient, -1
	return r
}

// column is a column of a table, as a format names it.
type column struct {
	name string
	key  string // see columnKey
}

func newColumn(name string) column { return column{name: name, key: columnKey(name)} }

// columnKey returns the form in which column names are compared: letter case,
// surrounding space and the choice between space, underscore and dot do not
// matter.
func columnKey(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return r == '_' || r == '.' || r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00A0'
	}), " "))
}

func (t *table) hasColumn(c column) bool {
	_, ok := t.index[c.key]
	return ok
}

// value returns the trimmed content of a column, or "" if the table has no such
// column.
func (r row) value(c column) string {
	i, ok := r.table.index[c.key]
	if !ok || i >= len(r.fields) {
		return ""
	}
	text := r.fields[i]
	if r.table.escaped {
		text = unescapeFormula(text)
	}
	return r.table.mapping.translate(c, strings.TrimSpace(text))
}

// firstValue returns the first of several columns that is not empty in the row, and
// its value. If all are empty it returns the first column.
func (r row) firstValue(columns []column) (column, string) {
	for _, c := range columns {
		if value := r.value(c); value != "" {
			return c, value
		}
	}
	if len(columns) == 0 {
		return column{}, ""
	}
	return columns[0], ""
}

// normalize returns the form in which two values are compared: letter case and runs of
// space do not matter.
func normalize(words string) string { return strings.ToLower(strings.Join(strings.Fields(words), " ")) }
