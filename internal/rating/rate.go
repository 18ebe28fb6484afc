package rating

// Rate judges a cat on a day from what was seen and verified of it. It never
// fails: what the rubric cannot count is listed in Ignored, and a cat of
// which nothing is known is not yet assessed. Ask Check first to tell a
// caller what is wrong with new input.
func (r *Rubric) Rate(cat Cat, observations []Observation, health []HealthItem, asOf Day) Rating {
	marks, ignored := r.weightObservations(cat, observations, asOf)
	e := evidence{asOf: asOf}
	r.gather(&e, marks)
	gates := r.openGates(cat, health, asOf)

	scores := make([]score, len(r.activities))
	for i := range scores {
		r.score(&scores[i], &e, &r.activities[i])
	}
	r.deriveReadiness(scores, &e, &gates)
	weeks := r.weeks(scores, &e, cat)
	plan := r.planFor(scores, weeks, &e, cat, &gates)
	final := finalRanks(r.activities, scores, &gates)

	out := Rating{
		Rubric: r.identity, AsOf: asOf,
		Activities: make([]Activity, 1, 1+len(scores)),
		Traits:     r.traitEstimates(&e), Observations: r.shownMarks(&e), Ignored: ignored,
		Gates: gates.open, Gear: r.gear(cat, &e, &gates), Plan: plan, Conditions: r.conditions(&gates),
		StopSigns: r.doc.StopSigns, Cautions: append(gates.care, r.doc.Cautions...), Disclaimer: r.doc.Disclaimer,
	}
	out.Activities[0] = Activity{
		Activity: r.doc.IndoorActivity.Code, Readiness: Suitable, BehavioralReadiness: Suitable,
		Clearance: ClearanceClear, AllowedNow: r.allowIndoor,
	}
	for i := range scores {
		a := r.activityResult(i, &scores[i], &e, &gates, weeks[i], final[i])
		a.RecommendedFirstStep = r.firstStep(i, final[i], &plan, r.settlingDays(cat, asOf) > 0)
		a.ReassessOn = asOf + Day(r.reassessIn(&scores[i], r.kitten(cat, asOf)))
		if i == 0 || a.ReassessOn < out.ReassessOn {
			out.ReassessOn = a.ReassessOn
		}
		out.Activities = append(out.Activities, a)
	}
	out.Overall = r.overallEstimate(scores, &e)
	out.BestFit = r.bestFit(scores, final)
	return out
}

// finalRanks are the readiness ranks with holds applied.
func finalRanks(activities []activity, scores []score, gates *openGates) []rank {
	final := make([]rank, len(scores))
	for i := range scores {
		final[i] = scores[i].ready
		if gates.state[i].hold {
			final[i] = rankHold
		}
	}
	capRanks(activities, final)
	return final
}

func (r *Rubric) activityResult(i int, s *score, e *evidence, gates *openGates, weeks Weeks, final rank) Activity {
	state := &gates.state[i]
	a := Activity{
		Activity: r.activities[i].code, Readiness: rankWords[final], BehavioralReadiness: rankWords[s.ready],
		Clearance: state.clearance(), AllowedNow: r.allowAll,
		Reliability: fromCents(s.reliability), Assessors: fromCents(s.backing), Grade: r.gradeCode(s),
		NextObservations: r.nextObservations(s, e, &r.activities[i]),
		Reasons:          r.reasonsFor(s, e, i, gates),
	}
	if state.stopsIndoor {
		a.AllowedNow = r.allowIndoor
	}
	if s.ready == rankUnassessed {
		return a
	}
	a.Estimate = r.shownEstimate(s)
	a.Contributions = r.contributions(s)
	var into [maxTraits]int
	a.Strengths = r.pickContributions(s, r.topPositive(&into, s, r.doc.Shown.Strengths))
	a.Weaknesses = r.pickContributions(s, r.topNegative(&into, s, r.doc.Shown.Weaknesses))
	a.Opportunities = r.improvementPotential(s, e)
	a.TrainingWeeks = &weeks
	return a
}

func (r *Rubric) shownEstimate(s *score) *Estimate {
	band := r.band(s.value)
	return &Estimate{
		Score: fromTenths(s.value), Low: fromTenths(s.low), High: fromTenths(s.high),
		Band: band.Code, Wording: band.Wording,
	}
}

// overallEstimate is the estimate over all activities, once one of them is assessed.
func (r *Rubric) overallEstimate(scores []score, e *evidence) *Estimate {
	for i := range scores {
		if scores[i].ready != rankUnassessed {
			var s score
			r.estimate(&s, e, &r.overall)
			return r.shownEstimate(&s)
		}
	}
	return nil
}

// bestFit is the highest score among what the cat may begin with.
func (r *Rubric) bestFit(scores []score, final []rank) string {
	best := none
	for _, i := range r.bestFitOrder {
		if final[i] >= rankTraining && (best == none || scores[i].value > scores[best].value) {
			best = i
		}
	}
	if best == none {
		return r.doc.IndoorActivity.Code
	}
	return r.activities[best].code
}

func (r *Rubric) reassessIn(s *score, kitten bool) int {
	d := &r.doc.Reassess
	switch {
	case s.ready == rankConfidence:
		return d.Confidence
	case kitten, s.grade == len(r.doc.Grades)-1:
		return d.KittenOrGradeD
	default:
		return d.Otherwise
	}
}

func (r *Rubric) traitEstimates(e *evidence) []TraitEstimate {
	all := make([]TraitEstimate, len(r.traits))
	means := make([]float64, len(r.traits))
	for t := range r.traits {
		all[t] = TraitEstimate{
			Trait: r.traits[t].code, Marks: e.count[t],
			Weight: float64(e.weight[t]) / weightUnit, Estimate: fromTenths(e.estimate[t]),
		}
		if e.weight[t] > 0 {
			means[t] = fromTenths(e.mean10[t])
			all[t].Mean = &means[t]
		}
	}
	return all
}

func (r *Rubric) shownMarks(e *evidence) []CountedObservation {
	all := make([]CountedObservation, len(e.marks))
	for i := range e.marks {
		m := &e.marks[i]
		all[i] = CountedObservation{
			ObservationID: m.obs.ID, Trait: m.obs.Trait, Points: m.points,
			Role: fromCents(int(m.role)), Context: fromCents(int(m.place)), Settle: fromCents(int(m.settling)), Recency: fromCents(int(m.recency)),
			Repeat: float64(m.share) / repeatUnit, Weight: float64(m.weight) / weightUnit,
		}
	}
	return all
}
