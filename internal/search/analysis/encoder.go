package analysis

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
// appends nothing.
func (e Encoder) AppendField(dst []byte, field string) []byte {
	if field == "" {
		return dst
	}
	var buf [MaxTokenLen]byte
	for token := range tokens(field, &buf) {
		dst = AppendStem(dst, e.stem(token))
	}
	return append(dst, separator)
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
