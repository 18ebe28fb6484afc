package hints

// catIsDescribed says whether the phrase tells what the cat is like.
func (s *sentence) catIsDescribed() bool { return s.attachesToCat() && s.headMayBeCat() }

// attachesToCat walks back from the phrase, over what leads from a subject to what
// it is like, to the cat or to the sentence's beginning.
func (s *sentence) attachesToCat() bool {
	verb := false
	for i := s.at - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case verb && t.part&joins != 0: // "came from a barn and is shy"
			whole := sentence{text: s.text, tokens: s.tokens, at: i, end: i}
			return whole.catIsSubject()
		case t.part&(wishes|past|orders) != 0:
			return false
		case t.part&theCat != 0:
			return !s.refersToOther(i) && !s.hedged(i)
		case t.mark.pauses(), t.part&(links|intensifier|likeness|denies) != 0:
			verb = verb || t.part&copulas != 0
		default:
			return false
		}
	}
	return true
}

// headMayBeCat walks on from the phrase, over more of the kind, and says whether the
// noun that follows, if there is one, may be the cat: "a calm, quiet home" is none.
func (s *sentence) headMayBeCat() bool {
	for i := s.end; i < len(s.tokens); i++ {
		t := &s.tokens[i]
		switch {
		case t.mark.pauses(), t.part&joins != 0 && t.part&follows == 0:
			if i+1 < len(s.tokens) && (s.tokens[i+1].part&(likeness|intensifier) != 0 || t.mark.pauses() && s.tokens[i+1].part&joins != 0) {
				continue
			}
			return true
		case t.mark.ends():
			return true
		case t.part&limits != 0:
			return s.ofPeople(i + 1)
		case t.part&theCat != 0:
			return i+1 == len(s.tokens) || s.tokens[i+1].part&companionNoun == 0
		case t.part&(follows|self) != 0:
			return true
		case t.part&(likeness|intensifier) != 0:
			continue
		default:
			return false
		}
	}
	return true
}

// ofPeople says whether what the cat is like is so with people, and not only with
// dogs: "friendly with everyone".
func (s *sentence) ofPeople(from int) bool {
	for i := from; i < len(s.tokens) && i < from+4 && !s.tokens[i].mark.parts(); i++ {
		if s.tokens[i].part&people != 0 {
			return true
		}
	}
	return false
}
