package ingest

import (
	"bytes"
	"fmt"
	"iter"
)

// csvRows reads the rows of a table that is not JSON.
func (t *table) csvRows(w *window) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		w.peek(t.begin)
		w.skip(t.begin)
		reader := csvReader{table: t, window: w, csvParser: csvParser{comma: t.comma, text: nil, ends: nil}, seen: 0}
		for {
			r, ok := reader.next()
			if !ok || !yield(r, nil) {
				return
			}
		}
	}
}

// csvReader reads the rows of a table.
type csvReader struct {
	csvParser

	table  *table
	window *window
	seen   int // how many bytes were looked at to read the current row
}

// next returns the next row that is not blank. It returns false after the last one, and if
// the file cannot be read on.
func (r *csvReader) next() (row, bool) {
	for {
		line := r.window.line
		text := r.window.peek(lookSize)
		if len(text) == 0 || r.window.failure() != nil {
			return row{}, false
		}
		if beginsWithLineEnd(text) {
			r.window.skip(lineEnd(text, 0))
			continue
		}
		r.seen = 0
		n, end := r.parseWhole()
		if end == rowComplete && (r.size() == len(r.table.header) || r.isBlank(0)) {
			blank, fields := r.isBlank(0), []string(nil)
			if !blank {
				fields = r.fields(r.size())
			}
			r.window.skipRow(n, r.seen)
			if blank {
				continue
			}
			return row{table: r.table, line: line, fields: fields, blanks: 0, fault: "", text: ""}, true
		}
		return r.repair(line, n, end), true
	}
}

// look returns the text in which the next row is looked for, and whether it is all that
// remains: up to maxRow bytes of the file, or its next line after too many bytes were
// looked at in vain.
func (r *csvReader) look(size int) (text []byte, atEnd bool) {
	if r.window.spare <= 0 {
		line := r.window.lineLength(maxRow + 1)
		return r.window.bytes[:line], true
	}
	text = r.window.peek(size)
	return text[:min(len(text), maxRow+1)], r.window.atEnd() && len(text) <= maxRow+1
}

// parseWhole parses the next row and looks at as much text as that needs.
func (r *csvReader) parseWhole() (n int, end rowEnd) {
	for size := lookSize; ; size *= 2 {
		text, atEnd := r.look(size)
		n, end = r.parse(text, atEnd, false)
		r.seen += n
		if end != rowOpen || n < len(text) || atEnd || len(text) > maxRow {
			return n, end
		}
	}
}

// repair reads a row again whose quotes do not pair or that has another number
// of fields than the header. An open quote would swallow the rows that follow, so
// the line is first read alone, then together with the following lines as long as
// none of them could be a row itself. A row that cannot be repaired costs one
// line and no other row.
//
// The row was parsed before, with the end and the length that parseWhole returned.
func (r *csvReader) repair(line, n int, end rowEnd) row {
	columns, size := len(r.table.header), r.size()
	strict := r.fit(2)
	first := r.window.lineLength(maxRow + 1)
	text, atEnd := r.look(max(first, n, lookSize))
	out := row{table: r.table, line: line, fields: nil, blanks: 0, fault: "", text: string(trimLineEnd(text[:min(first, maxCell)]))}
	if first > maxRow {
		out.fault = fmt.Sprintf("The line has more than %d MiB.", maxRow>>20)
		r.window.skipLine()
		return out
	}
	aloneLength, aloneEnd := r.parseAgain(text[:first], true)
	aloneSize, alone := r.size(), r.fit(2)
	length := first
	switch {
	case aloneEnd == rowComplete && alone != nil:
		out.fields, out.blanks = alone, max(0, columns-aloneSize)
	case end == rowComplete && !r.containsRow(text[min(first, n):n]):
		if out.fields, out.blanks, length = strict, max(0, columns-size), n; strict == nil {
			out.fault = fmt.Sprintf("Expected %d fields as in the header, got %d.", columns, size)
		}
	default:
		if n, lenientEnd := r.parseAgain(text, atEnd); lenientEnd == rowComplete || atEnd && n == len(text) {
			if fields := r.fit(columns); fields != nil && !r.containsRow(text[min(first, n):n]) {
				out.fields, length = fields, n
				break
			}
		}
		if aloneSize >= columns && aloneLength == first && alone != nil {
			out.fields = alone
			break
		}
		out.fault = `Unbalanced quotes. Write a quote inside a quoted field twice: "".`
		if n >= maxCell {
			out.fault = fmt.Sprintf(`Unbalanced quotes, or a field of more than %d KiB or a row of more than %d MiB. Write a quote inside a quoted field twice: "".`, maxCell>>10, maxRow>>20)
		}
	}
	r.window.skipRow(length, r.seen)
	return out
}

// parseAgain parses a text whose stray quotes are part of the fields.
func (r *csvReader) parseAgain(text []byte, atEnd bool) (n int, end rowEnd) {
	n, end = r.parse(text, atEnd, true)
	r.seen += n
	return n, end
}

// fit returns the fields of the row that was parsed last, with blanks for columns that it
// lacks. It returns nil if the row has fewer fields than a minimum, or fields to the right of
// the last column that are not blank.
func (r *csvReader) fit(minimum int) []string {
	columns, size := len(r.table.header), r.size()
	switch {
	case size >= columns && r.isBlank(columns):
		return r.fields(columns)
	case size >= minimum && size < columns:
		return append(r.fields(size), make([]string, columns-size)...)
	default:
		return nil
	}
}

// containsRow reports whether a line of a text is a row by itself.
func (r *csvReader) containsRow(text []byte) bool {
	for line := range bytes.Lines(text) {
		n, end := r.parse(line, true, false)
		r.seen += n
		if end == rowComplete && r.size() == len(r.table.header) && r.size() > 1 {
			return true
		}
	}
	return false
}
