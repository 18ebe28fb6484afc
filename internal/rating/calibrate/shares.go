package calibrate

import (
	"math"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"
)

// Interval is where a value lies with 95 % confidence.
type Interval struct{ Low, High float64 }

// Estimate is a value with its interval.
type Estimate struct {
	Value float64
	Interval
}

// z is the width of a 95 % interval in standard errors.
var z = distuv.UnitNormal.Quantile(0.975)

// wilson is the share of n that k is, with the interval of Wilson (1927, Journal
// of the American Statistical Association 22:209), which holds for small n and
// for shares near 0 and 1.
func wilson(k, n int) Estimate {
	p, size := float64(k)/float64(n), float64(n)
	scale := 1 + z*z/size
	middle := (p + z*z/(2*size)) / scale
	half := z * math.Sqrt(p*(1-p)/size+z*z/(4*size*size)) / scale
	// The ends are exact where nobody or everybody is counted, but for rounding.
	return Estimate{Value: p, Interval: Interval{Low: min(p, max(0, middle-half)), High: max(p, min(1, middle+half))}}
}

// mean is the mean of values with the interval that its standard error gives.
func mean(values []float64) Estimate {
	m, deviation := stat.MeanStdDev(values, nil)
	half := z * stat.StdErr(deviation, float64(len(values)))
	return Estimate{Value: m, Interval: Interval{Low: m - half, High: m + half}}
}
