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

func (w *wordKey) hash() uint64 {
	first, second, third := binary.LittleEndian.Uint64(w[:8]), binary.LittleEndian.Uint64(w[8:16]), binary.LittleEndian.Uint64(w[16:])
	sum := first*hashMultiplier ^ second*secondHashMultiplier ^ third
	return (sum ^ sum>>32) * hashMultiplier
}

// transitionKey is a node of the trie with the word that leaves it.
type transitionKey struct {
	from int32
	word wordID
}

func (k *transitionKey) hash() uint64 { return (uint64(k.from)<<16 | uint64(k.word)) * hashMultiplier }

// hashTable is a read-only hash table. Most of the time to read a text is spent on
// lookups that find nothing, which are three times as fast as in a map.
type hashTable[K comparable] struct {
	slots []slot[K]
	shift uint
}

type slot[K comparable] struct {
	key   K
	value int32 // 0 for an empty slot
}

// newHashTable returns a table, a quarter to half full, of values other than 0.
func newHashTable[K comparable](values map[K]int32, hash func(*K) uint64) hashTable[K] {
	width := bits.Len(uint(len(values))) + 1
	out := hashTable[K]{slots: make([]slot[K], 1<<width), shift: uint(64 - width)}
	for key, value := range values {
		i := int(hash(&key) >> out.shift)
		for out.slots[i].value != 0 {
			i = (i + 1) % len(out.slots)
		}
		out.slots[i] = slot[K]{key, value}
	}
	return out
}

// lookup returns the value of a key with its hash, or 0 if there is none.
func (t *hashTable[K]) lookup(hash uint64, key *K) int32 {
	for i := int(hash >> t.shift); ; i = (i + 1) & (len(t.slots) - 1) {
		s := &t.slots[i]
		if s.value == 0 || s.key == *key {
			return s.value
		}
	}
}
