package search

// maxShort is how long a short word may be, in bytes.
const maxShort = 12

// inlineTerm is a word as numbers, with its stem: what is looked up for nearly
// every word of every text lies in one place.
type inlineTerm struct {
	begin uint64 // the first 8 bytes
	rest  uint32 // the others
	stem  uint32 // 0 is none
}

func newShortWord(word []byte) inlineTerm {
	w := inlineTerm{begin: head(word, min(8, len(word)))}
	if len(word) > 8 {
		w.rest = uint32(head(word[8:], len(word)-8))
	}
	return w
}

func (w inlineTerm) hash() uint64 { return mix64(w.begin ^ uint64(w.rest)*fibonacciMultiplier>>7) }

// inlineTermTable is a hash table of short words with linear probing.
type inlineTermTable struct {
	words []inlineTerm
	n     int
}

func newShortWords() inlineTermTable { return inlineTermTable{words: make([]inlineTerm, 1024)} }

func (t *inlineTermTable) find(w inlineTerm) (stem uint32, ok bool) {
	mask := uint64(len(t.words) - 1)
	for at := w.hash() & mask; t.words[at].stem != 0; at = (at + 1) & mask {
		if t.words[at].begin == w.begin && t.words[at].rest == w.rest {
			return t.words[at].stem, true
		}
	}
	return 0, false
}

// add takes up a word that is not there yet.
func (t *inlineTermTable) add(w inlineTerm) {
	if 3*(t.n+1) > 2*len(t.words) {
		old := t.words
		t.words, t.n = make([]inlineTerm, 2*len(old)), 0
		for _, w := range old {
			if w.stem != 0 {
				t.put(w)
			}
		}
	}
	t.put(w)
}

func (t *inlineTermTable) put(w inlineTerm) {
	mask := uint64(len(t.words) - 1)
	at := w.hash() & mask
	for t.words[at].stem != 0 {
		at = (at + 1) & mask
	}
	t.words[at] = w
	t.n++
}
