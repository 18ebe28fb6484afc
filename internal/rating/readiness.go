package rating

// rank orders the readiness words, so that caps are a min.
type rank int

const (
	rankHold rank = iota
	rankUnassessed
	rankConfidence
	rankTraining
	rankNow
)

var rankWords = [...]Readiness{OnHold, NotYetAssessed, BuildConfidenceFirst, ReadyWithTraining, ReadyNow}

// deriveReadiness sets what the marks, and gates that have to be resolved, say of each
// activity. Holds come later: they do not change behaviour.
func (r *Rubric) deriveReadiness(scores []score, e *evidence, gates *openGates) {
	bare := r.withoutHints(e)
	for i := range scores {
		a, s := &r.activities[i], &scores[i]
		r.judgeOne(s, e, a, gates.state[i].resolveFirst)
		if !e.hinted {
			continue
		}
		seen := score{grade: len(r.doc.Grades), ready: rankUnassessed} // as when nobody saw anything
		if bare != nil {
			r.estimate(&seen, bare, a)
			r.judgeOne(&seen, bare, a, gates.state[i].resolveFirst)
		}
		r.capHints(s, &seen)
	}
	ranks := make([]rank, len(scores))
	for i := range scores {
		ranks[i] = scores[i].ready
	}
	capRanks(r.activities, ranks)
	for i := range scores {
		scores[i].ready = ranks[i]
	}
}

func (r *Rubric) judgeOne(s *score, e *evidence, a *activity, resolveFirst bool) {
	r.grade(s, e, a)
	s.skillShown = r.skillShown(e, a)
	s.ready = r.behavior(s, e, a, resolveFirst)
}

// capRanks applies what one activity asks of another: a hike goes no further
// than the leash walk, and is ready only with a backpack as refuge.
func capRanks(activities []activity, ranks []rank) {
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

func (r *Rubric) behavior(s *score, e *evidence, a *activity, resolveFirst bool) rank {
	switch {
	case !r.assessed(s, e, a):
		return rankUnassessed
	case s.value < r.limits.confidence || r.trippedFloor(e, a):
		return rankConfidence
	case s.value >= r.limits.readyScore && s.low >= r.limits.readyLow &&
		s.reliability >= r.limits.readyReliability &&
		s.skillShown && !r.shakyFloor(e, a) && !resolveFirst:
		return rankNow
	default:
		return rankTraining
	}
}

func (r *Rubric) assessed(s *score, e *evidence, a *activity) bool {
	core := 0
	for _, t := range a.core {
		if r.seen(e, t) {
			core++
		}
	}
	for _, t := range a.must {
		if !r.seen(e, t) {
			return false
		}
	}
	return core >= r.doc.Readiness.CoreNeeded && s.reliability >= r.limits.reliability
}

// floorTripped says that a trait was bad more than once. A single bad mark
// never does that.
func (r *Rubric) floorTripped(e *evidence, t int) bool {
	return e.strong[t] >= r.doc.Readiness.FloorMarks && e.seen10[t] < r.limits.floorBelow
}

// belowReadyFloor says that a trait was seen to be too low for ready now.
func (r *Rubric) belowReadyFloor(e *evidence, t int) bool {
	return r.seen(e, t) && e.seen10[t] < r.limits.readyFloor
}

func (r *Rubric) trippedFloor(e *evidence, a *activity) bool {
	for _, t := range a.floor {
		if r.floorTripped(e, t) {
			return true
		}
	}
	return false
}

func (r *Rubric) shakyFloor(e *evidence, a *activity) bool {
	for _, t := range a.floor {
		if r.belowReadyFloor(e, t) {
			return true
		}
	}
	return false
}

func (r *Rubric) skillShown(e *evidence, a *activity) bool {
	for _, group := range a.skill {
		shown := false
		for _, s := range group {
			shown = shown || r.seen(e, s.trait) && e.seen10[s.trait] >= s.atLeast
		}
		if !shown {
			return false
		}
	}
	return true
}

// grade says how good the evidence is; disagreement caps it.
func (r *Rubric) grade(s *score, e *evidence, a *activity) {
	grades := r.doc.Grades
	s.grade = len(grades)
	for i, g := range grades {
		age := int(e.asOf - s.newest)
		if (s.any || s.hinted) && s.reliability >= cents(g.Reliability) && s.backing >= cents(g.Assessors) &&
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
		if e.disagree[t] >= rules.SeveralTraitsLevels {
			several++
		}
		s.conflict = s.conflict || e.disagree[t] >= rules.OneTraitLevels
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

func (r *Rubric) gradeCode(s *score) string {
	if s.grade == len(r.doc.Grades) {
		return "none"
	}
	return r.doc.Grades[s.grade].Code
}

func (r *Rubric) band(value int) bandRow {
	for _, b := range r.doc.Bands {
		if value >= tenths(b.From) {
			return b
		}
	}
	return r.doc.Bands[len(r.doc.Bands)-1]
}
