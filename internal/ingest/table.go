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
	at     map[string]int // where in header a column is, by its key

	rows  *csv.Reader
	start int // where rows began in text

	line    int // the number of the line that begins at counted
	counted int

	escaped bool           // its fields were kept from being formulas; see escape
	legend  *columnMapping // what its columns and words stand for; nil for what they say
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

// shown is as much of a row that cannot be read as a report may show. JSON may
// hold what its sender would not have repeated.
func (r row) shown() string {
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
	t := &table{text: text, comma: ',', header: nil, at: map[string]int{}, rows: nil, start: 0, line: 1, counted: 0, escaped: false, legend: nil, docs: nil}
	begin, said := saidComma(text)
	for _, comma := range []rune{',', ';', '\t', '|'} {
		if said != 0 && said != comma {
			continue
		}
		if header, err := reader(text[begin:], comma, true).Read(); err == nil && len(header) > len(t.header) {
			t.header, t.comma = header, comma
		}
	}
	t.name(t.header)
	t.restart(begin)
	if _, err := t.rows.Read(); err != nil {
		t.restart(lineEnd(text, begin)) // a header with a stray quote was read lazily above
	}
	return t, nil
}

// name gives the columns of a table their names.
func (t *table) name(header []string) {
	t.header, t.at = make([]string, len(header)), map[string]int{}
	for i, name := range header {
		t.header[i] = strings.TrimSpace(name)
		if _, twice := t.at[key(name)]; !twice {
			t.at[key(name)] = i
		}
	}
}

// readAs makes the table one of a format that it fits.
func (t *table) readAs(f *Format) {
	t.escaped, t.legend = f.escaped, f.legend
	if t.docs != nil {
		t.docs.readAs(f, t)
	}
}

// saidComma takes a first line such as sep=; which tells Excel the separator.
func saidComma(text string) (begin int, comma rune) {
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
		if err == nil && blank(fields) {
			continue
		}
		at = afterEmptyLines(t.text, at) // csv passes over them too
		r := row{table: t, line: t.lineAt(at), fields: fields, fault: "", text: ""}
		if err != nil || len(fields) != len(t.header) {
			t.repairRow(&r, at, err)
		}
		return r, nil
	}
}

func afterEmptyLines(text string, at int) int {
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
		t.restart(end)
		return
	}
	if far := t.start + int(t.rows.InputOffset()); bad == nil && !t.holdsRow(t.text[end:far]) {
		if fields, ok := t.trimToWidth(r.fields); ok {
			r.fields = fields
			return
		}
		r.fault = fmt.Sprintf("has %d fields where the header has %d", len(r.fields), len(t.header))
		return
	}
	if fields, far, ok := t.parseLenientRow(at); ok && !t.holdsRow(t.text[end:far]) {
		r.fields = fields
		t.restart(far)
		return
	}
	if r.fields = alone; alone == nil {
		r.fault = `has quotes that do not pair up; write a quote inside a quoted field twice: ""`
	}
	t.restart(end)
}

// parseLenientLine reads a line as one row, taking stray quotes as they stand. The fields
// are nil if they are not as many as the columns; closed says that none of them
// was still open at the end of the line.
func (t *table) parseLenientLine(line string) (fields []string, closed bool) {
	read, err := reader(line+"\n.", t.comma, true).Read()
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
	lines := reader(t.text[at:min(len(t.text), at+longest)], t.comma, true)
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
	if len(fields) < wide || !blank(fields[wide:]) {
		return nil, false
	}
	return fields[:wide], true
}

func blank(fields []string) bool {
	return !slices.ContainsFunc(fields, func(f string) bool { return strings.TrimSpace(f) != "" })
}

// holdsRow says whether one of the lines of a text is a row by itself.
func (t *table) holdsRow(text string) bool {
	for line := range strings.Lines(text) {
		if fields, err := reader(line, t.comma, false).Read(); err == nil && len(fields) == len(t.header) && len(fields) > 1 {
			return true
		}
	}
	return false
}

// restart goes on reading at another place.
func (t *table) restart(at int) { t.rows, t.start = reader(t.text[at:], t.comma, false), at }

// lineAt is the number of the line that begins at a place no earlier than the last one asked for.
func (t *table) lineAt(at int) int {
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

func reader(text string, comma rune, lazy bool) *csv.Reader {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.LazyQuotes, r.FieldsPerRecord = comma, lazy, -1
	return r
}
