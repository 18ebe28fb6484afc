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

// documents are the rows of a JSON text: an array of objects, an object that
// holds one under a name such as animals, or objects one after the other, as
// NDJSON has them. Several such pages may follow each other.
type documents struct {
	all      []document
	partial  bool // the last page says that more of the list follows
	position int  // how many have been told as rows

	rows []row
}

// document is an object of a JSON text, or what stands in its place.
type document struct {
	line  int
	raw   json.RawMessage
	fault string
}

// listNames are the names under which systems wrap a list.
var listNames = []string{"animals", "cats", "data"}

// sampleSize is how many documents are looked at to see of which format a text is.
const sampleSize = 100

func isJSON(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// openJSON parts a text into documents and reads what its columns are called.
// A broken line of NDJSON costs itself; a broken array cannot be read at all.
func openJSON(text string) (*table, error) {
	t := &table{text: text, comma: ',', header: nil, index: map[string]int{}, rows: nil, start: 0, line: 1, counted: 0, escaped: false, mapping: nil, docs: &documents{all: nil, partial: false, position: 0, rows: nil}}
	for at := 0; at < len(text); {
		next, err := t.docs.readFrom(t, at)
		if err != nil {
			return nil, err
		}
		at = next
	}
	seen := map[string]string{}
	for _, doc := range t.docs.all[:min(len(t.docs.all), sampleSize)] {
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

// readFrom reads values from a place on, and answers with the place where to go on.
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
				return 0, fileError("bad_json", fmt.Sprintf("The file is JSON that cannot be read: the value that begins in line %d is broken or cut off: %v.", line, err))
			}
			d.all = append(d.all, document{line: line, raw: json.RawMessage(t.text[began:next]), fault: "is broken JSON"})
			return next, nil
		}
		if err := d.addValue(t, began, raw); err != nil {
			return 0, err
		}
	}
}

// nextObject is where the next line begins that opens an object.
func nextObject(text string, at int) int {
	for at = lineEnd(text, at); at < len(text) && text[at] != '{'; {
		at = lineEnd(text, at)
	}
	return at
}

// addValue adds a value: the rows in it, or itself as one.
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
		d.all = append(d.all, document{line: t.lineNumber(at), raw: raw, fault: "is no JSON object"})
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
			doc.fault = "is no JSON object"
		}
		d.all = append(d.all, doc)
	}
	return nil
}

// applyFormat reads the columns that a format mentions, and no others: what people
// may stand elsewhere in a feed is not kept even in memory.
func (d *documents) applyFormat(f *Format, t *table) {
	w := newColumnFilter(f)
	for _, doc := range d.all {
		r := row{table: t, line: doc.line, fields: make([]string, len(w.names)), fault: doc.fault, text: ""}
		if doc.fault != "" {
			r.text = string(doc.raw)
		}
		doc.forEachCell(f.entries, func(name, words string) { w.set(r.fields, name, words) })
		d.rows = append(d.rows, r)
	}
	t.header, t.index = w.names, map[string]int{}
	for i, name := range w.names {
		if w.present[i] {
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
