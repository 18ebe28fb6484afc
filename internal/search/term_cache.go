package search

import "encoding/binary"

// termCache remembers the stems of the words met last, close at hand: most words
// of a text are among the few thousand most frequent ones. A word keeps its stem
// for ever, so nothing of this grows old.
type termCache struct{ words [1 << 13]inlineTerm }

// stemOf is the stem of a word, which has room behind it up to maxTokenLen. The
// caller holds the read lock of the lexicon.
func (f *termCache) stemOf(l *termDictionary, word []byte) uint32 {
	if len(word) > maxShort {
		return l.intern(word)
	}
	w := newShortWord(word)
	at := &f.words[w.hash()%uint64(len(f.words))]
	if at.begin != w.begin || at.rest != w.rest {
		w.stem = l.intern(word)
		*at = w
	}
	return at.stem
}

// appendStems appends the stems of a field, and the gap after it. The caller
// holds the read lock of the lexicon.
func (f *termCache) appendStems(dst []byte, l *termDictionary, field string) []byte {
	if field == "" {
		return dst
	}
	var buf [maxTokenLen]byte
	for word := range words(field, &buf) {
		dst = binary.AppendUvarint(dst, uint64(f.stemOf(l, word)))
	}
	return append(dst, 0)
}
