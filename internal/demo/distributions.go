package demo

import (
	"bytes"
	"cmp"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// Shares, from 0 to 1, of the 19,980 listings that Petfinder showed in July 2023.
const (
	withoutDescription = 0.36
	withoutColor       = 0.47
	withoutCoat        = 0.67
	knownWithChildren  = 0.16
	knownWithDogs      = 0.14
	knownWithCats      = 0.24
)

// distributions holds how often each value occurs in real listings.
type distributions struct {
	names           weighted[string]
	breeds          weighted[string]
	secondaryBreeds weighted[string]
	mixed           weighted[bool]
	colors          weighted[vocab.Colors]
	ageGroups       weighted[vocab.AgeGroup]
	months          map[vocab.AgeGroup]*weighted[int]
	sexes           weighted[vocab.Sex]
	altered         weighted[bool]
	statuses        weighted[catalog.Status]
	sizes           map[bool]*weighted[vocab.Size] // by whether the cat is a kitten
}

//go:embed data/counts.tsv.gz
var packedCounts []byte

var realDistributions = sync.OnceValues(func() (*distributions, error) {
	t, err := readCounts(packedCounts)
	if err != nil {
		return nil, err
	}
	for _, name := range []string{"name", "breed", "second_breed", "mixed", "colors", "age_group", "sex", "altered"} {
		if len(t[name].values) == 0 {
			return nil, fmt.Errorf("read the counts: table %q is missing", name)
		}
	}
	d := &distributions{
		names:           t["name"],
		breeds:          t["breed"],
		secondaryBreeds: t["second_breed"],
		mixed:           convert(t["mixed"], func(s string) bool { return s == "true" }),
		colors:          convert(t["colors"], parseColors),
		ageGroups:       convert(t["age_group"], func(s string) vocab.AgeGroup { return vocab.AgeGroup(s) }),
		months:          map[vocab.AgeGroup]*weighted[int]{},
		sexes:           convert(t["sex"], func(s string) vocab.Sex { return vocab.Sex(s) }),
		altered:         convert(t["altered"], func(s string) bool { return s == "true" }),
		statuses:        statuses(),
		sizes:           sizes(),
	}
	for _, group := range vocab.AgeGroups() {
		months := convert(t["months_"+string(group)], parseNumber)
		d.months[group] = &months
	}
	return d, nil
})

// statuses are assumed, not counted: public lists hold little but adoptable cats.
func statuses() weighted[catalog.Status] {
	return weighted[catalog.Status]{
		values:     []catalog.Status{catalog.Available, catalog.Pending, catalog.OnHold, catalog.Adopted},
		cumulative: []int{85, 91, 96, 100},
	}
}

// sizes follow Petfinder's listings (48 % small, 46 % medium, 5 % large), divided
// so that most small cats are kittens.
func sizes() map[bool]*weighted[vocab.Size] {
	kittens := weighted[vocab.Size]{values: []vocab.Size{vocab.SizeSmall, vocab.SizeMedium}, cumulative: []int{720, 1000}}
	others := weighted[vocab.Size]{
		values:     []vocab.Size{vocab.SizeSmall, vocab.SizeMedium, vocab.SizeLarge, vocab.SizeXLarge},
		cumulative: []int{90, 850, 989, 1000},
	}
	return map[bool]*weighted[vocab.Size]{true: &kittens, false: &others}
}

func parseColors(s string) vocab.Colors {
	part := append(strings.Split(s, "|"), "", "", "", "")
	return vocab.Colors{Primary: part[0], Secondary: part[1], Tertiary: part[2], Pattern: vocab.Pattern(part[3])}
}

// parseNumber parses a value that gen wrote as a number.
func parseNumber(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// readCounts reads a gzipped table of table name, value and count. It returns the
// values by table name.
func readCounts(packed []byte) (map[string]weighted[string], error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
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
			return nil, fmt.Errorf("read the counts: expected table, value and count, got %q", line)
		}
		t := tables[cells[0]]
		t.append(cells[1], n)
		tables[cells[0]] = t
	}
	return tables, nil
}

// weighted is a set of values, each with a weight.
type weighted[T any] struct {
	values     []T
	cumulative []int // the sum of the weights of the values up to and including this one
}

func (w *weighted[T]) append(value T, weight int) {
	w.values = append(w.values, value)
	w.cumulative = append(w.cumulative, w.total()+weight)
}

func (w *weighted[T]) total() int {
	if len(w.cumulative) == 0 {
		return 0
	}
	return w.cumulative[len(w.cumulative)-1]
}

// pick returns a random value in proportion to the weights, or the zero value if
// the set is empty.
func (w *weighted[T]) pick(r *rand.Rand) T {
	var zero T
	if w.total() == 0 {
		return zero
	}
	i, _ := slices.BinarySearchFunc(w.cumulative, r.IntN(w.total())+1, cmp.Compare[int])
	return w.values[i]
}

// convert returns the set with each value converted.
func convert[A, B any](from weighted[A], fn func(A) B) weighted[B] {
	out := weighted[B]{values: make([]B, len(from.values)), cumulative: from.cumulative}
	for i, v := range from.values {
		out.values[i] = fn(v)
	}
	return out
}

// pickWord returns a random element of a list. Earlier elements are more
// frequent, as in the use of words.
func pickWord[T any](r *rand.Rand, list []T) T {
	return list[int(float64(len(list))*math.Pow(r.Float64(), 1.4))]
}

// chance returns true with the given probability.
func chance(r *rand.Rand, probability float64) bool { return r.Float64() < probability }
