package rating

import "math"

// roundingEpsilon is added before rounding, so that a value that is a decimal half
// except for the last bits of a float rounds as in exact arithmetic.
const roundingEpsilon = 1e-9

// score is the estimate of one activity. Letters in comments are the symbols of
// the rubric's model.
type score struct {
	evidenceCoverage
	value, low, high           int     // tenths
	exact, exactLow, exactHigh float64 // before rounding and clamping
	reliability                int     // hundredths
	assessorCount              int     // effective assessors, hundredths
	exactReliability           float64
	general                    float64 // G
	unshared                   float64 // unshared variance, as a share of the trait variance
	variance                   float64
	coefficient                [maxTraits]float64 // k
	points, direct             [maxTraits]int     // tenths
	grade                      int                // index of the grade; len(grades) for none
	conflict, skillShown       bool
	ready                      readinessRank
}

// scoreActivity estimates an activity and apportions the points to the traits.
func (r *Rubric) scoreActivity(s *score, e *evidence, a *activity) {
	added := r.estimate(s, e, a)
	middle := r.doc.Model.Middle
	for t := range r.traits {
		if e.weight[t] > 0 {
			own := float64(r.own * a.weight[t])
			s.direct[t] = tenths(float64(float64(own*e.information[t]) * (e.mean[t] - middle)))
		}
	}
	apportion(s.value-tenths(middle), added[:len(r.traits)], s.points[:])
}

// estimate sets the score without its points, and returns the exact points of
// each trait.
func (r *Rubric) estimate(s *score, e *evidence, a *activity) (added [maxTraits]float64) {
	s.evidenceCoverage = r.coverEvidence(e, a)
	informed := 0.0
	for t := range r.traits {
		informed += float64(a.weight[t] * e.information[t])
	}
	s.general = 1 - float64(r.own*informed)
	share := s.general / e.precision
	middle := r.doc.Model.Middle
	total := 0.0
	for t := range r.traits {
		if e.weight[t] == 0 {
			continue
		}
		own := float64(r.own * a.weight[t])
		s.coefficient[t] = float64(e.information[t] * (own + share))
		added[t] = float64(s.coefficient[t] * (e.mean[t] - middle))
		total += added[t]
	}
	s.exact = middle + total
	s.value = min(max(tenths(s.exact), 0), 1000)
	s.unshared = a.unsharedVariance(r.own, &e.information)
	s.variance = r.variance(s.general, e.precision, s.unshared)
	halfWidth := float64(r.doc.Model.RangeZ * math.Sqrt(s.variance+r.doc.Model.AssessorVariance/s.assessors))
	s.exactLow, s.exactHigh = s.exact-halfWidth, s.exact+halfWidth
	s.low, s.high = tenths(max(s.exactLow, 0)), tenths(min(s.exactHigh, 100))
	s.exactReliability = 1 - s.variance/a.prior
	s.reliability, s.assessorCount = cents(s.exactReliability), cents(s.assessors)
	return added
}

// unsharedVariance returns the sum over the traits of weight² × (1 − own × a):
// the variance that the traits do not share and the evidence leaves open. A nil
// information stands for no evidence.
func (a *activity) unsharedVariance(own float64, information *[maxTraits]float64) float64 {
	sum := 0.0
	for t, w := range a.weight {
		remaining := 1.0
		if information != nil {
			remaining = 1 - float64(own*information[t])
		}
		sum += float64(float64(w*w) * remaining)
	}
	return sum
}

// variance returns the model's variance of an activity's score.
func (r *Rubric) variance(general, precision, unshared float64) float64 {
	return float64(r.doc.Model.TraitVariance * (float64(general*general)/precision + float64(r.own*unshared)))
}

// tenths rounds x to tenths, halves up.
func tenths(x float64) int { return int(math.Floor(float64(10*x) + 0.5 + roundingEpsilon)) }

// cents rounds x to hundredths, halves up.
func cents(x float64) int { return int(math.Floor(float64(100*x) + 0.5 + roundingEpsilon)) }

// fromTenths and fromCents return the float nearest to the decimal, which prints
// without further digits.
func fromTenths(n int) float64 { return float64(n) / 10 }

func fromCents(n int) float64 { return float64(n) / 100 }

