package rating

// ordered lists the traits with the largest values of at least atLeast, most
// first, at most n of them, in catalogue order among equals. It fills into.
func (r *Rubric) ordered(into *[maxTraits]int, values *[maxTraits]int, atLeast, n int) []int {
	count := 0
	for t := range r.traits {
		v := values[t]
		if v < atLeast {
			continue
		}
		at := count
		for at > 0 && values[into[at-1]] < v {
			at--
		}
		if at == n {
			continue
		}
		count = min(count+1, n)
		copy(into[at+1:count], into[at:count-1])
		into[at] = t
	}
	return into[:count]
}

// contributions are all traits' points, those that move the score most first.
func (r *Rubric) contributions(s *score) []Contribution {
	var sizes, into [maxTraits]int
	for t, p := range s.points {
		sizes[t] = max(p, -p)
	}
	return r.pickContributions(s, r.ordered(&into, &sizes, 0, len(r.traits)))
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

// topPositive are the n traits that add most, hindering those that cost most; both
// only from the size that is worth a word.
func (r *Rubric) topPositive(into *[maxTraits]int, s *score, n int) []int {
	return r.ordered(into, &s.points, r.limits.show, n)
}

func (r *Rubric) topNegative(into *[maxTraits]int, s *score, n int) []int {
	var costs [maxTraits]int
	for t, p := range s.points {
		costs[t] = -p
	}
	return r.ordered(into, &costs, r.limits.show, n)
}

// improvementPotential are the points that a trait would still add at its best level.
func (r *Rubric) improvementPotential(s *score, e *evidence) []TraitPoints {
	best := float64(r.points[len(r.points)-1])
	var lost, into [maxTraits]int
	for t := range r.traits {
		if e.weight[t] > 0 {
			lost[t] = tenths(float64(s.gain[t] * (best - e.mean[t])))
		}
	}
	picked := r.ordered(&into, &lost, 1, r.doc.Shown.Opportunities)
	out := make([]TraitPoints, len(picked))
	for i, t := range picked {
		out[i] = TraitPoints{r.traits[t].code, fromTenths(lost[t])}
	}
	return out
}
