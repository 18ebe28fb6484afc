package calibrate

import (
	"cmp"
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// MinCases is how many cases a statistic needs. With fewer, chance alone would
// speak, and people would quote it.
const MinCases = 30

// Vocabulary are the words of a rubric, in the order in which they are to be shown.
type Vocabulary struct{ Activities, Bands, Readinesses []string }

// Report compares what was foretold with what became of it. A case is one
// activity after one adoption that had a score, was tried, and of which day 60
// is known.
type Report struct {
	Reports         int // follow-ups received
	Cats            int // of which there are any
	NotTried        int // activities after an adoption that were not tried: of these nothing is known
	NotTriedReasons []Reason
	Pending         int // tried or not, but day 60 is not reported yet
	Unscored        int // decided, but nothing was foretold: not yet assessed at the adoption
	All             Group
	ByActivity      []Group         // by activity
	AdverseEvents   []AdverseEvents // by the readiness that was foretold
}

// Reason is how often something was given as a reason.
type Reason struct {
	Code  string
	Count int
}

// Group is what can be said of some cases. Its statistics are nil while it has
// fewer than Enough.
type Group struct {
	Activity  string // empty: all
	Cases     int
	Successes int
	Missing   int // cases to go until there are Enough
	Success   *Estimate
	Bands     []Band // empty while there are too few cases
	Brier     *Brier
	AUC       *Estimate // nil also where all cases ended alike
}

// Band is how the cases of one band went.
type Band struct {
	Band      string
	Cases     int
	Predicted *float64  // the mean of score/100; nil without cases, as is Observed
	Observed  *Estimate // the share of successes
}

// Evaluate judges by the outcomes that one version of a rubric foretold.
func Evaluate(outcomes []catalog.Outcome, words Vocabulary) Report {
	all := courses(outcomes)
	report := Report{Reports: len(outcomes), Cats: cats(all), AdverseEvents: harms(all, words.Readinesses)}
	why := map[string]int{}
	var judged []judgedCase
	for _, c := range all {
		switch end := c.ending(); {
		case end == pending:
			report.Pending++
		case end == notTried:
			report.NotTried++
			why[c.why()]++
		case c.reports[0].Predicted.Score == nil:
			report.Unscored++
		default:
			judged = append(judged, newJudgedCase(c, end))
		}
	}
	for code, count := range why {
		report.NotTriedReasons = append(report.NotTriedReasons, Reason{code, count})
	}
	slices.SortFunc(report.NotTriedReasons, mostFirst)
	report.All = group("", judged, words.Bands)
	for _, activity := range words.Activities {
		of := slices.DeleteFunc(slices.Clone(judged), func(j judgedCase) bool { return j.activity != activity })
		report.ByActivity = append(report.ByActivity, group(activity, of, words.Bands))
	}
	return report
}

// judgedCase is a case with what it is grouped by.
type judgedCase struct {
	Case
	activity, band string
}

func newJudgedCase(c caseHistory, end outcomeClass) judgedCase {
	foretold := c.reports[0].Predicted
	return judgedCase{Case: Case{Predicted: *foretold.Score / 100, Success: end == succeeded}, activity: c.of.activity, band: foretold.Band}
}

func group(activity string, judged []judgedCase, bands []string) Group {
	cases := make([]Case, len(judged))
	for i, j := range judged {
		cases[i] = j.Case
	}
	g := Group{Activity: activity, Cases: len(cases), Successes: successes(cases), Missing: max(0, MinCases-len(cases))}
	if g.Missing > 0 {
		return g
	}
	g.Success, g.Brier, g.AUC = new(wilson(g.Successes, g.Cases)), new(brier(cases)), auc(cases)
	for _, band := range bands {
		g.Bands = append(g.Bands, ofBand(band, judged))
	}
	return g
}

func ofBand(band string, judged []judgedCase) Band {
	b := Band{Band: band}
	stated, good := 0.0, 0
	for _, j := range judged {
		if j.band != band {
			continue
		}
		b.Cases++
		stated += j.Predicted
		if j.Success {
			good++
		}
	}
	if b.Cases > 0 {
		b.Predicted, b.Observed = new(stated/float64(b.Cases)), new(wilson(good, b.Cases))
	}
	return b
}

func cats(all []caseHistory) int {
	seen := map[string]bool{}
	for _, c := range all {
		seen[c.of.catID] = true
	}
	return len(seen)
}

func mostFirst(a, b Reason) int {
	return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Code, b.Code))
}
