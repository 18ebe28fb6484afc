package search

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// book shrinks texts that are much alike. It numbers pieces of text: each byte,
// and pieces that came often where the book was made. A shrunk text is the
// numbers of its pieces, two bytes each, so to unfold it is to copy. A book does
// not change once it is made.
//
// Pieces are found as in OnPair (Gargiulo and others, 2025): in one pass over a
// sample, two pieces that follow each other often enough become one.
type book struct {
	text []byte
	at   []uint32 // where each piece begins in text, and after the last where it ends

	pairs []uint16      // pieces of 2 bytes, by the bytes; 0 is none
	short [9]pieceTable // pieces of 3 to 8 bytes, by length
	long  pieceTable    // by the first 8 bytes: where in alike the longer pieces are
	alike [][]longPiece // those that begin alike, longest first

	// lengths has, by a hash of the first three bytes, a bit for each length of
	// pieces that begin so; 9 stands for all longer ones.
	lengths []uint16
}

// longPiece is a piece of more than 8 bytes. Its second 8 bytes, as far as it
// has them, tell at once that most texts begin otherwise.
type longPiece struct {
	second, mask uint64
	length       int
	number       uint16
}

const (
	maxPieces = 1 << 16
	maxPiece  = 200 // bytes
	// maxAlike bounds how many long pieces begin alike, and so the time to find one.
	maxAlike = 24
)

// newBook is a book of the single bytes and the given pieces.
func newBook(pieces []string) *book {
	b := &book{
		text: make([]byte, 0, 1<<12), at: make([]uint32, 1, 1<<9),
		pairs: make([]uint16, 1<<16), lengths: make([]uint16, 1<<16),
	}
	for c := range 256 {
		b.text = append(b.text, byte(c))
		b.at = append(b.at, uint32(len(b.text)))
	}
	for _, p := range pieces {
		b.add([]byte(p))
	}
	return b
}

// trainBook is a book for texts like those of the sample, upon the given pieces.
func trainBook(pieces []string, sample [][]byte, often int) *book {
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
func (b *book) next(text []byte) (number uint16, length int) {
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
func (b *book) nextLong(text []byte, begin uint64) (number uint16, length int, ok bool) {
	group, ok := b.long.find(begin)
	if !ok {
		return 0, 0, false
	}
	second := head(text[8:], 8)
	for _, p := range b.alike[group] {
		if (second^p.second)&p.mask == 0 && p.length <= len(text) &&
			(p.length <= 16 || string(b.piece(p.number)[16:]) == string(text[16:p.length])) {
			return p.number, p.length, true
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

func (b *book) pieces() int { return len(b.at) - 1 }

func (b *book) piece(number uint16) []byte {
	at := b.at[number:]
	return b.text[at[0]:at[1]]
}

// shrink appends the shrunk text to dst.
func (b *book) shrink(dst, text []byte) []byte {
	for len(text) > 0 {
		piece, length := b.next(text)
		dst = binary.LittleEndian.AppendUint16(dst, piece)
		text = text[length:]
	}
	return dst
}

// unfold appends to dst what was shrunk.
func (b *book) unfold(dst, shrunk []byte) []byte {
	for ; len(shrunk) >= 2; shrunk = shrunk[2:] {
		dst = append(dst, b.piece(binary.LittleEndian.Uint16(shrunk))...)
	}
	return dst
}
