package hints

import (
	_ "embed"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"trailcat/internal/catalog"
)

//go:embed rules.yaml
var rulesYAML []byte

//go:embed readings.yaml
var readingsYAML []byte

// embeddedRules returns the rules of rules.yaml and readings.yaml, parsed once. A test
// ensures that they parse; if they did not, there would be no hints.
var embeddedRules = sync.OnceValue(func() *ruleSet {
	rules, err := parseRules(rulesYAML, readingsYAML)
	if err != nil {
		return &ruleSet{}
	}
	return rules
})

// scope says how a phrase must relate to the cat for its rule to apply.
type scope string

const (
	subject    scope = "subject"    // the cat is the subject: "(she) loves to play"
	predicate  scope = "predicate"  // the phrase describes the cat or a noun for it: "(is a) curious (girl)"
	standalone scope = "standalone" // the phrase is about the cat by itself: "treats are the way to her heart"
	history    scope = "history"    // the cat is the subject, now or in the past: "(she) lived outdoors"
	liked      scope = "liked"      // the cat likes what the phrase names, or dislikes it if negated: "(loves cuddles and) treats"
	wish       scope = "wish"       // the phrase says what the cat needs, if only in the future: "a home without dogs would be best"
)

// ignoreRule is the id of the rules for phrases to ignore. They have neither a level
// nor a statement, so they yield nothing.
const ignoreRule = "ignore"

// ruleKind is what a rule is for. At each word the longest phrase of each kind counts.
type ruleKind int

const (
	hintRule    ruleKind = iota // for hints, which have a trait of the rubric
	readingRule                 // for statements on temperament and household
	numKinds
)

// rule derives a level of a trait from phrases, or a statement on temperament or
// household, or both.
type rule struct {
	ID          string
	Trait       string
	Level       int
	Negated     int      // level of the negated phrase; 0 for no hint
	Temperament string   // the term that the phrase states
	Household   []string // the facts on which the phrase is a statement, by filter
	Companions  bool     // a list of companions follows the phrase: a statement on each
	Unlikely    bool     // the statements are that the facts are not the case
	Opposite    bool     // a negated phrase states the opposite
	Leading     bool     // applies only if the phrase and the list are a part of a sentence: "No dogs, please"
	Scope       scope    // subject unless set
	Once        bool     // applies also if the sentence makes trust a condition
	Weak        bool     // gives way to rules that are not weak; implied by the scope predicate
	Patterns    []string // see expand
	Example     struct {
		Text  string // a text that gives Level
		Words string // the words that match in it
	}
	traitIndex int
	kinds      []ruleKind // that apply to the rule
}

// fieldRule derives levels of a trait from a field.
type fieldRule struct {
	ID, Trait, Field string
	Levels           map[string]int    // by lower-case value
	Says             map[string]string // the value in plain words, by lower-case value; see answer
	Recorded         bool              // the field is the shelter's record; see Hint
	Example          string            // a value that gives a level
	value            func(*catalog.Facts) string
	traitIndex       int
}

// ruleSet is a compiled set of rules.
type ruleSet struct {
	rules  []rule
	fields []fieldRule
	trie
	traits     []string
	companions []companion
	limits     int32 // root of the group of words that limit a list of companions
}

func parseRules(texts ...[]byte) (*ruleSet, error) {
	rs := &ruleSet{trie: newTrie()}
	for _, text := range texts {
		var in struct {
			Words     map[string]string // by word class
			Groups    map[string]string // phrases by the name that patterns use
			Ignore    []string          // patterns
			Qualified []string          // patterns that state no trait, only something near it
			Rules     []rule
			Fields    []fieldRule
		}
		if err := yaml.Unmarshal(text, &in); err != nil {
			return nil, fmt.Errorf("parse rules: %w", err)
		}
		if err := rs.addWordClasses(in.Words); err != nil {
			return nil, err
		}
		rs.addGroups(in.Groups)
		rs.rules, rs.fields = append(rs.rules, in.Rules...), append(rs.fields, in.Fields...)
		rs.rules = append(rs.rules,
			rule{ID: ignoreRule, Scope: standalone, Patterns: in.Ignore, kinds: []ruleKind{hintRule, readingRule}},
			rule{ID: ignoreRule, Scope: standalone, Patterns: in.Qualified, kinds: []ruleKind{readingRule}})
	}
	rs.addTemperamentRules()
	rs.addCompanions()
	for i := range rs.rules {
		r := &rs.rules[i]
		if r.Scope == "" {
			r.Scope = subject
		}
		r.Weak = r.Weak || r.Scope == predicate
		r.traitIndex = rs.traitIndex(r.Trait)
		r.setKinds()
		for _, pattern := range r.Patterns {
			if err := rs.addPattern(pattern, i, r.kinds); err != nil {
				return nil, fmt.Errorf("rule %s: pattern %q: %w", r.ID, pattern, err)
			}
		}
	}
	for i := range rs.fields {
		f := &rs.fields[i]
		f.traitIndex = rs.traitIndex(f.Trait)
		if f.value = fieldValue(f.Field); f.value == nil {
			return nil, fmt.Errorf("rule %s: unknown field %q", f.ID, f.Field)
		}
	}
	rs.freeze()
	return rs, nil
}

