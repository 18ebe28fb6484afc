package search

// outing is what is asked of a cat for one outing, or as a whole: all of it must hold.
type outing struct {
	place    int
	allowed  signature
	scoreMin *float64
}

// askSuit adds what a Suit asks: that of one of its outings all holds. What is
// asked of a single one without a score is asked of fields alone.
func (m *Matcher) askSuit(s *Suit, more *demands) error {
	places, err := s.places()
	if err != nil {
		return err
	}
	if len(places) == 1 && s.ScoreMin == nil {
		s.allow(&m.allowed, places[0])
		return nil
	}
	anyOf := make([]outing, len(places))
	for i, place := range places {
		anyOf[i] = outing{place: place, allowed: everything(), scoreMin: s.ScoreMin}
		s.allow(&anyOf[i].allowed, place)
	}
	more.suits = append(more.suits, anyOf)
	return nil
}

// allow takes from a signature what is not asked for at a place.
func (s *Suit) allow(allowed *signature, place int) {
	if s.Readiness != nil {
		signedFields().of[readinessAt(place)].allow(allowed, s.Readiness)
	}
	if s.Grades != nil {
		signedFields().of[gradeAt(place)].allow(allowed, s.Grades)
	}
}

func (o *outing) suits(s *Subject) bool {
	return s.marks.within(&o.allowed) && (o.scoreMin == nil || s.suits.score[o.place].atLeast(*o.scoreMin))
}
