package hashing

// OrdinalTable is a hash index from keys to ordinals, for keys that are stored in
// a column by ordinal. It takes four bytes an entry, uses linear probing, and
// cannot delete. The zero value is an empty table. It is not safe for concurrent
// use while it changes.
type OrdinalTable struct {
	entries []uint32 // an ordinal plus one; 0 is free
	n       int
}

// Find returns the ordinal with the given hash for which matches returns true.
func (t *OrdinalTable) Find(hash uint64, matches func(ordinal uint32) bool) (uint32, bool) {
	if len(t.entries) == 0 {
		return 0, false
	}
	mask := uint64(len(t.entries) - 1)
	for at := hash & mask; t.entries[at] != 0; at = (at + 1) & mask {
		if ordinal := t.entries[at] - 1; matches(ordinal) {
			return ordinal, true
		}
	}
	return 0, false
}

// WithCapacity returns the table with capacity for n more ordinals: a copy, unless it has that capacity.
// hashOf returns the hash of the key of any ordinal in the table.
func (t OrdinalTable) WithCapacity(n int, hashOf func(ordinal uint32) uint64) OrdinalTable {
	size := max(1024, len(t.entries))
	for 3*(t.n+n) > 2*size {
		size *= 2
	}
	if size == len(t.entries) {
		return t
	}
	larger := OrdinalTable{entries: make([]uint32, size), n: t.n}
	for _, e := range t.entries {
		if e != 0 {
			larger.insert(e-1, hashOf(e-1))
		}
	}
	return larger
}

// Add adds an ordinal that is not in the table. hashOf returns the hash of the
// key of any ordinal in the table.
func (t *OrdinalTable) Add(ordinal uint32, hashOf func(ordinal uint32) uint64) {
	*t = t.WithCapacity(1, hashOf)
	t.insert(ordinal, hashOf(ordinal))
	t.n++
}

func (t *OrdinalTable) insert(ordinal uint32, hash uint64) {
	mask := uint64(len(t.entries) - 1)
	at := hash & mask
	for t.entries[at] != 0 {
		at = (at + 1) & mask
	}
	t.entries[at] = ordinal + 1
}
