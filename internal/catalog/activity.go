package catalog

import "slices"

// The words of a rating that mean the same in every version of the rubric: to
// change one would be another rubric.
const (
	// IndoorEnrichment suits every cat, and is where those begin that are ready for
	// no outing yet or that nobody assessed.
	IndoorEnrichment = "indoor_enrichment"
	// ReadinessNotAssessed is how ready a cat is of which too little was seen.
	ReadinessNotAssessed = "not_yet_assessed"
	// ReadinessOnHold is how ready a cat is that health or safety hold back, whatever it
	// is like; ReadinessConfidenceFirst, one that needs to trust before it goes anywhere.
	ReadinessOnHold          = "on_hold"
	ReadinessConfidenceFirst = "build_confidence_first"
	// ReadinessWithTraining and ReadinessNow are how ready a cat is that may go.
	ReadinessWithTraining = "ready_with_training"
	ReadinessNow          = "ready_now"
	// NoEvidence is the grade where nothing was seen.
	NoEvidence = "none"
)

// Activities lists the activities that have a score, in the order of a rating.
func Activities() []string { return []string{"leash_walk", "backpack", "hike", "patio_visit"} }

// Readinesses lists how ready a cat can be, from the least to the most.
func Readinesses() []string {
	return []string{ReadinessOnHold, ReadinessNotAssessed, ReadinessConfidenceFirst, ReadinessWithTraining, ReadinessNow}
}

// Grades lists how good evidence can be, from the worst to the best.
func Grades() []string { return []string{NoEvidence, "D", "C", "B", "A"} }

// Of is the short of one activity's rating. An activity of which the rating says
// nothing is not yet assessed.
func (r *Rating) Of(activity string) ActivityRating {
	at := slices.IndexFunc(r.Activities, func(a ActivityRating) bool { return a.Activity == activity })
	if at < 0 {
		return ActivityRating{Activity: activity, Score: nil, Low: nil, High: nil, Band: "", Readiness: ReadinessNotAssessed, Grade: NoEvidence}
	}
	return r.Activities[at]
}
