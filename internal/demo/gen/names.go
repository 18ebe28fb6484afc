package main

import (
	"compress/gzip"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"trailcat/internal/vocab"
)

// nameColumn says where a shelter's file has the names of its animals.
type nameColumn struct{ file, species, name string }

var nameColumns = []nameColumn{
	{"austin_outcomes.csv.gz", "Type", "Name"},
	{"longbeach_intakes.csv.gz", "animal_type", "animal_name"},
	{"sonoma_intakes.csv.gz", "Type", "Name"},
	{"bloomington_asm3_movements.csv.gz", "speciesname", "animalname"},
	{"montgomery_adoptable_2021-06.csv", "Animal Type", "Pet name"},
}

// addNames counts the names of cats. A name that occurs once is mostly a typing
// error and is dropped.
func (c counts) addNames(folder string) error {
	for _, column := range nameColumns {
		rows, err := readTable(filepath.Join(folder, column.file))
		if err != nil {
			return err
		}
		species, name := columnIndex(rows[0], column.species), columnIndex(rows[0], column.name)
		if species < 0 || name < 0 {
			return fmt.Errorf("read %s: expected columns %q and %q", column.file, column.species, column.name)
		}
		for _, row := range rows[1:] {
			if len(row) <= max(species, name) || !strings.EqualFold(strings.TrimSpace(row[species]), "cat") {
				continue
			}
			if name := vocab.NormalizeName(strings.TrimSpace(row[name])); isName(name) {
				c.increase("name", name, 1)
			}
		}
	}
	for name, n := range c["name"] {
		if n == 1 {
			delete(c["name"], name)
		}
	}
	return nil
}

var plainName = regexp.MustCompile(`^[A-Z][a-z]+(?:[ '-][A-Z]?[a-z]+){0,2}$`)

// isName reports whether a text is a name, not a number, a note or a word for a
// cat without a name.
func isName(name string) bool {
	switch strings.ToLower(name) {
	case "none", "unknown", "no name", "kitten", "cat", "unnamed", "stray", "feral":
		return false
	}
	return len(name) >= 3 && len(name) <= 20 && plainName.MatchString(name)
}

// readTable returns the rows of a CSV file, which may be gzipped; the first is the
// header.
func readTable(path string) ([][]string, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the listings: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return nil, fmt.Errorf("unpack %s: %w", path, err)
		}
	}
	table := csv.NewReader(r)
	table.LazyQuotes, table.FieldsPerRecord = true, -1
	rows, err := table.ReadAll()
	if err == nil && len(rows) == 0 {
		err = errors.New("expected a header, got an empty file")
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return rows, nil
}

// columnIndex returns the index of a column, or -1.
func columnIndex(header []string, name string) int {
	return slices.IndexFunc(header, func(cell string) bool { return strings.TrimSpace(strings.TrimPrefix(cell, "\uFEFF")) == name })
}
