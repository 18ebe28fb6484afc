package match

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/hints"
	"trailcat/internal/rating"
)

// appendActivities appends the wanted activities, the training time, the age for hikes
// and the outdoor access.
func (p *Profile) appendActivities(add appendComponent, today time.Time) {
	n := len(p.Activities)
	for i, activity := range p.Activities {
		add(true, "suits_"+activity, 2*weightActivities*(n-i)/(n*(n+1)), func(c *Candidate) componentScore { return scoreActivity(c, activity) })
	}
	add(p.TrainingWeeks != nil && n > 0, "training", weightTraining, p.scoreTrainingTime)
	add(slices.Contains(p.Activities, "hike"), "hike_age", weightHikeAge, func(c *Candidate) componentScore { return scoreHikeAge(c, today) })
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

// restrictedCost is what a restricted clearance costs, in points of value. It never lowers
// an activity below one that must wait.
const restrictedCost = 25

// scoreActivity scores how well an activity suits a cat, by the lower bound of the
// likely range. A restricted activity counts less, and the sentence says how it is limited.
func scoreActivity(c *Candidate, activity string) componentScore {
	rated, name := c.Cat.Rating.Activity(activity), activityName(activity)
	outlook := c.activityOutlook(activity)
	switch {
	case rated.Readiness == catalog.ReadinessOnHold && rated.Low == nil:
		return knownScore(c, onHoldCap, name+" are on hold until something about {their} health or safety is settled.")
	case rated.Score == nil || rated.Low == nil:
		return scoreUnassessed(c, activity, outlook)
	}
	value := 100 * (*rated.Low - priorLowerBound) / (naturalLowerBound - priorLowerBound)
	if value < 0 {
		value = 100 * (*rated.Low - priorLowerBound) / priorLowerBound
	}
	points := int(math.Floor(value))
	onHold := min(points, onHoldCap)
	likely := fmt.Sprintf("%.0f of 100, likely %.0f or more", *rated.Score, math.Floor(*rated.Low))
	var text string
	switch rated.Readiness {
	case catalog.ReadinessOnHold:
		return knownScore(c, onHold, fmt.Sprintf("%s are on hold until something about {their} health or safety is settled (%s).", name, likely))
	case catalog.ReadinessConfidenceFirst:
		points, text = min(points, confidenceCap), fmt.Sprintf("Before %s {they} needs to build confidence (%s).", name, likely)
	case catalog.ReadinessNow:
		text = fmt.Sprintf("{they} is ready for %s now (%s).", name, likely)
	default:
		text = fmt.Sprintf("{they} can begin training for %s (%s).", name, likely)
	}
	if outlook != nil && outlook.Clearance == rating.ClearanceRestricted {
		points = max(points-restrictedCost, onHold)
		text += restriction(activity, outlook)
	}
	return knownScore(c, points, text)
}

// restriction returns the sentences, after a space, that say how an activity is restricted.
func restriction(activity string, outlook *rating.ActivityOutlook) string {
	name := activityName(activity)
	return " " + strings.ToUpper(name[:1]) + name[1:] + " are restricted. " + sentences(outlook.Limits)
}

// sentences joins sentences, each with a final period.
func sentences(all []string) string {
	var out strings.Builder
	for i, s := range all {
		if i > 0 {
			out.WriteString(" ")
		}
		out.WriteString(strings.TrimSuffix(s, ".") + ".")
	}
	return out.String()
}

// activityOutlook returns the outlook of an activity, or nil if the cat has none.
func (c *Candidate) activityOutlook(activity string) *rating.ActivityOutlook {
	if c.Outlook == nil {
		return nil
	}
	i := slices.IndexFunc(c.Outlook.Activities, func(a rating.ActivityOutlook) bool { return a.Activity == activity })
	if i < 0 {
		return nil
	}
	return &c.Outlook.Activities[i]
}

// The value of one statement of a listing for or against an activity that is not
// assessed, and the most that several count.
const (
	statementValue = 10
	statementsCap  = 20
)

// scoreUnassessed scores an activity without a score by what the listing says and the
// shelter recorded, and against the cat if the activity is restricted. It is unknown if they
// say nothing, or as much for the activity as against it.
func scoreUnassessed(c *Candidate, activity string, outlook *rating.ActivityOutlook) componentScore {
	open := "nobody has assessed yet how {they} would take to " + activityName(activity)
	if c.observedByPeople() {
		open = "what people have observed is not enough yet to say how {they} would take to " + activityName(activity)
	}
	value, said := c.saysOf(activity)
	value = max(-statementsCap, min(statementsCap, value))
	text := open + "."
	if said != "" {
		text = fmt.Sprintf("%s, but %s.", said, open)
	}
	if outlook != nil && outlook.Clearance == rating.ClearanceRestricted {
		value -= statementValue
		text += restriction(activity, outlook)
	}
	if value == 0 {
		return unknownScore(c, text)
	}
	return knownScore(c, value, text)
}

// saysOf returns the value of what the listing says and the shelter recorded for and
// against an activity, and a clause that says so. The clause is empty if they say nothing.
func (c *Candidate) saysOf(activity string) (value int, clause string) {
	traits := []string{"outdoor_experience", "harness_comfort", "novelty_response"} // not the interest of a cat at a window
	if activity == "backpack" {
		traits = []string{"carrier_comfort", "novelty_response"}
	}
	var quotes, answers []string
	add := func(points int, words string, to *[]string) {
		if points == 0 {
			return
		}
		value += points
		if !slices.Contains(*to, words) {
			*to = append(*to, words)
		}
	}
	for _, h := range c.Hints {
		points := statementValue * cmp.Compare(h.Level, 3)
		switch {
		case !slices.Contains(traits, h.Trait):
		case h.Recorded:
			add(points, h.Answer, &answers)
		case isQuotable(h):
			add(points, h.Words, &quotes)
		}
	}
	for _, r := range c.Cat.Reading.Temperament {
		switch r.Term {
		case "adventurous", "confident", "curious": // not outgoing, which is towards people
			add(statementValue, r.Quote, &quotes)
		case "shy":
			add(-statementValue, r.Quote, &quotes)
		}
	}
	recorded := "the shelter recorded: " + strings.Join(answers, ", ")
	switch {
	case len(answers) == 0 && len(quotes) == 0:
		return value, ""
	case len(answers) == 0:
		return value, "The listing says " + joinQuotes(quotes)
	case len(quotes) == 0:
		return value, "T" + recorded[1:]
	default:
		return value, "The listing says " + joinQuotes(quotes) + "; " + recorded
	}
}

// isQuotable reports whether the words of a hint are those of a text or a tag. The values
// of other fields, such as low, say nothing by themselves.
func isQuotable(h hints.Hint) bool { return h.Source == hints.Description || h.Source == "traits.tags" }

// observedByPeople reports whether people observed any trait of the cat.
func (c *Candidate) observedByPeople() bool {
	return c.Outlook != nil && slices.ContainsFunc(c.Outlook.Traits, func(t rating.TraitEstimate) bool { return t.Marks > c.hintsOn(t.Trait) })
}

// hintsOn returns the number of hints of the listing on a trait, at most 1.
func (c *Candidate) hintsOn(trait string) int {
	if slices.ContainsFunc(c.Hints, func(h hints.Hint) bool { return h.Trait == trait }) {
		return 1
	}
	return 0
}

// joinQuotes returns the words of a listing in quotation marks.
func joinQuotes(quotes []string) string {
	out := make([]string, len(quotes))
	for i, q := range quotes {
		out[i] = "“" + strings.Trim(q, " .!") + "”"
	}
	return strings.Join(out, " and ")
}

// scoreTrainingTime compares the acceptable training time with that of the wanted activity
// that takes the least, by the cat's own rating. An activity on hold has none.
func (p *Profile) scoreTrainingTime(c *Candidate) componentScore {
	var need *rating.Weeks
	easiest, onHold := "", false
	for _, activity := range p.Activities {
		o := c.activityOutlook(activity)
		if c.Cat.Rating.Activity(activity).Readiness == catalog.ReadinessOnHold {
			onHold = true
		} else if o != nil && o.TrainingWeeks != nil && (need == nil || o.TrainingWeeks.High < need.High) {
			need, easiest = o.TrainingWeeks, activity
		}
	}
	switch {
	case need == nil && onHold:
		return unknownScore(c, "How long {they} would have to train depends on when {their} health or safety is settled.")
	case need == nil:
		return unknownScore(c, "How long {they} would have to train is not known yet.")
	}
	text := fmt.Sprintf("Training {them} for %s takes about %s.", activityName(easiest), formatWeeks(*need))
	if *p.TrainingWeeks >= need.High {
		return knownScore(c, 100, text)
	}
	return knownScore(c, -int(100*(need.High-*p.TrainingWeeks)/need.High), text)
}

// formatWeeks formats a range of weeks, such as 1.5 to 4 weeks.
func formatWeeks(w rating.Weeks) string {
	low, high := fmt.Sprintf("%g", w.Low), fmt.Sprintf("%g weeks", w.High)
	if w.Low == 0.5 {
		low = "half a week"
	}
	if w.High == 1 {
		high = "a week"
	}
	switch w.Low {
	case 0:
		return high + " at most"
	case w.High:
		return high
	default:
		return low + " to " + high
	}
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
		return unknownScore(c, way+", and it is not known how {they} takes to being carried.")
	case low == nil && c.Cat.Rating.Activity("backpack").Readiness != catalog.ReadinessOnHold:
		_, said := c.saysOf("backpack")
		if said == "" {
			return knownScore(c, carrying.value, way+"; backpack outings are restricted, and it is not known how {they} takes to being carried.")
		}
		return knownScore(c, carrying.value, fmt.Sprintf("%s. %s, but it is not known how {they} takes to being carried.", way, said))
	case low == nil:
		return knownScore(c, carrying.value, way+", and backpack outings are on hold.")
	default:
		return knownScore(c, carrying.value, fmt.Sprintf("%s; for being carried in a backpack {they} has likely %.0f of 100 or more.", way, math.Floor(*low)))
	}
}

