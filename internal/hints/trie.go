package hints

import (
	"fmt"
	"slices"
	"strings"
)

// wordID identifies a word that the rules contain; 0 stands for any other word.
type wordID uint16

// wordClass is a set of the functions of a word in a sentence, as far as the rules
// need them. A word may have several.
type wordClass uint32

// The word classes, with examples.
const (
	intensifier   wordClass = 1 << iota // really, very: may occur anywhere in a phrase
	theCat                              // she, my, girl: refers to the cat
	someone                             // owner, dogs, we: refers to somebody else
	other                               // other, your: the noun for a cat after it is another cat
	determiner                          // the, his, new: precedes a noun
	conjunction                         // and, that, because: a subject may follow
	relative                            // who, that: a clause about the noun before it follows
	negation                            // not, never, isn't
	hypothetical                        // would, if, looking: not the case now
	past                                // was, used: no longer the case
	linking                             // is, seems, a: may be between the cat and its description
	copula                              // is, seems: the verbs of linking
	descriptive                         // affectionate, young: describes somebody
	continuation                        // with, when: may follow a description of the cat
	self                                // personality, side: belongs to the cat
	companionNoun                       // friend, companion: "kitty friend" is not the cat
	imperative                          // please, come: addresses the adopter
	restriction                         // with, around: limits the description to what follows
	people                              // everyone, us: a description limited to people is general
	once                                // once: from then on
	trust                               // settled, comfortable: takes time
	only                                // only, just: "not only" is no negation
	yes                                 // yes: after a colon
	no                                  // no, never: after a colon
	hedge                               // hope, if, whether: what follows may not be the case
	or                                  // or: a negation extends beyond it
	contrast                            // but, though: the opposite follows
	now                                 // now, today: was not the case before
	brief                               // moment, briefly: hardly the case
	unknownName                         // a capitalized word that the rules do not contain
)

// wordClassNames maps the keys under "words" in rules.yaml to word classes.
var wordClassNames = map[string]wordClass{
	"intensifier": intensifier, "the_cat": theCat, "someone": someone, "other": other, "determiner": determiner, "conjunction": conjunction,
	"relative": relative, "negation": negation, "hypothetical": hypothetical, "past": past, "linking": linking, "copula": copula,
	"descriptive": descriptive, "continuation": continuation, "self": self, "companion_noun": companionNoun, "imperative": imperative,
	"restriction": restriction, "people": people, "once": once, "trust": trust, "only": only, "yes": yes, "no": no, "hedge": hedge, "or": or,
	"contrast": contrast, "now": now, "brief": brief,
}

// trie holds all phrases by their words and groups. Its maps are used while it is
// built; freeze replaces them by tables for reading.
type trie struct {
	ids         map[string]wordID // until frozen
	words       lexicon           // once frozen
	and         wordID
	classes     []wordClass             // by word
	begins      []bool                  // by word: whether a phrase begins with it
	building    map[transitionKey]int32 // until frozen
	transitions transitionTable         // once frozen
	nodes       []node
	groups      map[string]int32    // root node of each group
	roots       [][]groupTransition // by word: the groups at the beginning of a phrase that may begin with the word
}

type node struct {
	rules  [numKinds][]int32 // rules of each kind with a phrase that ends here
	group  bool              // whether a phrase of a group ends here
	groups []groupTransition // groups that may follow
	gap    int32             // the node after a gap of up to three words; 0 for none
}

// groupTransition leads over a phrase of a group to the next node.
type groupTransition struct{ root, next int32 }

func newTrie() trie {
	return trie{
		ids: map[string]wordID{}, classes: make([]wordClass, 1), begins: make([]bool, 1), building: map[transitionKey]int32{},
		nodes: make([]node, 1), groups: map[string]int32{},
	}
}

// internWord returns the id of a word, and adds the word if it is new.
func (t *trie) internWord(word string) wordID {
	id, ok := t.ids[word]
	if !ok {
		id = wordID(len(t.classes))
		t.ids[word] = id
		t.classes, t.begins = append(t.classes, 0), append(t.begins, false)
	}
	return id
}

func (t *trie) addWordClasses(words map[string]string) error {
	for name, list := range words {
		class, ok := wordClassNames[name]
		if !ok {
			return fmt.Errorf("unknown word class %q", name)
		}
		for word := range strings.FieldsSeq(list) {
			t.classes[t.internWord(word)] |= class
		}
	}
	return nil
}

func (t *trie) addGroups(groups map[string]string) {
	for name, phrases := range groups {
		root := t.newNode()
		t.groups["{"+name+"}"] = root
		for phrase := range strings.SplitSeq(phrases, ",") {
			n := root
			for word := range strings.FieldsSeq(phrase) {
				n = t.addTransition(n, t.internWord(word))
			}
			t.nodes[n].group = true
		}
	}
}

func (t *trie) newNode() int32 {
	t.nodes = append(t.nodes, node{})
	return int32(len(t.nodes) - 1)
}

// addPhrase adds a phrase of a rule of some kinds. The elements of the phrase are as
// expand returns them.
func (t *trie) addPhrase(phrase []string, rule int, kinds []ruleKind) error {
	n := int32(0)
	for _, element := range phrase {
		switch {
		case strings.ContainsAny(element, "{|"):
			root, err := t.groupRoot(element)
			if err != nil {
				return err
			}
			n = t.addGroupTransition(n, root)
		case element == gapWord:
			if t.nodes[n].gap == 0 {
				gap := t.newNode()
				t.nodes[n].gap = gap
			}
			n = t.nodes[n].gap
		default:
			n = t.addTransition(n, t.internWord(element))
		}
	}
	for _, kind := range kinds {
		if rules := &t.nodes[n].rules[kind]; !slices.Contains(*rules, int32(rule)) {
			*rules = append(*rules, int32(rule))
		}
	}
	return nil
}

