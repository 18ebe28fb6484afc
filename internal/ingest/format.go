package ingest

import (
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/vocab"
)

// Format describes what the columns of one system's export mean. It is made from
// YAML by ParseFormat and does not change afterwards.
type Format struct {
	Name    string // also the Source of the cats that it reads
	Title   string
	About   string
	Shelter *Shelter // nil unless only one shelter uses the format

	zone            *time.Location       // of times without a zone; nil for that of the shelter
	dateOrder       vocab.DateOrder      // of day and month; empty if the files of the format differ
	aliases         []string             // other names that Find accepts
	auto            bool                 // Read detects the format
	escaped         bool                 // fields are escaped as by EscapeFormula
	mapping         *columnMapping       // renames columns and values; nil for none
	entries         map[string]condition // selects entries of a JSON list, by column key
	requiredColumns [][]column           // alternative sets; a file must have all columns of one
	id              []column             // the first that is not empty holds the shelter's ID of the cat
	skipRules       []skipRule
	duplicates      duplicatePolicy
	statuses        []statusRule
	fields          []*field
	evidenceFields  []*field // of assessments and health items
}

// Shelter is the shelter that a format belongs to.
type Shelter struct {
	ExternalID string // the key under which imports find it
	Profile    catalog.Profile
}

// requiredByDefault returns the columns that facts, rules, IDs and the status
// depend on: a file must have all of them unless the format lists its required
// columns.
func (f *Format) requiredByDefault() []column {
	all := slices.Concat(f.id, f.duplicates.dateColumns, f.statusColumns())
	for _, set := range f.requiredColumns {
		all = append(all, set...)
	}
	for _, rule := range f.skipRules {
		all = append(all, rule.when.columns()...)
	}
	for _, fld := range f.allFields() {
		all = append(all, fld.columns()...)
	}
	return all
}

// allFields returns the fields of facts and of evidence.
func (f *Format) allFields() []*field { return slices.Concat(f.fields, f.evidenceFields) }

// allColumns returns all columns that can influence what is read.
func (f *Format) allColumns() []column {
	all := f.requiredByDefault()
	for _, rule := range f.statuses {
		if rule.reasonFrom.key != "" {
			all = append(all, rule.reasonFrom)
		}
	}
	for _, fld := range f.allFields() {
		all = slices.Concat(all, fld.when.columns(), fld.asOf, fld.notAfter, fld.unitFrom, fld.currencyFrom)
	}
	return all
}

//go:embed formats/*.yaml
var formatFiles embed.FS

// builtIn parses the formats of formats/. TestFormats checks that all of them
// parse.
var builtIn = sync.OnceValues(func() ([]*Format, error) {
	entries, err := formatFiles.ReadDir("formats")
	if err != nil {
		return nil, fmt.Errorf("list the built-in formats: %w", err)
	}
	var all []*Format
	var errs []error
	for _, entry := range entries {
		text, err := formatFiles.ReadFile("formats/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read a built-in format: %w", err)
		}
		f, err := parseYAML(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("built-in format %s: %w", entry.Name(), err))
			continue
		}
		all = append(all, f)
	}
	return all, errors.Join(errs...)
})

// Formats returns the built-in formats, ordered by name.
func Formats() []*Format {
	all, _ := builtIn() // TestFormats checks the error
	return slices.Clone(all)
}

// Auto is the name that makes Read detect the format.
const Auto = "auto"

// Find returns the built-in format with a name or alias. others are names that the caller could
// have meant, too. With Auto, Read detects
// the format and the Dataset says which it is. It returns an error with code
// unknown_format for any other name.
func Find(name string, others ...string) (*Format, error) {
	if name == Auto {
		return &Format{Name: Auto, Title: "the format that matches the file", auto: true}, nil
	}
	names := []string{Auto}
	for _, f := range Formats() {
		if f.Name == name || slices.Contains(f.aliases, name) {
			return f, nil
		}
		names = append(names, f.Name)
	}
	names = append(names, others...)
	message := fmt.Sprintf("Unknown format %q. Expected one of %s.", name, strings.Join(names, ", "))
	if near := vocab.Suggest(name, names); near != "" {
		message += fmt.Sprintf(" Did you mean %q?", near)
	}
	return nil, catalog.Errorf(catalog.Malformed, errcode.UnknownFormat, "%s", message)
}
