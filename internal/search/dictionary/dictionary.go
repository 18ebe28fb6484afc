package dictionary

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"

	"trailcat/internal/search/hashing"
)

// dictionary compresses texts that share many substrings. Its entries are each
// single byte and substrings that were frequent in the training sample. A
// compressed text is the numbers of its entries, two bytes each, so to decompress
// is to copy. A dictionary does not change once it is trained.
//
// Entries are found as in OnPair (Gargiulo and others, 2025): in one pass over a
// sample, two entries that follow each other often enough become one.
type dictionary struct {
	text []byte     // the text of all entries, and copyPadding more bytes
	refs []entryRef // by number

	pairs  []uint16      // entries of 2 bytes, by their bytes; 0 is none
	short  [9]entryTable // entries of 3 to 8 bytes, by length
	long   entryTable    // index in groups of the longer entries, by their first 8 bytes
	groups [][]longEntry // entries with a common 8-byte prefix, longest first

	// lengths has, by a hash of the first three bytes, a bit for each length of an
	// entry with this prefix; bit 9 stands for all lengths over 8.
	lengths []uint16
}

// entryRef is the offset of an entry in the text, and in its low byte the length.
type entryRef uint32

// copyPadding is the number of bytes that decompress copies of each entry without
// regard to its length.
const copyPadding = 16

// longEntry is an entry of more than 8 bytes. Comparing its last 8 bytes rejects
// most texts without reading the entry, which is not in the processor's cache.
type longEntry struct {
	tail           uint64
	length, number uint16
}

const (
	numBytes       = 1 << 8 // the first entries are the single bytes
	maxEntries     = 1 << 16
	maxEntryLen    = 200 // bytes; all entries then fit the 24-bit offset of an entryRef
	maxPrefixGroup = 24  // entries with a common 8-byte prefix; bounds the search time
)

// newDictionary returns a dictionary of the single bytes and the given entries.
func newDictionary(entries []string) *dictionary {
	d := &dictionary{
		text: make([]byte, copyPadding, 1<<12), refs: make([]entryRef, 0, 1<<9),
		pairs: make([]uint16, 1<<16), lengths: make([]uint16, 1<<16),
	}
	for c := range numBytes {
		d.append([]byte{byte(c)})
	}
	for _, e := range entries {
		d.add([]byte(e))
	}
	return d
}

// train returns a dictionary for texts like those of the sample, with the given
// entries to start from. Two entries become one when they have followed each
// other minCount times.
func train(entries []string, sample [][]byte, minCount int) *dictionary {
	d := newDictionary(entries)
	seen := map[uint32]int{}
	for _, text := range sample {
		previous := -1
		for len(text) > 0 {
			number, length := d.longestMatch(text)
			text = text[length:]
			if previous < 0 {
				previous = int(number)
				continue
			}
			pair := uint32(previous)<<16 | uint32(number)
			previous = int(number)
			if seen[pair]++; seen[pair] < minCount {
				continue
			}
			delete(seen, pair)
			if merged, ok := d.add(bytes.Join([][]byte{d.entry(uint16(pair >> 16)), d.entry(number)}, nil)); ok {
				previous = int(merged)
			}
		}
	}
	return d
}

// longestMatch returns the longest entry that is a prefix of text, which is not
// empty, and its length.
func (d *dictionary) longestMatch(text []byte) (number uint16, length int) {
	if len(text) < 2 {
		return uint16(text[0]), 1
	}
	prefix := hashing.Head(text, 8)
	lengths := d.lengths[lengthsIndex(prefix)] &^ (^uint16(0) << min(len(text)+1, 15))
	if lengths>>9 != 0 {
		if number, length, ok := d.longestOver8(text, prefix); ok {
			return number, length
		}
		lengths &^= 1 << 9
	}
	for lengths != 0 {
		n := bits.Len16(lengths) - 1
		if number, ok := d.short[n].find(prefix << (64 - 8*n) >> (64 - 8*n)); ok {
			return number, n
		}
		lengths &^= 1 << n
	}
	if number := d.pairs[uint16(prefix)]; number != 0 {
		return number, 2
	}
	return uint16(text[0]), 1
}

// longestOver8 returns the longest entry of more than 8 bytes that is a prefix of
// text.
func (d *dictionary) longestOver8(text []byte, prefix uint64) (number uint16, length int, ok bool) {
	group, ok := d.long.find(prefix)
	if !ok {
		return 0, 0, false
	}
	for _, e := range d.groups[group] {
		n := int(e.length)
		if n <= len(text) && binary.LittleEndian.Uint64(text[n-8:]) == e.tail &&
			(n <= 16 || string(d.entry(e.number)[8:n-8]) == string(text[8:n-8])) {
			return e.number, n, true
		}
	}
	return 0, 0, false
}

func (d *dictionary) size() int { return len(d.refs) }

func (d *dictionary) entry(number uint16) []byte {
	ref := d.refs[number]
	return d.text[ref>>8 : ref>>8+ref&0xff]
}

