package main

import (
	"strings"
	"testing"

	"trailcat/internal/rating"
)

func TestSimulate_MeetsCriteria(t *testing.T) {
	t.Parallel()
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	rubric, err := rubrics.Version("1.0.0")
	if err != nil {
		t.Fatal(err)
	}
	got, err := simulate(rubric, 1, 600)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range got.failedCriteria() {
		t.Errorf("%s: got %.3f, want %s", c.name, c.got, c.want)
	}
	if got.equal < 0.98 {
		t.Errorf("rank correlation with equal weights: got %.3f, want at least 0.98", got.equal)
	}
}

func TestRun_SameSeedPrintsSameTable(t *testing.T) {
	t.Parallel()
	var first, second strings.Builder
	for _, out := range []*strings.Builder{&first, &second} {
		// With 20 cats some criteria are not met; run reports that after printing.
		if err := run([]string{"-n", "20", "-seed", "3"}, out); err != nil && !strings.Contains(err.Error(), "criteria are not met") {
			t.Fatal(err)
		}
	}
	if first.String() != second.String() || !strings.Contains(first.String(), "2 x 60 %") {
		t.Errorf("got different tables:\n%s\n%s", first.String(), second.String())
	}
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	up, down := []float64{1, 2, 3, 4}, []float64{9, 7, 5, 1}
	for name, m := range map[string]struct{ got, want float64 }{
		"spearman of the same order":    {spearman(up, []float64{10, 20, 21, 90}), 1},
		"spearman of the reverse order": {spearman(up, down), -1},
		"rank of equal values":          {ranks([]float64{5, 5, 7})[0], 0.5},
		"rmse":                          {rmse([]float64{0, 0}, []float64{3, -3}), 3},
		"auc of perfect separation":     {auc(up, []bool{false, false, true, true}), 1},
		"auc of equal values":           {auc([]float64{1, 1, 1, 1}, []bool{true, false, true, false}), 0.5},
	} {
		if m.got != m.want {
			t.Errorf("%s: got %v, want %v", name, m.got, m.want)
		}
	}
}