// apportion rounds contributions to tenths that sum to total exactly: each is
// rounded down, and the missing tenths go to the largest fractions, to earlier
// traits first among equals.
func apportion(total int, contributions []float64, points []int) {
	var fraction [maxTraits]float64
	for t, c := range contributions {
		scaled := float64(10 * c)
		floor := math.Floor(scaled + roundingEpsilon)
		points[t] = int(floor)
		fraction[t] = scaled - floor
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

// largest returns up to n traits with the largest values of at least atLeast,
// descending, in the rubric's order among equals. The result uses buffer.
func (r *Rubric) largest(buffer, values *[maxTraits]int, atLeast, n int) []int {
	count := 0
	for t := range r.traits {
		v := values[t]
		if v < atLeast {
			continue
		}
		i := count
		for i > 0 && values[buffer[i-1]] < v {
			i--
		}
		if i == n {
			continue
		}
		count = min(count+1, n)
		copy(buffer[i+1:count], buffer[i:count-1])
		buffer[i] = t
	}
	return buffer[:count]
}

// contributions returns the contributions of all traits, largest effect first.
func (r *Rubric) contributions(s *score) []Contribution {
	var sizes, buffer [maxTraits]int
	for t, p := range s.points {
		sizes[t] = max(p, -p)
	}
	return r.pickContributions(s, r.largest(&buffer, &sizes, 0, len(r.traits)))
}

func (r *Rubric) pickContributions(s *score, traits []int) []Contribution {
	out := make([]Contribution, len(traits))
	for i, t := range traits {
		out[i] = Contribution{
			Trait:  r.traits[t].code,
			Points: fromTenths(s.points[t]), Direct: fromTenths(s.direct[t]), Shared: fromTenths(s.points[t] - s.direct[t]),
		}
	}
	return out
}

// topPositive returns the n traits that add the most points, without those below
// the rubric's threshold for reasons.
func (r *Rubric) topPositive(buffer *[maxTraits]int, s *score, n int) []int {
	return r.largest(buffer, &s.points, r.limits.reasonPoints, n)
}

// topNegative is topPositive for the traits that subtract the most points.
func (r *Rubric) topNegative(buffer *[maxTraits]int, s *score, n int) []int {
	var costs [maxTraits]int
	for t, p := range s.points {
		costs[t] = -p
	}
	return r.largest(buffer, &costs, r.limits.reasonPoints, n)
}

// improvementPotential returns the points that observed traits would add at their
// best level, largest first.
func (r *Rubric) improvementPotential(s *score, e *evidence) []TraitPoints {
	best := float64(r.points[len(r.points)-1])
	var missing, buffer [maxTraits]int
	for t := range r.traits {
		if e.weight[t] > 0 {
			missing[t] = tenths(float64(s.coefficient[t] * (best - e.mean[t])))
		}
	}
	picked := r.largest(&buffer, &missing, 1, r.doc.Shown.Opportunities)
	out := make([]TraitPoints, len(picked))
	for i, t := range picked {
		out[i] = TraitPoints{r.traits[t].code, fromTenths(missing[t])}
	}
	return out
}

// nextObservations returns the traits of which one more observation of full
// weight would reduce the uncertainty most. Changes are computed from differences
// instead of new sums, so that equal traits tie exactly and keep the rubric's
// order.
func (r *Rubric) nextObservations(s *score, e *evidence, a *activity) []NextObservation {
	var gain [maxTraits]float64
	for t := range r.traits {
		w := float64(e.weight[t])/weightUnit + 1
		more := w/(float64(r.own*w)+1) - e.information[t]
		ownMore := float64(r.own * more)
		omega := a.weight[t]
		general := s.general - float64(ownMore*omega)
		unshared := s.unshared - float64(ownMore*float64(omega*omega))
		gain[t] = s.variance - r.variance(general, e.precision+more, unshared)
	}
	n := min(r.doc.Shown.NextObservations, len(r.traits))
	out := make([]NextObservation, 0, n)
	var taken [maxTraits]bool
	for range n {
		best := none
		for t := range r.traits {
			if !taken[t] && (best == none || gain[t] > gain[best]) {
				best = t
			}
		}
		taken[best] = true
		out = append(out, NextObservation{
			Trait: r.traits[best].code, Gain: fromCents(cents(gain[best] / a.prior)),
			StaffText: r.traits[best].look, AdopterText: r.traits[best].ask,
		})
	}
	return out
}
