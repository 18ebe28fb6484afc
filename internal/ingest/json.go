package ingest

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// documents holds the rows of a JSON text: an array of objects, an object with
// such an array under a name such as "animals", or objects one after another, as
// in NDJSON. Several such pages may follow each other.
type documents struct {
	all      []document
	partial  bool // the last page announces further pages
	position int  // index of the next row

	rows []row
}

// document is a value of a JSON text where an object is expected.
type document struct {
	line  int
	raw   json.RawMessage
	fault string
}

// listNames are the names under which systems wrap an array of animals.
var listNames = []string{"animals", "cats", "data"}

// sampleSize is how many documents are examined to detect the columns.
const sampleSize = 100

func isJSON(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// openJSON splits a text into documents and collects the names of their columns.
// A broken line of NDJSON costs only itself; a broken array is an error.
func openJSON(text string) (*table, error) {
	t := &table{text: text, comma: ',', header: nil, index: map[string]int{}, rows: nil, start: 0, line: 1, counted: 0, escaped: false, mapping: nil, documents: &documents{all: nil, partial: false, position: 0, rows: nil}}
	for at := 0; at < len(text); {
		next, err := t.documents.readFrom(t, at)
		if err != nil {
			return nil, err
		}
		at = next
	}
	seen := map[string]string{}
	for _, doc := range t.documents.all[:min(len(t.documents.all), sampleSize)] {
		doc.forEachCell(nil, func(name, _ string) { seen[columnKey(name)] = name })
	}
	for _, name := range seen {
		t.header = append(t.header, name)
	}
	slices.Sort(t.header)
	for i, name := range t.header {
		t.index[columnKey(name)] = i
	}
	return t, nil
}

// readFrom reads values from an offset on and returns the offset at which to
// continue.
func (d *documents) readFrom(t *table, at int) (int, error) {
	values := json.NewDecoder(strings.NewReader(t.text[at:]))
	for {
		began := at + int(values.InputOffset())
		began += len(t.text[began:]) - len(strings.TrimLeft(t.text[began:], " \t\r\n"))
		var raw json.RawMessage
		switch err := values.Decode(&raw); {
		case errors.Is(err, io.EOF):
			return len(t.text), nil
		case err != nil:
			line, next := t.lineNumber(began), nextObject(t.text, began)
			if len(d.all) == 0 && (t.text[began] == '[' || next == len(t.text)) {
				return 0, fileError("bad_json", fmt.Sprintf("Invalid JSON: the value that begins in line %d is broken or truncated: %v.", line, err))
			}
			d.all = append(d.all, document{line: line, raw: json.RawMessage(t.text[began:next]), fault: "The row is not valid JSON."})
			return next, nil
		}
		if err := d.addValue(t, began, raw); err != nil {
			return 0, err
		}
	}
}

// nextObject returns the offset of the next line that begins with an object.
func nextObject(text string, at int) int {
	for at = lineEnd(text, at); at < len(text) && text[at] != '{'; {
		at = lineEnd(text, at)
	}
	return at
}

// addValue adds the rows in a value, or the value itself as one row.
func (d *documents) addValue(t *table, at int, raw json.RawMessage) error {
	switch raw[0] {
	case '[':
		return d.addList(t, at, raw)
	case '{':
		var page map[string]json.RawMessage
		if err := json.Unmarshal(raw, &page); err != nil {
			return fmt.Errorf("read a JSON object: %w", err)
		}
		for _, name := range listNames {
			if list := page[name]; len(list) > 0 && list[0] == '[' {
				d.partial = string(page["has_more"]) == "true" || string(page["has_more"]) == "1"
				return d.addList(t, at+max(0, bytes.Index(raw, list)), list)
			}
		}
		d.all = append(d.all, document{line: t.lineNumber(at), raw: raw, fault: ""})
	default:
		d.all = append(d.all, document{line: t.lineNumber(at), raw: raw, fault: "Expected a JSON object."})
	}
	return nil
}

func (d *documents) addList(t *table, at int, list json.RawMessage) error {
	values := json.NewDecoder(bytes.NewReader(list))
	if _, err := values.Token(); err != nil {
		return fmt.Errorf("read a JSON array: %w", err)
	}
	for values.More() {
		var raw json.RawMessage
		if err := values.Decode(&raw); err != nil {
			return fmt.Errorf("read a JSON array: %w", err)
		}
		doc := document{line: t.lineNumber(at + int(values.InputOffset()) - len(raw)), raw: raw, fault: ""}
		if raw[0] != '{' {
			doc.fault = "Expected a JSON object."
		}
		d.all = append(d.all, doc)
	}
	return nil
}

// applyFormat extracts the columns that a format uses, and no others: personal
// data elsewhere in a feed is not even kept in memory.
func (d *documents) applyFormat(f *Format, t *table) {
	filter := newColumnFilter(f)
	for _, doc := range d.all {
		r := row{table: t, line: doc.line, fields: make([]string, len(filter.names)), fault: doc.fault, text: ""}
		if doc.fault != "" {
			r.text = string(doc.raw)
		}
		doc.forEachCell(f.entries, func(name, text string) { filter.set(r.fields, name, text) })
		d.rows = append(d.rows, r)
	}
	t.header, t.index = filter.names, map[string]int{}
	for i, name := range filter.names {
		if filter.present[i] {
			t.index[columnKey(name)] = i
		}
	}
	d.all = nil
}

func (d *documents) next() (row, error) {
	if d.position == len(d.rows) {
		return row{}, io.EOF
	}
	d.position++
	return d.rows[d.position-1], nil
}

// columnFilter selects the columns of documents that a format uses.
type columnFilter struct {
	names   []string
	index   map[string]int    // by column key
	nested  map[string][]int  // the columns inside an object, by its key
	present []bool            // whether a document has the column
	keys    map[string]string // cache of column keys by name
}

func newColumnFilter(format *Format) *columnFilter {
	f := &columnFilter{names: nil, index: map[string]int{}, nested: map[string][]int{}, present: nil, keys: map[string]string{}}
	for _, c := range format.allColumns() {
		if _, twice := f.index[c.key]; twice {
			continue
		}
		i := len(f.names)
		f.index[c.key], f.names = i, append(f.names, c.name)
		for end, sign := range c.key {
			if sign == ' ' {
				f.nested[c.key[:end]] = append(f.nested[c.key[:end]], i)
			}
		}
	}
	f.present = make([]bool, len(f.names))
	return f
}

// set stores the value of a name. A null in place of an object makes everything
// in it unknown.
func (f *columnFilter) set(fields []string, name, text string) {
	k, ok := f.keys[name]
	if !ok {
		k = columnKey(name)
		f.keys[name] = k
	}
	if i, ok := f.index[k]; ok {
		fields[i], f.present[i] = text, true
	}
	if text == "" {
		for _, i := range f.nested[k] {
			f.present[i] = true
		}
	}
}

// forEachCell calls put with the dotted name and the text of every value in a
// document.
func (d document) forEachCell(entries map[string]condition, put func(name, text string)) {
	if d.fault != "" {
		return
	}
	values := json.NewDecoder(bytes.NewReader(d.raw))
	values.UseNumber()
	var object map[string]any
	if err := values.Decode(&object); err != nil {
		return // cannot happen: the value was decoded before
	}
	flatten("", object, entries, put)
}

// flatten calls put for each value, where a.b is the name of b in object a. The
// entries of an array become the lines of one value.
func flatten(name string, value any, entries map[string]condition, put func(name, text string)) {
	switch v := value.(type) {
	case nil:
		put(name, "")
	case map[string]any:
		if len(v) == 0 && name != "" {
			put(name, "")
		}
		for part, inner := range v {
			if name != "" {
				part = name + "." + part
			}
			flatten(part, inner, entries, put)
		}
	case []any:
		flattenList(name, v, entries, put)
	case json.Number:
		put(name, v.String())
	case string:
		put(name, v)
	default:
		put(name, fmt.Sprint(v))
	}
}

func flattenList(name string, list []any, entries map[string]condition, put func(name, text string)) {
	lines := map[string][]string{name: nil}
	for _, entry := range list {
		cells := map[string]string{}
		flatten(name, entry, entries, func(name, text string) { cells[name] = text })
		if !matchesEntry(entries[columnKey(name)], name, cells) {
			continue
		}
		for at, text := range cells {
			if text = strings.Join(strings.Fields(text), " "); text != "" {
				lines[at] = append(lines[at], text)
			}
		}
	}
	if len(lines) > 1 && lines[name] == nil {
		delete(lines, name) // an array of objects has no text of its own
	}
	for at, text := range lines {
		put(at, strings.Join(text, "\n"))
	}
}

// matchesEntry reports whether the format reads an entry of an array. Entries
// that are not objects always match.
func matchesEntry(when condition, name string, cells map[string]string) bool {
	if _, scalar := cells[name]; scalar {
		return true
	}
	for _, t := range when {
		if !t.matches(cells[name+"."+t.column.name]) {
			return false
		}
	}
	return true
}
