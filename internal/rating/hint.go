package rating

import (
	"errors"
	"slices"
)

// HintRole is the role in which a listing speaks of a cat, or empty in a rubric
// that does not listen to listings. What it says hints at the cat's nature:
// nobody saw it with the form in hand.
func (r *Rubric) HintRole() string {
	for _, role := range r.doc.Roles {
		if role.Hint {
			return role.Code
		}
	}
	return ""
}

func (r *Rubric) takesHints() bool { return r.HintRole() != "" }

func (r *Rubric) compileListing() error {
	if !r.takesHints() {
		return nil
	}
	r.hintGrade = slices.IndexFunc(r.doc.Grades, func(g gradeRow) bool { return g.Code == r.doc.Listing.GradeCap })
	if r.hintGrade < 0 {
		return errors.New("listing: grade_cap is none of the grades")
	}
	return nil
}

// withoutHints is the evidence of people alone, or nil where no mark is a hint or
// all are.
func (r *Rubric) withoutHints(e *evidence) *evidence {
	if !e.hinted || !slices.ContainsFunc(e.marks, func(m weightedObservation) bool { return !m.hint }) {
		return nil
	}
	bare := &evidence{asOf: e.asOf}
	r.gather(bare, slices.DeleteFunc(slices.Clone(e.marks), func(m weightedObservation) bool { return m.hint }))
	return bare
}

// capHints takes back what only hints brought about: a grade better than their
// cap, a score, and ready now.
func (r *Rubric) capHints(s, seen *score) {
	s.grade = min(max(s.grade, r.hintGrade), seen.grade)
	switch seen.ready {
	case rankUnassessed:
		s.ready = rankUnassessed
	case rankConfidence, rankTraining:
		s.ready = min(s.ready, rankTraining)
	case rankHold, rankNow:
	}
}
