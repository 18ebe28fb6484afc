package rating

// Impression is the reading of a listing for one activity: no score and no readiness,
// because nobody observed the cat. The empty Impression means that the listing says
// nothing that matters for the activity.
type Impression string

// The impressions.
const (
	ImpressionShy       Impression = "shy"
	ImpressionMixed     Impression = "mixed"
	ImpressionConfident Impression = "confident"
)

// TraitLevel is a level, from 1 to 5, that a listing indicates for a trait.
type TraitLevel struct {
	Trait string
	Level int
}

// Impressions are the impressions over all activities and, in the order of the rubric, of
// each activity.
type Impressions struct {
	Overall    Impression
	Activities []Impression
}

// impressionShare is the least weight in percent of a trait that can give an impression,
// and whose level can contradict that of another trait.
const impressionShare = 5

// Impressions returns what the levels that a listing indicates, at most one per trait,
// say about each activity: confident if their mean, weighted as the traits are for the
// activity, is half a level or more above the middle level 3, shy if it is as far below,
// and otherwise mixed. It is mixed, too, if one trait has level 4 or more and another
// level 2 or less. Both must weigh 5 percent or more, and without such a trait there is no
// impression. Traits that the rubric does not know are ignored.
func (r *Rubric) Impressions(levels []TraitLevel) Impressions {
	out := Impressions{Overall: r.impression(levels, &r.overall, 100*impressionShare), Activities: make([]Impression, len(r.activities))}
	for i := range r.activities {
		out.Activities[i] = r.impression(levels, &r.activities[i], impressionShare)
	}
	return out
}

// impression returns the impression for an activity. relevant is the least weight, in the
// unit of the activity's percent, of a trait that can give one.
func (r *Rubric) impression(levels []TraitLevel, a *activity, relevant int) Impression {
	var total, sum int // of weights, and of weighted distances from the middle level
	var relevantTrait, high, low bool
	for _, l := range levels {
		t, ok := r.traitIndex[l.Trait]
		if !ok {
			continue
		}
		weight := a.percent[t]
		total += weight
		sum += weight * (l.Level - middleLevel)
		if weight >= relevant {
			relevantTrait, high, low = true, high || l.Level > middleLevel, low || l.Level < middleLevel
		}
	}
	switch {
	case !relevantTrait:
		return ""
	case high && low:
		return ImpressionMixed
	case 2*sum >= total:
		return ImpressionConfident
	case 2*sum <= -total:
		return ImpressionShy
	default:
		return ImpressionMixed
	}
}

const middleLevel = 3
