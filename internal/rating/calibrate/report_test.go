package calibrate

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

var codes = Vocabulary{
	Activities:  []string{"leash_walk", "backpack"},
	Bands:       []string{"natural", "promising", "gentle_start", "confidence_first"},
	Readinesses: []string{"ready_now", "ready_with_training"},
}

func tried(days, calm int) catalog.Outcome {
	return catalog.Outcome{Activity: "leash_walk", Days: days, Tried: true, CalmOutings: new(calm)}
}

func untried(days int) catalog.Outcome {
	return catalog.Outcome{Activity: "leash_walk", Days: days, NotTriedReason: "no_time"}
}

func TestCase_Classify(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		reports []catalog.Outcome
		want    outcomeClass
	}{
		"2 calm outings by day 60": {[]catalog.Outcome{tried(60, 2)}, succeeded},
		"2 by day 30":              {[]catalog.Outcome{tried(30, 2)}, succeeded},
		"1 by day 60":              {[]catalog.Outcome{tried(60, 1)}, failed},
		"1 by day 90":              {[]catalog.Outcome{tried(90, 1)}, failed},
		"many by day 90 do not prove success by day 60": {[]catalog.Outcome{tried(90, 9)}, pending},
		"1 by day 30":                          {[]catalog.Outcome{tried(30, 1)}, pending},
		"1 by day 30, not continued by day 60": {[]catalog.Outcome{tried(30, 1), untried(60)}, failed},
		"not tried by day 30":                  {[]catalog.Outcome{untried(30)}, pending},
		"not tried by day 60":                  {[]catalog.Outcome{untried(60)}, notTried},
		"tried after day 60 only":              {[]catalog.Outcome{untried(60), tried(90, 4)}, notTried},
		"2 by day 30, fewer in a later report": {[]catalog.Outcome{tried(30, 3), tried(60, 1)}, succeeded},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for range 2 {
				if got := groupByCase(test.reports)[0].classify(); got != test.want {
					t.Errorf("got %s, want %s", got, test.want)
				}
				slices.Reverse(test.reports)
			}
		})
	}
}

// outcomesOf returns the outcomes of n cats with a leash walk and the same score, of
// which successes in every ten succeed and one in ten escapes.
func outcomesOf(n, successes int, score float64, band string) []catalog.Outcome {
	var out []catalog.Outcome
	for i := range n {
		o := tried(60, 0)
		o.CatID = fmt.Sprint(band, i)
		if i%10 < successes {
			o.CalmOutings = new(5)
		}
		o.Predicted = catalog.Prediction{Rubric: "1.0.0", Score: &score, Band: band, Readiness: "ready_now"}
		o.Escapes = new(i % 10 / 9)
		out = append(out, o)
	}
	return out
}

func TestEvaluate_TooFewCasesGiveNoStatistic(t *testing.T) {
	t.Parallel()

	report := Evaluate(outcomesOf(29, 5, 60, "promising"), codes)
	for _, g := range append(report.ByActivity, report.All) {
		if g.Success != nil || g.Brier != nil || g.AUC != nil || g.Bands != nil {
			t.Errorf("%q: got statistics for %d cases, want none", g.Activity, g.Cases)
		}
	}
	if report.All.Missing != 1 || report.ByActivity[1].Missing != MinCases || report.AdverseEvents[0].Escapes.Share != nil {
		t.Errorf("got %+v, want 1 case missing, all cases of the second activity missing and no share of escapes", report)
	}
}

func TestEvaluate_Report(t *testing.T) {
	t.Parallel()

	outcomes := append(outcomesOf(40, 8, 75, "natural"), outcomesOf(40, 4, 50, "gentle_start")...)
	for _, extra := range []catalog.Outcome{untried(60), tried(30, 1), tried(60, 3)} { // the last has no score
		extra.CatID = fmt.Sprint("extra", extra.Days, extra.Tried)
		outcomes = append(outcomes, extra)
	}
	r := Evaluate(outcomes, codes)
	if r.Reports != 83 || r.Cats != 83 || r.NotTried != 1 || r.Pending != 1 || r.Unscored != 1 || r.All.Cases != 80 || r.All.Successes != 48 {
		t.Errorf("got counts %+v, want 83 reports and cats, 1 not tried, 1 pending, 1 unscored, 80 cases and 48 successes", r)
	}
	if diff := cmp.Diff([]Reason{{"no_time", 1}}, r.NotTriedReasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	natural, promising := r.All.Bands[0], r.All.Bands[1]
	requireNear(t, "natural, predicted", *natural.Predicted, 0.75)
	requireNear(t, "natural, observed", natural.Observed.Value, 0.8)
	if promising.Cases != 0 || promising.Observed != nil {
		t.Errorf("band without cases: got %+v, want none", promising)
	}
	// 32 errors of 0.25 and 8 of 0.75; 16 and 24 of 0.5.
	requireNear(t, "Brier", r.All.Brier.Value, (32*0.0625+8*0.5625+40*0.25)/80)
	// The success has the higher score in 32·24 of 48·32 pairs; pairs within a band are ties.
	requireNear(t, "AUC", r.All.AUC.Value, (32*24+0.5*(32*8+16*24))/(48*32.0))
	if e := r.AdverseEvents[0].Escapes; e.Known != 80 || e.Cats != 8 || e.Share == nil || r.AdverseEvents[0].StoppedForFear.Known != 0 {
		t.Errorf("got adverse events %+v, want 8 escapes of 80 and no reports on fear", r.AdverseEvents[0])
	}
}

func TestEvaluate_ReportOrderDoesNotMatter(t *testing.T) {
	t.Parallel()

	all := append(outcomesOf(20, 7, 75, "natural"), outcomesOf(20, 3, 45, "gentle_start")...)
	want := Evaluate(all, codes)
	approximately := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	rapid.Check(t, func(t *rapid.T) {
		if diff := cmp.Diff(want, Evaluate(rapid.Permutation(all).Draw(t, "order"), codes), approximately); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A cat that escapes on leash walks but not from the backpack counts once.
func TestEvaluate_AdverseEventsCountCats(t *testing.T) {
	t.Parallel()

	walk, pack := outcomesOf(1, 0, 75, "natural")[0], outcomesOf(1, 0, 75, "natural")[0]
	walk.Escapes, pack.Activity, pack.Escapes = new(3), "backpack", new(0)
	for _, order := range [][]catalog.Outcome{{walk, pack}, {pack, walk}} {
		if h := Evaluate(order, codes).AdverseEvents[0]; h.Cats != 1 || h.Escapes.Known != 1 || h.Escapes.Cats != 1 {
			t.Errorf("got %+v, want 1 cat with 1 known and 1 escape", h)
		}
	}
}
