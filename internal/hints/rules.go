package hints

import (
	_ "embed"
	"fmt"
	"slices"
	"sync"

	"gopkg.in/yaml.v3"

	"trailcat/internal/catalog"
)

//go:embed rules.yaml
var rulesText []byte

// rules are the embedded ones; a test shows that they can be read.
var rules = sync.OnceValue(func() *ruleSet {
	b, err := readBook(rulesText)
	if err != nil {
		return &ruleSet{} // it knows no rule, and finds nothing
	}
	return b
})

// scope is what has to stand around a phrase for it to speak of the cat.
type scope string

const (
	does scope = "does" // the cat is the subject: "(she) loves to play"
	is   scope = "is"   // it is said of the cat, or of a noun that means it: "(is a) curious (girl)"
	says scope = "says" // the phrase says all by itself: "treats are the way to her heart"
)

// ignoreRule is the rule of phrases to pass over. It has no level, and gives no hint.
const ignoreRule = "silent"

// rule reads a level of a trait from phrases.
type rule struct {
	ID      string
	Trait   string
	Level   int
	Negated int      // the level where the phrase is denied; 0: denied, it says nothing
	Frame   scope    // does, unless another is named
	Once    bool     // it is worth saying though it takes trust first
	Loose   bool     // it gives way to rules that are not; those of frame is are
	Says    []string // phrases; see pattern.go
	Example struct {
		Text  string // from which the rule reads its level
		Words string // in which it reads it
	}
	place int // of the trait in the alphabet, among those that rules know
}

// fieldRule reads levels of a trait from a field.
type fieldRule struct {
	ID, Trait, Field string
	Levels           map[string]int // by what the field says, in small letters
	Example          string         // a value that gives a level
	read             func(*catalog.Facts) string
	place            int // as that of a rule
}

// ruleSet is everything the rules say, ready to read with.
type ruleSet struct {
	rules  []rule
	fields []fieldRule
	tree
}

func readBook(text []byte) (*ruleSet, error) {
	var in struct {
		Words  map[string]string // of the grammar
		Groups map[string]string // phrases that patterns name
		Silent []string          // patterns to pass over
		Rules  []rule
		Fields []fieldRule
	}
	if err := yaml.Unmarshal(text, &in); err != nil {
		return nil, fmt.Errorf("read the rules: %w", err)
	}
	b := &ruleSet{rules: in.Rules, fields: in.Fields, tree: newTree()}
	if err := b.addGrammar(in.Words); err != nil {
		return nil, err
	}
	b.addGroups(in.Groups)
	b.rules = append(b.rules, rule{ID: ignoreRule, Frame: says, Says: in.Silent})
	for i := range b.rules {
		r := &b.rules[i]
		if r.Frame == "" {
			r.Frame = does
		}
		r.Loose = r.Loose || r.Frame == is
		for _, pattern := range r.Says {
			if err := b.addPattern(pattern, i); err != nil {
				return nil, fmt.Errorf("rule %s: pattern %q: %w", r.ID, pattern, err)
			}
		}
	}
	for i := range b.fields {
		f := &b.fields[i]
		if f.read = readers[f.Field]; f.read == nil {
			return nil, fmt.Errorf("rule %s: there is no field %q", f.ID, f.Field)
		}
	}
	b.placeTraits()
	b.ready()
	return b, nil
}

func (b *ruleSet) placeTraits() {
	var all []string
	for _, r := range b.rules {
		all = append(all, r.Trait)
	}
	for _, f := range b.fields {
		all = append(all, f.Trait)
	}
	slices.Sort(all)
	all = slices.Compact(all)
	for i := range b.rules {
		b.rules[i].place, _ = slices.BinarySearch(all, b.rules[i].Trait)
	}
	for i := range b.fields {
		b.fields[i].place, _ = slices.BinarySearch(all, b.fields[i].Trait)
	}
}

func (b *ruleSet) addPattern(pattern string, rule int) error {
	all, err := expand(pattern)
	if err != nil {
		return err
	}
	for _, phrase := range all {
		if err := b.add(phrase, rule); err != nil {
			return err
		}
	}
	return nil
}
