package rating

import "math"

// apportion writes contributions in tenths that sum to total exactly: each is
// rounded down, and the tenths that are missing go to the largest fractions,
// earlier traits first among equals.
func apportion(total int, contributions []float64, points []int) {
	var fraction [maxTraits]float64
	for t, c := range contributions {
		tens := float64(10 * c)
		down := math.Floor(tens + roundingEpsilon)
		points[t] = int(down)
		fraction[t] = tens - down
		total -= points[t]
	}
	var given [maxTraits]bool
	for ; total > 0; total-- {
		best := none
		for t := range contributions {
			if !given[t] && (best == none || fraction[t] > fraction[best]) {
				best = t
			}
		}
		given[best] = true
		points[best]++
	}
}
