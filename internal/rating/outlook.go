package rating

import "slices"

// Outlook is the part of a rating that matching a cat with a home uses besides the
// summary.
type Outlook struct {
	Activities []ActivityOutlook // without indoor enrichment
	Traits     []TraitEstimate   // as in Rating
}

// ActivityOutlook says how much training one activity takes and how it is limited.
type ActivityOutlook struct {
	Activity      string
	Clearance     Clearance
	TrainingWeeks *Weeks   // nil while not yet assessed
	Limits        []string // the advice of the gates that restrict the activity
}

// Outlook returns the outlook of the rating that Rate returns, in about a quarter of the
// time.
func (r *Rubric) Outlook(cat Cat, observations []Observation, health []HealthItem, asOf Day) Outlook {
	weighted, _ := r.weightObservations(cat, observations, asOf)
	e := evidence{asOf: asOf}
	r.gatherEvidence(&e, weighted)
	gates := openGates{state: make([]gateState, len(r.activities))}
	r.evaluateGates(&gates, cat, health, asOf)
	scores := make([]score, len(r.activities))
	for i := range scores {
		r.estimate(&scores[i], &e, &r.activities[i])
	}
	r.deriveReadiness(scores, &e, &gates)
	weeks := r.trainingWeeks(scores, &e, cat)
	out := Outlook{Activities: make([]ActivityOutlook, len(scores)), Traits: r.traitEstimates(&e)}
	for i := range scores {
		a := ActivityOutlook{Activity: r.activities[i].code, Clearance: gates.state[i].clearance(), TrainingWeeks: nil, Limits: gates.limits(i)}
		if scores[i].ready != rankUnassessed {
			a.TrainingWeeks = &weeks[i]
		}
		out.Activities[i] = a
	}
	return out
}

// limits returns the advice of the gates that restrict an activity.
func (open *openGates) limits(activity int) []string {
	var out []string
	for i := range open.gates {
		g := &open.gates[i]
		if e := g.Effects[activity]; e.Effect == EffectRestricted {
			text := g.Advice
			if e.Limit != "" {
				text = g.Title + ": " + e.Limit
			}
			if !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}
