package hints

// findInText appends the hints and statements of a text. It uses buffer for the tokens.
func (rs *ruleSet) findInText(found findings, buffer []token, source, text, name string) findings {
	if text == "" || len(rs.rules) == 0 {
		return found
	}
	tokens := rs.tokenize(buffer, text, name)
	var m longestMatches
	var next [numKinds]int // the token after the last phrase of each kind
	begin := 0             // of the sentence
	for i := 0; i < len(tokens); i++ {
		if tokens[i].punct.endsSentence() {
			begin = i + 1
			continue
		}
		if !rs.begins[tokens[i].id] {
			continue
		}
		m[hintRule].end, m[readingRule].end = 0, 0
		rs.match(&m, tokens, i, 0)
		for kind := range m {
			if m[kind].end == 0 || i < next[kind] {
				continue
			}
			next[kind] = m[kind].end
			s := sentence{text: text, tokens: tokens[begin:], start: i - begin, end: m[kind].end - begin}
			for _, index := range m[kind].rules {
				if r := &rs.rules[index]; kind == int(hintRule) {
					found.hints = s.appendHint(found.hints, r, source, text)
				} else {
					found.statements = rs.appendStatements(found.statements, s, r, text)
				}
			}
		}
		i = max(i, min(next[hintRule], next[readingRule])-1)
	}
	return found
}

// appendHint appends the hint that a rule derives from the phrase, if it does.
func (s *sentence) appendHint(found []candidateHint, r *rule, source, text string) []candidateHint {
	v, from := s.verdict(r)
	level := r.Level
	if v == denied {
		level = r.Negated
	}
	if v != undecided && level > 0 {
		start, end := s.span(from, s.end)
		found = append(found, candidateHint{r.traitIndex, r.Weak, Hint{Trait: r.Trait, Level: level, Source: source, Words: text[start:end], Rule: r.ID}})
	}
	return found
}

// span returns the byte offsets in the text from one token to before another. Words
// are not cut from s.text, because the tokens would then leave the stack with them.
func (s *sentence) span(from, to int) (start, end int32) {
	return s.tokens[from].start, s.tokens[to-1].end
}

// sentence is a matched phrase in its sentence. The tokens start with the sentence
// and extend to the end of the text.
type sentence struct {
	text       string
	tokens     []token
	start, end int // of the phrase
}

// verdict is whether a sentence states what a phrase says of the cat, or denies it.
type verdict int

const (
	undecided verdict = iota
	stated
	denied
)

// verdict returns whether the sentence states the phrase of a rule, and the index of
// the first token to quote: the negation if there is one, else the phrase.
func (s *sentence) verdict(r *rule) (v verdict, from int) {
	switch r.Scope {
	case subject:
		if !s.catIsSubject() || s.negationAmbiguous() {
			return undecided, s.start
		}
	case predicate:
		if !s.catIsDescribed() {
			return undecided, s.start
		}
	case standalone:
		if s.isHypothetical() {
			return undecided, s.start
		}
	case wish:
		if s.isPast() {
			return undecided, s.start
		}
	}
	if s.isQuestion() || s.isPastOrBrief() || r.Scope != standalone && r.Scope != wish && !r.Once && s.isConditional() {
		return undecided, s.start
	}
	if answer, listed := s.answer(); listed {
		return verdictOf(answer), s.start
	}
	if i, negated := s.findNegation(); negated {
		return denied, i
	}
	return stated, s.start
}

// verdictOf returns the verdict on an answered phrase, such as "Lap cat: yes". Other
// answers, such as "sometimes", decide nothing.
func verdictOf(answer wordClass) verdict {
	switch {
	case answer&yes != 0:
		return stated
	case answer&(no|negation) != 0:
		return denied
	default:
		return undecided
	}
}

// answer returns the word class after the colon if the phrase is a list item of
// its own, as in "Good with dogs: no".
func (s *sentence) answer() (answer wordClass, listed bool) {
	if s.start > 0 && !s.tokens[s.start-1].punct.endsPhrase() || s.end+1 >= len(s.tokens) || s.tokens[s.end].punct != colon {
		return 0, false
	}
	return s.tokens[s.end+1].class, true
}

// isQuestion reports whether the sentence is a question, as in "do you love to
// play?".
func (s *sentence) isQuestion() bool {
	for i := s.end; i < len(s.tokens); i++ {
		if p := s.tokens[i].punct; p.endsSentence() {
			return p == question
		}
	}
	return false
}

