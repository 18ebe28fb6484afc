package rating

// readinessRank orders the readiness values, so that a cap is a minimum.
type readinessRank int

const (
	rankHold readinessRank = iota
	rankUnassessed
	rankConfidence
	rankTraining
	rankNow
)

var readinessByRank = [...]Readiness{OnHold, NotYetAssessed, BuildConfidenceFirst, ReadyWithTraining, ReadyNow}

// deriveReadiness sets the grade and the readiness of each activity from the
// evidence and from gates with the effect resolve_first. Holds are applied by
// finalRanks, because they do not change the behavioral readiness.
func (r *Rubric) deriveReadiness(scores []score, e *evidence, gates *openGates) {
	people := r.withoutHints(e)
	for i := range scores {
		a, s := &r.activities[i], &scores[i]
		r.assess(s, e, a, gates.state[i].resolveFirst)
		if !e.hinted {
			continue
		}
		byPeople := score{grade: len(r.doc.Grades), ready: rankUnassessed} // without people's observations
		if people != nil {
			r.estimate(&byPeople, people, a)
			r.assess(&byPeople, people, a, gates.state[i].resolveFirst)
		}
		r.capHints(s, &byPeople)
	}
	ranks := make([]readinessRank, len(scores))
	for i := range scores {
		ranks[i] = scores[i].ready
	}
	capRanks(r.activities, ranks)
	for i := range scores {
		scores[i].ready = ranks[i]
	}
}

// assess sets the grade and the readiness of one activity by itself.
func (r *Rubric) assess(s *score, e *evidence, a *activity, resolveFirst bool) {
	r.assignGrade(s, e, a)
	s.skillShown = r.hasSkill(e, a)
	s.ready = r.behavioralRank(s, e, a, resolveFirst)
}

// capHints removes what only hints have achieved: a grade better than the hint
// grade, a score, and ready now. byPeople is the score from people's observations.
func (r *Rubric) capHints(s, byPeople *score) {
	s.grade = min(max(s.grade, r.hintGrade), byPeople.grade)
	switch byPeople.ready {
	case rankUnassessed:
		s.ready = rankUnassessed
	case rankConfidence, rankTraining:
		s.ready = min(s.ready, rankTraining)
	case rankHold, rankNow:
	}
}

// capRanks applies the dependencies between activities: a hike is never ahead of
// the leash walk, and is ready only with a backpack as refuge.
func capRanks(activities []activity, ranks []readinessRank) {
	for i := range activities {
		a := &activities[i]
		if a.readyNeeds != none && ranks[a.readyNeeds] < rankTraining {
			ranks[i] = min(ranks[i], rankTraining)
		}
		if a.notAbove != none {
			ranks[i] = min(ranks[i], ranks[a.notAbove])
		}
	}
}

// finalRanks returns the readiness ranks with holds and limits to indoors applied.
func finalRanks(activities []activity, scores []score, gates *openGates) []readinessRank {
	final := make([]readinessRank, len(scores))
	for i := range scores {
		final[i] = scores[i].ready
		if gates.state[i].noOutings {
			final[i] = min(final[i], rankTraining)
		}
		if gates.state[i].hold {
			final[i] = rankHold
		}
	}
	capRanks(activities, final)
	return final
}

func (r *Rubric) behavioralRank(s *score, e *evidence, a *activity, resolveFirst bool) readinessRank {
	switch {
	case !r.isAssessed(s, e, a):
		return rankUnassessed
	case s.value < r.limits.confidence || r.anyTripsFloor(a.floor, e):
		return rankConfidence
	case s.value >= r.limits.readyScore && s.low >= r.limits.readyLow &&
		s.reliability >= r.limits.readyReliability &&
		s.skillShown && !r.anyBelowReadyFloor(a.floor, e) && !resolveFirst:
		return rankNow
	default:
		return rankTraining
	}
}

// isAssessed reports whether enough was observed for a score.
func (r *Rubric) isAssessed(s *score, e *evidence, a *activity) bool {
	core := 0
	for _, t := range a.core {
		if r.isObserved(e, t) {
			core++
		}
	}
	for _, t := range a.must {
		if !r.isObserved(e, t) {
			return false
		}
	}
	return core >= r.doc.Readiness.CoreNeeded && s.reliability >= r.limits.reliability
}

func (r *Rubric) anyTripsFloor(traits []int, e *evidence) bool {
	for _, t := range traits {
		if r.tripsFloor(e, t) {
			return true
		}
	}
	return false
}

func (r *Rubric) anyBelowReadyFloor(traits []int, e *evidence) bool {
	for _, t := range traits {
		if r.belowReadyFloor(e, t) {
			return true
		}
	}
	return false
}

// tripsFloor reports whether a trait was observed to be low repeatedly. A single
// observation never trips a floor.
func (r *Rubric) tripsFloor(e *evidence, t int) bool {
	return e.strong[t] >= r.doc.Readiness.FloorMarks && e.peopleMean[t] < r.limits.floorBelow
}

// belowReadyFloor reports whether a trait was observed to be too low for ready now.
func (r *Rubric) belowReadyFloor(e *evidence, t int) bool {
	return r.isObserved(e, t) && e.peopleMean[t] < r.limits.readyFloor
}

// hasSkill reports whether the cat has shown the skills of an activity: one of
// each group.
func (r *Rubric) hasSkill(e *evidence, a *activity) bool {
	for _, group := range a.skill {
		shown := false
		for _, s := range group {
			shown = shown || r.isObserved(e, s.trait) && e.peopleMean[s.trait] >= s.atLeast
		}
		if !shown {
			return false
		}
	}
	return true
}

// assignGrade sets the evidence grade; disagreement between assessors caps it.
func (r *Rubric) assignGrade(s *score, e *evidence, a *activity) {
	grades := r.doc.Grades
	s.grade = len(grades)
	for i, g := range grades {
		age := int(e.asOf - s.newest)
		if (s.any || s.hinted) && s.reliability >= cents(g.Reliability) && s.assessorCount >= cents(g.Assessors) &&
			s.contexts >= g.Contexts && (g.NewestDays == 0 || age <= g.NewestDays) {
			s.grade = i
			break
		}
	}
	rules := &r.doc.Conflict
	several := 0
	for t := range r.traits {
		if a.percent[t] < rules.TraitPercent {
			continue
		}
		if e.disagreement[t] >= rules.SeveralTraitsLevels {
			several++
		}
		s.conflict = s.conflict || e.disagreement[t] >= rules.OneTraitLevels
	}
	s.conflict = s.conflict || several >= rules.SeveralTraits
	if !s.conflict {
		return
	}
	for i, g := range grades {
		if g.Code == rules.GradeCap {
			s.grade = max(s.grade, i)
		}
	}
}

// noGrade is the grade without evidence.
const noGrade = "none"

func (r *Rubric) gradeCode(s *score) string {
	switch {
	case s.grade == len(r.doc.Grades):
		return noGrade
	case s.ready != rankUnassessed || !r.doc.GradeNeedsScore:
		return r.doc.Grades[s.grade].Code
	case s.hinted && !s.any:
		return r.doc.Listing.Grade
	default:
		return noGrade
	}
}

// bandFor returns the band of a score in tenths.
func (r *Rubric) bandFor(value int) bandRow {
	for _, b := range r.doc.Bands {
		if value >= tenths(b.From) {
			return b
		}
	}
	return r.doc.Bands[len(r.doc.Bands)-1]
}
