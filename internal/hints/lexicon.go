package hints

import (
	"encoding/binary"
	"math/bits"
)

// wordKey is a word in small letters, filled up with zeros. The rules know no
// longer word.
type wordKey [24]byte

// lexicon is a hash table as edges is, of words.
type lexicon struct {
	entries []entry
	shift   uint
}

type entry struct {
	word wordKey
	id   wordID // 0: there is none
}

func newLexicon(ids map[string]wordID) lexicon {
	width := bits.Len(uint(len(ids))) + 1 // a quarter to half full
	out := lexicon{entries: make([]entry, 1<<width), shift: uint(64 - width)}
	for word, id := range ids {
		e := entry{id: id}
		if copy(e.word[:], word) < len(word) {
			continue // no word of a text is as long
		}
		at := out.at(&e.word)
		for out.entries[at].id != 0 {
			at = (at + 1) % len(out.entries)
		}
		out.entries[at] = e
	}
	return out
}

func (l *lexicon) at(word *wordKey) int {
	const golden, silver = 0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93
	begin, middle, end := binary.LittleEndian.Uint64(word[:8]), binary.LittleEndian.Uint64(word[8:16]), binary.LittleEndian.Uint64(word[16:])
	sum := begin*golden ^ middle*silver ^ end
	return int((sum ^ sum>>32) * golden >> l.shift)
}

// id is the number of a word, 0 of one that the rules do not know.
func (l *lexicon) id(word *wordKey) wordID {
	for at := l.at(word); ; at = (at + 1) & (len(l.entries) - 1) {
		e := &l.entries[at]
		if e.id == 0 || e.word == *word {
			return e.id
		}
	}
}
