package search

// entryTable finds short pieces of one length by their bytes in a number. It is
// a hash table with linear probing. A piece of nothing but zero bytes cannot be
// kept, and no JSON has one.
type entryTable struct {
	keys    []uint64
	numbers []uint16
	n       int
}

func (t *entryTable) find(key uint64) (uint16, bool) {
	if t.n == 0 {
		return 0, false
	}
	mask := uint64(len(t.keys) - 1)
	for at := mix64(key) & mask; t.keys[at] != 0; at = (at + 1) & mask {
		if t.keys[at] == key {
			return t.numbers[at], true
		}
	}
	return 0, false
}

// add says whether the key is new and could be kept.
func (t *entryTable) add(key uint64, number uint16) bool {
	if _, known := t.find(key); known || key == 0 {
		return false
	}
	if 2*(t.n+1) > len(t.keys) {
		old := *t
		size := max(64, 2*len(old.keys))
		*t = entryTable{keys: make([]uint64, size), numbers: make([]uint16, size), n: 0}
		for i, k := range old.keys {
			if k != 0 {
				t.put(k, old.numbers[i])
			}
		}
	}
	t.put(key, number)
	return true
}

func (t *entryTable) put(key uint64, number uint16) {
	mask := uint64(len(t.keys) - 1)
	at := mix64(key) & mask
	for t.keys[at] != 0 {
		at = (at + 1) & mask
	}
	t.keys[at], t.numbers[at] = key, number
	t.n++
}
