package rating

import "slices"

// Summary is what is kept of a rating where all are rated, on each write and every
// day: what it says, without what it follows from.
type Summary struct {
	Rubric     Identity
	AsOf       Day
	Activities []ActivitySummary // without indoor enrichment, which suits every cat
	Overall    *Estimate         // as in a Rating
	BestFit    string
}

// ActivitySummary is the short of one activity's rating.
type ActivitySummary struct {
	Activity  string
	Readiness Readiness
	Estimate  *Estimate // nil while not yet assessed
	Grade     string
}

// RateSummary says what Rate says, in short and in a fifth of the time.
func (r *Rubric) RateSummary(cat Cat, observations []Observation, health []HealthItem, asOf Day) Summary {
	marks, _ := r.weightObservations(cat, observations, asOf)
	e := evidence{asOf: asOf}
	r.gather(&e, marks)
	n := len(r.activities)
	gates := openGates{brief: true, state: make([]gateState, n)}
	r.open(&gates, cat, health, asOf)
	var room [4]score
	scores := slices.Grow(room[:0], n)[:n]
	for i := range scores {
		r.estimate(&scores[i], &e, &r.activities[i])
	}
	r.deriveReadiness(scores, &e, &gates)
	final := finalRanks(r.activities, scores, &gates)

	out := Summary{Rubric: r.identity, AsOf: asOf, Activities: make([]ActivitySummary, n), Overall: r.overallEstimate(scores, &e), BestFit: r.bestFit(scores, final)}
	for i := range scores {
		s := &scores[i]
		out.Activities[i] = ActivitySummary{Activity: r.activities[i].code, Readiness: rankWords[final[i]], Grade: r.gradeCode(s)}
		if s.ready != rankUnassessed {
			out.Activities[i].Estimate = r.shownEstimate(s)
		}
	}
	return out
}
