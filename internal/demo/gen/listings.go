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
	"strconv"
	"strings"
	"unicode/utf8"

	"trailcat/internal/vocab"
)

// column is where a shelter's file keeps the names of its animals.
type column struct{ file, species, name string }

var nameColumns = []column{
	{"austin_outcomes.csv.gz", "Type", "Name"},
	{"longbeach_intakes.csv.gz", "animal_type", "animal_name"},
	{"sonoma_intakes.csv.gz", "Type", "Name"},
	{"bloomington_asm3_movements.csv.gz", "speciesname", "animalname"},
	{"montgomery_adoptable_2021-06.csv", "Animal Type", "Pet name"},
}

// addListings counts the names of cats, and how long descriptions are.
func (c counts) addListings(folder string) error {
	for _, at := range nameColumns {
		err := eachRow(filepath.Join(folder, at.file), func(cell func(string) string) {
			if name := vocab.ReadName(cell(at.name)); strings.EqualFold(cell(at.species), "cat") && isName(name) {
				c.add("name", name, 1)
			}
		})
		if err != nil {
			return err
		}
	}
	c.dropRare("name", 2)
	return eachRow(filepath.Join(folder, "kingcounty_listings_2019-02.csv"), func(cell func(string) string) {
		// Dogs' count too: there are few, and they are of the same length.
		if cell("Record_Type") == "ADOPTABLE" {
			c.add("description_letters", strconv.Itoa(lettersOf(cell("Memo"))), 1)
		}
	})
}

var plainName = regexp.MustCompile(`^[A-Z][a-z]+(?:[ '-][A-Z]?[a-z]+){0,2}$`)

// isName tells a name from a number, a note, or the words for none.
func isName(name string) bool {
	switch strings.ToLower(name) {
	case "none", "unknown", "no name", "kitten", "cat", "unnamed", "stray", "feral":
		return false
	}
	return len(name) >= 3 && len(name) <= 20 && plainName.MatchString(name)
}

// dropRare drops the values seen fewer than so many times; most are slips of the pen.
func (c counts) dropRare(table string, least int) {
	for value, n := range c[table] {
		if n < least {
			delete(c[table], value)
		}
	}
}

var (
	memoHead = regexp.MustCompile(`(?s)^Received on:.*?Current Location:[^<]*<p/>`)
	memoTags = regexp.MustCompile(`(?:<p/>)+`)
)

// lettersOf is how long a description is, without the facts repeated in front of it.
func lettersOf(memo string) int {
	return utf8.RuneCountInString(strings.TrimSpace(memoTags.ReplaceAllString(memoHead.ReplaceAllString(memo, ""), "\n\n")))
}

// eachRow hands on each row of a file with a header, as a lookup by column.
func eachRow(path string, each func(cell func(string) string)) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("read the listings: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(file); err != nil {
			return fmt.Errorf("unpack %s: %w", path, err)
		}
	}
	rows := csv.NewReader(r)
	rows.LazyQuotes, rows.FieldsPerRecord = true, -1
	header, err := rows.Read()
	at := map[string]int{}
	for i, name := range header {
		at[strings.TrimSpace(strings.TrimPrefix(name, "\uFEFF"))] = i
	}
	for err == nil {
		var row []string
		if row, err = rows.Read(); err == nil {
			each(func(name string) string {
				if i, ok := at[name]; ok && i < len(row) {
					return strings.TrimSpace(row[i])
				}
				return ""
			})
		}
	}
	if !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", path, err)
	}
	return nil
}
