package hints

// desired says whether the phrase stands right behind a wish: "could be your shadow".
func (s *sentence) desired() bool {
	for i := s.at - 1; i >= 0 && i >= s.at-3; i-- {
		switch t := &s.tokens[i]; {
		case t.mark.parts(), t.part&theCat != 0 && t.part&wishes == 0:
			return false
		case t.part&wishes != 0:
			return true
		}
	}
	return false
}

// hedged says whether a subject stands right behind a hope or an if: "we hope that he".
func (s *sentence) hedged(i int) bool {
	for from := max(i-2, 0); i > from; i-- {
		switch t := &s.tokens[i-1]; {
		case t.mark.parts():
			return false
		case t.part&doubts != 0:
			return true
		}
	}
	return false
}

// describesWanted says whether the cat is one that somebody looks for: "looking for a kitten
// who will adapt quickly".
func (s *sentence) describesWanted(i int) bool {
	if !s.hasRelativeClause(i) {
		return false
	}
	for i--; i >= 0 && !s.tokens[i].mark.parts(); i-- {
		if s.tokens[i].part&wishes != 0 {
			return true
		}
	}
	return false
}

// conditional says whether the sentence tells of what is so from some day on:
// "once she knows you".
func (s *sentence) conditional() bool {
	for i := range s.tokens {
		switch {
		case s.tokens[i].mark.ends():
			return false
		case s.tokens[i].part&once != 0 && i+1 < len(s.tokens) && s.tokens[i+1].part&(theCat|someone|trust|named) != 0:
			return true
		}
	}
	return false
}

// pastOrBrief says whether the phrase tells of what is so no more, or not for long:
// "hissed at first but now …", "likes to be held for a moment".
func (s *sentence) pastOrBrief() bool {
	const reach = 3
	turned := len(s.tokens) // not yet
	for i := s.end; i < len(s.tokens) && !s.tokens[i].mark.ends(); i++ {
		switch t := &s.tokens[i]; {
		case t.part&briefly != 0 && i < s.end+reach:
			return true
		case t.part&turns != 0:
			turned = i
		case t.part&now != 0 && turned < i && i <= turned+reach:
			return true
		}
	}
	return false
}
