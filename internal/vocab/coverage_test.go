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

// count is a value from the files of real shelters and its number of cats.
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

// TestParsers_CoverRealValues weights every value by its number of cats.
func TestParsers_CoverRealValues(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		file       string
		minPercent float64
		unparsed   func(string) string
	}{
		"breeds": {"breeds.tsv", 99, func(s string) string { _, unparsed := ParseBreed(s); return unparsed }},
		"colors": {"colors.tsv", 97, func(s string) string { _, unparsed := ParseColors(s); return unparsed }},
		"ages":   {"ages.tsv", 99, func(s string) string { _, _, unparsed := ParseAge(s); return unparsed }},
		"sexes":  {"sexes.tsv", 99.5, unparsedSex},
		"sizes":  {"sizes.tsv", 99.5, func(s string) string { _, unparsed := ParseSize(s); return unparsed }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			total, parsed := map[string]int{}, map[string]int{}
			var unparsed []string
			for _, c := range readCounts(t, test.file) {
				total[c.source] += c.cats
				total["all"] += c.cats
				if words := test.unparsed(c.value); words != "" {
					unparsed = append(unparsed, c.source+": "+strconv.Quote(c.value)+" x "+strconv.Itoa(c.cats))
					continue
				}
				parsed[c.source] += c.cats
				parsed["all"] += c.cats
			}
			for _, source := range slices.Sorted(maps.Keys(total)) {
				t.Logf("%-20s %6d cats %7.3f %%", source, total[source], percent(parsed[source], total[source]))
			}
			t.Logf("unparsed: %s", strings.Join(unparsed, ", "))
			if got := percent(parsed["all"], total["all"]); got < test.minPercent {
				t.Errorf("parsed the values of %.3f %% of the cats, want at least %.1f %%", got, test.minPercent)
			}
		})
	}
}

// unparsedSex parses a sex, and after a "|" the second column for the alteration that
// some sources have.
func unparsedSex(value string) string {
	sex, altered, hasAltered := strings.Cut(value, "|")
	_, _, unparsed := ParseSex(sex)
	if hasAltered {
		_, more := ParseAltered(altered)
		unparsed += more
	}
	return unparsed
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(whole) }

// TestParsers_RarelyReturnUnknown ensures that the coverage is not achieved by parsing
// values as unknown.
func TestParsers_RarelyReturnUnknown(t *testing.T) {
	t.Parallel()

	unknown, total := 0, 0
	for _, c := range readCounts(t, "breeds.tsv") {
		total += c.cats
		if breed, _ := ParseBreed(c.value); breed.Primary == "" {
			unknown += c.cats
		}
	}
	if got := percent(unknown, total); got > 0.1 {
		t.Errorf("%.2f %% of the cats have no breed, want at most 0.1 %%", got)
	}

	unknown, total = 0, 0
	for _, c := range readCounts(t, "colors.tsv") {
		total += c.cats
		if colors, _ := ParseColors(c.value); colors == (Colors{}) {
			unknown += c.cats
		}
	}
	if got := percent(unknown, total); got > 0.5 {
		t.Errorf("%.2f %% of the cats have neither color nor pattern, want at most 0.5 %%", got)
	}
}
