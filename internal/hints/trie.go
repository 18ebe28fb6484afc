package hints

import (
	"fmt"
	"slices"
	"strings"
)

// wordID is a word that the rules know; 0 is any other.
type wordID uint16

// wordClass is what a word does in a sentence, as far as the rules care.
type wordClass uint32

// The parts that words play. A word may play several.
const (
	intensifier   wordClass = 1 << iota // really, very: may stand anywhere
	theCat                              // she, my, girl: the cat is meant
	someone                             // owner, dogs, we: somebody else is meant
	other                               // other, your: the cat that follows is another one
	before                              // the, his, new: stands before a noun
	joins                               // and, that, because: a subject may follow
	binds                               // who, that: what follows is said of the noun before
	denies                              // not, never, isn't
	wishes                              // would, if, looking: it is not so now
	past                                // was, used: it is not so any more
	links                               // is, seems, a: leads from the cat to what it is like
	copulas                             // is, seems: the verbs among those
	likeness                            // affectionate, young: says what somebody is like
	follows                             // with, when: may follow what the cat is like
	self                                // personality, side: the cat's own
	companionNoun                       // friend, companion: makes a kitty friend of a kitty
	orders                              // please, come: speaks to the reader
	limits                              // with, around: what it is like there only
	people                              // everyone, us: being so with them is being so
	once                                // once: from then on
	trust                               // settled, comfortable: what it takes time for
	only                                // only, just: not only is no denial
	yes                                 // yes: behind a colon
	no                                  // no, never: behind a colon
	doubts                              // hope, if, whether: what follows may not be so
	or                                  // or: a no reaches beyond it
	turns                               // but, though: what follows is otherwise
	now                                 // now, today: it was not so before
	briefly                             // moment, briefly: it is hardly so
	named                               // a word with a capital that the rules do not know
)

var grammarNames = map[string]wordClass{
	"stress": intensifier, "the_cat": theCat, "someone": someone, "other": other, "before": before, "joins": joins, "binds": binds, "denies": denies,
	"wishes": wishes, "past": past, "links": links, "copulas": copulas, "likeness": likeness, "follows": follows, "self": self, "mate": companionNoun, "orders": orders,
	"limits": limits, "people": people, "once": once, "trust": trust, "only": only, "yes": yes, "no": no, "doubts": doubts, "or": or, "turns": turns, "now": now, "briefly": briefly,
}

// tree holds all phrases, by their words and groups.
type tree struct {
	ids    map[string]wordID // while phrases are added
	words  lexicon           // the same, to read by
	and    wordID
	parts  []wordClass    // by word
	begins []bool         // by word: whether a phrase begins with it
	drawn  map[edge]int32 // the node behind an edge, while phrases are added
	edges  edges          // the same, to read by
	nodes  []node
	groups map[string]int32 // the node where the phrases of a group begin
	roots  [][]groupEdge    // by word: the groups that a phrase begins with and that begin with the word
}

type node struct {
	rules  []int32     // of which a phrase ends here
	group  bool        // a phrase of a group ends here
	groups []groupEdge // that may follow
	gap    int32       // the node behind up to three words, whatever they are
}

type groupEdge struct{ phrases, next int32 }

func newTree() tree {
	return tree{ids: map[string]wordID{}, parts: make([]wordClass, 1), begins: make([]bool, 1), drawn: map[edge]int32{}, nodes: make([]node, 1), groups: map[string]int32{}}
}

func (t *tree) id(word string) wordID {
	id, ok := t.ids[word]
	if !ok {
		id = wordID(len(t.parts))
		t.ids[word] = id
		t.parts, t.begins = append(t.parts, 0), append(t.begins, false)
	}
	return id
}

func (t *tree) addGrammar(words map[string]string) error {
	for name, list := range words {
		part, ok := grammarNames[name]
		if !ok {
			return fmt.Errorf("there is no part of grammar %q", name)
		}
		for word := range strings.FieldsSeq(list) {
			t.parts[t.id(word)] |= part
		}
	}
	return nil
}

func (t *tree) addGroups(groups map[string]string) {
	for name, phrases := range groups {
		root := t.newNode()
		t.groups["{"+name+"}"] = root
		for phrase := range strings.SplitSeq(phrases, ",") {
			at := root
			for word := range strings.FieldsSeq(phrase) {
				at = t.step(at, t.id(word))
			}
			t.nodes[at].group = true
		}
	}
}

func (t *tree) newNode() int32 {
	t.nodes = append(t.nodes, node{})
	return int32(len(t.nodes) - 1)
}

// add puts a phrase of a rule into the tree.
func (t *tree) add(phrase []string, rule int) error {
	at := int32(0)
	for _, word := range phrase {
		switch {
		case strings.ContainsAny(word, "{|"):
			root, err := t.choice(word)
			if err != nil {
				return err
			}
			at = t.stepGroup(at, root)
		case word == gapWord:
			if t.nodes[at].gap == 0 {
				n := t.newNode()
				t.nodes[at].gap = n
			}
			at = t.nodes[at].gap
		default:
			at = t.step(at, t.id(word))
		}
	}
	if !slices.Contains(t.nodes[at].rules, int32(rule)) {
		t.nodes[at].rules = append(t.nodes[at].rules, int32(rule))
	}
	return nil
}

// choice is where the phrases of a group begin, or those of one of several words,
// which make a group without a name.
func (t *tree) choice(part string) (int32, error) {
	if root, ok := t.groups[part]; ok {
		return root, nil
	}
	root := t.newNode()
	for word := range strings.SplitSeq(part, "|") {
		if !strings.HasPrefix(word, "{") {
			t.nodes[t.step(root, t.id(word))].group = true
			continue
		}
		named, ok := t.groups[word]
		if !ok {
			return 0, fmt.Errorf("there is no group %q", word)
		}
		t.nodes[root].groups = append(t.nodes[root].groups, groupEdge{named, 0})
	}
	t.groups[part] = root
	return root, nil
}

func (t *tree) step(at int32, id wordID) int32 {
	next, ok := t.drawn[edge{at, id}]
	if !ok {
		next = t.newNode()
		t.drawn[edge{at, id}] = next
	}
	return next
}

func (t *tree) stepGroup(at, phrases int32) int32 {
	for _, e := range t.nodes[at].groups {
		if e.phrases == phrases {
			return e.next
		}
	}
	next := t.newNode()
	t.nodes[at].groups = append(t.nodes[at].groups, groupEdge{phrases, next})
	return next
}

// ready notes with which words phrases begin, and of which groups.
func (t *tree) ready() {
	t.words, t.and = newLexicon(t.ids), t.ids["and"]
	t.edges = newEdges(t.drawn)
	t.ids, t.drawn = nil, nil
	t.roots = make([][]groupEdge, len(t.parts))
	for i := 1; i < len(t.parts); i++ {
		id := wordID(i)
		t.begins[id] = t.next(0, id) != 0
		for _, e := range t.nodes[0].groups {
			if t.starts(e.phrases, id) {
				t.begins[id], t.roots[id] = true, append(t.roots[id], e)
			}
		}
	}
}

func (t *tree) starts(phrases int32, id wordID) bool {
	return t.next(phrases, id) != 0 || slices.ContainsFunc(t.nodes[phrases].groups, func(e groupEdge) bool { return t.starts(e.phrases, id) })
}
