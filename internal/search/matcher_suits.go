package search

// activityFilter is what is asked of a cat for one outing, or as a whole: all of it must hold.
type activityFilter struct {
	place    int
	allowed  valueMask
	scoreMin *float64
}

// askSuit adds what a Suit asks: that of one of its outings all holds. What is
// asked of a single one without a score is asked of fields alone.
func (m *Matcher) askSuit(s *SuitabilityFilter, more *residualFilter) error {
	places, err := s.places()
	if err != nil {
		return err
	}
	if len(places) == 1 && s.ScoreMin == nil {
		s.allow(&m.allowed, places[0])
		return nil
	}
	anyOf := make([]activityFilter, len(places))
	for i, place := range places {
		anyOf[i] = activityFilter{place: place, allowed: fullMask(), scoreMin: s.ScoreMin}
		s.allow(&anyOf[i].allowed, place)
	}
	more.suits = append(more.suits, anyOf)
	return nil
}

// allow takes from a signature what is not asked for at a place.
func (s *SuitabilityFilter) allow(allowed *valueMask, place int) {
	if s.Readiness != nil {
		signedFields().of[readinessAt(place)].allow(allowed, s.Readiness)
	}
	if s.Grades != nil {
		signedFields().of[gradeAt(place)].allow(allowed, s.Grades)
	}
}

func (o *activityFilter) suits(s *MatchDocument) bool {
	return s.marks.subsetOf(&o.allowed) && (o.scoreMin == nil || s.suits.score[o.place].atLeast(*o.scoreMin))
}
