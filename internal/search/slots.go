package search

// ordinalTable finds slots by a key that is kept in a column, with four bytes for
// each of its places. It is a hash table with linear probing; nothing is ever
// taken out. A place holds a slot plus one, zero is free.
type ordinalTable struct {
	places []uint32
	n      int
}

// find looks at the slots that may bear the key with this hash, until is says yes.
func (t *ordinalTable) find(hash uint64, is func(slot uint32) bool) (uint32, bool) {
	if len(t.places) == 0 {
		return 0, false
	}
	mask := uint64(len(t.places) - 1)
	for at := hash & mask; t.places[at] != 0; at = (at + 1) & mask {
		if slot := t.places[at] - 1; is(slot) {
			return slot, true
		}
	}
	return 0, false
}

// add puts in a slot that is not there yet; hashOf is the hash of any slot's key.
func (t *ordinalTable) add(slot uint32, hashOf func(slot uint32) uint64) {
	if 3*(t.n+1) > 2*len(t.places) {
		old := t.places
		t.places = make([]uint32, max(1024, 2*len(old)))
		for _, p := range old {
			if p != 0 {
				t.put(p-1, hashOf(p-1))
			}
		}
	}
	t.put(slot, hashOf(slot))
	t.n++
}

func (t *ordinalTable) put(slot uint32, hash uint64) {
	mask := uint64(len(t.places) - 1)
	at := hash & mask
	for t.places[at] != 0 {
		at = (at + 1) & mask
	}
	t.places[at] = slot + 1
}
