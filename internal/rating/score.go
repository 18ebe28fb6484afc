package rating

import "math"

// score is one activity's estimate.
type score struct {
	evidenceCoverage
	value, low, high     int // tenths
	exact                float64
	exactLow, exactHigh  float64 // before clamping
	reliability, backing int     // hundredths; backing is the assessors
	reliable             float64
	general, spread      float64 // G and the sum of spread
	variance             float64
	gain                 [maxTraits]float64 // k
	points, direct       [maxTraits]int     // tenths
	grade                int                // index of the grade, len(grades) is none
	conflict, skillShown bool
	ready                rank
}

// score estimates an activity and shares the points out over the traits.
func (r *Rubric) score(s *score, e *evidence, a *activity) {
	added := r.estimate(s, e, a)
	middle := r.doc.Model.Middle
	for t := range r.traits {
		if e.weight[t] > 0 {
			own := float64(r.own * a.weight[t])
			s.direct[t] = tenths(float64(float64(own*e.learnt[t]) * (e.mean[t] - middle)))
		}
	}
	apportion(s.value-tenths(middle), added[:len(r.traits)], s.points[:])
}

// estimate is the score without its points. It tells what each trait adds.
func (r *Rubric) estimate(s *score, e *evidence, a *activity) (added [maxTraits]float64) {
	s.evidenceCoverage = r.reach(e, a)
	heard := 0.0
	for t := range r.traits {
		heard += float64(a.weight[t] * e.learnt[t])
	}
	s.general = 1 - float64(r.own*heard)
	share := s.general / e.precision
	middle := r.doc.Model.Middle
	total := 0.0
	for t := range r.traits {
		if e.weight[t] == 0 {
			continue
		}
		own := float64(r.own * a.weight[t])
		s.gain[t] = float64(e.learnt[t] * (own + share))
		added[t] = float64(s.gain[t] * (e.mean[t] - middle))
		total += added[t]
	}
	s.exact = middle + total
	s.value = min(max(tenths(s.exact), 0), 1000)
	s.spread = a.spread(r.own, &e.learnt)
	s.variance = r.variance(s.general, e.precision, s.spread)
	half := float64(r.doc.Model.RangeZ * math.Sqrt(s.variance+r.doc.Model.AssessorVariance/s.assessors))
	s.exactLow, s.exactHigh = s.exact-half, s.exact+half
	s.low, s.high = tenths(max(s.exactLow, 0)), tenths(min(s.exactHigh, 100))
	s.reliable = 1 - s.variance/a.prior
	s.reliability, s.backing = cents(s.reliable), cents(s.assessors)
	return added
}
