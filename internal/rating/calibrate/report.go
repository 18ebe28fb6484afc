package calibrate

import (
	"cmp"
	"slices"
	"strings"

	"trailcat/internal/catalog"
)

// MinCases is the number of cases that a statistic requires. A statistic of fewer
// cases would be mostly chance.
const MinCases = 30

// Vocabulary lists the codes of a rubric, in the order of a report.
type Vocabulary struct{ Activities, Bands, Readinesses []string }

// Report compares predictions with outcomes. A case is one activity after one
// adoption that had a score, was tried, and has a known outcome on day 60.
type Report struct {
	Reports         int // follow-up reports received
	Cats            int // cats with a report
	NotTried        int // activities after an adoption that were not tried; they have no outcome
	NotTriedReasons []Reason
	Pending         int // activities whose day 60 is not reported yet
	Unscored        int // activities with an outcome but no score at the adoption
	All             Group
	ByActivity      []Group
	AdverseEvents   []AdverseEvents // by predicted readiness
}

// Reason is the frequency of one reason.
type Reason struct {
	Code  string
	Count int
}

// Group holds the statistics of a group of cases. They are nil for fewer than
// MinCases.
type Group struct {
	Activity  string // empty for all activities
	Cases     int
	Successes int
	Missing   int // cases missing to MinCases
	Success   *Estimate
	Bands     []Band // empty for fewer than MinCases
	Brier     *Brier
	AUC       *Estimate // also nil if all cases have the same outcome
}

// Band holds the cases of one score band.
type Band struct {
	Band      string
	Cases     int
	Predicted *float64  // mean of score/100; nil without cases
	Observed  *Estimate // share of successes; nil without cases
}

// AdverseEvents counts the cats of one predicted readiness that had adverse events
// when an activity was tried.
type AdverseEvents struct {
	Readiness                         string
	Cats                              int // cats that tried an activity
	Escapes, StoppedForFear, Injuries IncidentCount
}

// IncidentCount counts the cats that had one kind of incident at least once. Known
// is the number of cats with a report on it; Share is nil for fewer than MinCases.
type IncidentCount struct {
	Known, Cats int
	Share       *Estimate
}

// Evaluate returns the report for the outcomes that one version of a rubric
// predicted.
func Evaluate(outcomes []catalog.Outcome, codes Vocabulary) Report {
	all := groupByCase(outcomes)
	report := Report{Reports: len(outcomes), Cats: countCats(all), AdverseEvents: countAdverseEvents(all, codes.Readinesses)}
	reasons := map[string]int{}
	var decided []decidedCase
	for _, h := range all {
		switch class := h.classify(); {
		case class == pending:
			report.Pending++
		case class == notTried:
			report.NotTried++
			reasons[h.notTriedReason()]++
		case h.reports[0].Predicted.Score == nil:
			report.Unscored++
		default:
			decided = append(decided, newDecidedCase(h, class))
		}
	}
	for code, count := range reasons {
		report.NotTriedReasons = append(report.NotTriedReasons, Reason{code, count})
	}
	slices.SortFunc(report.NotTriedReasons, func(a, b Reason) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Code, b.Code))
	})
	report.All = newGroup("", decided, codes.Bands)
	for _, activity := range codes.Activities {
		cases := slices.DeleteFunc(slices.Clone(decided), func(c decidedCase) bool { return c.activity != activity })
		report.ByActivity = append(report.ByActivity, newGroup(activity, cases, codes.Bands))
	}
	return report
}

// decidedCase is a case with its activity and score band.
type decidedCase struct {
	Case
	activity, band string
}

func newDecidedCase(h caseHistory, class outcomeClass) decidedCase {
	prediction := h.reports[0].Predicted
	return decidedCase{Case: Case{Predicted: *prediction.Score / 100, Success: class == succeeded}, activity: h.key.activity, band: prediction.Band}
}

func newGroup(activity string, decided []decidedCase, bands []string) Group {
	cases := make([]Case, len(decided))
	for i, c := range decided {
		cases[i] = c.Case
	}
	g := Group{Activity: activity, Cases: len(cases), Successes: countSuccesses(cases), Missing: max(0, MinCases-len(cases))}
	if g.Missing > 0 {
		return g
	}
	g.Success, g.Brier, g.AUC = new(wilson(g.Successes, g.Cases)), new(brier(cases)), auc(cases)
	for _, band := range bands {
		g.Bands = append(g.Bands, newBand(band, decided))
	}
	return g
}

func newBand(band string, decided []decidedCase) Band {
	b := Band{Band: band}
	predicted, successes := 0.0, 0
	for _, c := range decided {
		if c.band != band {
			continue
		}
		b.Cases++
		predicted += c.Predicted
		if c.Success {
			successes++
		}
	}
	if b.Cases > 0 {
		b.Predicted, b.Observed = new(predicted/float64(b.Cases)), new(wilson(successes, b.Cases))
	}
	return b
}

// countAdverseEvents counts cats instead of events, so that one cat with repeated
// escapes counts once.
func countAdverseEvents(all []caseHistory, readinesses []string) []AdverseEvents {
	out := make([]AdverseEvents, len(readinesses))
	for i, readiness := range readinesses {
		var tried []caseHistory
		for _, h := range all {
			if h.wasTried() && h.reports[0].Predicted.Readiness == readiness {
				tried = append(tried, h)
			}
		}
		out[i] = AdverseEvents{
			Readiness: readiness, Cats: countCats(tried),
			Escapes:        countIncidents(tried, func(o catalog.Outcome) *int { return o.Escapes }),
			StoppedForFear: countIncidents(tried, func(o catalog.Outcome) *int { return o.StoppedForFear }),
			Injuries:       countIncidents(tried, func(o catalog.Outcome) *int { return o.Injuries }),
		}
	}
	return out
}

func countIncidents(all []caseHistory, count func(catalog.Outcome) *int) IncidentCount {
	affected := map[string]bool{}
	for _, h := range all {
		if n := h.maxCount(count); n != nil {
			affected[h.key.catID] = affected[h.key.catID] || *n > 0
		}
	}
	out := IncidentCount{Known: len(affected)}
	for _, yes := range affected {
		if yes {
			out.Cats++
		}
	}
	if out.Known >= MinCases {
		out.Share = new(wilson(out.Cats, out.Known))
	}
	return out
}
