package analysis

import "hash/maphash"

// interner numbers terms from 0 in the order in which they are added, and stores a
// payload with each. It holds hundreds of thousands of terms without a pointer to
// each. It is not safe for concurrent use while it changes.
type interner struct {
	seed  maphash.Seed
	text  []byte
	terms []internedTerm
	table []uint64 // by hash: the upper half of the hash, and the number plus one; 0 is free
	n     int      // terms in the table
}

// internedTerm has the offset in the text at which a term ends.
type internedTerm struct{ end, payload uint32 }

func newInterner() interner { return interner{seed: maphash.MakeSeed(), table: make([]uint64, 1024)} }

func (in *interner) len() int { return len(in.terms) }

// term returns the term with a number. The caller must not change it.
func (in *interner) term(number uint32) []byte {
	from := uint32(0)
	if number > 0 {
		from = in.terms[number-1].end
	}
	return in.text[from:in.terms[number].end]
}

func (in *interner) payload(number uint32) uint32 { return in.terms[number].payload }

func (in *interner) find(term []byte) (number uint32, ok bool) {
	hash := maphash.Bytes(in.seed, term)
	mask := uint64(len(in.table) - 1)
	for at := hash & mask; in.table[at] != 0; at = (at + 1) & mask {
		if entry := in.table[at]; entry>>32 == hash>>32 {
			if number := uint32(entry) - 1; string(in.term(number)) == string(term) {
				return number, true
			}
		}
	}
	return 0, false
}

// add numbers a term that is not in the table.
func (in *interner) add(term []byte, payload uint32) (number uint32) {
	if 3*(in.n+1) > 2*len(in.table) {
		old := in.table
		in.table, in.n = make([]uint64, 2*len(old)), 0
		for _, entry := range old {
			if entry != 0 {
				in.insert(uint32(entry) - 1)
			}
		}
	}
	number = in.appendUnindexed(term, payload)
	in.insert(number)
	return number
}

// appendUnindexed numbers a term that find need not find.
func (in *interner) appendUnindexed(term []byte, payload uint32) (number uint32) {
	in.text = append(in.text, term...)
	in.terms = append(in.terms, internedTerm{end: uint32(len(in.text)), payload: payload})
	return uint32(in.len() - 1)
}

func (in *interner) insert(number uint32) {
	hash := maphash.Bytes(in.seed, in.term(number))
	mask := uint64(len(in.table) - 1)
	at := hash & mask
	for in.table[at] != 0 {
		at = (at + 1) & mask
	}
	in.table[at] = hash>>32<<32 | uint64(number+1)
	in.n++
}
