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

var words = Vocabulary{
	Activities:  []string{"leash_walk", "backpack"},
	Bands:       []string{"natural", "promising", "gentle_start", "confidence_first"},
	Readinesses: []string{"ready_now", "ready_with_training"},
}

func tried(days, calm int) catalog.Outcome {
	return catalog.Outcome{Activity: "leash_walk", Days: days, Tried: true, CalmOutings: new(calm)}
}

func skipped(days int) catalog.Outcome {
	return catalog.Outcome{Activity: "leash_walk", Days: days, WhyNotTried: "no_time"}
}

func TestHowACourseEnds(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		reports []catalog.Outcome
		want    outcomeClass
	}{
		"two calm outings by day 60":                   {[]catalog.Outcome{tried(60, 2)}, succeeded},
		"two by day 30 are two by day 60":              {[]catalog.Outcome{tried(30, 2)}, succeeded},
		"one by day 60 is too few":                     {[]catalog.Outcome{tried(60, 1)}, failed},
		"one by day 90 was no more by day 60":          {[]catalog.Outcome{tried(90, 1)}, failed},
		"many by day 90 say nothing of day 60":         {[]catalog.Outcome{tried(90, 9)}, pending},
		"one by day 30 is not the end":                 {[]catalog.Outcome{tried(30, 1)}, pending},
		"tried once and given up":                      {[]catalog.Outcome{tried(30, 1), skipped(60)}, failed},
		"not by day 30 is not never":                   {[]catalog.Outcome{skipped(30)}, pending},
		"not by day 60":                                {[]catalog.Outcome{skipped(60)}, notTried},
		"begun after day 60":                           {[]catalog.Outcome{skipped(60), tried(90, 4)}, notTried},
		"a later report does not undo an earlier calm": {[]catalog.Outcome{tried(30, 3), tried(60, 1)}, succeeded},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			for range 2 {
				if got := courses(test.reports)[0].ending(); got != test.want {
					t.Errorf("%s, want %s", got, test.want)
				}
				slices.Reverse(test.reports)
			}
		})
	}
}

// herd is n cats with a leash walk each: of every ten, scored alike, good succeed.
func herd(n, good int, score float64, band string) []catalog.Outcome {
	var out []catalog.Outcome
	for i := range n {
		o := tried(60, 0)
		o.CatID = fmt.Sprint(band, i)
		if i%10 < good {
			o.CalmOutings = new(5)
		}
		o.Predicted = catalog.Prediction{Rubric: "1.0.0", Score: &score, Band: band, Readiness: "ready_now"}
		o.Escapes = new(i % 10 / 9) // one of ten
		out = append(out, o)
	}
	return out
}

func TestTooFewCasesGiveNoStatistic(t *testing.T) {
	t.Parallel()

	report := Evaluate(herd(29, 5, 60, "promising"), words)
	for _, g := range append(report.ByActivity, report.All) {
		if g.Success != nil || g.Brier != nil || g.AUC != nil || g.Bands != nil {
			t.Errorf("%q has statistics of %d cases", g.Activity, g.Cases)
		}
	}
	if report.All.Missing != 1 || report.ByActivity[1].Missing != MinCases || report.AdverseEvents[0].Escapes.Share != nil {
		t.Errorf("%+v", report)
	}
}

func TestAReportByHand(t *testing.T) {
	t.Parallel()

	outcomes := append(herd(40, 8, 75, "natural"), herd(40, 4, 50, "gentle_start")...)
	for _, extra := range []catalog.Outcome{skipped(60), tried(30, 1), tried(60, 3)} { // the last was never scored
		extra.CatID = fmt.Sprint("extra", extra.Days, extra.Tried)
		outcomes = append(outcomes, extra)
	}
	r := Evaluate(outcomes, words)
	if r.Reports != 83 || r.Cats != 83 || r.NotTried != 1 || r.Pending != 1 || r.Unscored != 1 || r.All.Cases != 80 || r.All.Successes != 48 {
		t.Errorf("%+v", r)
	}
	if diff := cmp.Diff([]Reason{{"no_time", 1}}, r.NotTriedReasons); diff != "" {
		t.Error(diff)
	}
	natural, promising := r.All.Bands[0], r.All.Bands[1]
	near(t, "natural, stated", *natural.Predicted, 0.75)
	near(t, "natural, observed", natural.Observed.Value, 0.8)
	if promising.Cases != 0 || promising.Observed != nil {
		t.Errorf("nobody was promising: %+v", promising)
	}
	// 32 at (.25)² and 8 at (.75)²; 16 and 24 at (.5)².
	near(t, "Brier", r.All.Brier.Value, (32*0.0625+8*0.5625+40*0.25)/80)
	// Of 48·32 pairs, 32·24 are won, and those within a band are ties.
	near(t, "AUC", r.All.AUC.Value, (32*24+0.5*(32*8+16*24))/(48*32.0))
	if e := r.AdverseEvents[0].Escapes; e.Known != 80 || e.Cats != 8 || e.Share == nil || r.AdverseEvents[0].StoppedForFear.Known != 0 {
		t.Errorf("harms: %+v", r.AdverseEvents[0])
	}
}

func TestTheOrderOfReportsDoesNotMatter(t *testing.T) {
	t.Parallel()

	all := append(herd(20, 7, 75, "natural"), herd(20, 3, 45, "gentle_start")...)
	want := Evaluate(all, words)
	butForRounding := cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-9 })
	rapid.Check(t, func(t *rapid.T) {
		if diff := cmp.Diff(want, Evaluate(rapid.Permutation(all).Draw(t, "order"), words), butForRounding); diff != "" {
			t.Fatal(diff)
		}
	})
}

// A cat that slips its harness and never its backpack is one cat that escaped.
func TestHarmsCountCats(t *testing.T) {
	t.Parallel()

	walk, pack := herd(1, 0, 75, "natural")[0], herd(1, 0, 75, "natural")[0]
	walk.Escapes, pack.Activity, pack.Escapes = new(3), "backpack", new(0)
	for _, order := range [][]catalog.Outcome{{walk, pack}, {pack, walk}} {
		if h := Evaluate(order, words).AdverseEvents[0]; h.Cats != 1 || h.Escapes.Known != 1 || h.Escapes.Cats != 1 {
			t.Errorf("%+v", h)
		}
	}
}
