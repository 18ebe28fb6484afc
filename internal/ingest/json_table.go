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
	all     []document
	partial bool // the last page says that more of the list follows
	told    int  // how many have been told as rows

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

// sampled is how many documents are looked at to see of which format a text is.
const sampled = 100

func isJSON(text string) bool {
	text = strings.TrimLeft(text, " \t\r\n")
	return strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[")
}

// openJSON parts a text into documents and reads what its columns are called.
// A broken line of NDJSON costs itself; a broken array cannot be read at all.
func openJSON(text string) (*table, error) {
	t := &table{text: text, comma: ',', header: nil, at: map[string]int{}, rows: nil, start: 0, line: 1, counted: 0, escaped: false, legend: nil, docs: &documents{all: nil, partial: false, told: 0, rows: nil}}
	for at := 0; at < len(text); {
		next, err := t.docs.readFrom(t, at)
		if err != nil {
			return nil, err
		}
		at = next
	}
	seen := map[string]string{}
	for _, doc := range t.docs.all[:min(len(t.docs.all), sampled)] {
		doc.cells(nil, func(name, _ string) { seen[key(name)] = name })
	}
	for _, name := range seen {
		t.header = append(t.header, name)
	}
	slices.Sort(t.header)
	for i, name := range t.header {
		t.at[key(name)] = i
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
			line := t.lineAt(began)
			if t.text[began] == '[' || len(d.all) == 0 && !hasMoreObjects(t.text[began:]) {
				return 0, unreadable("bad_json", fmt.Sprintf("The file is JSON that cannot be read: the value that begins in line %d is broken or cut off: %v.", line, err))
			}
			d.all = append(d.all, document{line: line, raw: json.RawMessage(t.text[began:lineEnd(t.text, began)]), fault: "is broken JSON"})
			return nextObject(t.text, began), nil
		}
		if err := d.take(t, began, raw); err != nil {
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

func hasMoreObjects(text string) bool { return nextObject(text, 0) < len(text) }

// take adds a value: the rows in it, or itself as one.
func (d *documents) take(t *table, at int, raw json.RawMessage) error {
	switch raw[0] {
	case '[':
		return d.takeList(t, at, raw)
	case '{':
		var page map[string]json.RawMessage
		if err := json.Unmarshal(raw, &page); err != nil {
			return fmt.Errorf("read a JSON object: %w", err)
		}
		for _, name := range listNames {
			if list := page[name]; len(list) > 0 && list[0] == '[' {
				d.partial = string(page["has_more"]) == "true" || string(page["has_more"]) == "1"
				return d.takeList(t, at+max(0, bytes.Index(raw, list)), list)
			}
		}
		d.all = append(d.all, document{line: t.lineAt(at), raw: raw, fault: ""})
	default:
		d.all = append(d.all, document{line: t.lineAt(at), raw: raw, fault: "is no JSON object"})
	}
	return nil
}

func (d *documents) takeList(t *table, at int, list json.RawMessage) error {
	values := json.NewDecoder(bytes.NewReader(list))
	if _, err := values.Token(); err != nil {
		return fmt.Errorf("read a JSON array: %w", err)
	}
	for values.More() {
		var raw json.RawMessage
		if err := values.Decode(&raw); err != nil {
			return fmt.Errorf("read a JSON array: %w", err)
		}
		doc := document{line: t.lineAt(at + int(values.InputOffset()) - len(raw)), raw: raw, fault: ""}
		if raw[0] != '{' {
			doc.fault = "is no JSON object"
		}
		d.all = append(d.all, doc)
	}
	return nil
}

// readAs reads the columns that a format mentions, and no others: what people
// may stand elsewhere in a feed is not kept even in memory.
func (d *documents) readAs(f *Format, t *table) {
	w := want(f)
	for _, doc := range d.all {
		r := row{table: t, line: doc.line, fields: make([]string, len(w.names)), fault: doc.fault, text: ""}
		if doc.fault != "" {
			r.text = string(doc.raw)
		}
		doc.cells(f.entries, func(name, words string) { w.take(r.fields, name, words) })
		d.rows = append(d.rows, r)
	}
	t.header, t.at = w.names, map[string]int{}
	for i, name := range w.names {
		if w.told[i] {
			t.at[key(name)] = i
		}
	}
	d.all = nil
}

// wanted are the columns of documents that a format mentions.
type wanted struct {
	names  []string
	at     map[string]int    // by key
	inside map[string][]int  // those inside of an object, by its key
	told   []bool            // those that a document has told of
	keys   map[string]string // of names, for documents repeat them
}

func want(f *Format) *wanted {
	w := &wanted{names: nil, at: map[string]int{}, inside: map[string][]int{}, told: nil, keys: map[string]string{}}
	for _, c := range f.mentioned() {
		if _, twice := w.at[c.key]; twice {
			continue
		}
		i := len(w.names)
		w.at[c.key], w.names = i, append(w.names, c.name)
		for end, sign := range c.key {
			if sign == ' ' {
				w.inside[c.key[:end]] = append(w.inside[c.key[:end]], i)
			}
		}
	}
	w.told = make([]bool, len(w.names))
	return w
}

// take keeps what a document says under a name. A null in place of an object says
// that nothing in it is known.
func (w *wanted) take(fields []string, name, words string) {
	k, ok := w.keys[name]
	if !ok {
		k = key(name)
		w.keys[name] = k
	}
	if i, ok := w.at[k]; ok {
		fields[i], w.told[i] = words, true
	}
	if words == "" {
		for _, i := range w.inside[k] {
			w.told[i] = true
		}
	}
}

func (d *documents) next() (row, error) {
	if d.told == len(d.rows) {
		return row{}, io.EOF
	}
	d.told++
	return d.rows[d.told-1], nil
}

// cells calls put for every value in a document, by its dotted name.
func (d document) cells(entries map[string]condition, put func(name, words string)) {
	if d.fault != "" {
		return
	}
	values := json.NewDecoder(bytes.NewReader(d.raw))
	values.UseNumber()
	var object map[string]any
	if err := values.Decode(&object); err != nil {
		return // it was read before, so this cannot be
	}
	flatten("", object, entries, put)
}

// flatten names what a value holds: a.b is b of the object a. The entries of a
// list follow each other line by line.
func flatten(name string, value any, entries map[string]condition, put func(name, words string)) {
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

func flattenList(name string, list []any, entries map[string]condition, put func(name, words string)) {
	lines := map[string][]string{name: nil}
	for _, entry := range list {
		cells := map[string]string{}
		flatten(name, entry, entries, func(name, words string) { cells[name] = words })
		if !entryHolds(entries[key(name)], name, cells) {
			continue
		}
		for at, words := range cells {
			if words = strings.Join(strings.Fields(words), " "); words != "" {
				lines[at] = append(lines[at], words)
			}
		}
	}
	if len(lines) > 1 && lines[name] == nil {
		delete(lines, name) // a list of objects has no words of its own
	}
	for at, words := range lines {
		put(at, strings.Join(words, "\n"))
	}
}

// entryHolds says whether an entry of a list is one that the format reads.
// Entries that are mere words always are.
func entryHolds(when condition, name string, cells map[string]string) bool {
	if _, word := cells[name]; word {
		return true
	}
	for _, t := range when {
		if !t.holds(cells[name+"."+t.column.name]) {
			return false
		}
	}
	return true
}