// The ages in years from which hikes are short, by the rubric, and from which they are a
// strain.
const (
	oldForHikes   = 10
	agingForHikes = 8
)

// scoreHikeAge counts against old cats and cats under half a year for hikes,
// whether they are assessed or not.
func scoreHikeAge(c *Candidate, today time.Time) componentScore {
	months, group := c.Cat.AgeMonths(today), string(c.Cat.AgeGroupOn(today))
	switch {
	case months != nil && *months >= 12*oldForHikes:
		return knownScore(c, -100, fmt.Sprintf("At %d years {they} should only hike short ways, on soft ground; hard hikes are not for {them}.", *months/12))
	case months != nil && *months >= 12*agingForHikes:
		return knownScore(c, -50, fmt.Sprintf("At %d years long or steep hikes are a strain; have a vet look at {their} heart and joints first.", *months/12))
	case months == nil && group == "senior":
		return knownScore(c, -75, "For a senior long or steep hikes are a strain; have a vet look at {their} heart and joints first.")
	case months != nil && *months < 6:
		return knownScore(c, -50, "Under half a year {they} should mostly be carried on hikes.")
	case group == "":
		return unknownScore(c, "Whether hikes are too hard depends on {their} age, which nobody has said.")
	default:
		return knownScore(c, 0, "{their} age is no reason against hikes.")
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
