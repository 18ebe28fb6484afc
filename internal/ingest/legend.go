package ingest

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// columnMapping says what the columns and the words of a shelter's own file stand for,
// as the import.cfg does that goes with a file to Adopt-a-Pet:
//
//	; a comment
//	#1:Id=Id
//	#2:Kind=Animal
//	Kitty=Cat
//
// The first column is called Id and is their Id, the second is called Kind and is
// their Animal, and there Kitty stands for Cat.
type columnMapping struct {
	columns     []string                     // the columns by their place, for files without a header
	columnNames map[string]string            // what a column stands for, by the key of its own name
	values      map[string]map[string]string // what words stand for, by the key of their column; see same
}

var (
	cfgColumn = regexp.MustCompile(`^#\s*(\d+)\s*:\s*([^=]+?)\s*=\s*([^=;]+?)\s*(?:;.*)?$`)
	cfgValue  = regexp.MustCompile(`^([^=]+?)\s*=\s*(.+)$`)
)

// isImportCfg says whether a text is an import.cfg rather than YAML.
func isImportCfg(text []byte) bool {
	for line := range strings.Lines(string(text)) {
		if cfgColumn.MatchString(strings.TrimSpace(line)) {
			return true
		}
	}
	return false
}

// parseImportCfg makes Adopt-a-Pet's format one of a shelter's own columns. The error
// lists all lines that cannot be read.
func parseImportCfg(text []byte) (*Format, error) {
	base, err := Find("adoptapet")
	if err != nil {
		return nil, err
	}
	l := &columnMapping{columns: nil, columnNames: map[string]string{}, values: map[string]map[string]string{}}
	var bad catalog.FieldErrors
	under, number := "", 0
	for line := range strings.Lines(string(text)) {
		number++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, ";") {
			continue
		}
		if found := cfgColumn.FindStringSubmatch(line); found != nil {
			under = found[3]
			place, err := strconv.Atoi(found[1])
			bad.Check(err == nil && 1 <= place && place <= 500, "/", "invalid", fmt.Sprintf("line %d: %s is no place of a column", number, found[1]))
			l.addColumn(place, found[2], under)
			continue
		}
		found := cfgValue.FindStringSubmatch(line)
		bad.Check(found != nil && under != "", "/", "invalid", fmt.Sprintf("line %d: is neither #place:column=field nor words=words under such a line", number))
		if found != nil && under != "" {
			l.addValue(under, found[1], found[2])
		}
	}
	if len(bad) > 0 {
		return nil, formatError(fmt.Sprintf("The import.cfg has %d faults.", len(bad)), bad)
	}
	f := *base
	f.mapping, f.requiredColumns = l, [][]column{f.id} // which columns there are is the legend's to say
	return &f, nil
}

func (l *columnMapping) addColumn(place int, name, stands string) {
	if place < 1 || place > 500 {
		return
	}
	l.columns = append(l.columns, make([]string, max(0, place-len(l.columns)))...)
	l.columns[place-1] = stands
	l.columnNames[columnKey(name)] = stands
}

// addValue notes what words stand for. Breeds and colours that we know ourselves stay:
// on the way to Adopt-a-Pet a dilute calico becomes a calico and a tabby a
// domestic shorthair.
func (l *columnMapping) addValue(under, said, stands string) {
	column := columnKey(under)
	switch column {
	case "breed", "breed2":
		if breed, left := vocab.ParseBreed(said); left == "" && breed.Primary != "" {
			return
		}
	case "color":
		if colors, left := vocab.ParseColors(said); left == "" && colors != (vocab.Colors{}) {
			return
		}
	}
	if l.values[column] == nil {
		l.values[column] = map[string]string{}
	}
	l.values[column][same(said)] = stands
}

// applyHeader gives a table's columns the names that they stand for. A table that
// has none of its own begins with a row.
func (l *columnMapping) applyHeader(t *table) {
	if l == nil || t.docs != nil {
		return
	}
	header := slices.Clone(t.header)
	known := 0
	for i, name := range header {
		if stands := l.columnNames[columnKey(name)]; stands != "" {
			header[i] = stands
			known++
		} else if slices.Contains(l.columns, name) {
			known++
		}
	}
	if known*2 < len(header) {
		t.setHeader(l.columns[:min(len(l.columns), len(header))])
		t.seek(0)
		return
	}
	t.setHeader(header)
}

// translate is what words in a column stand for.
func (l *columnMapping) translate(c column, said string) string {
	if l == nil {
		return said
	}
	if stands, ok := l.values[c.key][same(said)]; ok {
		return stands
	}
	return said
}
