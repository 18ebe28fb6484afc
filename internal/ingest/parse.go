package ingest

import (
	"fmt"
	"regexp"
	"strings"
	"time"
	_ "time/tzdata"

	"gopkg.in/yaml.v3"

	"trailcat/internal/catalog"
)

// ParseFormat reads a format from YAML; docs/import.md describes the language.
// An import.cfg of Adopt-a-Pet is taken too: it makes their format one of a
// shelter's own columns.
// The error lists all that is wrong with it, each thing with its line.
func ParseFormat(text []byte) (*Format, error) {
	if isImportCfg(text) {
		return parseImportCfg(text)
	}
	return parseYAML(text)
}

func parseYAML(text []byte) (*Format, error) {
	var doc yaml.Node
	if err := yaml.Unmarshal(text, &doc); err != nil {
		return nil, formatError(fmt.Sprintf("The format is not YAML: %s.", strings.TrimPrefix(err.Error(), "yaml: ")), nil)
	}
	if len(doc.Content) == 0 {
		return nil, formatError("The format is empty.", nil)
	}
	var bad catalog.FieldErrors
	f := parseFormat(node{Node: doc.Content[0], path: "", errs: &bad})
	if len(bad) > 0 {
		return nil, formatError(fmt.Sprintf("The format has %d faults.", len(bad)), bad)
	}
	return f, nil
}

func formatError(detail string, bad catalog.FieldErrors) error {
	return &catalog.Error{Kind: catalog.Invalid, Code: "bad_format", Detail: detail, Faults: bad}
}

// formatName is what may follow --format, and stands as the source of a cat.
var formatName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,39}$`)

func parseFormat(n node) *Format {
	f := &Format{
		Name: "", Title: "", About: "", Shelter: nil, zone: time.UTC,
		aliases: nil, auto: false, escaped: false, mapping: nil, entries: map[string]condition{}, requiredColumns: nil, id: nil,
		skipRules: nil, duplicates: duplicatePolicy{reject: false, dateColumns: nil}, statuses: nil, fields: nil,
	}
	byName := false
	n.forEachSetting(map[string]func(node){
		"name":      setText(&f.Name),
		"title":     setText(&f.Title),
		"about":     setText(&f.About),
		"shelter":   func(n node) { f.Shelter = parseShelter(n) },
		"time_zone": func(n node) { f.zone = parseZone(n) },
		"aliases":   func(n node) { f.aliases = n.texts() },
		"escaped":   func(n node) { f.escaped = n.boolean() },
		"entries": func(n node) {
			n.forEachEntry(func(list string, n node) { f.entries[columnKey(list)] = parseCondition(n) })
		},
		"columns":        func(n node) { f.requiredColumns = parseRequiredColumns(n) },
		"id":             setColumns(&f.id),
		"aside":          func(n node) { f.skipRules = parseSkipRules(n) },
		"repeats":        func(n node) { f.duplicates = parseDuplicatePolicy(n) },
		"status":         func(n node) { f.statuses = parseStatuses(n) },
		"fields":         func(n node) { f.fields = parseFields(n) },
		"fields_by_name": func(n node) { byName = n.boolean() },
	})
	if byName {
		f.fields = withFieldsByName(f.fields)
	}
	if !formatName.MatchString(f.Name) {
		n.addError("name: a format needs a name of small letters, digits and hyphens, at most 40")
	}
	if len(f.id) == 0 {
		n.addError("id: say which column holds the shelter's own id for the cat")
	}
	if len(f.fields) == 0 {
		n.addError("fields: say which columns tell which facts")
	}
	if len(f.requiredColumns) == 0 {
		f.requiredColumns = [][]column{f.requiredByDefault()}
	}
	return f
}

// parseRequiredColumns reads a list of columns, or several such lists, one of which a file must have.
func parseRequiredColumns(n node) [][]column {
	if n.Kind != yaml.SequenceNode || len(n.Content) == 0 || n.Content[0].Kind != yaml.SequenceNode {
		return [][]column{n.columns()}
	}
	var sets [][]column
	for _, item := range n.items() {
		sets = append(sets, item.columns())
	}
	return sets
}

func parseZone(n node) *time.Location {
	zone, err := time.LoadLocation(n.text())
	if err != nil || n.Value == "Local" {
		n.addError("%q is no time zone such as America/New_York", n.Value)
		return time.UTC
	}
	return zone
}

func parseSkipRules(n node) []skipRule {
	var rules []skipRule
	for _, item := range n.items() {
		var rule skipRule
		item.forEachSetting(map[string]func(node){
			"as":   setText(&rule.reason),
			"when": func(n node) { rule.when = parseCondition(n) },
		})
		if rule.reason == "" || len(rule.when) == 0 {
			item.addError(`needs "as", a word for the report, and "when"`)
		}
		rules = append(rules, rule)
	}
	return rules
}

func parseDuplicatePolicy(n node) duplicatePolicy {
	var r duplicatePolicy
	keep := "newest"
	n.forEachSetting(map[string]func(node){
		"keep": func(n node) { keep = n.oneOf("newest", "none") },
		"by":   setColumns(&r.dateColumns),
	})
	r.reject = keep == "none"
	return r
}

// parseCondition reads questions to columns, as in
//
//	{Type: cat, Outcome: {blank: true}}
func parseCondition(n node) condition {
	var out condition
	n.forEachEntry(func(name string, value node) {
		t := columnTest{column: newColumn(name), anyOf: nil, noneOf: nil, prefixes: nil, blank: nil, cat: nil}
		if value.Kind == yaml.MappingNode {
			value.forEachSetting(map[string]func(node){
				"is":     func(n node) { t.anyOf = n.normalizedTexts() },
				"not":    func(n node) { t.noneOf = n.normalizedTexts() },
				"begins": func(n node) { t.prefixes = n.normalizedTexts() },
				"blank":  func(n node) { t.blank = new(n.boolean()) },
				"cat":    func(n node) { t.cat = new(n.boolean()) },
			})
		} else {
			t.anyOf = value.normalizedTexts()
		}
		out = append(out, t)
	})
	return out
}
