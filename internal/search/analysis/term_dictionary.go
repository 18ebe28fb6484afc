package analysis

import (
	"bytes"
	"maps"
	"slices"
	"sort"
	"sync"
)

// TermDictionary maps every term that was ever indexed to the number of its stem.
// Stems are numbered from 1; 0 separates two fields, so no phrase matches across
// them. It only grows. It is safe for concurrent use and has its own lock, so that
// texts are analyzed while the index answers queries.
type TermDictionary struct {
	mu     sync.RWMutex
	inline inlineTermTable // terms of up to maxInlineLen bytes
	terms  interner        // all terms, with the stem as payload; its table has only the longer ones
	stems  interner        // 0 is the empty stem, the separator
	sorted []uint32        // terms in alphabetical order; the newest may be missing

	// respelled has the encoded stems of the other spelling of each of the first stems,
	// which are those of the words with another spelling. It does not change.
	respelled [][]byte

	caches sync.Pool // of *termCache
}

// separator is the stem number after each field.
const separator = 0

// NewTermDictionary returns an empty dictionary.
func NewTermDictionary() *TermDictionary {
	d := &TermDictionary{inline: newInlineTermTable(), terms: newInterner(), stems: newInterner()}
	d.stems.add(nil, 0)
	d.addSpellings()
	return d
}

// addSpellings adds the words with another spelling.
func (d *TermDictionary) addSpellings() {
	d.mu.RLock()
	defer d.mu.RUnlock()
	stems := slices.Sorted(maps.Keys(spellings()))
	for _, stem := range stems {
		d.stems.add([]byte(stem), 0)
	}
	d.respelled = make([][]byte, d.stems.len())
	for i, stem := range stems {
		for _, word := range spellings()[stem] {
			d.respelled[i+1] = AppendStem(d.respelled[i+1], d.intern([]byte(word)))
		}
	}
}

// NumStems returns the number of stems, including the separator. The numbers of all
// stems are below it.
func (d *TermDictionary) NumStems() int {
	d.mu.RLock()
	defer d.mu.RUnlock()
	return d.stems.len()
}

// intern returns the stem of a term, which it adds if it is new. The caller holds
// the read lock; it is released for a moment to add.
func (d *TermDictionary) intern(term []byte) uint32 {
	if stem, ok := d.find(term); ok {
		return stem
	}
	d.mu.RUnlock()
	defer d.mu.RLock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if stem, ok := d.find(term); ok {
		return stem // another goroutine was first
	}
	text := []byte(stemOf(string(term)))
	stem, ok := d.stems.find(text)
	if !ok {
		stem = d.stems.add(text, 0)
	}
	d.addTerm(term, stem)
	return stem
}

// addTerm adds a term that the dictionary does not have. The caller holds the lock.
func (d *TermDictionary) addTerm(term []byte, stem uint32) {
	if len(term) > maxInlineLen {
		d.terms.add(term, stem)
		return
	}
	inline := newInlineTerm(term)
	inline.stem = stem
	d.inline.add(inline)
	d.terms.appendUnindexed(term, stem)
}

// find returns the stem of a term of the dictionary.
func (d *TermDictionary) find(term []byte) (stem uint32, ok bool) {
	if len(term) <= maxInlineLen {
		return d.inline.find(newInlineTerm(term))
	}
	number, ok := d.terms.find(term)
	if !ok {
		return 0, false
	}
	return d.terms.payload(number), true
}

// Stem returns the stem of a term of a query. A term that was never indexed may
// still have a stem that was.
func (d *TermDictionary) Stem(term string) (stem uint32, ok bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	if stem, ok := d.find([]byte(term)); ok {
		return stem, true
	}
	return d.stems.find([]byte(stemOf(term)))
}

// StemsWithPrefix returns the stems of all terms with a prefix, and of the prefix
// itself, in ascending order.
func (d *TermDictionary) StemsWithPrefix(prefix string) []uint32 {
	d.mu.RLock()
	defer d.mu.RUnlock()
	var stems []uint32
	if stem, ok := d.stems.find([]byte(stemOf(prefix))); ok {
		stems = append(stems, stem)
	}
	start := []byte(prefix)
	from := sort.Search(len(d.sorted), func(i int) bool {
		return bytes.Compare(d.terms.term(d.sorted[i]), start) >= 0
	})
	for _, number := range d.sorted[from:] {
		if !bytes.HasPrefix(d.terms.term(number), start) {
			break
		}
		stems = append(stems, d.terms.payload(number))
	}
	for number := len(d.sorted); number < d.terms.len(); number++ {
		if bytes.HasPrefix(d.terms.term(uint32(number)), start) {
			stems = append(stems, d.terms.payload(uint32(number)))
		}
	}
	slices.Sort(stems)
	return slices.Compact(stems)
}

// Sort sorts the terms that were added since the last call, for StemsWithPrefix, if
// they are more than maxUnsorted. It holds the lock only to store the result, and must not
// be called concurrently.
func (d *TermDictionary) Sort(maxUnsorted int) {
	d.mu.RLock()
	known, count := d.sorted, d.terms.len()
	if count-len(known) <= maxUnsorted {
		d.mu.RUnlock()
		return
	}
	added := make([]uint32, 0, count-len(known))
	for number := len(known); number < count; number++ {
		added = append(added, uint32(number))
	}
	compare := func(a, b uint32) int { return bytes.Compare(d.terms.term(a), d.terms.term(b)) }
	slices.SortFunc(added, compare)
	sorted := mergeSorted(known, added, compare)
	d.mu.RUnlock()
	d.mu.Lock()
	d.sorted = sorted
	d.mu.Unlock()
}

// mergeSorted merges two sorted slices.
func mergeSorted(a, b []uint32, compare func(a, b uint32) int) []uint32 {
	out := make([]uint32, 0, len(a)+len(b))
	for len(a) > 0 && len(b) > 0 {
		if compare(a[0], b[0]) <= 0 {
			out, a = append(out, a[0]), a[1:]
		} else {
			out, b = append(out, b[0]), b[1:]
		}
	}
	return append(append(out, a...), b...)
}