// groupRoot returns the root node of a group, or of alternatives, which form a
// group without a name.
func (t *trie) groupRoot(element string) (int32, error) {
	if root, ok := t.groups[element]; ok {
		return root, nil
	}
	root := t.newNode()
	for word := range strings.SplitSeq(element, "|") {
		if !strings.HasPrefix(word, "{") {
			t.nodes[t.addTransition(root, t.internWord(word))].group = true
			continue
		}
		inner, ok := t.groups[word]
		if !ok {
			return 0, fmt.Errorf("unknown group %q", word)
		}
		t.nodes[root].groups = append(t.nodes[root].groups, groupTransition{inner, 0})
	}
	t.groups[element] = root
	return root, nil
}

// addTransition returns the target of a transition, and adds it if it is new.
func (t *trie) addTransition(from int32, id wordID) int32 {
	next, ok := t.building[transitionKey{from, id}]
	if !ok {
		next = t.newNode()
		t.building[transitionKey{from, id}] = next
	}
	return next
}

func (t *trie) addGroupTransition(from, root int32) int32 {
	for _, g := range t.nodes[from].groups {
		if g.root == root {
			return g.next
		}
	}
	next := t.newNode()
	t.nodes[from].groups = append(t.nodes[from].groups, groupTransition{root, next})
	return next
}

// freeze builds the tables for reading. No phrase may be added after it.
func (t *trie) freeze() {
	t.words, t.and = newLexicon(t.ids), t.ids["and"]
	t.transitions = newTransitionTable(t.building)
	t.ids, t.building = nil, nil
	t.roots = make([][]groupTransition, len(t.classes))
	for i := 1; i < len(t.classes); i++ {
		id := wordID(i)
		t.begins[id] = t.next(0, id) != 0
		for _, g := range t.nodes[0].groups {
			if t.groupBegins(g.root, id) {
				t.begins[id], t.roots[id] = true, append(t.roots[id], g)
			}
		}
	}
}

// groupBegins reports whether a phrase of a group begins with a word.
func (t *trie) groupBegins(root int32, id wordID) bool {
	return t.next(root, id) != 0 || slices.ContainsFunc(t.nodes[root].groups, func(g groupTransition) bool { return t.groupBegins(g.root, id) })
}

// next returns the node after a word, or 0 if there is none.
func (t *trie) next(from int32, id wordID) int32 {
	if id == 0 {
		return 0
	}
	return t.transitions.target(transitionKey{from, id})
}

// longestMatches are the longest phrases found at a token, one for each kind of rule.
type longestMatches [numKinds]longestMatch

// longestMatch is the longest phrase found at a token, with its rules.
type longestMatch struct {
	end   int // index of the token after the phrase
	rules []int32
}

// update keeps the longer match, or adds the rules of one of the same length.
func (m *longestMatch) update(end int, rules []int32) {
	if end > m.end {
		m.end, m.rules = end, m.rules[:0]
	}
	if end < m.end {
		return
	}
	for _, rule := range rules {
		if !slices.Contains(m.rules, rule) {
			m.rules = append(m.rules, rule)
		}
	}
}

// match finds all phrases that continue from a node with tokens[start].
func (t *trie) match(out *longestMatches, tokens []token, start int, from int32) {
	n := &t.nodes[from]
	for kind, rules := range n.rules {
		if len(rules) > 0 {
			out[kind].update(start, rules)
		}
	}
	if n.gap != 0 {
		for skip := 0; skip <= 3 && start+skip < len(tokens) && (skip == 0 || !tokens[start+skip-1].punct.endsPhrase()); skip++ {
			t.match(out, tokens, start+skip, n.gap)
		}
	}
	for i := start; i < len(tokens) && !tokens[i].punct.endsPhrase(); i++ {
		groups := n.groups
		if from == 0 {
			groups = t.roots[tokens[i].id]
		}
		for g := range groups {
			var buffer [8]int
			for _, end := range t.groupMatchEnds(buffer[:0], tokens, i, groups[g].root) {
				t.match(out, tokens, end, groups[g].next)
			}
		}
		if next := t.next(from, tokens[i].id); next != 0 {
			t.match(out, tokens, i+1, next)
		}
		if from == 0 || tokens[i].class&(intensifier|determiner) == 0 {
			return
		}
	}
}

// groupMatchEnds appends the ends of a group's phrases that begin at tokens[start],
// up to the capacity of ends.
func (t *trie) groupMatchEnds(ends []int, tokens []token, start int, root int32) []int {
	for _, inner := range t.nodes[root].groups {
		ends = t.groupMatchEnds(ends, tokens, start, inner.root)
	}
	from := root
	for i := start; i < len(tokens) && !tokens[i].punct.endsPhrase() && len(ends) < cap(ends); i++ {
		next := t.next(from, tokens[i].id)
		switch {
		case next != 0:
			from = next
			if t.nodes[from].group {
				ends = append(ends, i+1)
			}
		case tokens[i].class&(intensifier|determiner) == 0:
			return ends
		}
	}
	return ends
}