// compress appends the compressed text to dst.
func (d *dictionary) compress(dst, text []byte) []byte {
	for len(text) > 0 {
		number, length := d.longestMatch(text)
		dst = binary.LittleEndian.AppendUint16(dst, number)
		text = text[length:]
	}
	return dst
}

// decompress appends the text to dst. Most entries are short: to copy a constant
// number of bytes, which is one processor instruction, is faster than to copy the
// exact length.
func (d *dictionary) decompress(dst, compressed []byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(compressed)/2*maxEntryLen+copyPadding)
	dst = dst[:cap(dst)]
	for ; len(compressed) >= 2; compressed = compressed[2:] {
		ref := d.refs[binary.LittleEndian.Uint16(compressed)]
		from, length := int(ref>>8), int(ref&0xff)
		*(*[copyPadding]byte)(dst[n:]) = *(*[copyPadding]byte)(d.text[from:])
		if length > copyPadding {
			copy(dst[n+copyPadding:], d.text[from+copyPadding:from+length])
		}
		n += length
	}
	return dst[:n]
}

// add adds an entry and returns its number; ok is false if it exists already, is
// too short or too long, or one of the tables is full.
func (d *dictionary) add(entry []byte) (number uint16, ok bool) {
	if len(entry) < 2 || len(entry) > maxEntryLen || d.size() == maxEntries {
		return 0, false
	}
	number = uint16(d.size())
	if len(entry) <= 8 && !d.addShort(entry, number) || len(entry) > 8 && !d.addLong(entry, number) {
		return 0, false
	}
	d.append(entry)
	return number, true
}

// append stores the text of the entry with the next number.
func (d *dictionary) append(entry []byte) {
	from := len(d.text) - copyPadding
	d.refs = append(d.refs, entryRef(from<<8|len(entry)))
	d.text = append(append(d.text[:from], entry...), make([]byte, copyPadding)...)
}

func (d *dictionary) addShort(entry []byte, number uint16) bool {
	if len(entry) == 2 {
		pair := binary.LittleEndian.Uint16(entry)
		if d.pairs[pair] != 0 {
			return false
		}
		d.pairs[pair] = number
		return true
	}
	key := hashing.Head(entry, len(entry))
	if !d.short[len(entry)].add(key, number) {
		return false
	}
	d.lengths[lengthsIndex(key)] |= 1 << len(entry)
	return true
}

func (d *dictionary) addLong(entry []byte, number uint16) bool {
	prefix := hashing.Head(entry, 8)
	group, known := d.long.find(prefix)
	if !known {
		group = uint16(len(d.groups))
		if !d.long.add(prefix, group) {
			return false
		}
		d.groups = append(d.groups, nil)
	}
	at := 0
	for at < len(d.groups[group]) && int(d.groups[group][at].length) >= len(entry) {
		if bytes.Equal(d.entry(d.groups[group][at].number), entry) {
			return false
		}
		at++
	}
	if len(d.groups[group]) == maxPrefixGroup {
		return false
	}
	e := longEntry{tail: hashing.Head(entry[len(entry)-8:], 8), length: uint16(len(entry)), number: number}
	d.groups[group] = slices.Insert(d.groups[group], at, e)
	d.lengths[lengthsIndex(prefix)] |= 1 << 9
	return true
}

// lengthsIndex returns a hash of the first three bytes of an entry.
func lengthsIndex(prefix uint64) uint16 { return uint16(hashing.Mix64(prefix&0xffffff) >> 16) }

// entryTable is a hash table of entries of one length, with linear probing. The
// key is the bytes of the entry as an integer. An entry of only zero bytes cannot
// be stored; JSON has none.
type entryTable struct {
	keys    []uint64
	numbers []uint16
	n       int
}

func (t *entryTable) find(key uint64) (uint16, bool) {
	if t.n == 0 {
		return 0, false
	}
	mask := uint64(len(t.keys) - 1)
	for at := hashing.Mix64(key) & mask; t.keys[at] != 0; at = (at + 1) & mask {
		if t.keys[at] == key {
			return t.numbers[at], true
		}
	}
	return 0, false
}

// add reports whether the key was added: it is new and not 0.
func (t *entryTable) add(key uint64, number uint16) bool {
	if _, known := t.find(key); known || key == 0 {
		return false
	}
	if 2*(t.n+1) > len(t.keys) {
		old := *t
		size := max(64, 2*len(old.keys))
		*t = entryTable{keys: make([]uint64, size), numbers: make([]uint16, size), n: 0}
		for i, k := range old.keys {
			if k != 0 {
				t.insert(k, old.numbers[i])
			}
		}
	}
	t.insert(key, number)
	return true
}

func (t *entryTable) insert(key uint64, number uint16) {
	mask := uint64(len(t.keys) - 1)
	at := hashing.Mix64(key) & mask
	for t.keys[at] != 0 {
		at = (at + 1) & mask
	}
	t.keys[at], t.numbers[at] = key, number
	t.n++
}
