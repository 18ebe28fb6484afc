package calibrate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func requireNear(t *testing.T, label string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.0005 {
		t.Errorf("%s: got %.5f, want %.4f", label, got, want)
	}
}

// The expected values are computed by hand or published in the named paper.
func TestStatistics_KnownValues(t *testing.T) {
	t.Parallel()

	eight := wilson(8, 10)
	requireNear(t, "8 of 10", eight.Value, 0.8)
	requireNear(t, "8 of 10, low", eight.Low, 0.4902)
	requireNear(t, "8 of 10, high", eight.High, 0.9433)
	none := wilson(0, 30)
	requireNear(t, "0 of 30, low", none.Low, 0)
	requireNear(t, "0 of 30, high", none.High, 0.1135)

	// Squared errors .01 .36 .09 .04: standard deviation .1601, standard error .08005.
	score := brier([]Case{{0.9, true}, {0.6, false}, {0.3, false}, {0.8, true}})
	requireNear(t, "Brier", score.Value, 0.125)
	requireNear(t, "Brier, high", score.High, 0.125+1.95996*0.08005)
	requireNear(t, "Brier, low", score.Low, 0)
	requireNear(t, "Brier of the base rate", score.ReferenceScore, 0.25)
	requireNear(t, "gain", score.Gain.Value, 0.125)

	// One of the four pairs is a tie.
	requireNear(t, "AUC with a tie", auc([]Case{{0.9, true}, {0.5, true}, {0.5, false}, {0.3, false}}).Value, 0.875)
	// Hanley and McNeil 1982: 58 normal and 51 abnormal images, area 0.893, error 0.0325.
	requireNear(t, "error of Hanley and McNeil", aucError(0.893, 51, 58), 0.0325)
	if auc([]Case{{0.9, true}, {0.2, true}}) != nil {
		t.Error("all cases succeeded: got an AUC, want nil")
	}
}

// Perfect separation of few cases is weak evidence, so the interval must be wide.
func TestAUC_PerfectSeparationOfFewCasesIsUncertain(t *testing.T) {
	t.Parallel()

	cases := make([]Case, 30)
	for i := range cases {
		cases[i] = Case{Predicted: float64(i) / 30, Success: i > 2}
	}
	separated := auc(cases)
	if separated.Value != 1 || separated.High != 1 || separated.Low > 0.95 || separated.Low < 0.4 {
		t.Errorf("three failures below 27 successes: got %+v, want 1 with a lower bound between 0.4 and 0.95", *separated)
	}
}

func drawCases(t *rapid.T) []Case {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Case {
		return Case{Predicted: float64(rapid.IntRange(0, 20).Draw(t, "predicted")) / 20, Success: rapid.Bool().Draw(t, "success")}
	}), 2, 60).Draw(t, "cases")
}

func TestProperty_AUCEqualsShareOfPairs(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		cases := drawCases(t)
		won, pairs := 0.0, 0.0
		for _, a := range cases {
			for _, b := range cases {
				if a.Success && !b.Success {
					pairs++
					if a.Predicted > b.Predicted {
						won++
					} else if a.Predicted == b.Predicted {
						won += 0.5
					}
				}
			}
		}
		got := auc(cases)
		if pairs == 0 {
			if got != nil {
				t.Fatalf("got AUC %+v without pairs, want nil", got)
			}
			return
		}
		if math.Abs(got.Value-won/pairs) > 1e-9 {
			t.Fatalf("got AUC %v, want %v by pairs", got.Value, won/pairs)
		}
		if !(0 <= got.Low && got.Low <= got.Value && got.Value <= got.High && got.High <= 1) {
			t.Fatalf("got %v, want between %v and %v", got.Value, got.Low, got.High)
		}
	})
}

func TestProperty_IntervalsContainTheirValue(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "n")
		share := wilson(rapid.IntRange(0, n).Draw(t, "k"), n)
		if !(0 <= share.Low && share.Low <= share.Value && share.Value <= share.High && share.High <= 1) {
			t.Fatalf("got share %+v, want the value within its interval", share)
		}
		score := brier(drawCases(t))
		if !(0 <= score.Low && score.Low <= score.Value && score.Value <= score.High && score.High <= 1) {
			t.Fatalf("got Brier score %+v, want the value within its interval", score)
		}
		if math.Abs(score.Gain.Value-(score.ReferenceScore-score.Value)) > 1e-9 {
			t.Fatalf("got gain %v, want %v - %v", score.Gain.Value, score.ReferenceScore, score.Value)
		}
	})
}