// setKinds sets the kinds of a rule by what it states, unless they are set.
func (r *rule) setKinds() {
	if r.Trait != "" {
		r.kinds = append(r.kinds, hintRule)
	}
	if r.Temperament != "" || len(r.Household) > 0 || r.Companions {
		r.kinds = append(r.kinds, readingRule)
	}
}

// traitIndex returns the index of a trait in rs.traits, and adds it if it is new.
func (rs *ruleSet) traitIndex(trait string) int {
	if !slices.Contains(rs.traits, trait) {
		rs.traits = append(rs.traits, trait)
	}
	return slices.Index(rs.traits, trait)
}

func (rs *ruleSet) addPattern(pattern string, rule int, kinds []ruleKind) error {
	phrases, err := expand(pattern)
	if err != nil {
		return err
	}
	for _, phrase := range phrases {
		if err := rs.addPhrase(phrase, rule, kinds); err != nil {
			return err
		}
	}
	return nil
}

// gapWord matches up to three words.
const gapWord = "..."

// maxPhrases limits the phrases of one pattern; more would be a mistake.
const maxPhrases = 4000

// expand returns the phrases of a pattern. A pattern is a list of elements
// separated by spaces:
//
//	cat        this word
//	cat|dog    one of these words
//	nap~       a form of this verb: nap, naps or napping
//	[out|up]   one of these words, or nothing
//	{pets}     a phrase of this group; [{pets}] for a phrase or nothing
//	...        up to three words of any kind
//
// Between two words of a phrase a text may have intensifiers, such as "really",
// and determiners, such as "the". The elements of the returned phrases keep their
// alternatives and group names.
func expand(pattern string) ([][]string, error) {
	all := [][]string{nil}
	for element := range strings.FieldsSeq(verb.ReplaceAllStringFunc(pattern, inflect)) {
		choices := [][]string{{strings.Trim(element, "[]")}}
		if strings.HasPrefix(element, "[") {
			choices = append(choices, nil)
		}
		next := make([][]string, 0, len(all)*len(choices))
		for _, before := range all {
			for _, choice := range choices {
				next = append(next, append(slices.Clip(before), choice...))
			}
		}
		if all = next; len(all) > maxPhrases {
			return nil, fmt.Errorf("more than %d phrases", maxPhrases)
		}
	}
	return all, nil
}

var (
	verb     = regexp.MustCompile("[a-z]+~")
	sibilant = regexp.MustCompile("(s|x|z|ch|sh|o)$")
	doubled  = regexp.MustCompile("^[^aeiou]*[aeiou][bdgmnprt]$") // nap, skip, but not purr
)

// inflect returns the forms of a verb that ends with "~", as alternatives.
func inflect(verb string) string {
	verb = strings.TrimSuffix(verb, "~")
	third, stem := verb+"s", strings.TrimSuffix(verb, "e")
	switch {
	case sibilant.MatchString(verb):
		third = verb + "es"
	case strings.HasSuffix(verb, "y") && !strings.HasSuffix(verb, "ay"):
		third = strings.TrimSuffix(verb, "y") + "ies"
	case strings.HasSuffix(verb, "ee"):
		stem = verb
	case strings.HasSuffix(verb, "ie"):
		stem = strings.TrimSuffix(verb, "ie") + "y"
	case doubled.MatchString(verb):
		stem += verb[len(verb)-1:]
	}
	return verb + "|" + third + "|" + stem + "ing"
}
