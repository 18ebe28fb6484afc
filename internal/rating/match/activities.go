package match

import (
	"fmt"
	"math"

	"trailcat/internal/catalog"
)

// appendActivities appends the wanted activities, the training time and the
// outdoor access.
func (p *Profile) appendActivities(add appendComponent) {
	n := len(p.Activities)
	for i, activity := range p.Activities {
		add(true, "suits_"+activity, 2*weightActivities*(n-i)/(n*(n+1)), func(c *Candidate) componentScore { return scoreActivity(c, activity) })
	}
	add(p.TrainingWeeks != nil && n > 0, "training", weightTraining, p.scoreTrainingTime)
	add(p.Home.Type == Apartment && (p.Home.Outdoors == NoOutdoors || p.Home.Outdoors == "") && p.walksFromHome(), "way_out", weightOutdoorAccess, scoreOutdoorAccess)
}

// The lower bounds of the likely range that give 0 and the most points. A cat
// without observations has priorLowerBound by the rubric's arithmetic (about 27 for
// each activity), and a natural has naturalLowerBound. A rating above
// priorLowerBound counts for the cat and one below it against the cat, so that weak
// evidence is no advantage over none.
const (
	priorLowerBound   = 27.0
	naturalLowerBound = 70.0
)

// The maximum value of an activity that must wait.
const (
	onHoldCap     = -20 // for health or safety
	confidenceCap = 0   // until the cat has built confidence
)

// scoreActivity scores how well an activity suits a cat, by the lower bound of the
// likely range.
func scoreActivity(c *Candidate, activity string) componentScore {
	rated, name := c.Cat.Rating.Activity(activity), activityName(activity)
	switch {
	case rated.Readiness == catalog.ReadinessOnHold && rated.Low == nil:
		return knownScore(c, onHoldCap, name+" are on hold until something about {their} health or safety is settled.")
	case rated.Score == nil || rated.Low == nil:
		return unknownScore(c, "Nobody has assessed yet how {they} would take to "+name+".")
	}
	value := 100 * (*rated.Low - priorLowerBound) / (naturalLowerBound - priorLowerBound)
	if value < 0 {
		value = 100 * (*rated.Low - priorLowerBound) / priorLowerBound
	}
	points := int(math.Floor(value))
	likely := fmt.Sprintf("%.0f of 100, likely %.0f or more", *rated.Score, math.Floor(*rated.Low))
	switch rated.Readiness {
	case catalog.ReadinessOnHold:
		return knownScore(c, min(points, onHoldCap), fmt.Sprintf("%s are on hold until something about {their} health or safety is settled (%s).", name, likely))
	case catalog.ReadinessConfidenceFirst:
		return knownScore(c, min(points, confidenceCap), fmt.Sprintf("Before %s {they} needs to build confidence (%s).", name, likely))
	case catalog.ReadinessNow:
		return knownScore(c, points, fmt.Sprintf("{they} is ready for %s now (%s).", name, likely))
	default:
		return knownScore(c, points, fmt.Sprintf("{they} can begin training for %s (%s).", name, likely))
	}
}

// weeksNeeded returns the upper end of the training time for a readiness, in weeks,
// for an adult cat with a medium score by the rubric's training estimate. It is an
// approximation: only the full rating of a cat has its training time.
func weeksNeeded(readiness string) (float64, bool) {
	switch readiness {
	case catalog.ReadinessNow:
		return 1, true
	case catalog.ReadinessWithTraining:
		return 6, true
	case catalog.ReadinessConfidenceFirst:
		return 14, true
	default:
		return 0, false
	}
}

// scoreTrainingTime compares the acceptable training time with that of the easiest
// wanted activity.
func (p *Profile) scoreTrainingTime(c *Candidate) componentScore {
	need, easiest := math.Inf(1), ""
	for _, activity := range p.Activities {
		if weeks, ok := weeksNeeded(c.Cat.Rating.Activity(activity).Readiness); ok && weeks < need {
			need, easiest = weeks, activity
		}
	}
	if easiest == "" {
		return unknownScore(c, "How long {they} would have to train is not known yet.")
	}
	text := fmt.Sprintf("Training {them} for %s may take up to %s.", activityName(easiest), formatWeeks(need))
	if *p.TrainingWeeks >= need {
		return knownScore(c, 100, text)
	}
	return knownScore(c, -int(100*(need-*p.TrainingWeeks)/need), text)
}

func formatWeeks(n float64) string {
	if n == 1 {
		return "a week"
	}
	return fmt.Sprintf("%.0f weeks", n)
}

// walksFromHome reports whether walks or hikes are wanted, but not the backpack,
// which is a component of its own.
func (p *Profile) walksFromHome() bool {
	walks := false
	for _, activity := range p.Activities {
		if activity == "backpack" {
			return false
		}
		walks = walks || activity == "leash_walk" || activity == "hike"
	}
	return walks
}

// scoreOutdoorAccess scores the way from an apartment to a place for walks, through
// stairs and streets, by how well carrying suits the cat.
func scoreOutdoorAccess(c *Candidate) componentScore {
	carrying, low := scoreActivity(c, "backpack"), c.Cat.Rating.Activity("backpack").Low
	const way = "From a flat the way to a walk leads through stairs and streets"
	switch {
	case !carrying.known:
		return unknownScore(c, way+", and nobody has assessed how {they} takes to being carried.")
	case low == nil:
		return knownScore(c, carrying.value, way+", and backpack outings are on hold.")
	default:
		return knownScore(c, carrying.value, fmt.Sprintf("%s; for being carried in a backpack {they} has likely %.0f of 100 or more.", way, math.Floor(*low)))
	}
}

// activityName returns the name of an activity within a sentence.
func activityName(activity string) string {
	switch activity {
	case "leash_walk":
		return "leash walks"
	case "backpack":
		return "backpack outings"
	case "hike":
		return "hikes"
	case "patio_visit":
		return "patio visits"
	default:
		return activity
	}
}
