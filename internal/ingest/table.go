package ingest

import (
	"bytes"
	"fmt"
	"io"
	"iter"
	"regexp"
	"strings"

	"trailcat/internal/errcode"
)

// table is a file split into rows of fields. The header names the columns. It is read as a
// stream, as often as needed, and does not change after all rows were read once.
type table struct {
	open   func() (io.Reader, error)
	comma  byte
	header []string
	index  map[string]int // index in header by column key

	begin int // offset of the first row in the text of the file
	first int // offset of the header

	escaped bool           // fields are escaped as by EscapeFormula
	mapping *columnMapping // renames columns and values; nil for none
	json    *jsonTable     // nil unless the text is JSON or XML
}

// row is a row of a table. It has one field for each column, unless fault says
// otherwise.
type row struct {
	table  *table
	line   int // number of its first line, from 1
	fields []string
	blanks int    // how many fields at the end the row lacks; they are blank
	fault  string // why the row cannot be read; empty if it can
	text   string // its first line, if there is a fault
}

// excerpt returns the part of an unreadable row that a report may show. For JSON
// it is empty, since the text may hold personal data.
func (r row) excerpt() string {
	if r.table.json != nil {
		return ""
	}
	return shorten(r.text)
}

// openTable detects the layout of a file and reads its header: the row that has the most
// columns of the format.
func openTable(open func() (io.Reader, error), f *Format) (*table, error) {
	w, err := openText(open)
	if err != nil {
		return nil, err
	}
	t := &table{open: open, comma: ',', header: nil, index: nil, begin: 0, first: 0, escaped: false, mapping: nil, json: nil}
	if first := bytes.TrimLeft(w.peek(lookSize), " \t\r\n"); isJSON(first) || isXML(first) {
		return t, t.openJSON(w)
	}
	if w.lineLength(maxRow+1) > maxRow {
		return nil, fileError(errcode.LineTooLong, fmt.Sprintf("Line %d, which should be the header, has more than %d MiB. Check that the file is a table with a header and one row per cat.", w.line, maxRow>>20))
	}
	return t, t.findHeader(w.peek(lookSize), w.atEnd(), w.line, f)
}

// headerRows is how many rows are examined to find the header, which may follow titles.
const headerRows = 10

// headerCandidate is a row that may be the header, when it is split by a separator.
type headerCandidate struct {
	comma   byte
	row     int // number of the row
	begin   int // offset of the row in the text
	end     int
	columns int
	header  []string
	match   float64 // share of the columns that a format requires
}

// isBetter reports whether a candidate is more likely to be the header than another one. If
// no row has columns of the format, it is the first row, split by the separator that makes the
// most columns.
func (c headerCandidate) isBetter(than headerCandidate) bool {
	switch {
	case c.match != than.match:
		return c.match > than.match
	case c.row != than.row:
		return c.row < than.row
	default:
		return c.columns > than.columns
	}
}

// findHeader finds the separator and the header in the beginning of a text.
func (t *table) findHeader(head []byte, atEnd bool, line int, f *Format) error {
	best := headerCandidate{row: headerRows}
	begin, declared := declaredSeparator(head)
	for _, comma := range []byte{',', ';', '\t', '|'} {
		if declared != 0 && declared != comma {
			continue
		}
		for c := range headerCandidates(head[begin:], atEnd, comma) {
			c.begin, c.end = c.begin+begin, c.end+begin
			if c.match = f.match(columnIndex(c.header)); c.isBetter(best) {
				best = c
			}
			if f.mapping != nil {
				break // its file need not have a header
			}
		}
	}
	if best.columns > maxColumns {
		line += bytes.Count(head[:best.begin], []byte{'\n'})
		return fileError(errcode.TooManyColumns, fmt.Sprintf("The header in line %d has %d columns; at most %d are read. Remove columns that are not needed.", line, best.columns, maxColumns))
	}
	t.comma, t.first, t.begin = best.comma, best.begin, best.end
	t.setHeader(best.header)
	return nil
}

// headerCandidates returns the first rows of a text that are not blank.
func headerCandidates(text []byte, atEnd bool, comma byte) iter.Seq[headerCandidate] {
	return func(yield func(headerCandidate) bool) {
		p := csvParser{comma: comma, text: nil, ends: nil}
		for at, row := 0, 0; at < len(text) && row < headerRows; {
			n, end := p.parse(text[at:], atEnd, false)
			if end != rowComplete { // a stray quote
				n = lineEnd(text, at) - at
				_, _ = p.parse(text[at:at+n], true, true)
			}
			at += n
			if p.isBlank(0) {
				continue
			}
			c := headerCandidate{comma: comma, row: row, begin: at - n, end: at, columns: p.size(), header: nil, match: 0}
			if c.columns <= maxColumns {
				c.header = p.fields(c.columns)
			}
			if !yield(c) {
				return
			}
			row++
		}
	}
}

