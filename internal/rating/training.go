package rating

import "math"

// weekSpan is a range of weeks before rounding to halves.
type weekSpan struct{ low, high float64 }

// plus returns the span extended by factor times added.
func (s weekSpan) plus(added [2]float64, factor float64) weekSpan {
	return weekSpan{s.low + float64(added[0]*factor), s.high + float64(added[1]*factor)}
}

// trainingWeeks estimates the training time of every activity. An activity that
// builds on others starts from the shortest of them, taking the minimum of each
// end, so that a better level never increases any training time.
func (r *Rubric) trainingWeeks(scores []score, e *evidence, cat Cat) []Weeks {
	raw := make([]weekSpan, len(scores))
	out := make([]Weeks, len(scores))
	rules := &r.doc.Training
	pace := float64(r.ageFactor(cat, e.asOf) * rules.Food.factorFor(e.estimate[r.traitIndex[rules.Food.Trait]]))
	for i := range scores {
		row, a := &r.doc.Activities[i], &r.activities[i]
		speed := r.speedFactor(scores[i].value)
		if len(a.after) > 0 {
			raw[i] = shortest(raw, a.after).plus(row.Training.Weeks, speed)
		} else {
			raw[i] = weekSpan{}.plus(row.Training.Weeks, float64(float64(speed*pace)*r.practiceFactor(e, a, row)))
		}
		out[i] = r.roundWeeks(raw[i], scores[i].ready)
	}
	return out
}

// roundWeeks limits a span to the rubric's range and rounds it outwards to halves.
func (r *Rubric) roundWeeks(s weekSpan, ready readinessRank) Weeks {
	rules := &r.doc.Training
	if ready == rankNow {
		return Weeks{rules.ReadyNow[0], rules.ReadyNow[1]}
	}
	if ready == rankConfidence {
		s = s.plus(rules.ConfidenceAdds, 1)
	}
	low := min(max(s.low, rules.Low[0]), rules.Low[1])
	high := min(max(s.high, rules.High[0]), rules.High[1])
	return Weeks{
		Low:  math.Floor(float64(2*low)+roundingEpsilon) / 2,
		High: math.Ceil(float64(2*high)-roundingEpsilon) / 2,
	}
}

// shortest returns the minimum of each end of the spans at some indexes.
func shortest(spans []weekSpan, indexes []int) weekSpan {
	s := spans[indexes[0]]
	for _, i := range indexes[1:] {
		s.low, s.high = min(s.low, spans[i].low), min(s.high, spans[i].high)
	}
	return s
}

// speedFactor returns the factor for a score in tenths, interpolated linearly: the
// higher the score, the fewer weeks.
func (r *Rubric) speedFactor(value int) float64 {
	points := r.doc.Training.Speed
	x := fromTenths(value)
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		if x <= to.Score {
			return from.Factor + float64((to.Factor-from.Factor)*(x-from.Score))/(to.Score-from.Score)
		}
	}
	return points[len(points)-1].Factor
}

// ageFactor returns the factor for the cat's age, 1 if it is unknown.
func (r *Rubric) ageFactor(cat Cat, asOf Day) float64 {
	if cat.Born == 0 {
		return 1
	}
	for _, row := range r.doc.Training.Age {
		switch {
		case row.BelowWeeks > 0 && cat.youngerThan(row.BelowWeeks, asOf),
			row.BelowYears > 0 && asOf < cat.Born.birthday(row.BelowYears),
			row.ToYears > 0 && !cat.olderThan(row.ToYears, asOf),
			row.BelowWeeks+row.BelowYears+row.ToYears == 0:
			return row.Factor
		}
	}
	return 1
}

// isSenior reports whether the cat is past the last age of the training table.
func (r *Rubric) isSenior(cat Cat, asOf Day) bool {
	for _, row := range r.doc.Training.Age {
		if row.ToYears > 0 {
			return cat.olderThan(row.ToYears, asOf)
		}
	}
	return false
}

// practiceFactor returns the factor for skills that the cat has shown already.
func (r *Rubric) practiceFactor(e *evidence, a *activity, row *activityRow) float64 {
	rules := &r.doc.Training
	factor := 1.0
	if row.Training.ExperienceCounts {
		if t := r.traitIndex[rules.Experience.Trait]; r.isObserved(e, t) {
			factor = rules.Experience.factorFor(e.peopleMean[t])
		}
	}
	if a.progress != none && r.isObserved(e, a.progress) {
		factor = float64(factor * rules.Progress.factorFor(e.peopleMean[a.progress]))
	}
	return factor
}

// factorFor returns the factor for a value in tenths.
func (f *factorSteps) factorFor(value int) float64 {
	for _, step := range f.Steps {
		if value >= tenths(step.AtLeast) {
			return step.Factor
		}
	}
	return f.Otherwise
}
