package calibrate

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/integrate"
	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is a 95 % confidence interval.
type Interval struct{ Low, High float64 }

// Estimate is a value with its 95 % confidence interval.
type Estimate struct {
	Value float64
	Interval
}

// z is half the width of a 95 % interval in standard errors, about 1.96.
var z = distuv.UnitNormal.Quantile(0.975)

// wilson returns the share k/n with the interval of Wilson (1927, Journal of the
// American Statistical Association 22:209), which is suited to small n and to
// shares near 0 and 1.
func wilson(k, n int) Estimate {
	p, size := float64(k)/float64(n), float64(n)
	scale := 1 + z*z/size
	middle := (p + z*z/(2*size)) / scale
	halfWidth := z * math.Sqrt(p*(1-p)/size+z*z/(4*size*size)) / scale
	// For k = 0 and k = n one end equals p; min and max remove the rounding error.
	return Estimate{Value: p, Interval: Interval{Low: min(p, max(0, middle-halfWidth)), High: max(p, min(1, middle+halfWidth))}}
}

// mean returns the mean of values with the interval from its standard error.
func mean(values []float64) Estimate {
	m, deviation := stat.MeanStdDev(values, nil)
	halfWidth := z * stat.StdErr(deviation, float64(len(values)))
	return Estimate{Value: m, Interval: Interval{Low: m - halfWidth, High: m + halfWidth}}
}

// Case is a prediction with its outcome. Predicted is between 0 and 1.
type Case struct {
	Predicted float64
	Success   bool
}

// Brier is the Brier score: the mean squared difference between prediction and
// outcome. 0 is perfect; a constant prediction of 0.5 scores 0.25. Intervals are
// those of means, as in Bradley, Schwartz and Hashino (2008, Weather and
// Forecasting 23:992).
type Brier struct {
	Estimate
	ReferenceScore float64  // Brier score of always predicting the share of successes
	Gain           Estimate // mean of ReferenceScore less the score, case by case; negative if the predictions are worse than the reference
}

func brier(cases []Case) Brier {
	base := float64(countSuccesses(cases)) / float64(len(cases))
	losses, gains := make([]float64, len(cases)), make([]float64, len(cases))
	for i, c := range cases {
		outcome := 0.0
		if c.Success {
			outcome = 1
		}
		losses[i] = (c.Predicted - outcome) * (c.Predicted - outcome)
		gains[i] = (base-outcome)*(base-outcome) - losses[i]
	}
	score := mean(losses)
	score.Low, score.High = max(0, score.Low), min(1, score.High)
	return Brier{Estimate: score, ReferenceScore: base * (1 - base), Gain: mean(gains)}
}

// auc returns the probability that a random success had a higher score than a
// random failure; 0.5 is chance. It returns nil if all cases have the same outcome.
//
// The interval contains the values whose distance from the measured one is less
// than 1.96 of their own standard errors, as Wilson's interval does for a share,
// with the standard error of Hanley and McNeil (1982, Radiology 143:29). The
// standard error at the measured value would be 0 if the scores separate the cases
// perfectly.
func auc(cases []Case) *Estimate {
	successes := countSuccesses(cases)
	failures := len(cases) - successes
	if successes == 0 || failures == 0 {
		return nil
	}
	predicted, success := make([]float64, len(cases)), make([]bool, len(cases))
	ordered := slices.Clone(cases)
	slices.SortFunc(ordered, func(a, b Case) int { return cmp.Compare(a.Predicted, b.Predicted) })
	for i, c := range ordered {
		predicted[i], success[i] = c.Predicted, c.Success
	}
	truePositive, falsePositive, _ := stat.ROC(nil, predicted, success, nil)
	value := integrate.Trapezoidal(falsePositive, truePositive)
	return &Estimate{Value: value, Interval: Interval{
		Low:  confidenceBound(0, value, func(theta float64) bool { return value-theta > z*aucError(theta, successes, failures) }),
		High: confidenceBound(1, value, func(theta float64) bool { return theta-value > z*aucError(theta, successes, failures) }),
	}}
}

// aucError returns the standard error of an area theta under the curve by Hanley
// and McNeil.
func aucError(theta float64, successes, failures int) float64 {
	q1, q2, square := theta/(2-theta), 2*theta*theta/(1+theta), theta*theta
	variance := theta*(1-theta) + float64(successes-1)*(q1-square) + float64(failures-1)*(q2-square)
	return math.Sqrt(max(0, variance) / (float64(successes) * float64(failures)))
}

// confidenceBound returns the boundary, between the measured value and the extreme,
// beyond which isFar is true. It bisects to the precision of a float.
func confidenceBound(extreme, measured float64, isFar func(float64) bool) float64 {
	inside, outside := measured, extreme
	for range 60 {
		if middle := (inside + outside) / 2; isFar(middle) {
			outside = middle
		} else {
			inside = middle
		}
	}
	return (inside + outside) / 2
}

func countSuccesses(cases []Case) int {
	n := 0
	for _, c := range cases {
		if c.Success {
			n++
		}
	}
	return n
}
