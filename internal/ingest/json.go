package ingest

import (
	"bytes"
	"iter"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// jsonTable is what a table has if its text is JSON: an array of objects, an object with
// such an array under a name such as "animals", or objects one after another, as
// in NDJSON. Several such pages may follow each other. XML is read in the same way; see
// xmlDocuments.
type jsonTable struct {
	table   *table
	isXML   bool
	format  *Format         // nil while the columns are detected
	isEmpty bool            // there are no rows
	partial bool            // the last page announces further pages
	isCut   bool            // a list is broken behind other rows
	present map[string]bool // the columns of the format that a row has, by key: complete when all rows were read, and nil before the format is known
}

// listNames are the names under which systems wrap an array of animals.
var listNames = []string{"animals", "cats", "data"}

const (
	// sampleRows and sampleSize, in bytes, say how much is examined to detect the columns.
	sampleRows = 100
	sampleSize = 4 << 20
	// maxName is the maximum size of a column's name, in bytes. Longer names are ignored.
	maxName = 256
)

// openJSON collects the names of the columns of the first documents.
func (t *table) openJSON(w *window) error {
	t.json = &jsonTable{table: t, isXML: isXML(bytes.TrimLeft(w.peek(lookSize), " \t\r\n")), format: nil, isEmpty: true, partial: false, isCut: false, present: nil}
	known := requiredByAny()
	seen := map[string]string{}
	rows, size := 0, 0
	for doc, err := range t.json.documents(w) {
		if err != nil {
			return err
		}
		t.json.isEmpty = false
		if rows, size = rows+1, size+len(doc.raw); rows > sampleRows || size > sampleSize {
			break
		}
		if doc.fault == "" {
			_ = doc.forEachCell(nil, func(name, _ string) { // broken objects are reported later
				if key := columnKey(name); len(seen) < maxColumns || known[key] {
					seen[key] = name
				}
			})
		}
	}
	for _, name := range seen {
		t.header = append(t.header, name)
	}
	slices.Sort(t.header)
	t.index = columnIndex(t.header)
	return w.failure()
}

// applyFormat selects the columns that a format uses, and no others: personal
// data elsewhere in a feed is not even kept in memory.
func (j *jsonTable) applyFormat(f *Format, t *table) {
	j.format, j.present, t.header = f, map[string]bool{}, newColumnFilter(f).names
	t.index = columnIndex(t.header)
}

// rows returns the rows of the text.
func (j *jsonTable) rows(w *window) iter.Seq2[row, error] {
	return func(yield func(row, error) bool) {
		filter := newColumnFilter(j.format)
		for doc, err := range j.documents(w) {
			r := row{table: j.table, line: doc.line, fields: make([]string, len(filter.names)), blanks: 0, fault: doc.fault, text: ""}
			if r.fault == "" {
				r.fault = doc.forEachCell(j.format.entries, func(name, text string) { filter.set(r.fields, name, text) })
			}
			if r.fault != "" {
				r.text = string(doc.raw[:min(len(doc.raw), maxCell)])
			}
			if !yield(r, err) {
				return
			}
		}
		j.present = filter.present
	}
}

// documents returns the rows of the text before a format is applied.
func (j *jsonTable) documents(w *window) iter.Seq2[document, error] {
	if j.isXML {
		return xmlDocuments(w)
	}
	return func(yield func(document, error) bool) {
		reader := newJSONReader(w)
		reader.documents()(yield)
		j.partial, j.isCut = reader.partial, reader.isCut
	}
}

// columnFilter selects the columns of documents that a format uses.
type columnFilter struct {
	names   []string
	index   map[string]int      // by column key
	nested  map[string][]string // the keys of the columns inside an object, by its key
	present map[string]bool     // whether a document has the column, by column key
	keys    map[string]string   // cache of column keys by name
}

func newColumnFilter(format *Format) *columnFilter {
	f := &columnFilter{names: nil, index: map[string]int{}, nested: map[string][]string{}, present: map[string]bool{}, keys: map[string]string{}}
	for _, c := range format.allColumns() {
		if _, twice := f.index[c.key]; twice {
			continue
		}
		i := len(f.names)
		f.index[c.key], f.names = i, append(f.names, c.name)
		for end, sign := range c.key {
			if sign == ' ' {
				f.nested[c.key[:end]] = append(f.nested[c.key[:end]], c.key)
			}
		}
	}
	return f
}

// key returns the column key of a name.
func (f *columnFilter) key(name string) string {
	k, ok := f.keys[name]
	if !ok {
		k = columnKey(name)
		if len(f.keys) < maxColumns {
			f.keys[strings.Clone(name)] = k // without the rest of the row
		}
	}
	return k
}

// set stores the value of a name. A null in place of an object makes everything
// in it unknown.
func (f *columnFilter) set(fields []string, name, text string) {
	k := f.key(name)
	if i, ok := f.index[k]; ok {
		fields[i], f.present[k] = text, true
	}
	if text == "" {
		for _, inner := range f.nested[k] {
			f.present[inner] = true
		}
	}
}

// forEachCell calls put with the dotted name and the text of every value in a
// document. It returns what is wrong if the document is not JSON.
func (d document) forEachCell(entries map[string]condition, put func(name, text string)) (fault string) {
	if !gjson.ValidBytes(d.raw) {
		return faultNotJSON
	}
	flatten("", gjson.ParseBytes(d.raw), entries, put)
	return ""
}

// flatten calls put for each value, where a.b is the name of b in object a. The
// entries of an array become the lines of one value.
func flatten(name string, value gjson.Result, entries map[string]condition, put func(name, text string)) {
	switch {
	case value.Type == gjson.Null:
		put(name, "")
	case value.IsObject():
		isEmpty := true
		value.ForEach(func(part, inner gjson.Result) bool {
			isEmpty = false
			if len(name)+len(part.Str) <= maxName {
				flatten(dotted(name, part.Str), inner, entries, put)
			}
			return true
		})
		if isEmpty && name != "" {
			put(name, "")
		}
	case value.IsArray():
		flattenList(name, value, entries, put)
	case value.Type == gjson.String:
		put(name, value.Str)
	default:
		put(name, value.Raw)
	}
}

func dotted(name, part string) string {
	if name == "" {
		return part
	}
	return name + "." + part
}

func flattenList(name string, list gjson.Result, entries map[string]condition, put func(name, text string)) {
	lines := map[string][]string{name: nil}
	when := entries[columnKey(name)]
	forEachEntry(list, func(entry gjson.Result) {
		cells := map[string]string{}
		flatten(name, entry, entries, func(name, text string) { cells[name] = text })
		if !matchesEntry(when, name, cells) {
			return
		}
		for at, text := range cells {
			if text = strings.Join(strings.Fields(text), " "); text != "" {
				lines[at] = append(lines[at], text)
			}
		}
	})
	if len(lines) > 1 && lines[name] == nil {
		delete(lines, name) // an array of objects has no text of its own
	}
	for at, text := range lines {
		put(at, strings.Join(text, "\n"))
	}
}

// forEachEntry calls do with the entries of an array and of the arrays in it.
func forEachEntry(list gjson.Result, do func(gjson.Result)) {
	list.ForEach(func(_, entry gjson.Result) bool {
		if entry.IsArray() {
			forEachEntry(entry, do)
		} else {
			do(entry)
		}
		return true
	})
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

// isJSON reports whether the text of a table is JSON.
func (t *table) isJSON() bool { return t.json != nil && !t.json.isXML }
