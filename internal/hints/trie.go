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
type wordClass uint64

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
	compound                            // run, enclosure: the words before are no description of the cat
	purpose                             // so, where: what follows may be in a home to come
	ability                             // can, could: after purpose
	causative                           // makes, keeping: what follows is an object
	temporal                            // if, when, while: what follows may pass
	state                               // scared, relaxed: passes
	occasional                          // sometimes: between never and often
	liking                              // loves, favorite: what follows is liked
	disliking                           // hates: what follows is not
	plural                              // they, both: refers to a pair of cats
	unknownName                         // a capitalized word that the rules do not contain
)

// wordClassNames are the keys under "words" in rules.yaml, in the order of the classes.
var wordClassNames = strings.Fields(`
	intensifier the_cat someone other determiner conjunction relative negation hypothetical past linking copula descriptive continuation self
	companion_noun imperative restriction people once trust only yes no hedge or contrast now brief compound purpose ability causative temporal state
	occasional liking disliking plural`)

// trie holds all phrases by their words and groups. Its maps are used while it is
// built; freeze replaces them by tables for reading.
type trie struct {
	ids         map[string]wordID  // until frozen
	words       hashTable[wordKey] // ids, once frozen
	and         wordID
	classes     []wordClass              // by word
	begins      []bool                   // by word: whether a phrase begins with it
	beginsGroup []bool                   // by word: whether a phrase of a group begins with it
	building    map[transitionKey]int32  // until frozen
	transitions hashTable[transitionKey] // once frozen
	leaving     []uint64                 // by node: the words that leave it, as a set of their ids modulo 64
	nodes       []node
	groups      map[string]int32    // root node of each group
	phrases     map[string][]string // of each group with a name
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
		nodes: make([]node, 1), groups: map[string]int32{}, phrases: map[string][]string{},
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
		class := slices.Index(wordClassNames, name)
		if class < 0 {
			return fmt.Errorf("unknown word class %q", name)
		}
		for word := range strings.FieldsSeq(list) {
			t.classes[t.internWord(word)] |= 1 << class
		}
	}
	return nil
}

func (t *trie) addGroups(groups map[string]string) {
	for name, phrases := range groups {
		t.phrases["{"+name+"}"] = strings.Split(phrases, ",")
		t.addGroup("{"+name+"}", t.phrases["{"+name+"}"])
	}
}

// addGroup adds a group of phrases and returns its root node.
func (t *trie) addGroup(name string, phrases []string) int32 {
	root := t.newNode()
	t.groups[name] = root
	for _, phrase := range phrases {
		n := root
		for word := range strings.FieldsSeq(phrase) {
			n = t.addTransition(n, t.internWord(word))
		}
		t.nodes[n].group = true
	}
	return root
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
	var phrases []string
	for word := range strings.SplitSeq(element, "|") {
		inner, ok := t.phrases[word]
		switch {
		case ok:
			phrases = append(phrases, inner...)
		case strings.HasPrefix(word, "{"):
			return 0, fmt.Errorf("unknown group %q", word)
		default:
			phrases = append(phrases, word)
		}
	}
	return t.addGroup(element, phrases), nil
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
	words := map[wordKey]int32{}
	add := func(word string, id wordID) {
		var key wordKey
		copy(key[:], word)
		words[key] = int32(id)
	}
	for word, id := range t.ids {
		bare := strings.ReplaceAll(word, "'", "") // "doesnt" is "doesn't", but "shell" is not "she'll"
		if t.ids[bare] == 0 && !strings.HasSuffix(word, "'ll") && !strings.HasSuffix(word, "'d") {
			add(bare, id)
		}
		add(word, id)
	}
	t.words, t.and = newHashTable(words, (*wordKey).hash), t.ids["and"]
	t.transitions = newHashTable(t.building, (*transitionKey).hash)
	t.leaving = make([]uint64, len(t.nodes))
	for transition := range t.building {
		t.leaving[transition.from] |= 1 << (transition.word % 64)
	}
	t.ids, t.building = nil, nil
	t.roots, t.beginsGroup = make([][]groupTransition, len(t.classes)), make([]bool, len(t.classes))
	for i := 1; i < len(t.classes); i++ {
		id := wordID(i)
		t.begins[id] = t.next(0, id) != 0
		for _, root := range t.groups {
			t.beginsGroup[id] = t.beginsGroup[id] || t.next(root, id) != 0
		}
		for _, g := range t.nodes[0].groups {
			if t.next(g.root, id) != 0 {
				t.begins[id], t.roots[id] = true, append(t.roots[id], g)
			}
		}
	}
}

// next returns the node after a word, or 0 if there is none. Few nodes have transitions for
// many words, so most calls need not look one up.
func (t *trie) next(from int32, id wordID) int32 {
	if id == 0 || t.leaving[from]>>(id%64)&1 == 0 {
		return 0
	}
	key := transitionKey{from, id}
	return t.transitions.lookup(key.hash(), &key)
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
		for skip := 0; skip <= 3 && start+skip < len(tokens) && (skip == 0 || !tokens[start+skip-1].punct.endsPhrase() && tokens[start+skip-1].class&(negation|contrast) == 0); skip++ {
			t.match(out, tokens, start+skip, n.gap)
		}
	}
	for i := start; i < len(tokens) && !tokens[i].punct.endsPhrase(); i++ {
		groups := n.groups
		if from == 0 || !t.beginsGroup[tokens[i].id] { // which has none
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
		if from == 0 || tokens[i].class&(intensifier|determiner|descriptive) == 0 {
			return
		}
	}
}

// groupMatchEnds appends the ends of a group's phrases that begin at tokens[start],
// up to the capacity of ends.
func (t *trie) groupMatchEnds(ends []int, tokens []token, start int, root int32) []int {
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
