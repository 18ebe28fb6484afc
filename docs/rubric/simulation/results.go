package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
)

// row holds the leash-walk results of one scenario.
type row struct {
	scenario
	rank, naiveRank   float64 // rank correlation with the true index
	error, naiveError float64 // root mean square error, points
	coverage, width   float64 // of the 80 % range: share that contains the truth, points
	reliability       float64
	unassessed        float64
	overclaim         float64 // maximum over the activities
	shyMislabel       float64 // maximum over the activities
}

// results holds all rows, and what is measured for the scenario twoBySixty only.
type results struct {
	rows             []row
	bands            []float64 // success rate by band, lowest band first
	auc, ceiling     float64   // by score, and by the true index
	perturbed, equal float64   // rank correlation with perturbed and with equal weights
}

// criterion is an acceptance criterion with the measured value.
type criterion struct {
	name, want string
	got        float64
	met        bool
}

func (out *results) criteria() []criterion {
	atLeast := func(name string, got, want float64) criterion {
		return criterion{name, fmt.Sprintf("at least %.3g", want), got, got >= want}
	}
	atMost := func(name string, got, want float64) criterion {
		return criterion{name, fmt.Sprintf("at most %.3g", want), got, got <= want}
	}
	all := []criterion{
		atLeast("rank correlation, 2 x 60 %", out.rows[twoBySixty].rank, 0.70),
		atLeast("rank correlation, 3 x 70 %", out.rows[threeBySeventy].rank, 0.80),
		atLeast("AUC, 2 x 60 %", out.auc, 0.75),
		atLeast("rank correlation with weights 25 % off", out.perturbed, 0.99),
	}
	for _, r := range out.rows {
		if !r.wellSpecified {
			all = append(all,
				atMost("error relative to a plain mean, "+r.name, r.error/r.naiveError, 1),
				criterion{"coverage of the 80 % range, " + r.name, "0.76 to 0.93", r.coverage, 0.76 <= r.coverage && r.coverage <= 0.93})
		}
		all = append(all,
			atMost("overclaims, "+r.name, r.overclaim, 0.025),
			atMost("shy mislabels, "+r.name, r.shyMislabel, 0.06))
	}
	for i := 1; i < len(out.bands); i++ {
		all = append(all, criterion{
			fmt.Sprintf("success rate in band %d of %d", i+1, len(out.bands)), fmt.Sprintf("above %.2f", out.bands[i-1]),
			out.bands[i], out.bands[i] > out.bands[i-1],
		})
	}
	return all
}

func (out *results) failedCriteria() []criterion {
	return slices.DeleteFunc(out.criteria(), func(c criterion) bool { return c.met })
}

// print writes the table of scenarios and the table of criteria.
func (out *results) print(to io.Writer) error {
	var b strings.Builder
	b.WriteString("scenario (leash walk)\trank\tnaive rank\terror\tnaive error\tcoverage\twidth\treliability\tnot assessed\toverclaims\tshy mislabels\n")
	for _, r := range out.rows {
		fmt.Fprintf(&b, "%s\t%.2f\t%.2f\t%.1f\t%.1f\t%.2f\t%.0f\t%.2f\t%.2f\t%.3f\t%.3f\n", r.name,
			r.rank, r.naiveRank, r.error, r.naiveError, r.coverage, r.width, r.reliability, r.unassessed, r.overclaim, r.shyMislabel)
	}
	fmt.Fprintf(&b, "\nAUC %.2f, ceiling %.2f; rank correlation with equal weights %.3f\n\n", out.auc, out.ceiling, out.equal)
	b.WriteString("criterion\twant\tgot\tmet\n")
	for _, c := range out.criteria() {
		fmt.Fprintf(&b, "%s\t%s\t%.3f\t%v\n", c.name, c.want, c.got, c.met)
	}
	w := tabwriter.NewWriter(to, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(w, b.String()); err != nil {
		return fmt.Errorf("print results: %w", err)
	}
	if err := w.Flush(); err != nil {
		return fmt.Errorf("print results: %w", err)
	}
	return nil
}
