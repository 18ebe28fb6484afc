package vocab

import (
	"bytes"
	"encoding/csv"
	"maps"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// count is a value that a shelter wrote and for how many cats.
type count struct {
	source, value string
	cats          int
}

func readCounts(t *testing.T, file string) []count {
	t.Helper()
	text, err := os.ReadFile("testdata/" + file)
	if err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comma, r.LazyQuotes = '\t', true
	rows, err := r.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var counts []count
	for _, row := range rows[1:] {
		cats, err := strconv.Atoi(row[2])
		if err != nil {
			t.Fatalf("%s: %q: %v", file, row, err)
		}
		counts = append(counts, count{row[0], row[1], cats})
	}
	return counts
}

// TestWhatSheltersWriteIsUnderstood weighs every value by its cats.
func TestWhatSheltersWriteIsUnderstood(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		file  string
		least float64 // per cent
		left  func(string) string
	}{
		"breeds":  {"breeds.tsv", 99, func(s string) string { _, left := ParseBreed(s); return left }},
		"colours": {"colours.tsv", 97, func(s string) string { _, left := ParseColors(s); return left }},
		"ages":    {"ages.tsv", 99, func(s string) string { _, _, left := ParseAge(s); return left }},
		"sexes":   {"sexes.tsv", 99.5, leftOfSex},
		"sizes":   {"sizes.tsv", 99.5, func(s string) string { _, left := ParseSize(s); return left }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			all, understood := map[string]int{}, map[string]int{}
			var left []string
			for _, c := range readCounts(t, test.file) {
				all[c.source] += c.cats
				all["all"] += c.cats
				if words := test.left(c.value); words != "" {
					left = append(left, c.source+": "+strconv.Quote(c.value)+" x "+strconv.Itoa(c.cats))
					continue
				}
				understood[c.source] += c.cats
				understood["all"] += c.cats
			}
			for _, source := range slices.Sorted(maps.Keys(all)) {
				t.Logf("%-20s %6d cats %7.3f %%", source, all[source], share(understood[source], all[source]))
			}
			t.Logf("left: %s", strings.Join(left, ", "))
			if got := share(understood["all"], all["all"]); got < test.least {
				t.Errorf("understood %.3f %%, want at least %.1f %%", got, test.least)
			}
		})
	}
}

// leftOfSex reads a sex, and the alteration from a second column where the source has one.
func leftOfSex(value string) string {
	sex, altered, two := strings.Cut(value, "|")
	_, _, left := ParseSex(sex)
	if two {
		_, more := ParseAltered(altered)
		left += more
	}
	return left
}

func share(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// TestUnknownIsRare guards the coverage against being bought with "unknown".
func TestUnknownIsRare(t *testing.T) {
	t.Parallel()

	breeds, all := 0, 0
	for _, c := range readCounts(t, "breeds.tsv") {
		all += c.cats
		if breed, _ := ParseBreed(c.value); breed.Primary == "" {
			breeds += c.cats
		}
	}
	if got := share(breeds, all); got > 0.1 {
		t.Errorf("%.2f %% of the cats have no breed, want at most 0.1", got)
	}

	colors, all := 0, 0
	for _, c := range readCounts(t, "colours.tsv") {
		all += c.cats
		if color, _ := ParseColors(c.value); color == (Colors{}) {
			colors += c.cats
		}
	}
	if got := share(colors, all); got > 0.5 {
		t.Errorf("%.2f %% of the cats have neither colour nor pattern, want at most 0.5", got)
	}
}
