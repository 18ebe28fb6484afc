package match

import (
	"fmt"
	"math"

	"trailcat/internal/catalog"
)

// addOutings adds the activities that are wished, the time that they may take to
// learn, and how one gets to them.
func (p *Profile) addOutings(add adding) {
	n := len(p.Activities)
	for i, activity := range p.Activities {
		add(true, "suits_"+activity, 2*weightActivities*(n-i)/(n*(n+1)), func(c *Candidate) componentScore { return suits(c, activity) })
	}
	add(p.TrainingWeeks != nil && n > 0, "training", weighsTraining, p.training)
	add(p.Home.Type == Apartment && (p.Home.Outdoors == NoOutdoors || p.Home.Outdoors == "") && p.walksFromHome(), "way_out", weighsWayOut, outdoorAccess)
}

// priorLowerBound is the lower end of the range of a cat of which nothing was seen, by
// the rubric's own arithmetic (about 27 for each activity), and lowNatural that of
// a cat to whom it comes naturally. Between them a rating speaks for the cat, below
// them against it: a cat is never worse off unassessed than the rubric takes it
// to be, and thin evidence does not win.
const (
	priorLowerBound = 27.0
	lowNatural      = 70.0
)

// How much an outing can count at most while it must wait.
const (
	onHoldCap      = -20 // for health or safety
	mostConfidence = 0   // for trust
)

// suits says how well an activity suits a cat, by the lower end of its range.
func suits(c *Candidate, activity string) componentScore {
	rated, word := c.Cat.Rating.Of(activity), outingWords(activity)
	switch {
	case rated.Readiness == catalog.ReadinessOnHold && rated.Low == nil:
		return knownThat(c, onHoldCap, word+" are on hold until something about {their} health or safety is settled.")
	case rated.Score == nil || rated.Low == nil:
		return unknownThat(c, "Nobody has assessed yet how {they} would take to "+word+".")
	}
	value := 100 * (*rated.Low - priorLowerBound) / (lowNatural - priorLowerBound)
	if value < 0 {
		value = 100 * (*rated.Low - priorLowerBound) / priorLowerBound
	}
	points := int(math.Floor(value))
	likely := fmt.Sprintf("%.0f of 100, likely %.0f or more", *rated.Score, math.Floor(*rated.Low))
	switch rated.Readiness {
	case catalog.ReadinessOnHold:
		return knownThat(c, min(points, onHoldCap), fmt.Sprintf("%s are on hold until something about {their} health or safety is settled (%s).", word, likely))
	case catalog.ReadinessConfidenceFirst:
		return knownThat(c, min(points, mostConfidence), fmt.Sprintf("Before %s {they} needs to build confidence (%s).", word, likely))
	case catalog.ReadinessNow:
		return knownThat(c, points, fmt.Sprintf("{they} is ready for %s now (%s).", word, likely))
	default:
		return knownThat(c, points, fmt.Sprintf("With training {they} is ready for %s (%s).", word, likely))
	}
}

// weeksTo is how many weeks of training a readiness asks for at the upper end, for
// a grown cat of middling score, by the training estimate of the rubric. The short
// of a rating does not say it exactly; the cat's own rating does.
func weeksTo(readiness string) (float64, bool) {
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

// training compares the patience that there is with what the easiest of the wished
// activities asks for.
func (p *Profile) training(c *Candidate) componentScore {
	need, easiest := math.Inf(1), ""
	for _, activity := range p.Activities {
		if weeks, ok := weeksTo(c.Cat.Rating.Of(activity).Readiness); ok && weeks < need {
			need, easiest = weeks, activity
		}
	}
	if easiest == "" {
		return unknownThat(c, "How long {they} would have to train is not known yet.")
	}
	said := fmt.Sprintf("Training {them} for %s may take up to %s.", outingWords(easiest), weeks(need))
	if *p.TrainingWeeks >= need {
		return knownThat(c, 100, said)
	}
	return knownThat(c, -int(100*(need-*p.TrainingWeeks)/need), said)
}

// weeks are as they stand in a sentence.
func weeks(n float64) string {
	if n == 1 {
		return "a week"
	}
	return fmt.Sprintf("%.0f weeks", n)
}

func (p *Profile) walksFromHome() bool {
	walks := false
	for _, activity := range p.Activities {
		if activity == "backpack" {
			return false // it counts by itself
		}
		walks = walks || activity == "leash_walk" || activity == "hike"
	}
	return walks
}

// outdoorAccess is the way from a flat to a place where one can walk: stairs and a
// street, which a cat sees from a backpack first.
func outdoorAccess(c *Candidate) componentScore {
	v, low := suits(c, "backpack"), c.Cat.Rating.Of("backpack").Low
	const way = "From a flat the way to a walk leads through stairs and streets"
	switch {
	case !v.known:
		return unknownThat(c, way+", and nobody has assessed how {they} takes to being carried.")
	case low == nil:
		return knownThat(c, v.value, way+", and backpack outings are on hold.")
	default:
		return knownThat(c, v.value, fmt.Sprintf("%s: being carried in a backpack suits {them}, likely by %.0f of 100 or more.", way, math.Floor(*low)))
	}
}
