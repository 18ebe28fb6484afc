package calibrate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
)

// Case is a prediction that came true or did not. Stated is from 0 to 1.
type Case struct {
	Predicted float64
	Success   bool
}

// Brier is how far predictions were off: the mean of the squares of stated minus
// true, where 0 is perfect and 0.25 is what always saying a half earns. Intervals
// are those of means, as in Bradley, Schwartz and Hashino (2008, Weather and
// Forecasting 23:992).
type Brier struct {
	Estimate
	ReferenceScore float64  // what always saying the share of successes would have earned
	Gain           Estimate // ReferenceScore less the score, case by case; below 0 the predictions did harm
}

func brier(cases []Case) Brier {
	base := float64(successes(cases)) / float64(len(cases))
	off, gain := make([]float64, len(cases)), make([]float64, len(cases))
	for i, c := range cases {
		truth := 0.0
		if c.Success {
			truth = 1
		}
		off[i] = (c.Predicted - truth) * (c.Predicted - truth)
		gain[i] = (base-truth)*(base-truth) - off[i]
	}
	score := mean(off)
	score.Low, score.High = max(0, score.Low), min(1, score.High)
	return Brier{Estimate: score, ReferenceScore: base * (1 - base), Gain: mean(gain)}
}

// auc is the chance that of a success and a failure, drawn at random, the success
// had the higher score; half is a coin. It is nil where all cases ended alike.
//
// The interval holds the values from which the one seen is less than 1.96 of
// their own standard errors away, as Wilson's does for a share, with the
// standard error of Hanley and McNeil (1982, Radiology 143:29). Taken at the
// value seen, that error would be 0 where the scores part the cases cleanly.
func auc(cases []Case) *Estimate {
	good := successes(cases)
	bad := len(cases) - good
	if good == 0 || bad == 0 {
		return nil
	}
	stated, success := make([]float64, len(cases)), make([]bool, len(cases))
	ordered := slices.Clone(cases)
	slices.SortFunc(ordered, func(a, b Case) int { return cmp.Compare(a.Predicted, b.Predicted) })
	for i, c := range ordered {
		stated[i], success[i] = c.Predicted, c.Success
	}
	hits, alarms, _ := stat.ROC(nil, stated, success, nil)
	value := integrate.Trapezoidal(alarms, hits)
	return &Estimate{Value: value, Interval: Interval{
		Low:  confidenceBound(0, value, func(theta float64) bool { return value-theta > z*aucError(theta, good, bad) }),
		High: confidenceBound(1, value, func(theta float64) bool { return theta-value > z*aucError(theta, good, bad) }),
	}}
}

// aucError is the standard error of an area theta under the curve, of so many
// successes and failures, by Hanley and McNeil.
func aucError(theta float64, good, bad int) float64 {
	q1, q2, square := theta/(2-theta), 2*theta*theta/(1+theta), theta*theta
	variance := theta*(1-theta) + float64(good-1)*(q1-square) + float64(bad-1)*(q2-square)
	return math.Sqrt(max(0, variance) / (float64(good) * float64(bad)))
}

// confidenceBound is the value next to which being far from the one seen turns true, on the
// way from it to out.
func confidenceBound(out, seen float64, far func(float64) bool) float64 {
	in := seen
	for range 60 {
		if middle := (in + out) / 2; far(middle) {
			out = middle
		} else {
			in = middle
		}
	}
	return (in + out) / 2
}

func successes(cases []Case) int {
	n := 0
	for _, c := range cases {
		if c.Success {
			n++
		}
	}
	return n
}
