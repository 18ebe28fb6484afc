package rating

// nextObservations names the traits of which one more full-weight mark would
// remove most uncertainty. Changes are worked out from differences, not from
// new sums, so that equal traits tie exactly and fall back on catalogue order.
func (r *Rubric) nextObservations(s *score, e *evidence, a *activity) []NextObservation {
	var gain [maxTraits]float64
	for t := range r.traits {
		w := float64(e.weight[t])/weightUnit + 1
		more := w/(float64(r.own*w)+1) - e.learnt[t]
		ownMore := float64(r.own * more)
		omega := a.weight[t]
		general := s.general - float64(ownMore*omega)
		spread := s.spread - float64(ownMore*float64(omega*omega))
		gain[t] = s.variance - r.variance(general, e.precision+more, spread)
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
		out = append(out, NextObservation{r.traits[best].code, fromCents(cents(gain[best] / a.prior))})
	}
	return out
}
