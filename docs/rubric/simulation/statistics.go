package main

import (
	"cmp"
	"math"
	"slices"
)

// spearman returns the rank correlation of two series.
func spearman(a, b []float64) float64 { return pearson(ranks(a), ranks(b)) }

// ranks returns the rank of each value from 0. Equal values share the mean of
// their ranks.
func ranks(values []float64) []float64 {
	order := make([]int, len(values))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, j int) int { return cmp.Compare(values[i], values[j]) })
	out := make([]float64, len(values))
	for from := 0; from < len(order); {
		to := from
		for to < len(order) && values[order[to]] == values[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			out[i] = float64(from+to-1) / 2
		}
		from = to
	}
	return out
}

func pearson(a, b []float64) float64 {
	ma, mb := mean(a), mean(b)
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// rmse returns the root mean square of the differences of two series.
func rmse(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += (a[i] - b[i]) * (a[i] - b[i])
	}
	return math.Sqrt(sum / float64(len(a)))
}

// auc returns the probability that a success has a higher value than a failure.
func auc(values []float64, success []bool) float64 {
	sum, yes := 0.0, 0.0
	for i, r := range ranks(values) {
		if success[i] {
			sum += r + 1
			yes++
		}
	}
	no := float64(len(values)) - yes
	return (sum - yes*(yes+1)/2) / (yes * no)
}
