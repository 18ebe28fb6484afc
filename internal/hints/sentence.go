package hints

// read adds what the rules find in a text, which it cuts into tokens on a page.
func (b *ruleSet) read(found []candidateHint, page []token, source, text, name string) []candidateHint {
	if text == "" || len(b.rules) == 0 {
		return found
	}
	tokens := b.tokenize(page, text, name)
	var out longestMatch
	begin := 0 // of the sentence
	for at := 0; at < len(tokens); at++ {
		if tokens[at].mark.ends() {
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
		said := sentence{text: text, tokens: tokens[begin:], at: at - begin, end: out.end - begin}
		for _, i := range out.rules {
			r := &b.rules[i]
			if level, from := said.level(r); level > 0 {
				words := text[tokens[begin+from].start:tokens[out.end-1].end]
				found = append(found, candidateHint{r.place, r.Loose, Hint{Trait: r.Trait, Level: level, Source: source, Words: words, Rule: r.ID}})
			}
		}
		at = out.end - 1
	}
	return found
}

// sentence is a phrase that was found, with what stands around it.
type sentence struct {
	text    string
	tokens  []token // from the sentence's beginning
	at, end int     // of the phrase
}

// level is what a rule reads from the phrase, 0 if nothing, and where its words
// begin: with the no that denies it, if one does.
func (s *sentence) level(r *rule) (level, from int) {
	switch r.Frame {
	case does:
		if !s.catIsSubject() || s.negationAmbiguous() {
			return 0, s.at
		}
	case is:
		if !s.catIsDescribed() {
			return 0, s.at
		}
	case says:
		if s.desired() {
			return 0, s.at
		}
	}
	if s.isQuestion() || s.pastOrBrief() || r.Frame != says && !r.Once && s.conditional() {
		return 0, s.at
	}
	if answer, listed := s.answered(); listed {
		return answer.of(r), s.at
	}
	if no, denied := s.negated(); denied {
		return r.Negated, no
	}
	return r.Level, s.at
}

// of is the level of a rule when it is answered so.
func (answer wordClass) of(r *rule) int {
	switch {
	case answer&yes != 0:
		return r.Level
	case answer&(no|denies) != 0:
		return r.Negated
	default: // sometimes, unknown
		return 0
	}
}

// answered is what stands behind a phrase that is a line of a list by itself:
// "Good with dogs: no".
func (s *sentence) answered() (answer wordClass, listed bool) {
	if s.at > 0 && !s.tokens[s.at-1].mark.parts() || s.end+1 >= len(s.tokens) || s.tokens[s.end].mark != colon {
		return 0, false
	}
	return s.tokens[s.end+1].part, true
}

// isQuestion says whether the sentence is a question, such as "do you love to play?".
func (s *sentence) isQuestion() bool {
	for i := s.end; i < len(s.tokens); i++ {
		if m := s.tokens[i].mark; m.ends() {
			return m == question
		}
	}
	return false
}
