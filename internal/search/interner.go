package search

import "hash/maphash"

// interner numbers words, from 0 in the order in which they come. It keeps
// hundreds of thousands of them without a pointer to any.
type interner struct {
	seed  maphash.Seed
	text  []byte
	ends  []uint32
	table []uint32 // number plus one, by hash; zero is free
}

func newInterner() interner { return interner{seed: maphash.MakeSeed(), table: make([]uint32, 1024)} }

func (in *interner) len() int { return len(in.ends) }

func (in *interner) word(number uint32) []byte {
	from := uint32(0)
	if number > 0 {
		from = in.ends[number-1]
	}
	return in.text[from:in.ends[number]]
}

func (in *interner) find(word []byte) (uint32, bool) {
	mask := uint64(len(in.table) - 1)
	for at := maphash.Bytes(in.seed, word) & mask; in.table[at] != 0; at = (at + 1) & mask {
		if number := in.table[at] - 1; string(in.word(number)) == string(word) {
			return number, true
		}
	}
	return 0, false
}

// add is the number of a word, which it gets now if it has none.
func (in *interner) add(word []byte) (number uint32, isNew bool) {
	if number, ok := in.find(word); ok {
		return number, false
	}
	if 2*(len(in.ends)+1) > len(in.table) {
		in.table = make([]uint32, 2*len(in.table))
		for number := range in.ends {
			in.put(uint32(number))
		}
	}
	in.text = append(in.text, word...)
	in.ends = append(in.ends, uint32(len(in.text)))
	number = uint32(len(in.ends) - 1)
	in.put(number)
	return number, true
}

func (in *interner) put(number uint32) {
	mask := uint64(len(in.table) - 1)
	at := maphash.Bytes(in.seed, in.word(number)) & mask
	for in.table[at] != 0 {
		at = (at + 1) & mask
	}
	in.table[at] = number + 1
}
