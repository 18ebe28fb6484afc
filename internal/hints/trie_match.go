package hints

import "slices"

// longestMatch is the longest phrase that was found to begin with a token, and the
// rules of which it is one.
type longestMatch struct {
	end   int
	rules []int32
}

func (r *longestMatch) take(end int, rules []int32) {
	if end > r.end {
		r.end, r.rules = end, r.rules[:0]
	}
	if end < r.end {
		return
	}
	for _, rule := range rules {
		if !slices.Contains(r.rules, rule) {
			r.rules = append(r.rules, rule)
		}
	}
}

// follow takes all phrases that go on from a node with the token at a place.
func (t *tree) follow(out *longestMatch, tokens []token, at int, from int32) {
	n := &t.nodes[from]
	if len(n.rules) > 0 {
		out.take(at, n.rules)
	}
	if n.gap != 0 {
		for skip := 0; skip <= 3 && at+skip < len(tokens) && (skip == 0 || !tokens[at+skip-1].mark.parts()); skip++ {
			t.follow(out, tokens, at+skip, n.gap)
		}
	}
	for ; at < len(tokens) && !tokens[at].mark.parts(); at++ {
		groups := n.groups
		if from == 0 {
			groups = t.roots[tokens[at].id]
		}
		for i := range groups {
			var ends [8]int
			for _, end := range t.phraseEnds(ends[:0], tokens, at, groups[i].phrases) {
				t.follow(out, tokens, end, groups[i].next)
			}
		}
		if next := t.next(from, tokens[at].id); next != 0 {
			t.follow(out, tokens, at+1, next)
		}
		if from == 0 || tokens[at].part&(intensifier|before) == 0 {
			return
		}
	}
}

// phraseEnds are the ends of a group's phrases that begin with a token.
func (t *tree) phraseEnds(ends []int, tokens []token, at int, root int32) []int {
	for _, inner := range t.nodes[root].groups {
		ends = t.phraseEnds(ends, tokens, at, inner.phrases)
	}
	from := root
	for at < len(tokens) && !tokens[at].mark.parts() && len(ends) < cap(ends) {
		next := t.next(from, tokens[at].id)
		switch {
		case next != 0:
			from = next
			if t.nodes[from].group {
				ends = append(ends, at+1)
			}
		case tokens[at].part&(intensifier|before) == 0:
			return ends
		}
		at++
	}
	return ends
}

func (t *tree) next(from int32, id wordID) int32 {
	if id == 0 {
		return 0
	}
	return t.edges.target(edge{from, id})
}
