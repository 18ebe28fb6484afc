package hints

import (
	"encoding/binary"
	"math/bits"
)

// Multipliers that spread the bits of a key: the 64-bit golden ratio and an odd
// constant with well mixed bits.
const (
	hashMultiplier       = 0x9E3779B97F4A7C15
	secondHashMultiplier = 0xD6E8FEB86659FD93
)

// wordKey is a lower-case word, padded with zeros. The rules contain no longer
// word.
type wordKey [24]byte

// lexicon is a read-only hash table from words to their ids.
type lexicon struct {
	entries []lexiconEntry
	shift   uint
}

type lexiconEntry struct {
	word wordKey
	id   wordID // 0 for an empty entry
}

func newLexicon(ids map[string]wordID) lexicon {
	width := bits.Len(uint(len(ids))) + 1 // a quarter to half full
	out := lexicon{entries: make([]lexiconEntry, 1<<width), shift: uint(64 - width)}
	for word, id := range ids {
		e := lexiconEntry{id: id}
		if copy(e.word[:], word) < len(word) {
			continue // longer than any word of a token
		}
		i := out.hash(&e.word)
		for out.entries[i].id != 0 {
			i = (i + 1) % len(out.entries)
		}
		out.entries[i] = e
	}
	return out
}

func (l *lexicon) hash(word *wordKey) int {
	first, second, third := binary.LittleEndian.Uint64(word[:8]), binary.LittleEndian.Uint64(word[8:16]), binary.LittleEndian.Uint64(word[16:])
	sum := first*hashMultiplier ^ second*secondHashMultiplier ^ third
	return int((sum ^ sum>>32) * hashMultiplier >> l.shift)
}

// lookup returns the id of a word, or 0 if the rules do not contain it.
func (l *lexicon) lookup(word *wordKey) wordID {
	for i := l.hash(word); ; i = (i + 1) & (len(l.entries) - 1) {
		e := &l.entries[i]
		if e.id == 0 || e.word == *word {
			return e.id
		}
	}
}

// transitionKey is a node of the trie with the word that leaves it.
type transitionKey struct {
	from int32
	word wordID
}

// transitionTable is a read-only hash table of the trie's transitions. Most of the
// time to read a text is spent on lookups that find nothing, which are three times
// as fast as in a map.
type transitionTable struct {
	slots []transitionSlot
	shift uint
}

type transitionSlot struct {
	key    transitionKey
	target int32 // 0 for an empty slot; the root is no target
}

func newTransitionTable(all map[transitionKey]int32) transitionTable {
	width := bits.Len(uint(len(all))) + 2 // an eighth to a quarter full
	out := transitionTable{slots: make([]transitionSlot, 1<<width), shift: uint(64 - width)}
	for key, target := range all {
		i := out.hash(key)
		for out.slots[i].target != 0 {
			i = (i + 1) % len(out.slots)
		}
		out.slots[i] = transitionSlot{key, target}
	}
	return out
}

func (t *transitionTable) hash(key transitionKey) int {
	return int((uint64(key.from)<<16 | uint64(key.word)) * hashMultiplier >> t.shift)
}

// target returns the target of a transition, or 0 if there is none.
func (t *transitionTable) target(key transitionKey) int32 {
	for i := t.hash(key); ; i = (i + 1) & (len(t.slots) - 1) {
		s := &t.slots[i]
		if s.target == 0 || s.key == key {
			return s.target
		}
	}
}
