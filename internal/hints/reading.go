package hints

import (
	"slices"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

// statement is what a listing says of one subject: a trait of temperament or a fact
// of the household.
type statement struct {
	subject  string // a term of vocab.Temperaments or the filter of a fact
	affirmed bool
	quote    string
}

// newReading returns what a listing says of temperament and household, from the
// statements of its texts and from its tags. A tag is the shelter's own choice of
// words, so it prevails over the texts. Texts that affirm and deny the same say
// nothing of it, and neither does anything on a fact that the shelter states.
func newReading(f *catalog.Facts, inTexts []statement) catalog.ListingReading {
	var out catalog.ListingReading
	if len(inTexts) == 0 && len(f.Traits.Tags) == 0 {
		return out
	}
	inTags := tagStatements(f.Traits.Tags)
	decide := func(subject string) *statement {
		if s, found := consistentStatement(inTags, subject); found {
			return s
		}
		s, _ := consistentStatement(inTexts, subject)
		return s
	}
	for _, term := range vocab.Temperaments() {
		if s := decide(term); s != nil && s.affirmed {
			out.Temperament = append(out.Temperament, catalog.TemperamentReading{Term: term, Quote: s.quote})
		}
	}
	for _, fact := range readableFacts() {
		if s := decide(fact.name); s != nil && *fact.at(f) == nil {
			out.Household = append(out.Household, catalog.HouseholdReading{Fact: fact.name, Likely: s.affirmed, Quote: s.quote})
		}
	}
	return out
}

// consistentStatement returns the first statement on a subject, or nil if others
// contradict it, and whether there is any.
func consistentStatement(all []statement, subject string) (first *statement, found bool) {
	for i := range all {
		switch s := &all[i]; {
		case s.subject != subject:
		case !found:
			first, found = s, true
		case first != nil && first.affirmed != s.affirmed:
			first = nil
		}
	}
	return first, found
}

// tagStatements returns the statements of tags that the vocabulary understands as a
// whole.
func tagStatements(tags []string) []statement {
	var out []statement
	for _, tag := range tags {
		if fact, affirmed, ok := vocab.ParseHousehold(tag); ok {
			out = append(out, statement{fact, affirmed, tag})
			continue
		}
		if terms, unparsed := vocab.ParseTemperament(tag); unparsed == "" {
			for _, term := range terms {
				out = append(out, statement{term, true, tag})
			}
		}
	}
	return out
}

// readableFact is a fact that a listing can make likely, by the name of its filter.
type readableFact struct {
	name string
	at   func(*catalog.Facts) **bool
}

var readableFacts = sync.OnceValue(func() []readableFact {
	var out []readableFact
	for _, fact := range catalog.FactTable() {
		if at, ok := fact.At.(func(*catalog.Facts) **bool); ok && fact.FromText {
			out = append(out, readableFact{fact.Filter, at})
		}
	}
	return out
})

// addTemperamentRules adds a rule for each trait with the words of the vocabulary
// that describe a cat.
func (rs *ruleSet) addTemperamentRules() {
	for _, w := range vocab.TemperamentWords() {
		rs.rules = append(rs.rules, rule{ID: w.Term, Temperament: w.Term, Scope: predicate, Patterns: []string{w.Word}})
	}
}

// companion is somebody with whom a cat may live: the root of the group of their
// names, and the filter of the fact.
type companion struct {
	root int32
	fact string
}

// addCompanions looks up the groups that lists of companions consist of.
func (rs *ruleSet) addCompanions() {
	for name, fact := range map[string]string{"{children}": "good_with_children", "{dogs}": "good_with_dogs", "{cats}": "good_with_cats"} {
		if root, ok := rs.groups[name]; ok {
			rs.companions = append(rs.companions, companion{root, fact})
		}
	}
	rs.limits = rs.groups["{limits}"]
}

// appendStatements appends the statements that a rule derives from the phrase.
func (rs *ruleSet) appendStatements(found []statement, s sentence, r *rule, text string) []statement {
	facts := r.Household
	if r.Companions {
		if facts, s.end = rs.companionsAfter(&s, r.Leading); len(facts) == 0 {
			return found
		}
	}
	v, from := s.verdict(r)
	if _, listed := s.answer(); listed && s.end+2 < len(s.tokens) && !s.tokens[s.end+2].punct.endsSentence() {
		return found // "Good with kids: yes, older ones"
	}
	if v == undecided || r.Leading && from > 0 && !s.tokens[from-1].punct.endsPhrase() {
		return found
	}
	start, end := s.span(from, s.end)
	if r.Temperament != "" {
		return append(found, statement{r.Temperament, v == stated, text[start:end]})
	}
	if v == denied && !r.Opposite {
		return found
	}
	for _, fact := range facts {
		found = append(found, statement{fact, (v == stated) != r.Unlikely, text[start:end]})
	}
	return found
}

// companionsAfter returns the facts on the companions that are listed after the phrase,
// as in "(good with) kids, dogs and other cats", and the end of the list. There are
// none if the list ends with a limit, as in "dogs who are calm" or "kids over ten",
// or continues with a word that the rules do not contain. If the list must be the end
// of a part of the sentence, only "please" may follow.
func (rs *ruleSet) companionsAfter(s *sentence, atEnd bool) (facts []string, end int) {
	for i := s.end; i < len(s.tokens); {
		fact, next := rs.companionAt(s.tokens, i)
		if next == 0 {
			break
		}
		facts, end = append(facts, fact), next
		for i = next; i < len(s.tokens) && (s.tokens[i].punct == comma || s.tokens[i].class&conjunction != 0 && s.tokens[i].class&(contrast|relative) == 0); i++ {
		}
		if i == next {
			break
		}
	}
	if len(facts) == 0 || end == len(s.tokens) || s.tokens[end].punct.endsPhrase() {
		return facts, end
	}
	var buffer [4]int
	t := &s.tokens[end]
	switch {
	case len(rs.groupMatchEnds(buffer[:0], s.tokens, end, rs.limits)) > 0:
		return nil, 0
	case atEnd && t.class&imperative == 0, !atEnd && t.class&(conjunction|continuation|imperative|intensifier) == 0:
		return nil, 0
	default:
		return facts, end
	}
}

// companionAt returns the fact on the companion at tokens[start] and the index after
// the longest name for it, 0 if there is none.
func (rs *ruleSet) companionAt(tokens []token, start int) (fact string, end int) {
	for _, c := range rs.companions {
		var buffer [8]int
		if ends := rs.groupMatchEnds(buffer[:0], tokens, start, c.root); len(ends) > 0 && slices.Max(ends) > end {
			fact, end = c.fact, slices.Max(ends)
		}
	}
	return fact, end
}
