package hints

// catIsSubject says whether the phrase tells what the cat does: the nearest subject
// before it is the cat, or there is none, and nothing says that it is only wished
// for or was so once.
func (s *sentence) catIsSubject() bool {
	for i := s.at - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.part&theCat != 0 && t.part&wishes == 0 && !s.refersToOther(i):
			return !s.hedged(i) && !s.describesWanted(i)
		case t.part&(wishes|orders) != 0, t.part&past != 0 && s.at-i <= 4:
			return false
		case t.part&(someone|theCat) != 0 && (s.hasRelativeClause(i) || s.subject(i)):
			return false
		case t.part&named != 0 && s.leads(i+1) && s.subject(i):
			return false
		}
	}
	return true
}

// refersToOther says whether a word that means the cat means another one here: "the
// other kitty", "your cat".
func (s *sentence) refersToOther(i int) bool {
	for i--; i >= 0 && s.tokens[i].part&(before|likeness|intensifier) != 0; i-- {
		if s.tokens[i].part&other != 0 {
			return true
		}
	}
	return i >= 0 && s.tokens[i].part&other != 0
}

// hasRelativeClause says whether what follows a noun is said of it: "a person who loves hikes".
func (s *sentence) hasRelativeClause(i int) bool {
	return i+1 < len(s.tokens) && s.tokens[i+1].part&binds != 0
}

// leads says whether the phrase or a verb that leads to it begins with a token:
// "Sarah is a hiker who loves …".
func (s *sentence) leads(i int) bool {
	return i == s.at || s.tokens[i].part&(copulas|intensifier|denies|past) != 0
}

// subject says whether a noun stands where a subject stands: at the beginning of
// a sentence or of a part of it, and not behind "with" or "loves".
func (s *sentence) subject(i int) bool {
	for i--; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.part&(before|other|likeness|intensifier|theCat) != 0:
			continue
		case t.mark.pauses(), t.part&joins != 0:
			if i > 0 && s.tokens[i-1].part&someone != 0 { // dogs and cats
				i--
				continue
			}
			return true
		default:
			return false
		}
	}
	return true
}
