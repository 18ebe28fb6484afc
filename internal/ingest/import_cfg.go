package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// columnMapping renames the columns and values of a shelter's own file, as the
// import.cfg does that accompanies a file for Adopt-a-Pet:
//
//	; a comment
//	#1:Id=Id
//	#2:Kind=Animal
//	Kitty=Cat
//
// The first column is called Id and is their Id. The second is called Kind and is
// their Animal; its value Kitty means Cat.
type columnMapping struct {
	columns     []string                     // by position, for files without a header
	columnNames map[string]string            // Adopt-a-Pet's name by the key of the shelter's name
	values      map[string]map[string]string // by column key and value; see normalize
}

var (
	cfgColumn = regexp.MustCompile(`^#\s*(\d+)\s*:\s*([^=]+?)\s*=\s*([^=;]+?)\s*(?:;.*)?$`)
	cfgValue  = regexp.MustCompile(`^([^=]+?)\s*=\s*(.+?)(?:\s+;.*)?$`)
)

// isImportCfg reports whether a text is an import.cfg rather than YAML.
func isImportCfg(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		if cfgColumn.MatchString(strings.TrimSpace(line)) {
			return true
		}
	}
	return false
}

// parseImportCfg returns Adopt-a-Pet's format with a shelter's own columns. The
// error lists all invalid lines.
func parseImportCfg(text []byte) (*Format, error) {
	base, err := Find("adoptapet")
	if err != nil {
		return nil, err
	}
	m := &columnMapping{columns: nil, columnNames: map[string]string{}, values: map[string]map[string]string{}}
	var errs catalog.FieldErrors
	field, number := "", 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, ";") {
			continue
		}
		if match := cfgColumn.FindStringSubmatch(line); match != nil {
			field = match[3]
			position, err := strconv.Atoi(match[1])
			valid := err == nil && 1 <= position && position <= maxColumns
			errs.Check(valid, "/", errcode.Invalid, fmt.Sprintf("Line %d: Expected the position of a column from 1 to %d, got %s.", number, maxColumns, match[1]))
			if valid {
				m.addColumn(position, match[2], field)
			}
			continue
		}
		match := cfgValue.FindStringSubmatch(line)
		errs.Check(match != nil && field != "", "/", errcode.Invalid, fmt.Sprintf("Line %d: Expected #position:column=field, or value=value after such a line.", number))
		if match != nil && field != "" {
			m.addValue(field, match[1], match[2])
		}
	}
	errs.Check(len(m.columns) > 0 || len(errs) > 0, "/", errcode.Invalid, "Line 1: Expected at least one line #position:column=field.")
	if len(errs) > 0 {
		return nil, formatError(fmt.Sprintf("The import.cfg has %d errors.", len(errs)), errs)
	}
	f := *base
	f.mapping, f.requiredColumns = m, [][]column{f.id} // the import.cfg decides which columns exist
	return &f, nil
}

// withImportCfg returns the format to read a listing with: if the format is Adopt-a-Pet's or to be
// detected, the import.cfg beside the table decides, and reason says so if it was to be detected.
func (l *listing) withImportCfg(f *Format) (with *Format, reason string, err error) {
	switch {
	case l.importCfg == nil:
		return f, "", nil
	case !f.auto && (f.Name != "adoptapet" || f.mapping != nil):
		l.ignored++
		return f, "", nil
	}
	text, err := DecodeFormat(l.importCfg)
	if err != nil {
		return nil, "", err
	}
	with, err = parseImportCfg(text)
	if err == nil && f.auto {
		reason = fmt.Sprintf("%s (%s), because the zip file has an import.cfg", with.Name, with.Title)
	}
	return with, reason, err
}

func (m *columnMapping) addColumn(position int, name, field string) {
	m.columns = append(m.columns, make([]string, max(0, position-len(m.columns)))...)
	m.columns[position-1] = field
	m.columnNames[columnKey(name)] = field
}

// addValue maps a value of a column. Breeds and colors that Trailcat knows stay:
// Adopt-a-Pet's values are less precise, for example a calico for a dilute calico
// or a domestic shorthair for a tabby.
func (m *columnMapping) addValue(column, value, replacement string) {
	key := columnKey(column)
	switch key {
	case "breed", "breed2":
		if breed, rest := vocab.ParseBreed(value); rest == "" && breed.Primary != "" {
			return
		}
	case "color":
		if colors, rest := vocab.ParseColors(value); rest == "" && colors != (vocab.Colors{}) {
			return
		}
	}
	if m.values[key] == nil {
		m.values[key] = map[string]string{}
	}
	m.values[key][normalize(value)] = replacement
}

// applyHeader renames the columns of a table. A table without a header of its own
// begins with a row.
func (m *columnMapping) applyHeader(t *table) {
	if m == nil || t.json != nil {
		return
	}
	header := slices.Clone(t.header)
	known := 0
	for i, name := range header {
		if field := m.columnNames[columnKey(name)]; field != "" {
			header[i] = field
			known++
		} else if slices.Contains(m.columns, name) {
			known++
		}
	}
	if known*2 < len(header) {
		t.setHeader(m.columns[:min(len(m.columns), len(header))])
		t.begin = t.first
		return
	}
	t.setHeader(header)
}

// translate returns the value that a value of a column is mapped to.
func (m *columnMapping) translate(c column, value string) string {
	if m == nil {
		return value
	}
	if replacement, ok := m.values[c.key][normalize(value)]; ok {
		return replacement
	}
	return value
}
