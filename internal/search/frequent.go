package search

import "encoding/binary"

// frequent remembers the stems of the words met last, close at hand: most words
// of a text are among the few thousand most frequent ones. A word keeps its stem
// for ever, so nothing of this grows old.
type frequent struct{ words [1 << 13]shortWord }

// stemOf is the stem of a word, which has room behind it up to maxWord. The
// caller holds the read lock of the lexicon.
func (f *frequent) stemOf(l *lexicon, word []byte) uint32 {
	if len(word) > maxShort {
		return l.stemNow(word)
	}
	w := newShortWord(word)
	at := &f.words[w.hash()%uint64(len(f.words))]
	if at.begin != w.begin || at.rest != w.rest {
		w.stem = l.stemNow(word)
		*at = w
	}
	return at.stem
}

// appendStems appends the stems of a field, and the gap after it. The caller
// holds the read lock of the lexicon.
func (f *frequent) appendStems(dst []byte, l *lexicon, field string) []byte {
	if field == "" {
		return dst
	}
	var buf [maxWord]byte
	for word := range words(field, &buf) {
		dst = binary.AppendUvarint(dst, uint64(f.stemOf(l, word)))
	}
	return append(dst, 0)
}
