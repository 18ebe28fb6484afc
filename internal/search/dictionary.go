package search

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
)

// dictionary shrinks texts that are much alike. It numbers pieces of text: each byte,
// and pieces that came often where the book was made. A shrunk text is the
// numbers of its pieces, two bytes each, so to unfold it is to copy. A book does
// not change once it is made.
//
// Pieces are found as in OnPair (Gargiulo and others, 2025): in one pass over a
// sample, two pieces that follow each other often enough become one.
type dictionary struct {
	text []byte     // all pieces, and copyPadding bytes more
	at   []entryRef // where each piece is in text

	pairs []uint16      // pieces of 2 bytes, by the bytes; 0 is none
	short [9]entryTable // pieces of 3 to 8 bytes, by length
	long  entryTable    // by the first 8 bytes: where in alike the longer pieces are
	alike [][]longEntry // those that begin alike, longest first

	// lengths has, by a hash of the first three bytes, a bit for each length of
	// pieces that begin so; 9 stands for all longer ones.
	lengths []uint16
}

// entryRef is where a piece begins in the text, and in the last byte its length.
type entryRef uint32

// copyPadding is how much is copied of a piece without looking at its length.
const copyPadding = 16

// longEntry is a piece of more than 8 bytes. Its last 8 bytes tell at once that
// most texts are otherwise, without a look at the piece, which is far away.
type longEntry struct {
	last           uint64
	length, number uint16
}

const (
	maxPieces = 1 << 16
	maxPiece  = 200 // bytes; so all of them have room in the 24 bits of a entryRef
	// maxPrefixGroup bounds how many long pieces begin alike, and so the time to find one.
	maxPrefixGroup = 24
)

// newBook is a book of the single bytes and the given pieces.
func newBook(pieces []string) *dictionary {
	b := &dictionary{
		text: make([]byte, copyPadding, 1<<12), at: make([]entryRef, 0, 1<<9),
		pairs: make([]uint16, 1<<16), lengths: make([]uint16, 1<<16),
	}
	for c := range 256 {
		b.append([]byte{byte(c)})
	}
	for _, p := range pieces {
		b.add([]byte(p))
	}
	return b
}

// trainDictionary is a book for texts like those of the sample, upon the given pieces.
func trainDictionary(pieces []string, sample [][]byte, often int) *dictionary {
	b := newBook(pieces)
	seen := map[uint32]int{}
	for _, text := range sample {
		before := -1
		for len(text) > 0 {
			piece, length := b.next(text)
			text = text[length:]
			if before < 0 {
				before = int(piece)
				continue
			}
			pair := uint32(before)<<16 | uint32(piece)
			before = int(piece)
			if seen[pair]++; seen[pair] < often {
				continue
			}
			delete(seen, pair)
			if made, ok := b.add(bytes.Join([][]byte{b.piece(uint16(pair >> 16)), b.piece(piece)}, nil)); ok {
				before = int(made)
			}
		}
	}
	return b
}

// next is the longest piece with which text begins, and its length.
func (b *dictionary) next(text []byte) (number uint16, length int) {
	if len(text) < 2 {
		return uint16(text[0]), 1
	}
	begin := head(text, 8)
	lengths := b.lengths[threeBytes(begin)] &^ (^uint16(0) << min(len(text)+1, 15))
	if lengths>>9 != 0 {
		if number, length, ok := b.nextLong(text, begin); ok {
			return number, length
		}
		lengths &^= 1 << 9
	}
	for lengths != 0 {
		n := bits.Len16(lengths) - 1
		if number, ok := b.short[n].find(begin << (64 - 8*n) >> (64 - 8*n)); ok {
			return number, n
		}
		lengths &^= 1 << n
	}
	if pair := b.pairs[uint16(begin)]; pair != 0 {
		return pair, 2
	}
	return uint16(text[0]), 1
}

// nextLong is the longest piece of more than 8 bytes with which text begins.
func (b *dictionary) nextLong(text []byte, begin uint64) (number uint16, length int, ok bool) {
	group, ok := b.long.find(begin)
	if !ok {
		return 0, 0, false
	}
	for _, p := range b.alike[group] {
		n := int(p.length)
		if n <= len(text) && binary.LittleEndian.Uint64(text[n-8:]) == p.last &&
			(n <= 16 || string(b.piece(p.number)[8:n-8]) == string(text[8:n-8])) {
			return p.number, n, true
		}
	}
	return 0, 0, false
}

// head is the first n bytes of text in a number, n at most 8; bytes that are not
// there are zero.
func head(text []byte, n int) uint64 {
	if len(text) >= 8 {
		return binary.LittleEndian.Uint64(text) << (64 - 8*n) >> (64 - 8*n)
	}
	var x uint64
	for i := range min(n, len(text)) {
		x |= uint64(text[i]) << (8 * i)
	}
	return x
}

func (b *dictionary) pieces() int { return len(b.at) }

func (b *dictionary) piece(number uint16) []byte {
	at := b.at[number]
	return b.text[at>>8 : at>>8+at&0xff]
}

// compress appends the shrunk text to dst.
func (b *dictionary) compress(dst, text []byte) []byte {
	for len(text) > 0 {
		piece, length := b.next(text)
		dst = binary.LittleEndian.AppendUint16(dst, piece)
		text = text[length:]
	}
	return dst
}

// decompress appends to dst what was shrunk. Most pieces are short: to copy always as
// many bytes as the processor moves at once is faster than to copy just enough.
func (b *dictionary) decompress(dst, shrunk []byte) []byte {
	n := len(dst)
	dst = slices.Grow(dst, len(shrunk)/2*maxPiece+copyPadding)
	dst = dst[:cap(dst)]
	for ; len(shrunk) >= 2; shrunk = shrunk[2:] {
		at := b.at[binary.LittleEndian.Uint16(shrunk)]
		from, length := int(at>>8), int(at&0xff)
		*(*[copyPadding]byte)(dst[n:]) = *(*[copyPadding]byte)(b.text[from:])
		if length > copyPadding {
			copy(dst[n+copyPadding:], b.text[from+copyPadding:from+length])
		}
		n += length
	}
	return dst[:n]
}
