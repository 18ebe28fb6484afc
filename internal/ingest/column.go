package ingest

import "strings"

// column is a column of a table, as a format names it.
type column struct {
	name string
	key  string // see key
}

func newColumn(name string) column { return column{name: name, key: columnKey(name)} }

// columnKey is what makes two names of columns the same: letter case, outer blanks and
// the choice between blank, underscore and dot do not count.
func columnKey(name string) string {
	return strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return r == '_' || r == '.' || r == ' ' || r == '\t' || r == '\n' || r == '\r' || r == '\u00A0'
	}), " "))
}

// hasColumn says whether a table has a column.
func (t *table) hasColumn(c column) bool {
	_, ok := t.index[c.key]
	return ok
}

// value is what a row says in a column, without outer blanks; empty if the table
// has no such column.
func (r row) value(c column) string {
	i, ok := r.table.index[c.key]
	if !ok || i >= len(r.fields) {
		return ""
	}
	said := r.fields[i]
	if r.table.escaped {
		said = unescapeFormula(said)
	}
	return r.table.mapping.translate(c, strings.TrimSpace(said))
}

// first is the first of several columns in which a row says something; if it
// says nothing in any, the first of them all.
func (r row) first(columns []column) (column, string) {
	for _, c := range columns {
		if said := r.value(c); said != "" {
			return c, said
		}
	}
	if len(columns) == 0 {
		return column{}, ""
	}
	return columns[0], ""
}

// same is the form in which two words of a table are compared: without letter
// case and runs of blanks.
func same(words string) string { return strings.ToLower(strings.Join(strings.Fields(words), " ")) }