// catIsSubject reports whether the phrase says what the cat does: the nearest
// subject before it is the cat, or there is none, and it is neither hypothetical
// nor past.
func (s *sentence) catIsSubject() bool {
	for i := s.start - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.class&theCat != 0 && t.class&hypothetical == 0 && !s.isOtherCat(i):
			return !s.isHedged(i) && !s.isWanted(i)
		case t.class&(hypothetical|imperative) != 0, t.class&past != 0 && s.start-i <= 4:
			return false
		case t.class&(someone|theCat) != 0 && (s.hasRelativeClause(i) || s.isSubject(i)):
			return false
		case t.class&unknownName != 0 && s.leadsToPhrase(i+1) && s.isSubject(i):
			return false
		}
	}
	return true
}

// isOtherCat reports whether tokens[i], a word for the cat, refers to another cat:
// "the other kitty", "your cat".
func (s *sentence) isOtherCat(i int) bool {
	for i--; i >= 0 && s.tokens[i].class&(determiner|descriptive|intensifier) != 0; i-- {
		if s.tokens[i].class&other != 0 {
			return true
		}
	}
	return i >= 0 && s.tokens[i].class&other != 0
}

// hasRelativeClause reports whether a relative clause follows the noun tokens[i]:
// "a person who loves hikes".
func (s *sentence) hasRelativeClause(i int) bool {
	return i+1 < len(s.tokens) && s.tokens[i+1].class&relative != 0
}

// leadsToPhrase reports whether the phrase, or a verb that leads to it, begins at
// tokens[i]: "Sarah is a hiker who loves …".
func (s *sentence) leadsToPhrase(i int) bool {
	return i == s.start || s.tokens[i].class&(copula|intensifier|negation|past) != 0
}

// isSubject reports whether the noun tokens[i] is in the position of a subject: at
// the beginning of the sentence or of a part of it, and not after "with" or
// "loves".
func (s *sentence) isSubject(i int) bool {
	for i--; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.class&(determiner|other|descriptive|intensifier|theCat) != 0:
			continue
		case t.punct.isPause(), t.class&conjunction != 0:
			if i > 0 && s.tokens[i-1].class&someone != 0 { // "dogs and cats"
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

// catIsDescribed reports whether the phrase describes the cat.
func (s *sentence) catIsDescribed() bool { return s.attachesToCat() && s.headMayBeCat() }

// attachesToCat reports whether the words before the phrase connect it to the cat
// or to the beginning of the sentence.
func (s *sentence) attachesToCat() bool {
	verb := false
	for i := s.start - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case verb && t.class&conjunction != 0: // "came from a barn and is shy"
			before := sentence{text: s.text, tokens: s.tokens, start: i, end: i}
			return before.catIsSubject()
		case t.class&(hypothetical|past|imperative) != 0:
			return false
		case t.class&theCat != 0:
			return !s.isOtherCat(i) && !s.isHedged(i)
		case t.punct.isPause(), t.class&(linking|intensifier|descriptive|negation) != 0:
			verb = verb || t.class&copula != 0
		default:
			return false
		}
	}
	return true
}

// headMayBeCat skips further descriptions after the phrase and reports whether the
// noun that they describe, if there is one, may be the cat: in "a calm, quiet home"
// it is not.
func (s *sentence) headMayBeCat() bool {
	for i := s.end; i < len(s.tokens); i++ {
		t := &s.tokens[i]
		switch {
		case t.punct.isPause(), t.class&conjunction != 0 && t.class&continuation == 0:
			if i+1 < len(s.tokens) && (s.tokens[i+1].class&(descriptive|intensifier) != 0 || t.punct.isPause() && s.tokens[i+1].class&conjunction != 0) {
				continue
			}
			return true
		case t.punct.endsSentence():
			return true
		case t.class&restriction != 0:
			return s.appliesToPeople(i + 1)
		case t.class&theCat != 0:
			return i+1 == len(s.tokens) || s.tokens[i+1].class&companionNoun == 0
		case t.class&(continuation|self) != 0:
			return true
		case t.class&(descriptive|intensifier) != 0:
			continue
		default:
			return false
		}
	}
	return true
}

// appliesToPeople reports whether a restriction that continues at tokens[from]
// includes people, as in "friendly with everyone", and not only dogs.
func (s *sentence) appliesToPeople(from int) bool {
	for i := from; i < len(s.tokens) && i < from+4 && !s.tokens[i].punct.endsPhrase(); i++ {
		if s.tokens[i].class&people != 0 {
			return true
		}
	}
	return false
}

