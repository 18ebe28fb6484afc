package analysis

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// Encoder encodes the stems of texts as the numbers of a TermDictionary, which
// learns the terms that it does not have. It holds the dictionary's read lock until
// Close. It must be used from one goroutine.
type Encoder struct {
	dictionary *TermDictionary
	cache      *termCache
}

// termCache is a direct-mapped cache of recent terms: most tokens of a text are among
// the few thousand most frequent ones. A term never changes its stem, so an entry is
// never stale.
type termCache [1 << 13]inlineTerm

// NewEncoder locks the dictionary for reading. The caller must call Close.
func (d *TermDictionary) NewEncoder() Encoder {
	cache, ok := d.caches.Get().(*termCache)
	if !ok {
		cache = &termCache{}
	}
	d.mu.RLock()
	return Encoder{dictionary: d, cache: cache}
}

// Close releases the lock.
func (e Encoder) Close() {
	e.dictionary.mu.RUnlock()
	e.dictionary.caches.Put(e.cache)
}

// AppendField appends the encoded stems of a field and a separator. An empty field
// appends nothing. A word with another spelling is encoded as that one, so that phrases
// match. Its own stem follows the field, since its beginning may be searched for.
func (e Encoder) AppendField(dst []byte, field string) []byte {
	if field == "" {
		return dst
	}
	var buf [MaxTokenLen]byte
	var respelled []uint32
	for token := range tokens(field, &buf) {
		stem := e.stem(token)
		if int(stem) >= len(e.dictionary.respelled) {
			dst = AppendStem(dst, stem)
			continue
		}
		respelled = append(respelled, stem)
		dst = append(dst, e.dictionary.respelled[stem]...)
	}
	dst = append(dst, separator)
	for _, stem := range respelled {
		dst = append(AppendStem(dst, stem), separator)
	}
	return dst
}

// stem returns the number of a token's stem.
func (e Encoder) stem(token []byte) uint32 {
	if len(token) > maxInlineLen {
		return e.dictionary.intern(token)
	}
	term := newInlineTerm(token)
	cached := &e.cache[term.hash()%uint64(len(e.cache))]
	if cached.head != term.head || cached.tail != term.tail {
		term.stem = e.dictionary.intern(token)
		*cached = term
	}
	return cached.stem
}

// Stems returns an iterator over encoded stem numbers, as an Encoder and
// AppendStem write them, without the separators of fields.
func Stems(encoded []byte) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for len(encoded) > 0 {
			stem, size := uint64(encoded[0]), 1
			switch {
			case stem < 0x80: // most stems take one byte or two
			case len(encoded) > 1 && encoded[1] < 0x80:
				stem, size = stem&0x7f|uint64(encoded[1])<<7, 2
			default:
				stem, size = binary.Uvarint(encoded)
			}
			encoded = encoded[size:]
			if stem != 0 && !yield(uint32(stem)) {
				return
			}
		}
	}
}

// AppendStem appends an encoded stem number.
func AppendStem(dst []byte, stem uint32) []byte { return binary.AppendUvarint(dst, uint64(stem)) }

// ContainsPhrase reports whether the stems of a phrase follow each other in a text,
// both encoded. The last byte of a number is below 0x80 and no other is, so the
// numbers match where the bytes match and the byte before ends a number.
func ContainsPhrase(encoded, phrase []byte) bool {
	for at := 0; ; {
		i := bytes.Index(encoded[at:], phrase)
		if i < 0 {
			return false
		}
		if at += i; at == 0 || encoded[at-1] < 0x80 {
			return true
		}
		at++
	}
}
