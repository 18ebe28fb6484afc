package hints

// read adds what the rules find in a text.
func (b *book) read(found []Hint, source, text, name string) []Hint {
	if text == "" || len(b.rules) == 0 {
		return found
	}
	var room [512]token
	tokens := b.tokenize(room[:0], text, name)
	var out reading
	begin := 0 // of the sentence
	for at := 0; at < len(tokens); at++ {
		if tokens[at].mark == fullStop {
			begin = at + 1
			continue
		}
		if !b.begins[tokens[at].id] {
			continue
		}
		out.end = 0
		if b.follow(&out, tokens, at, 0); out.end == 0 {
			continue
		}
		said := sentence{tokens: tokens[begin:], at: at - begin, end: out.end - begin}
		for _, i := range out.rules {
			r := &b.rules[i]
			if level, from := said.level(r); level > 0 {
				words := text[tokens[begin+from].start:tokens[out.end-1].end]
				found = append(found, Hint{Trait: r.Trait, Level: level, Source: source, Words: words, Rule: r.ID})
			}
		}
		at = out.end - 1
	}
	return found
}

// sentence is a phrase that was found, with what stands around it.
type sentence struct {
	tokens  []token // from the sentence's beginning
	at, end int     // of the phrase
}

// level is what a rule reads from the phrase, 0 if nothing, and where its words
// begin: with the no that denies it, if one does.
func (s *sentence) level(r *rule) (level, from int) {
	switch r.Frame {
	case does:
		if !s.catDoes() {
			return 0, s.at
		}
	case is:
		if !s.catIs() {
			return 0, s.at
		}
	case says:
	}
	if no, denied := s.denied(); denied {
		return r.Negated, no
	}
	return r.Level, s.at
}

// denied says whether the phrase stands in the reach of a no: a few words behind
// it, in the same part of the sentence.
func (s *sentence) denied() (no int, denied bool) {
	const reach = 7
	for i := s.at - 1; i >= 0 && i >= s.at-reach; i-- {
		t := &s.tokens[i]
		switch {
		case t.mark.parts():
			return 0, false
		case t.part&denies != 0:
			return i, true
		case t.part&joins != 0 && t.part&likeness == 0 && t.part&binds == 0:
			return 0, false
		}
	}
	return 0, false
}

// catDoes says whether the phrase tells what the cat does: the nearest subject
// before it is the cat, or there is none, and nothing says that it is only wished
// for or was so once.
func (s *sentence) catDoes() bool {
	for i := s.at - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.part&theCat != 0 && t.part&wishes == 0 && !s.another(i):
			return true
		case t.part&(wishes|orders) != 0, t.part&past != 0 && s.at-i <= 4:
			return false
		case t.part&(someone|theCat) != 0 && (s.bound(i) || s.subject(i)):
			return false
		}
	}
	return true
}

// another says whether a word that means the cat means another one here: "the
// other kitty", "your cat".
func (s *sentence) another(i int) bool {
	for i--; i >= 0 && s.tokens[i].part&(before|likeness|stress) != 0; i-- {
		if s.tokens[i].part&other != 0 {
			return true
		}
	}
	return i >= 0 && s.tokens[i].part&other != 0
}

// bound says whether what follows a noun is said of it: "a person who loves hikes".
func (s *sentence) bound(i int) bool { return i+1 < len(s.tokens) && s.tokens[i+1].part&binds != 0 }

// subject says whether a noun stands where a subject stands: at the beginning of
// a sentence or of a part of it, and not behind "with" or "loves".
func (s *sentence) subject(i int) bool {
	for i--; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.part&(before|other|likeness|stress|theCat) != 0:
			continue
		case t.mark == comma, t.part&joins != 0:
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

// catIs says whether the phrase tells what the cat is like.
func (s *sentence) catIs() bool { return s.leadsToCat() && s.endsWell() }

// leadsToCat walks back from the phrase, over what leads from a subject to what
// it is like, to the cat or to the sentence's beginning.
func (s *sentence) leadsToCat() bool {
	verb := false
	for i := s.at - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case verb && t.part&joins != 0: // "came from a barn and is shy"
			whole := sentence{tokens: s.tokens, at: i, end: i}
			return whole.catDoes()
		case t.part&(wishes|past|orders) != 0:
			return false
		case t.part&theCat != 0:
			return !s.another(i)
		case t.mark == comma, t.part&(links|stress|likeness|denies) != 0:
			verb = verb || t.part&copulas != 0
		default:
			return false
		}
	}
	return true
}

// endsWell walks on from the phrase, over more of the kind, and says whether the
// noun that follows, if there is one, may be the cat: "a calm, quiet home" is none.
func (s *sentence) endsWell() bool {
	for i := s.end; i < len(s.tokens); i++ {
		t := &s.tokens[i]
		switch {
		case t.mark == comma, t.part&joins != 0 && t.part&follows == 0:
			if i+1 < len(s.tokens) && (s.tokens[i+1].part&(likeness|stress) != 0 || t.mark == comma && s.tokens[i+1].part&joins != 0) {
				continue
			}
			return true
		case t.mark == fullStop:
			return true
		case t.part&theCat != 0:
			return i+1 == len(s.tokens) || s.tokens[i+1].part&mate == 0
		case t.part&(follows|self) != 0:
			return true
		case t.part&(likeness|stress) != 0:
			continue
		default:
			return false
		}
	}
	return true
}
