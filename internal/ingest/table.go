package ingest

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// table is a text parted into rows of fields, the first of which names the columns.
type table struct {
	text   string
	comma  rune
	header []string
	index  map[string]int // where in header a column is, by its key

	rows  *csv.Reader
	start int // where rows began in text

	line    int // the number of the line that begins at counted
	counted int

	escaped bool           // its fields were kept from being formulas; see escape
	mapping *columnMapping // what its columns and words stand for; nil for what they say
	docs    *documents     // its rows, if it is JSON
}

// row is a row of a table. Its fields are as many as the columns, unless its fault says otherwise.
type row struct {
	table  *table
	line   int // its first line, counted from 1
	fields []string
	fault  string // why its fields cannot be told apart; empty if they can
	text   string // the first line as it stands, if there is a fault
}

// excerpt is as much of a row that cannot be read as a report may show. JSON may
// hold what its sender would not have repeated.
func (r row) excerpt() string {
	if r.table.docs != nil {
		return ""
	}
	return shorten(r.text)
}

// openTable finds out how a text is parted, and reads its header.
func openTable(text string) (*table, error) {
	if isJSON(text) {
		return openJSON(text)
	}
	t := &table{text: text, comma: ',', header: nil, index: map[string]int{}, rows: nil, start: 0, line: 1, counted: 0, escaped: false, mapping: nil, docs: nil}
	begin, said := declaredSeparator(text)
	for _, comma := range []rune{',', ';', '\t', '|'} {
		if said != 0 && said != comma {
			continue
		}
		if header, err := newCSVReader(text[begin:], comma, true).Read(); err == nil && len(header) > len(t.header) {
			t.header, t.comma = header, comma
		}
	}
	t.setHeader(t.header)
	t.seek(begin)
	if _, err := t.rows.Read(); err != nil {
		t.seek(lineEnd(text, begin)) // a header with a stray quote was read lazily above
	}
	return t, nil
}

// setHeader gives the columns of a table their names.
func (t *table) setHeader(header []string) {
	t.header, t.index = make([]string, len(header)), map[string]int{}
	for i, name := range header {
		t.header[i] = strings.TrimSpace(name)
		if _, twice := t.index[columnKey(name)]; !twice {
			t.index[columnKey(name)] = i
		}
	}
}

// applyFormat makes the table one of a format that it fits.
func (t *table) applyFormat(f *Format) {
	t.escaped, t.mapping = f.escaped, f.mapping
	if t.docs != nil {
		t.docs.applyFormat(f, t)
	}
}

// declaredSeparator takes a first line such as sep=; which tells Excel the separator.
func declaredSeparator(text string) (begin int, comma rune) {
	end := lineEnd(text, 0)
	said, ok := strings.CutPrefix(strings.TrimSpace(text[:end]), "sep=")
	if !ok || len(said) != 1 {
		return 0, 0
	}
	return end, rune(said[0])
}

// next is the next row that holds anything. The error is io.EOF after the last one.
func (t *table) next() (row, error) {
	if t.docs != nil {
		return t.docs.next()
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
		at = skipEmptyLines(t.text, at) // csv passes over them too
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

// repairRow reads once more a row whose quotes do not pair, or that has not as many
// fields as the header. An open quote would swallow the rows that follow: so the
// line is first taken by itself, then with those after it as long as none of
// them could be a row. What cannot be mended costs one line, and no other row.
func (t *table) repairRow(r *row, at int, bad error) {
	end := lineEnd(t.text, at)
	r.text = strings.TrimRight(t.text[at:end], "\r\n")
	alone, closed := t.parseLenientLine(r.text)
	if alone != nil && closed {
		r.fields = alone
		t.seek(end)
		return
	}
	if far := t.start + int(t.rows.InputOffset()); bad == nil && !t.containsRow(t.text[end:far]) {
		if fields, ok := t.trimToWidth(r.fields); ok {
			r.fields = fields
			return
		}
		r.fault = fmt.Sprintf("has %d fields where the header has %d", len(r.fields), len(t.header))
		return
	}
	if fields, far, ok := t.parseLenientRow(at); ok && !t.containsRow(t.text[end:far]) {
		r.fields = fields
		t.seek(far)
		return
	}
	if r.fields = alone; alone == nil {
		r.fault = `has quotes that do not pair up; write a quote inside a quoted field twice: ""`
	}
	t.seek(end)
}

// parseLenientLine reads a line as one row, taking stray quotes as they stand. The fields
// are nil if they are not as many as the columns; closed says that none of them
// was still open at the end of the line.
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

// parseLenientRow reads a row of several lines, taking stray quotes as they stand.
func (t *table) parseLenientRow(at int) (fields []string, far int, ok bool) {
	const longest = 64 << 10
	lines := newCSVReader(t.text[at:min(len(t.text), at+longest)], t.comma, true)
	fields, err := lines.Read()
	if err != nil {
		return nil, at, false
	}
	fields, ok = t.trimToWidth(fields)
	return fields, at + int(lines.InputOffset()), ok
}

// trimToWidth lets go of empty fields to the right of the last column.
func (t *table) trimToWidth(fields []string) ([]string, bool) {
	wide := len(t.header)
	if len(fields) < wide || !isBlank(fields[wide:]) {
		return nil, false
	}
	return fields[:wide], true
}

func isBlank(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" })
}

// containsRow says whether one of the lines of a text is a row by itself.
func (t *table) containsRow(text string) bool {
	for line := range strings.Lines(text) {
		if fields, err := newCSVReader(line, t.comma, false).Read(); err == nil && len(fields) == len(t.header) && len(fields) > 1 {
			return true
		}
	}
	return false
}

// seek goes on reading at another place.
func (t *table) seek(at int) { t.rows, t.start = newCSVReader(t.text[at:], t.comma, false), at }

// lineNumber is the number of the line that begins at a place no earlier than the last one asked for.
func (t *table) lineNumber(at int) int {
	t.line += strings.Count(t.text[t.counted:at], "\n")
	t.counted = at
	return t.line
}

func lineEnd(text string, from int) int {
	if n := strings.IndexByte(text[from:], '\n'); n >= 0 {
		return from + n + 1
	}
	return len(text)
}

func newCSVReader(text string, comma rune, lazy bool) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, lazy, -1
	return r
}
