package hints

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v4"

	"trailcat/internal/catalog"
)

//go:embed rules.yaml
var rulesYAML []byte

// embeddedRules returns the rules of rules.yaml, parsed once. A test ensures that
// they parse; if they did not, there would be no hints.
var embeddedRules = sync.OnceValue(func() *ruleSet {
	rules, err := parseRules(rulesYAML)
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
)

// ignoreRule is the id of the rule for phrases to ignore. It has no level, so it
// yields no hint.
const ignoreRule = "ignore"

// rule derives a level of a trait from phrases.
type rule struct {
	ID       string
	Trait    string
	Level    int
	Negated  int      // level of the negated phrase; 0 for no hint
	Scope    scope    // subject unless set
	Once     bool     // applies also if the sentence makes trust a condition
	Weak     bool     // gives way to rules that are not weak; implied by the scope predicate
	Patterns []string // see expand
	Example  struct {
		Text  string // a text that gives Level
		Words string // the words that match in it
	}
	traitIndex int // in the alphabetical order of traits
}

// fieldRule derives levels of a trait from a field.
type fieldRule struct {
	ID, Trait, Field string
	Levels           map[string]int // by lower-case value
	Example          string         // a value that gives a level
	value            func(*catalog.Facts) string
	traitIndex       int // as of rule
}

// ruleSet is a compiled set of rules.
type ruleSet struct {
	rules  []rule // the last is ignoreRule
	fields []fieldRule
	trie
}

func parseRules(text []byte) (*ruleSet, error) {
	var in struct {
		Words  map[string]string // by word class
		Groups map[string]string // phrases by the name that patterns use
		Ignore []string          // patterns
		Rules  []rule
		Fields []fieldRule
	}
	if err := yaml.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("parse rules: %w", err)
	}
	rs := &ruleSet{rules: in.Rules, fields: in.Fields, trie: newTrie()}
	if err := rs.addWordClasses(in.Words); err != nil {
		return nil, err
	}
	rs.addGroups(in.Groups)
	rs.rules = append(rs.rules, rule{ID: ignoreRule, Scope: standalone, Patterns: in.Ignore})
	for i := range rs.rules {
		r := &rs.rules[i]
		if r.Scope == "" {
			r.Scope = subject
		}
		r.Weak = r.Weak || r.Scope == predicate
		for _, pattern := range r.Patterns {
			if err := rs.addPattern(pattern, i); err != nil {
				return nil, fmt.Errorf("rule %s: pattern %q: %w", r.ID, pattern, err)
			}
		}
	}
	for i := range rs.fields {
		f := &rs.fields[i]
		if f.value = fieldValue(f.Field); f.value == nil {
			return nil, fmt.Errorf("rule %s: unknown field %q", f.ID, f.Field)
		}
	}
	rs.indexTraits()
	rs.freeze()
	return rs, nil
}

func (rs *ruleSet) indexTraits() {
	var all []string
	for _, r := range rs.rules {
		all = append(all, r.Trait)
	}
	for _, f := range rs.fields {
		all = append(all, f.Trait)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for i := range rs.rules {
		rs.rules[i].traitIndex, _ = slices.BinarySearch(all, rs.rules[i].Trait)
	}
	for i := range rs.fields {
		rs.fields[i].traitIndex, _ = slices.BinarySearch(all, rs.fields[i].Trait)
	}
}

func (rs *ruleSet) addPattern(pattern string, rule int) error {
	phrases, err := expand(pattern)
	if err != nil {
		return err
	}
	for _, phrase := range phrases {
		if err := rs.addPhrase(phrase, rule); err != nil {
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
//	[out|up]   one of these words, or nothing
//	{pets}     a phrase of this group; [{pets}] for a phrase or nothing
//	...        up to three words of any kind
//
// Between two words of a phrase a text may have intensifiers, such as "really",
// and determiners, such as "the". The elements of the returned phrases keep their
// alternatives and group names.
func expand(pattern string) ([][]string, error) {
	all := [][]string{nil}
	for element := range strings.FieldsSeq(pattern) {
		choices := expandElement(element)
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

func expandElement(element string) [][]string {
	var choices [][]string
	if inner, optional := strings.CutPrefix(element, "["); optional {
		element = strings.TrimSuffix(inner, "]")
		choices = append(choices, nil)
	}
	return append(choices, []string{element})
}
