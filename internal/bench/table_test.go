//go:build bench

package bench

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// table is the result of a run, printed as Markdown.
type table struct {
	rows  []string
	notes []string
}

func newTable(s size) *table {
	return &table{rows: []string{
		fmt.Sprintf("| at %d cats, %d shelters | ours | baseline | ratio | budget | |", s.cats, s.shelters),
		"|---|---|---|---|---|---|",
	}}
}

// addRow adds a row and prints it to stderr at once.
func (t *table) addRow(label, ours, baseline, ratio, budget string, met bool) {
	mark := "met"
	switch {
	case budget == "":
		mark = ""
	case !met:
		mark = "**missed**"
	}
	t.rows = append(t.rows, "| "+strings.Join([]string{label, ours, baseline, ratio, budget, mark}, " | ")+" |")
	fmt.Fprintln(os.Stderr, t.rows[len(t.rows)-1])
}

// addNote adds a line below the table.
func (t *table) addNote(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *table) String() string {
	return "\n" + strings.Join(t.rows, "\n") + "\n\n" + strings.Join(t.notes, "\n") + "\n"
}

// samples are repeated measurements of one quantity.
type samples []float64

// median returns the median.
func (s samples) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[len(sorted)/2]
}

// format returns the median, minimum and maximum with a unit.
func (s samples) format(unit string) string {
	return strings.TrimSpace(fmt.Sprintf("%s (%s–%s) %s", formatNumber(s.median()), formatNumber(slices.Min(s)), formatNumber(slices.Max(s)), unit))
}

// ratioTo returns the ratio of each sample to that of the same round in baseline.
func (s samples) ratioTo(baseline samples) samples {
	out := make(samples, len(s))
	for i := range s {
		out[i] = s[i] / baseline[i]
	}
	return out
}

// formatNumber formats a number with three significant digits.
func formatNumber(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	case v >= 1:
		return fmt.Sprintf("%.2f", v)
	default:
		return fmt.Sprintf("%.3f", v)
	}
}

// interleave runs measurements alternately (A, B, A, B, …), so that other load on
// the machine affects all of them alike.
func interleave(rounds int, measurements ...func() float64) []samples {
	out := make([]samples, len(measurements))
	for range rounds {
		for i, measure := range measurements {
			out[i] = append(out[i], measure())
		}
	}
	return out
}
