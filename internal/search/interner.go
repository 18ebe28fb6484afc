package search

import "hash/maphash"

// interner numbers words, from 0 in the order in which they come, and keeps a
// mark with each. It holds hundreds of thousands without a pointer to any.
type interner struct {
	seed  maphash.Seed
	text  []byte
	words []internedWord
	table []uint64 // by hash: its upper half, and the number plus one; zero is free
	n     int      // words in the table
}

// internedWord is where a word ends in the text, and its mark.
type internedWord struct{ end, mark uint32 }

func newInterner() interner { return interner{seed: maphash.MakeSeed(), table: make([]uint64, 1024)} }

func (in *interner) len() int { return len(in.words) }

func (in *interner) word(number uint32) []byte {
	from := uint32(0)
	if number > 0 {
		from = in.words[number-1].end
	}
	return in.text[from:in.words[number].end]
}

func (in *interner) payload(number uint32) uint32 { return in.words[number].mark }

func (in *interner) find(word []byte) (number uint32, ok bool) {
	hash := maphash.Bytes(in.seed, word)
	mask := uint64(len(in.table) - 1)
	for at := hash & mask; in.table[at] != 0; at = (at + 1) & mask {
		if entry := in.table[at]; entry>>32 == hash>>32 {
			if number := uint32(entry) - 1; string(in.word(number)) == string(word) {
				return number, true
			}
		}
	}
	return 0, false
}

// add gives a word that is not there yet the next number.
func (in *interner) add(word []byte, mark uint32) (number uint32) {
	if 3*(in.n+1) > 2*len(in.table) {
		old := in.table
		in.table, in.n = make([]uint64, 2*len(old)), 0
		for _, entry := range old {
			if entry != 0 {
				in.put(uint32(entry) - 1)
			}
		}
	}
	number = in.appendUnindexed(word, mark)
	in.put(number)
	return number
}

// appendUnindexed numbers a word that is never looked for by find.
func (in *interner) appendUnindexed(word []byte, mark uint32) (number uint32) {
	in.text = append(in.text, word...)
	in.words = append(in.words, internedWord{end: uint32(len(in.text)), mark: mark})
	return uint32(in.len() - 1)
}

func (in *interner) put(number uint32) {
	hash := maphash.Bytes(in.seed, in.word(number))
	mask := uint64(len(in.table) - 1)
	at := hash & mask
	for in.table[at] != 0 {
		at = (at + 1) & mask
	}
	in.table[at] = hash>>32<<32 | uint64(number+1)
	in.n++
}