// findNegation returns the index of the negation that applies to the phrase: a few
// words before it, in the same part of the sentence. "Not only" and "not just" do
// not negate.
func (s *sentence) findNegation() (i int, negated bool) {
	const reach = 7
	for i := s.start - 1; i >= 0 && i >= s.start-reach; i-- {
		t := &s.tokens[i]
		switch {
		case t.punct.endsPhrase():
			return 0, false
		case t.class&negation != 0:
			return i, s.tokens[i+1].class&only == 0
		case t.class&or != 0:
		case t.class&conjunction != 0 && t.class&descriptive == 0 && t.class&relative == 0:
			return 0, false
		}
	}
	return 0, false
}

// negationAmbiguous reports whether a negation may extend to the phrase over an
// "and", as in "doesn't sit in front and demand attention". "I don't hide and love
// to play" has the same form, so such a phrase gives no hint.
func (s *sentence) negationAmbiguous() bool {
	i := s.start - 1
	if i < 0 || s.tokens[i].class&conjunction == 0 || s.tokens[i].class&(contrast|relative) != 0 || s.text[s.tokens[s.start].end-1] == 's' {
		return false
	}
	for i--; i >= 0 && !s.tokens[i].punct.endsPhrase(); i-- {
		switch t := &s.tokens[i]; {
		case t.class&negation != 0:
			return true
		case t.class&(conjunction|contrast) != 0 && t.class&descriptive == 0 && t.class&relative == 0:
			return false
		}
	}
	return false
}

// isHypothetical reports whether a hypothetical word precedes the phrase directly:
// "could be your shadow".
func (s *sentence) isHypothetical() bool {
	for i := s.start - 1; i >= 0 && i >= s.start-3; i-- {
		switch t := &s.tokens[i]; {
		case t.punct.endsPhrase(), t.class&theCat != 0 && t.class&hypothetical == 0:
			return false
		case t.class&hypothetical != 0:
			return true
		}
	}
	return false
}

// isPast reports whether a word of the past precedes the phrase by a few words: "was
// an indoor only cat".
func (s *sentence) isPast() bool {
	for i := s.start - 1; i >= 0 && i >= s.start-4 && !s.tokens[i].punct.endsPhrase(); i-- {
		if s.tokens[i].class&past != 0 {
			return true
		}
	}
	return false
}

// isHedged reports whether a hedge precedes the subject tokens[i] directly: "we
// hope that he".
func (s *sentence) isHedged(i int) bool {
	for from := max(i-2, 0); i > from; i-- {
		switch t := &s.tokens[i-1]; {
		case t.punct.endsPhrase():
			return false
		case t.class&hedge != 0:
			return true
		}
	}
	return false
}

// isWanted reports whether the cat at tokens[i] is one that somebody is looking
// for: "looking for a kitten who will adapt quickly".
func (s *sentence) isWanted(i int) bool {
	if !s.hasRelativeClause(i) {
		return false
	}
	for i--; i >= 0 && !s.tokens[i].punct.endsPhrase(); i-- {
		if s.tokens[i].class&hypothetical != 0 {
			return true
		}
	}
	return false
}

// isConditional reports whether the sentence says what is the case from some time
// on: "once she knows you".
func (s *sentence) isConditional() bool {
	for i := range s.tokens {
		switch {
		case s.tokens[i].punct.endsSentence():
			return false
		case s.tokens[i].class&once != 0 && i+1 < len(s.tokens) && s.tokens[i+1].class&(theCat|someone|trust|unknownName) != 0:
			return true
		}
	}
	return false
}

// isPastOrBrief reports whether the phrase is no longer the case, or only for a
// short time: "hissed at first but now …", "likes to be held for a moment".
func (s *sentence) isPastOrBrief() bool {
	const reach = 3
	contrastAt := len(s.tokens) // none yet
	for i := s.end; i < len(s.tokens) && !s.tokens[i].punct.endsSentence(); i++ {
		switch t := &s.tokens[i]; {
		case t.class&brief != 0 && i < s.end+reach:
			return true
		case t.class&contrast != 0:
			contrastAt = i
		case t.class&now != 0 && contrastAt < i && i <= contrastAt+reach:
			return true
		}
	}
	return false
}
