package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// columnFilter are the columns of documents that a format mentions.
type columnFilter struct {
	names   []string
	index   map[string]int    // by key
	nested  map[string][]int  // those inside of an object, by its key
	present []bool            // those that a document has told of
	keys    map[string]string // of names, for documents repeat them
}

func newColumnFilter(f *Format) *columnFilter {
	w := &columnFilter{names: nil, index: map[string]int{}, nested: map[string][]int{}, present: nil, keys: map[string]string{}}
	for _, c := range f.allColumns() {
		if _, twice := w.index[c.key]; twice {
			continue
		}
		i := len(w.names)
		w.index[c.key], w.names = i, append(w.names, c.name)
		for end, sign := range c.key {
			if sign == ' ' {
				w.nested[c.key[:end]] = append(w.nested[c.key[:end]], i)
			}
		}
	}
	w.present = make([]bool, len(w.names))
	return w
}

// set keeps what a document says under a name. A null in place of an object says
// that nothing in it is known.
func (w *columnFilter) set(fields []string, name, words string) {
	k, ok := w.keys[name]
	if !ok {
		k = columnKey(name)
		w.keys[name] = k
	}
	if i, ok := w.index[k]; ok {
		fields[i], w.present[i] = words, true
	}
	if words == "" {
		for _, i := range w.nested[k] {
			w.present[i] = true
		}
	}
}

// forEachCell calls put for every value in a document, by its dotted name.
func (d document) forEachCell(entries map[string]condition, put func(name, words string)) {
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
		if !matchesEntry(entries[columnKey(name)], name, cells) {
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

// matchesEntry says whether an entry of a list is one that the format reads.
// Entries that are mere words always are.
func matchesEntry(when condition, name string, cells map[string]string) bool {
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
