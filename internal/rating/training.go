package rating

import "math"

// span is weeks before rounding to halves.
type span struct{ low, high float64 }

func (s span) add(more [2]float64, factor float64) span {
	return span{s.low + float64(more[0]*factor), s.high + float64(more[1]*factor)}
}

// weeks estimates the training time of every activity. Activities that build
// on others start from the shorter of them, end by end, so that a better
// level never lengthens anything.
func (r *Rubric) weeks(scores []score, e *evidence, cat Cat) []Weeks {
	raw := make([]span, len(scores))
	out := make([]Weeks, len(scores))
	rules := &r.doc.Training
	pace := float64(r.agePace(cat, e.asOf) * rules.Food.by(e.estimate[r.traitIndex[rules.Food.Trait]]))
	for i := range scores {
		row, a := &r.doc.Activities[i], &r.activities[i]
		speed := r.speed(scores[i].value)
		if len(a.after) > 0 {
			raw[i] = shortest(raw, a.after).add(row.Training.Weeks, speed)
		} else {
			raw[i] = span{}.add(row.Training.Weeks, float64(float64(speed*pace)*r.practice(e, a, row)))
		}
		out[i] = r.shownWeeks(raw[i], scores[i].ready)
	}
	return out
}

func (r *Rubric) shownWeeks(s span, ready rank) Weeks {
	rules := &r.doc.Training
	if ready == rankNow {
		return Weeks{rules.ReadyNow[0], rules.ReadyNow[1]}
	}
	if ready == rankConfidence {
		s = s.add(rules.ConfidenceAdds, 1)
	}
	low := min(max(s.low, rules.Low[0]), rules.Low[1])
	high := min(max(s.high, rules.High[0]), rules.High[1])
	return Weeks{
		Low:  math.Floor(float64(2*low)+roundingEpsilon) / 2,
		High: math.Ceil(float64(2*high)-roundingEpsilon) / 2,
	}
}

func shortest(spans []span, of []int) span {
	s := spans[of[0]]
	for _, i := range of[1:] {
		s.low, s.high = min(s.low, spans[i].low), min(s.high, spans[i].high)
	}
	return s
}

// speed is piecewise linear in the score: the higher, the fewer weeks.
func (r *Rubric) speed(value int) float64 {
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

func (r *Rubric) agePace(cat Cat, asOf Day) float64 {
	if cat.Born == 0 {
		return 1
	}
	for _, row := range r.doc.Training.Age {
		switch {
		case row.BelowWeeks > 0 && youngerThan(cat, row.BelowWeeks, asOf),
			row.BelowYears > 0 && asOf < cat.Born.birthday(row.BelowYears),
			row.ToYears > 0 && !olderThan(cat, row.ToYears, asOf),
			row.BelowWeeks+row.BelowYears+row.ToYears == 0:
			return row.Factor
		}
	}
	return 1
}

// practice is the time saved by what the cat has shown already.
func (r *Rubric) practice(e *evidence, a *activity, row *activityRow) float64 {
	rules := &r.doc.Training
	factor := 1.0
	if row.Training.ExperienceCounts {
		if t := r.traitIndex[rules.Experience.Trait]; r.seen(e, t) {
			factor = rules.Experience.by(e.seen10[t])
		}
	}
	if a.progress != none && r.seen(e, a.progress) {
		factor = float64(factor * rules.Progress.by(e.seen10[a.progress]))
	}
	return factor
}

func (f *factorSteps) by(value int) float64 {
	for _, step := range f.Steps {
		if value >= tenths(step.AtLeast) {
			return step.Factor
		}
	}
	return f.Otherwise
}
