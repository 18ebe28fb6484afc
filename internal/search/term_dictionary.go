package search

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"sync"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
)

// termDictionary knows every word that was ever read, and the stem of each. Stems are
// numbered from 1; 0 is the gap between two fields, over which no phrase runs.
// It only grows, and it has a lock of its own, so that texts are read while the
// index answers.
type termDictionary struct {
	mu     sync.RWMutex
	short  inlineTermTable // those of up to 12 bytes
	words  interner        // all words, marked with their stems; it finds only the longer ones
	stems  interner        // 0 is the empty word, the gap
	sorted []uint32        // words in alphabetical order; the newest may still be missing
}

// maxUnsorted is how many new words wait before they are sorted in.
const maxUnsorted = 1000

func newLexicon() *termDictionary {
	l := &termDictionary{short: newShortWords(), words: newInterner(), stems: newInterner()}
	l.stems.add(nil, 0)
	return l
}

// intern is the stem of a word, which is learnt if it is new. The caller holds
// the read lock; it is let go for a moment to learn.
func (l *termDictionary) intern(word []byte) uint32 {
	if stem, ok := l.find(word); ok {
		return stem
	}
	l.mu.RUnlock()
	defer l.mu.RLock()
	l.mu.Lock()
	defer l.mu.Unlock()
	if stem, ok := l.find(word); ok {
		return stem // another goroutine was first
	}
	text := []byte(stemOf(string(word)))
	stem, ok := l.stems.find(text)
	if !ok {
		stem = l.stems.add(text, 0)
	}
	if len(word) > maxShort {
		l.words.add(word, stem)
		return stem
	}
	short := newShortWord(word)
	short.stem = stem
	l.short.add(short)
	l.words.appendUnindexed(word, stem)
	return stem
}

// find is the stem of a word that was read before.
func (l *termDictionary) find(word []byte) (stem uint32, ok bool) {
	if len(word) <= maxShort {
		return l.short.find(newShortWord(word))
	}
	number, ok := l.words.find(word)
	if !ok {
		return 0, false
	}
	return l.words.payload(number), true
}

// stem is the stem of a word in a question. Words never read before may still
// have a stem that was.
func (l *termDictionary) stem(word []byte) (uint32, bool) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if stem, ok := l.find(word); ok {
		return stem, true
	}
	return l.stems.find([]byte(stemOf(string(word))))
}

// stemsOfPrefix are the stems of all words that begin so, and of the word itself.
func (l *termDictionary) stemsOfPrefix(prefix []byte) []uint32 {
	l.mu.RLock()
	defer l.mu.RUnlock()
	var stems []uint32
	if stem, ok := l.stems.find([]byte(stemOf(string(prefix)))); ok {
		stems = append(stems, stem)
	}
	from := sort.Search(len(l.sorted), func(i int) bool {
		return bytes.Compare(l.words.word(l.sorted[i]), prefix) >= 0
	})
	for _, word := range l.sorted[from:] {
		if !bytes.HasPrefix(l.words.word(word), prefix) {
			break
		}
		stems = append(stems, l.words.payload(word))
	}
	for word := len(l.sorted); word < l.words.len(); word++ {
		if bytes.HasPrefix(l.words.word(uint32(word)), prefix) {
			stems = append(stems, l.words.payload(uint32(word)))
		}
	}
	slices.Sort(stems)
	return slices.Compact(stems)
}

// sort puts new words in order once they are more than a few.
func (l *termDictionary) sort(few int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	known := len(l.sorted)
	if l.words.len()-known <= few {
		return
	}
	fresh := make([]uint32, 0, l.words.len()-known)
	for word := known; word < l.words.len(); word++ {
		fresh = append(fresh, uint32(word))
	}
	compare := func(a, b uint32) int { return bytes.Compare(l.words.word(a), l.words.word(b)) }
	slices.SortFunc(fresh, compare)
	l.sorted = mergeSorted(l.sorted, fresh, compare)
}

// mergeSorted is one sorted list of two.
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

// stemOf is the Snowball stem of an English word. That makes "purring" pur but
// leaves purr as it is; here a last letter that is double never stays so.
func stemOf(word string) string {
	env := snowballstem.NewEnv(word)
	english.Stem(env)
	stem := env.Current()
	if last := len(stem) - 1; last > 1 && stem[last] == stem[last-1] && strings.IndexByte("bdfgmnprt", stem[last]) >= 0 {
		return stem[:last]
	}
	return stem
}
