package demo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed data/counts.tsv.gz
var packedCounts []byte

// readCounts is how often each value was seen in real listings, by table.
var readCounts = sync.OnceValues(func() (map[string]weighted[string], error) {
	r, err := gzip.NewReader(bytes.NewReader(packedCounts))
	if err != nil {
		return nil, fmt.Errorf("unpack the counts: %w", err)
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, fmt.Errorf("unpack the counts: %w", err)
	}
	tables := map[string]weighted[string]{}
	for line := range strings.Lines(string(data)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		n, err := strconv.Atoi(cells[len(cells)-1])
		if err != nil || len(cells) != 3 {
			return nil, fmt.Errorf("read the counts: %q is not table, value, count", line)
		}
		t := tables[cells[0]]
		t.add(cells[1], n)
		tables[cells[0]] = t
	}
	return tables, nil
})

// weighted is a set of values, some likelier than others.
type weighted[T any] struct {
	values []T
	upTo   []int // the sum of the weights of the values up to and with this one
}

func (w *weighted[T]) add(value T, weight int) {
	w.values = append(w.values, value)
	w.upTo = append(w.upTo, w.total()+weight)
}

func (w *weighted[T]) total() int {
	if len(w.upTo) == 0 {
		return 0
	}
	return w.upTo[len(w.upTo)-1]
}

// pick draws a value, each as often as its weight says. An empty set has the zero value.
func (w *weighted[T]) pick(r *rand.Rand) T {
	var none T
	if w.total() == 0 {
		return none
	}
	i, _ := slices.BinarySearchFunc(w.upTo, r.IntN(w.total())+1, cmp.Compare[int])
	return w.values[i]
}

// convert makes the values of a set into something else.
func convert[A, B any](from weighted[A], to func(A) B) weighted[B] {
	out := weighted[B]{values: make([]B, len(from.values)), upTo: from.upTo}
	for i, v := range from.values {
		out.values[i] = to(v)
	}
	return out
}