// setHeader sets the names of the columns. Of two columns with the same key the
// first counts.
func (t *table) setHeader(header []string) {
	t.header = make([]string, len(header))
	for i, name := range header {
		t.header[i] = strings.TrimSpace(name)
	}
	t.index = columnIndex(t.header)
}

// columnIndex returns the positions of columns by their keys.
func columnIndex(header []string) map[string]int {
	index := map[string]int{}
	for i, name := range header {
		if _, twice := index[columnKey(name)]; !twice {
			index[columnKey(name)] = i
		}
	}
	return index
}

// applyFormat prepares the table for reading with a format that it matches.
func (t *table) applyFormat(f *Format) {
	t.escaped, t.mapping = f.escaped, f.mapping
	if t.json != nil {
		t.json.applyFormat(f, t)
	}
}

// declaredSeparator returns the separator that a first line such as "sep=;"
// declares to Excel, and the offset of the next line. Without such a line it
// returns 0, 0.
func declaredSeparator(text []byte) (begin int, comma byte) {
	end := lineEnd(text, 0)
	separator, ok := bytes.CutPrefix(bytes.TrimSpace(text[:end]), []byte("sep="))
	if !ok || len(separator) != 1 {
		return 0, 0
	}
	return end, separator[0]
}

// rows returns the rows that are not blank, in the order of the file. An error is the last
// value.
func (t *table) rows() iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		w, err := openText(t.open)
		if err != nil {
			yield(row{}, err)
			return
		}
		read := t.csvRows
		if t.json != nil {
			read = t.json.rows
		}
		for r, err := range read(w) {
			for i, field := range r.fields {
				if r.fault == "" && len(field) > maxCell {
					r.fault, r.text = fmt.Sprintf("Column %q has more than %d KiB.", t.header[i], maxCell>>10), field[:maxCell]
				}
			}
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := w.failure(); err != nil {
			yield(row{}, err)
		}
	}
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
	if t.json != nil && t.json.present != nil {
		return t.json.present[c.key]
	}
	_, ok := t.index[c.key]
	return ok
}

// endsBefore returns the first column of a condition that the row ends before.
func (r row) endsBefore(when condition) (c column, isCut bool) {
	if r.blanks == 0 {
		return column{}, false
	}
	for _, t := range when {
		if i, ok := r.table.index[t.column.key]; ok && i >= len(r.fields)-r.blanks {
			return t.column, true
		}
	}
	return column{}, false
}

// value returns the trimmed content of a column, or "" if the table has no such
// column.
func (r row) value(c column) string {
	i, ok := r.table.index[c.key]
	if !ok || i >= len(r.fields) {
		return ""
	}
	text := r.fields[i]
	switch {
	case r.table.json != nil:
	case r.table.escaped:
		text = unescapeFormula(excelText(text))
	default:
		text = blankIfQuotes(excelText(text))
	}
	return r.table.mapping.translate(c, strings.TrimSpace(text))
}

// excelText returns the text of a cell that Excel was told to take for text: 00123 of ="00123".
func excelText(cell string) string {
	if inner, ok := strings.CutPrefix(strings.TrimSpace(cell), `="`); ok {
		if inner, ok = strings.CutSuffix(inner, `"`); ok {
			return strings.ReplaceAll(inner, `""`, `"`)
		}
	}
	return cell
}

// blankIfQuotes returns "" for a cell of only quotes and commas, which ASM3 writes in place of
// missing photos, and any other cell as it is.
func blankIfQuotes(cell string) string {
	if strings.HasPrefix(cell, `"`) && strings.Trim(cell, `",`) == "" {
		return ""
	}
	return cell
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

var (
	totalWords = regexp.MustCompile(`(?i)^(grand |sub-?)?totals?( (number )?(of )?(cats|animals|pets|rows|records))?\s*:?\s*\d*$`)
	number     = regexp.MustCompile(`^[-+$€£]?\d[\d.,  %]*$`)
)

// isTotal reports whether a row sums up a table: its first cell says so, and the others are
// numbers or blank.
func (r row) isTotal() bool {
	if r.table.json != nil {
		return false
	}
	cells := r.fields
	if r.fault != "" {
		cells = strings.Split(shorten(r.text), string(rune(r.table.comma)))
	}
	first := true
	for _, cell := range cells {
		switch cell = strings.TrimSpace(cell); {
		case cell == "":
		case first && !totalWords.MatchString(cell), !first && !number.MatchString(cell):
			return false
		default:
			first = false
		}
	}
	return !first
}

// normalize returns the form in which two values are compared: letter case and runs of
// space do not matter.
func normalize(words string) string { return strings.ToLower(strings.Join(strings.Fields(words), " ")) }
