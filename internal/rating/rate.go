package rating

import "slices"

// Rate rates a cat on a day from observations and health items. It never fails:
// Ignored lists the observations that the rubric cannot count, and a cat without
// observations is not yet assessed. Use Check to report errors in new input.
func (r *Rubric) Rate(cat Cat, observations []Observation, health []HealthItem, asOf Day) Rating {
	weighted, ignored := r.weightObservations(cat, observations, asOf)
	e := evidence{asOf: asOf}
	r.gatherEvidence(&e, weighted)
	gates := openGates{state: make([]gateState, len(r.activities)), gates: make([]Gate, 0, 4)}
	r.evaluateGates(&gates, cat, health, asOf)

	scores := make([]score, len(r.activities))
	for i := range scores {
		r.scoreActivity(&scores[i], &e, &r.activities[i])
	}
	r.deriveReadiness(scores, &e, &gates)
	weeks := r.trainingWeeks(scores, &e, cat)
	plan := r.makePlan(scores, weeks, &e, cat, &gates)
	final := finalRanks(r.activities, scores, &gates)
	settling := r.settlingDays(cat, asOf) > 0

	out := Rating{
		Rubric: r.identity, AsOf: asOf,
		Activities: make([]Activity, 1, 1+len(scores)),
		Traits:     r.traitEstimates(&e), Observations: countedObservations(&e), Ignored: ignored,
		Gates: gates.gates, Gear: r.gearFor(cat, &e, &gates), Plan: plan, Conditions: r.conditionsFor(&gates),
		StopSigns: r.doc.StopSigns, Cautions: append(gates.cautions, r.doc.Cautions...), Disclaimer: r.doc.Disclaimer,
		AfterOuting: r.doc.AfterOuting, SlippedGear: r.doc.SlippedGear,
	}
	out.Activities[0] = Activity{
		Activity: r.doc.IndoorActivity.Code, Readiness: Suitable, BehavioralReadiness: Suitable,
		Clearance: ClearanceClear, AllowedNow: r.allowIndoor,
	}
	for i := range scores {
		a := r.activityResult(i, &scores[i], &e, &gates, weeks[i], final[i])
		a.RecommendedFirstStep, a.AdopterFirstStep = r.firstStep(i, final[i], &plan, cat, &gates, a.NextObservations, settling)
		a.ReassessOn = r.reassessOn(&scores[i], cat, asOf)
		if a.ReassessOn != 0 && (out.ReassessOn == 0 || a.ReassessOn < out.ReassessOn) {
			out.ReassessOn = a.ReassessOn
		}
		out.Activities = append(out.Activities, a)
	}
	out.Overall = r.overallEstimate(scores, &e)
	out.BestFit = r.bestFit(scores, final)
	return out
}

// RateSummary returns the summary of what Rate returns, in about a fifth of the
// time.
func (r *Rubric) RateSummary(cat Cat, observations []Observation, health []HealthItem, asOf Day) Summary {
	weighted, _ := r.weightObservations(cat, observations, asOf)
	e := evidence{asOf: asOf}
	r.gatherEvidence(&e, weighted)
	n := len(r.activities)
	gates := openGates{stateOnly: true, state: make([]gateState, n)}
	r.evaluateGates(&gates, cat, health, asOf)
	var buffer [4]score
	scores := slices.Grow(buffer[:0], n)[:n]
	for i := range scores {
		r.estimate(&scores[i], &e, &r.activities[i])
	}
	r.deriveReadiness(scores, &e, &gates)
	final := finalRanks(r.activities, scores, &gates)

	out := Summary{Rubric: r.identity, AsOf: asOf, Activities: make([]ActivitySummary, n), Overall: r.overallEstimate(scores, &e), BestFit: r.bestFit(scores, final)}
	for i := range scores {
		s := &scores[i]
		out.Activities[i] = ActivitySummary{Activity: r.activities[i].code, Readiness: readinessByRank[final[i]], Grade: r.gradeCode(s)}
		if s.ready != rankUnassessed {
			out.Activities[i].Estimate = r.publishedEstimate(s)
		}
	}
	return out
}

