package hints

import "math/bits"

// edge leads from a node to the one behind a word.
type edge struct {
	from int32
	word wordID
}

// edges is a hash table that is never changed once it is made. Most of the time
// that it takes to read a text goes by in asking it for what is not there, which
// it answers in a third of the time that a map takes.
type edges struct {
	slots []slot
	shift uint
}

type slot struct {
	edge   edge
	behind int32 // 0: the slot is empty, as the root is behind no edge
}

func newEdges(all map[edge]int32) edges {
	width := bits.Len(uint(len(all))) + 2 // a quarter full, at most half
	out := edges{slots: make([]slot, 1<<width), shift: uint(64 - width)}
	for e, behind := range all {
		at := out.at(e)
		for out.slots[at].behind != 0 {
			at = (at + 1) % len(out.slots)
		}
		out.slots[at] = slot{e, behind}
	}
	return out
}

func (t *edges) at(e edge) int {
	const golden = 0x9E3779B97F4A7C15
	return int((uint64(e.from)<<16 | uint64(e.word)) * golden >> t.shift)
}

// target is the node behind an edge, 0 if there is no such edge.
func (t *edges) target(e edge) int32 {
	for at := t.at(e); ; at = (at + 1) & (len(t.slots) - 1) {
		s := &t.slots[at]
		if s.behind == 0 || s.edge == e {
			return s.behind
		}
	}
}
