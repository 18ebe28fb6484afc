package calibrate

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 0.0005 {
		t.Errorf("%s is %.5f, want %.4f", what, got, want)
	}
}

// The numbers are worked by hand, or stand in the paper that is named.
func TestStatisticsByHand(t *testing.T) {
	t.Parallel()

	eight := wilson(8, 10)
	near(t, "8 of 10", eight.Value, 0.8)
	near(t, "8 of 10, low", eight.Low, 0.4902)
	near(t, "8 of 10, high", eight.High, 0.9433)
	none := wilson(0, 30)
	near(t, "none of 30, low", none.Low, 0)
	near(t, "none of 30, high", none.High, 0.1135)

	// Off by .01 .36 .09 .04; their deviation is .1601, the standard error .08005.
	score := brier([]Case{{0.9, true}, {0.6, false}, {0.3, false}, {0.8, true}})
	near(t, "Brier", score.Value, 0.125)
	near(t, "Brier, high", score.High, 0.125+1.95996*0.08005)
	near(t, "Brier, low, is not below 0", score.Low, 0)
	near(t, "Brier of the base rate", score.ReferenceScore, 0.25)
	near(t, "gain", score.Gain.Value, 0.125)

	// Of the four pairs one is a tie.
	near(t, "AUC with a tie", auc([]Case{{0.9, true}, {0.5, true}, {0.5, false}, {0.3, false}}).Value, 0.875)
	// Hanley and McNeil 1982: 58 normal and 51 abnormal images, area 0.893, error 0.0325.
	near(t, "error of Hanley and McNeil", aucError(0.893, 51, 58), 0.0325)
	if auc([]Case{{0.9, true}, {0.2, true}}) != nil {
		t.Error("there is an AUC though all cases ended alike")
	}
}

// A clean parting of few cases is no proof: the interval says so.
func TestACleanPartingOfFewIsNotCertain(t *testing.T) {
	t.Parallel()

	cases := make([]Case, 30)
	for i := range cases {
		cases[i] = Case{Predicted: float64(i) / 30, Success: i > 2}
	}
	parted := auc(cases)
	if parted.Value != 1 || parted.High != 1 || parted.Low > 0.95 || parted.Low < 0.4 {
		t.Errorf("three failures below 27 successes: %+v", *parted)
	}
}

func casesOf(t *rapid.T) []Case {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Case {
		return Case{Predicted: float64(rapid.IntRange(0, 20).Draw(t, "stated")) / 20, Success: rapid.Bool().Draw(t, "success")}
	}), 2, 60).Draw(t, "cases")
}

func TestTheAUCCountsPairs(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		cases := casesOf(t)
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
				t.Fatal("an AUC without pairs")
			}
			return
		}
		if math.Abs(got.Value-won/pairs) > 1e-9 {
			t.Fatalf("AUC %v, by pairs %v", got.Value, won/pairs)
		}
		if !(0 <= got.Low && got.Low <= got.Value && got.Value <= got.High && got.High <= 1) {
			t.Fatalf("%v is not between %v and %v", got.Value, got.Low, got.High)
		}
	})
}

func TestIntervalsHoldTheirValue(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 500).Draw(t, "n")
		share := wilson(rapid.IntRange(0, n).Draw(t, "k"), n)
		if !(0 <= share.Low && share.Low <= share.Value && share.Value <= share.High && share.High <= 1) {
			t.Fatalf("%+v", share)
		}
		score := brier(casesOf(t))
		if !(0 <= score.Low && score.Low <= score.Value && score.Value <= score.High && score.High <= 1) {
			t.Fatalf("%+v", score)
		}
		if math.Abs(score.Gain.Value-(score.ReferenceScore-score.Value)) > 1e-9 {
			t.Fatalf("gain %v, but %v - %v", score.Gain.Value, score.ReferenceScore, score.Value)
		}
	})
}
