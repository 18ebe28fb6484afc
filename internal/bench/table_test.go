//go:build bench

package bench

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

// table is what a run prints, in Markdown.
type table struct {
	rows  []string
	notes []string
}

func newTable(s size) *table {
	return &table{rows: []string{
		fmt.Sprintf("| at %d cats, %d shelters | ours | baseline | ratio | budget | |", s.cats, s.shelters),
		"|---|---|---|---|---|---|",
	}, notes: nil}
}

// row adds a line, and says it at once to whoever watches.
func (t *table) row(what, ours, baseline, ratio, budget string, kept bool) {
	mark := "kept"
	switch {
	case budget == "":
		mark = ""
	case !kept:
		mark = "**missed**"
	}
	t.rows = append(t.rows, "| "+strings.Join([]string{what, ours, baseline, ratio, budget, mark}, " | ")+" |")
	fmt.Fprintln(os.Stderr, t.rows[len(t.rows)-1])
}

func (t *table) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *table) String() string {
	return "\n" + strings.Join(t.rows, "\n") + "\n\n" + strings.Join(t.notes, "\n") + "\n"
}

// spread is a handful of measurements of one thing.
type spread []float64

func (s spread) median() float64 {
	sorted := slices.Sorted(slices.Values(s))
	return sorted[len(sorted)/2]
}

// show writes the median, and the least and the most, with a unit.
func (s spread) show(unit string) string {
	return strings.TrimSpace(fmt.Sprintf("%s (%s–%s) %s", short(s.median()), short(slices.Min(s)), short(slices.Max(s)), unit))
}

// over is what each measurement is of the one made in the same round.
func (s spread) over(baseline spread) spread {
	out := make(spread, len(s))
	for i := range s {
		out[i] = s[i] / baseline[i]
	}
	return out
}

// short writes a number with three digits that say something.
func short(v float64) string {
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

// inTurns measures several things by turns (A, B, A, B, …), so that what else
// goes on in the machine meets all of them alike.
func inTurns(rounds int, things ...func() float64) []spread {
	out := make([]spread, len(things))
	for range rounds {
		for i, measure := range things {
			out[i] = append(out[i], measure())
		}
	}
	return out
}
