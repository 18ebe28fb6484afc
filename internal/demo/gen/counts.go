package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
)

// counts says how often a value was seen, by table and value.
type counts map[string]map[string]int

func (c counts) add(table, value string, n int) {
	if c[table] == nil {
		c[table] = map[string]int{}
	}
	c[table][value] += n
}

// write writes a line a value, the most frequent of a table first.
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
