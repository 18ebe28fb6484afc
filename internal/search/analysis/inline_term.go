package analysis

import "trailcat/internal/search/hashing"

// maxInlineLen is the maximum length of an inline term in bytes.
const maxInlineLen = 12

// inlineTerm is a short term as integers, with its stem: the lookup of nearly every
// token reads one place in memory.
type inlineTerm struct {
	head uint64 // the first 8 bytes
	tail uint32 // the others
	stem uint32 // 0 is none
}

func newInlineTerm(term []byte) inlineTerm {
	t := inlineTerm{head: hashing.Head(term, min(8, len(term)))}
	if len(term) > 8 {
		t.tail = uint32(hashing.Head(term[8:], len(term)-8))
	}
	return t
}

func (t inlineTerm) hash() uint64 {
	return hashing.Mix64(t.head ^ uint64(t.tail)*hashing.FibonacciMultiplier>>7)
}

// inlineTermTable is a hash table of inline terms with linear probing.
type inlineTermTable struct {
	terms []inlineTerm
	n     int
}

func newInlineTermTable() inlineTermTable { return inlineTermTable{terms: make([]inlineTerm, 1024)} }

func (t *inlineTermTable) find(term inlineTerm) (stem uint32, ok bool) {
	mask := uint64(len(t.terms) - 1)
	for at := term.hash() & mask; t.terms[at].stem != 0; at = (at + 1) & mask {
		if t.terms[at].head == term.head && t.terms[at].tail == term.tail {
			return t.terms[at].stem, true
		}
	}
	return 0, false
}

// add adds a term that is not in the table.
func (t *inlineTermTable) add(term inlineTerm) {
	if 3*(t.n+1) > 2*len(t.terms) {
		old := t.terms
		t.terms, t.n = make([]inlineTerm, 2*len(old)), 0
		for _, term := range old {
			if term.stem != 0 {
				t.insert(term)
			}
		}
	}
	t.insert(term)
}

func (t *inlineTermTable) insert(term inlineTerm) {
	mask := uint64(len(t.terms) - 1)
	at := term.hash() & mask
	for t.terms[at].stem != 0 {
		at = (at + 1) & mask
	}
	t.terms[at] = term
	t.n++
}