func (r *Rubric) activityResult(i int, s *score, e *evidence, gates *openGates, weeks Weeks, final readinessRank) Activity {
	state := &gates.state[i]
	a := Activity{
		Activity: r.activities[i].code, Readiness: readinessByRank[final], BehavioralReadiness: readinessByRank[s.ready],
		Clearance: state.clearance(), AllowedNow: r.allowAll,
		Reliability: fromCents(s.reliability), Assessors: fromCents(s.assessorCount), Grade: r.gradeCode(s),
		NextObservations: r.nextObservations(s, e, &r.activities[i]),
		Reasons:          r.reasonsFor(s, e, i, gates),
	}
	if state.stopsIndoor {
		a.AllowedNow = r.allowIndoor
	}
	if s.ready == rankUnassessed {
		return a
	}
	a.Estimate = r.publishedEstimate(s)
	a.Contributions = r.contributions(s)
	var buffer [maxTraits]int
	a.Strengths = r.pickContributions(s, r.topPositive(&buffer, s, r.doc.Shown.Strengths))
	a.Weaknesses = r.pickContributions(s, r.topNegative(&buffer, s, r.doc.Shown.Weaknesses))
	a.Opportunities = r.improvementPotential(s, e)
	a.TrainingWeeks = &weeks
	return a
}

func (r *Rubric) publishedEstimate(s *score) *Estimate {
	band := r.bandFor(s.value)
	return &Estimate{
		Score: fromTenths(s.value), Low: fromTenths(s.low), High: fromTenths(s.high),
		Band: band.Code, Wording: band.Wording,
	}
}

// overallEstimate returns the estimate over all activities, or nil while none of
// them is assessed.
func (r *Rubric) overallEstimate(scores []score, e *evidence) *Estimate {
	for i := range scores {
		if scores[i].ready != rankUnassessed {
			var s score
			r.estimate(&s, e, &r.overall)
			return r.publishedEstimate(&s)
		}
	}
	return nil
}

// bestFit returns, of the activities that the cat may start, the easiest one whose
// score is within the rubric's distance of the highest. It returns indoor enrichment
// if there is none, or nothing if the rubric wants a score and the cat has none.
func (r *Rubric) bestFit(scores []score, final []readinessRank) string {
	highest := none
	for _, i := range r.bestFitOrder {
		if final[i] >= rankTraining && (highest == none || scores[i].value > scores[highest].value) {
			highest = i
		}
	}
	if highest == none {
		if r.doc.BestFit.NeedsScore && !slices.ContainsFunc(scores, func(s score) bool { return s.ready != rankUnassessed }) {
			return ""
		}
		return r.doc.IndoorActivity.Code
	}
	for _, i := range r.bestFitOrder {
		if final[i] >= rankTraining && scores[i].value >= scores[highest].value-tenths(r.doc.BestFit.Within) {
			return r.activities[i].code
		}
	}
	return r.activities[highest].code
}

// reassessOn returns the day on which an activity should be assessed again. It is
// zero if the rubric wants a score and there is none.
func (r *Rubric) reassessOn(s *score, cat Cat, asOf Day) Day {
	d := &r.doc.Reassess
	switch {
	case d.NeedsScore && s.ready == rankUnassessed:
		return 0
	case s.ready == rankConfidence:
		return asOf + Day(d.Confidence)
	case cat.youngerThan(r.doc.KittenWeeks, asOf), s.grade == len(r.doc.Grades)-1:
		return asOf + Day(d.KittenOrGradeD)
	default:
		return asOf + Day(d.Otherwise)
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
			means[t] = fromTenths(e.meanTenths[t])
			all[t].Mean = &means[t]
		}
	}
	return all
}

func countedObservations(e *evidence) []CountedObservation {
	all := make([]CountedObservation, len(e.observations))
	for i := range e.observations {
		o := &e.observations[i]
		all[i] = CountedObservation{
			ObservationID: o.ID, Trait: o.Trait, Points: o.points,
			Role: fromCents(int(o.roleFactor)), Context: fromCents(int(o.contextFactor)), Settle: fromCents(int(o.settle)), Recency: fromCents(int(o.recency)),
			Repeat: float64(o.share) / repeatUnit, Weight: float64(o.weight) / weightUnit,
		}
	}
	return all
}
