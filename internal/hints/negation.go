package hints

// negated says whether the phrase stands in the reach of a no: a few words behind
// it, in the same part of the sentence.
func (s *sentence) negated() (no int, denied bool) {
	const reach = 7
	for i := s.at - 1; i >= 0 && i >= s.at-reach; i-- {
		t := &s.tokens[i]
		switch {
		case t.mark.parts():
			return 0, false
		case t.part&denies != 0:
			return i, s.tokens[i+1].part&only == 0 // not only, not just
		case t.part&or != 0:
		case t.part&joins != 0 && t.part&likeness == 0 && t.part&binds == 0:
			return 0, false
		}
	}
	return 0, false
}

// negationAmbiguous says whether a no may reach the phrase over an and, as in "doesn't sit
// in front and demand attention". "I don't hide and love to play" looks the same,
// so such a phrase says nothing.
func (s *sentence) negationAmbiguous() bool {
	i := s.at - 1
	if i < 0 || s.tokens[i].part&joins == 0 || s.tokens[i].part&(turns|binds) != 0 || s.text[s.tokens[s.at].end-1] == 's' {
		return false
	}
	for i--; i >= 0 && !s.tokens[i].mark.parts(); i-- {
		switch t := &s.tokens[i]; {
		case t.part&denies != 0:
			return true
		case t.part&(joins|turns) != 0 && t.part&likeness == 0 && t.part&binds == 0:
			return false
		}
	}
	return false
}
