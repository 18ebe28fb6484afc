// Command gen counts the values of real listings, from which synthetic cats are
// drawn:
//
//	go run ./internal/demo/gen -o internal/demo/data/counts.tsv.gz FOLDER
//
// FOLDER holds shelters/, files as municipal shelters publish them, and vocab/,
// tables of the distinct values of breeds, colors, ages and sexes by source. The
// output holds only counts, no row of a list.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
)

func main() {
	out := flag.String("o", "counts.tsv.gz", "output `file`")
	flag.Parse()
	if err := run(*out, flag.Arg(0)); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(out, folder string) error {
	c := counts{}
	if err := c.addVocabulary(filepath.Join(folder, "vocab")); err != nil {
		return err
	}
	if err := c.addNames(filepath.Join(folder, "shelters")); err != nil {
		return err
	}
	var data bytes.Buffer
	packed, err := gzip.NewWriterLevel(&data, gzip.BestCompression)
	if err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := c.write(packed); err != nil {
		return err
	}
	if err := packed.Close(); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	if err := os.WriteFile(out, data.Bytes(), 0o644); err != nil {
		return fmt.Errorf("write the counts: %w", err)
	}
	fmt.Fprintf(os.Stderr, "%d tables in %d bytes\n", len(c), data.Len())
	return nil
}

// counts is the number of occurrences by table and value.
type counts map[string]map[string]int

func (c counts) increase(table, value string, n int) {
	if c[table] == nil {
		c[table] = map[string]int{}
	}
	c[table][value] += n
}

// write writes one line for each value, the most frequent of a table first.
func (c counts) write(w io.Writer) error {
	for _, table := range slices.Sorted(maps.Keys(c)) {
		values := slices.SortedFunc(maps.Keys(c[table]), func(a, b string) int {
			return cmp.Or(c[table][b]-c[table][a], cmp.Compare(a, b))
		})
		for _, v := range values {
			if _, err := fmt.Fprintf(w, "%s\t%s\t%d\n", table, v, c[table][v]); err != nil {
				return fmt.Errorf("write the counts: %w", err)
			}
		}
	}
	return nil
}
