package hints

import (
	"cmp"
	"slices"
)

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
					found.hints = rs.appendHint(found.hints, s, r, source, text)
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
func (rs *ruleSet) appendHint(found []candidateHint, s sentence, r *rule, source, text string) []candidateHint {
	if r.Companions {
		var facts []string
		if facts, s.end = rs.companionsAfter(&s, r.Leading); !slices.ContainsFunc(facts, func(f string) bool { return f != "good_with_children" }) {
			return found
		}
	}
	v, from := s.verdict(r)
	level := r.Level
	if v == denied {
		level = r.Negated
	}
	if level > 0 && level != 3 && s.isOccasional() {
		level += cmp.Compare(3, level)
	}
	if v != undecided && level > 0 {
		start, end := s.span(from, s.end)
		found = append(found, candidateHint{rule: r, level: level, source: source, words: text[start:end]})
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
	applies := true
	switch r.Scope {
	case subject:
		applies = s.catIsSubject(false) && !s.negationAmbiguous()
	case history:
		applies = s.catIsSubject(true)
	case predicate:
		attaches, isCat := s.attachesToCat()
		applies = attaches && (isCat || s.headMayBeCat())
	case liked:
		v = s.liking()
		applies = v != undecided
	case standalone: // not "could be your shadow"
		applies = !s.precededBy(s.start, s.start, hypothetical, theCat)
	case wish: // not "was an indoor only cat"
		applies = !s.precededBy(s.start, 4, past, 0)
	}
	conditional := r.Scope != standalone && r.Scope != wish && s.isConditional(r.Once)
	if !applies || conditional || s.isAskedOrPast() || s.end < len(s.tokens) && s.tokens[s.end].class&compound != 0 {
		return undecided, s.start
	}
	if answer, listed := s.answer(); listed {
		return verdictOf(answer), s.start
	}
	if i, negated := s.findNegation(); negated && v == undecided {
		return denied, i
	}
	return max(v, stated), s.start
}

// liking returns whether the cat likes the phrase or, as denied, dislikes it, by the
// nearest word before that says so: not "things like treats", nor "Loves naps, diet: tuna".
func (s *sentence) liking() verdict {
	for i := s.start - 1; i >= max(0, s.start-20); i-- {
		switch t := &s.tokens[i]; {
		case t.class&(liking|disliking) != 0 && (i == 0 || s.tokens[i-1].punct.endsPhrase() || s.tokens[i-1].class != 0) && s.subjectBefore(i, false):
			_, negated := (&sentence{text: s.text, tokens: s.tokens, start: i, end: i}).findNegation()
			if negated == (t.class&liking != 0) {
				return denied
			}
			return stated
		case t.class&(copula|contrast|relative|temporal|hypothetical|past|negation) != 0, t.punct == colon && (s.tokens[max(i-1, 0)].class|s.tokens[max(i-2, 0)].class)&(liking|disliking) == 0:
			return undecided
		}
	}
	return undecided
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

// catIsSubject reports whether the phrase says what the cat does: the nearest
// subject before it is the cat, or there is none, and it is not hypothetical and,
// unless the past is allowed, not past.
func (s *sentence) catIsSubject(pastAllowed bool) bool {
	for i := s.start - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case t.class&theCat != 0 && t.class&hypothetical == 0 && !s.isOtherCat(i):
			return !s.precededBy(i, 2, hedge, 0) && !s.precededBy(i, 1, causative, 0) && !s.isWanted(i)
		case t.class&hypothetical != 0, t.class&imperative != 0 && s.isSubject(i), t.class&past != 0 && s.start-i <= 4 && !pastAllowed:
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

// attachesToCat reports whether the words before the phrase connect it to the cat
// or to the beginning of the sentence, and not to an object ("makes her anxious"). It
// also reports whether they say that the cat is what the phrase describes: "she is a".
func (s *sentence) attachesToCat() (attaches, isCat bool) {
	verb, noun := false, false
	for i := s.start - 1; i >= 0; i-- {
		t := &s.tokens[i]
		switch {
		case verb && t.class&conjunction != 0: // "came from a barn and is shy"
			return s.subjectBefore(i, true), false
		case t.class&(hypothetical|past|imperative) != 0:
			return false, false
		case t.class&theCat != 0:
			attaches = !s.isOtherCat(i) && !s.precededBy(i, 2, hedge|temporal, 0) && !s.precededBy(i, 1, causative, 0) && !s.isWanted(i)
			return attaches, noun && (verb || t.class&copula != 0)
		case t.punct.isPause(), t.class&(linking|intensifier|descriptive|negation) != 0:
			verb = verb || t.class&copula != 0
			noun = (noun || t.class&determiner != 0) && t.class&restriction == 0
		default: // "raised with dogs, playful"
			next := &s.tokens[i+1]
			return (next.punct.isPause() || next.class&conjunction != 0 && next.class&relative == 0) && s.subjectBefore(i+1, false), false
		}
	}
	return true, false
}

// subjectBefore reports whether the cat is the subject of what precedes tokens[i].
func (s *sentence) subjectBefore(i int, pastAllowed bool) bool {
	return (&sentence{text: s.text, tokens: s.tokens, start: i, end: i}).catIsSubject(pastAllowed)
}

// headMayBeCat skips further descriptions after the phrase and reports whether the
// noun that they describe, if there is one, may be the cat: in "a calm, quiet home"
// it is not.
func (s *sentence) headMayBeCat() bool {
	for i, listed := s.end, false; i < len(s.tokens); i++ { // listed: a restriction applies to another description
		t := &s.tokens[i]
		switch {
		case t.punct.isPause(), t.class&conjunction != 0 && t.class&continuation == 0:
			if i+1 < len(s.tokens) && (s.tokens[i+1].class&(descriptive|intensifier) != 0 || t.punct.isPause() && s.tokens[i+1].class&conjunction != 0) {
				listed = true
				continue
			}
			return i+1 == len(s.tokens) || s.tokens[i+1].id != 0 || s.tokens[i+1].class&someone == 0 // not "playful, Jerry …" of a pair
		case t.punct.endsSentence():
			return true
		case t.class&restriction != 0:
			return listed || s.appliesToPeople(i+1)
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
			return i, s.tokens[i+1].class&only == 0 && !s.precededBy(i, 3, temporal, 0) // "when she is not asleep she plays"
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
	return s.precededBy(i, i, negation, conjunction)
}

// precededBy reports whether a word of some classes is among the words before
// tokens[i] in its part of the sentence, before any word of the classes to stop at.
func (s *sentence) precededBy(i, reach int, classes, stop wordClass) bool {
	for from := max(i-reach, 0); i > from; i-- {
		switch t := &s.tokens[i-1]; {
		case t.class&classes != 0:
			return true
		case t.punct.endsPhrase(), t.class&stop != 0:
			return false
		}
	}
	return false
}

// isWanted reports whether the cat at tokens[i] is one that somebody is looking
// for, or may do something in a home that is: "looking for a kitten who will adapt
// quickly", "a home where she can be outdoors".
func (s *sentence) isWanted(i int) bool {
	inPurpose := s.precededBy(i, 2, purpose, 0)
	if inPurpose && i+1 < len(s.tokens) && s.tokens[i+1].class&ability != 0 {
		return true
	}
	return (inPurpose || s.hasRelativeClause(i)) && s.precededBy(i, i, hypothetical, 0)
}

// isConditional reports whether the clause says what is the case in a passing state
// ("if she is scared") or, unless that is allowed, from some time on ("once she knows
// you").
func (s *sentence) isConditional(onceAllowed bool) bool {
	from := s.start
	for from > 0 && s.tokens[from-1].class&contrast == 0 {
		from--
	}
	for i := from; i < len(s.tokens); i++ {
		switch t := &s.tokens[i]; {
		case t.punct.endsSentence(), i >= s.end && t.class&contrast != 0:
			return false
		case t.class&once != 0 && !onceAllowed && i+1 < len(s.tokens) && s.tokens[i+1].class&(theCat|someone|trust|unknownName) != 0:
			return true
		case t.class&temporal != 0 && (i < s.start || i >= s.end):
			for j := i + 1; j < min(i+5, len(s.tokens)) && !s.tokens[j].punct.endsPhrase(); j++ {
				if s.tokens[j].class&state != 0 {
					return true
				}
			}
		}
	}
	return false
}

// isOccasional reports whether the phrase is the case only sometimes.
func (s *sentence) isOccasional() (found bool) {
	for i := max(s.start-3, 0); i <= s.end && i < len(s.tokens); i++ {
		t := &s.tokens[i]
		found = (found || t.class&occasional != 0) && (i >= s.start || !t.punct.endsPhrase())
	}
	return found
}

// isAskedOrPast reports whether the sentence asks ("do you love to play?"), or the
// phrase is no longer the case, or only for a short time: "hissed at first but now …",
// "likes to be held for a moment".
func (s *sentence) isAskedOrPast() bool {
	const reach = 3
	contrastAt := len(s.tokens) // none yet
	for i := s.end; i < len(s.tokens); i++ {
		switch t := &s.tokens[i]; {
		case t.punct.endsSentence():
			return t.punct == question
		case t.class&brief != 0 && i < s.end+reach && (i+1 == len(s.tokens) || s.tokens[i+1].class&(theCat|someone) == 0): // not "the minute you come"
			return true
		case t.class&contrast != 0:
			contrastAt = i
		case t.class&now != 0 && contrastAt < i && i <= contrastAt+reach:
			return true
		}
	}
	return false
}
