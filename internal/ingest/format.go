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
	"trailcat/internal/vocab"
)

// Format says what the columns of one system's export mean. It is made from
// YAML by ParseFormat and does not change after that.
type Format struct {
	Name    string // by which it is asked for; also the Source of what it tells
	Title   string
	About   string
	Shelter *Shelter // whose export it is, if it is one shelter's only

	zone            *time.Location       // of the shelter's clock
	aliases         []string             // other names by which it is asked for
	auto            bool                 // stands for the format that fits
	escaped         bool                 // its fields are kept from being formulas; see escape
	mapping         *columnMapping       // what the columns and words of the file stand for
	entries         map[string]condition // which entries of a JSON list are read, by its key
	requiredColumns [][]column           // sets of columns, without one of which a file is of another format
	id              []column             // the first that says something is the shelter's id of the cat
	skipRules       []skipRule
	duplicates      duplicatePolicy
	statuses        []statusRule
	fields          []*field
}

// Shelter is the shelter that a format comes from.
type Shelter struct {
	ExternalID string // the name by which it is known to us as an importer's shelter
	Profile    catalog.Profile
}

// skipRule sets rows aside that are no listing of a cat.
type skipRule struct {
	reason string // a word for programs, as in not_a_cat
	when   condition
}

// duplicatePolicy says what becomes of several rows of one cat.
type duplicatePolicy struct {
	reject      bool     // all but the first; else the newest counts
	dateColumns []column // dates in the order of their weight; later rows are newer where they tie
}

// requiredByDefault are all that a format mentions.
func (f *Format) requiredByDefault() []column {
	all := slices.Concat(f.id, f.duplicates.dateColumns, f.statusColumns())
	for _, set := range f.requiredColumns {
		all = append(all, set...)
	}
	for _, rule := range f.skipRules {
		all = append(all, rule.when.columns()...)
	}
	for _, fld := range f.fields {
		all = append(all, fld.columns()...)
	}
	return all
}

// allColumns are all columns that can change what is read.
func (f *Format) allColumns() []column {
	all := f.requiredByDefault()
	for _, rule := range f.statuses {
		if rule.reasonFrom.key != "" {
			all = append(all, rule.reasonFrom)
		}
	}
	for _, fld := range f.fields {
		all = slices.Concat(all, fld.when.columns(), fld.asOf, fld.notAfter, fld.unitFrom, fld.currencyFrom)
	}
	return all
}

//go:embed formats/*.yaml
var formatFiles embed.FS

// builtIn holds the formats of formats/. Their own tests see to it that they parse.
var builtIn = sync.OnceValues(func() ([]*Format, error) {
	entries, err := formatFiles.ReadDir("formats")
	if err != nil {
		return nil, fmt.Errorf("list the built-in formats: %w", err)
	}
	var all []*Format
	var wrong []error
	for _, entry := range entries {
		text, err := formatFiles.ReadFile("formats/" + entry.Name())
		if err != nil {
			return nil, fmt.Errorf("read a built-in format: %w", err)
		}
		f, err := parseYAML(text)
		if err != nil {
			wrong = append(wrong, fmt.Errorf("built-in format %s: %w", entry.Name(), err))
			continue
		}
		all = append(all, f)
	}
	return all, errors.Join(wrong...)
})

// Formats lists the formats that are built in, by name.
func Formats() []*Format {
	all, _ := builtIn() // TestFormats fails if one does not parse
	return slices.Clone(all)
}

// Auto is the name that stands for the format that fits a file.
const Auto = "auto"

// Find is the built-in format of a name. That of Auto makes Read find out which
// one a file is of; the Listing then says.
func Find(name string) (*Format, error) {
	if name == Auto {
		return &Format{Name: Auto, Title: "the format that fits", auto: true}, nil
	}
	names := []string{Auto}
	for _, f := range Formats() {
		if f.Name == name || slices.Contains(f.aliases, name) {
			return f, nil
		}
		names = append(names, f.Name)
	}
	said := fmt.Sprintf("There is no format %q. Built in are %s.", name, strings.Join(names, ", "))
	if near := vocab.Suggest(name, names); near != "" {
		said += fmt.Sprintf(" Did you mean %q?", near)
	}
	return nil, &catalog.Error{Kind: catalog.Malformed, Code: "unknown_format", Detail: said, Faults: nil}
}
