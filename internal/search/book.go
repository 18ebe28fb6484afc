package search

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
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

	pairs   []uint16               // pieces of 2 bytes, by the bytes; 0 is none
	short   [9]pieceTable          // pieces of 3 to 8 bytes, by length
	lengths []uint16               // by the first two bytes: a bit for each length of short pieces
	long    map[uint64][]longPiece // longer ones by their first 8 bytes, longest first
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
		pairs: make([]uint16, 1<<16), lengths: make([]uint16, 1<<16), long: map[uint64][]longPiece{},
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

// add takes up a piece unless it is there, too long or one too many.
func (b *book) add(piece []byte) (uint16, bool) {
	if len(piece) < 2 || len(piece) > maxPiece || b.pieces() == maxPieces {
		return 0, false
	}
	number := uint16(b.pieces())
	if len(piece) <= 8 && !b.addShort(piece, number) || len(piece) > 8 && !b.addLong(piece, number) {
		return 0, false
	}
	b.text = append(b.text, piece...)
	b.at = append(b.at, uint32(len(b.text)))
	return number, true
}

func (b *book) addShort(piece []byte, number uint16) bool {
	first := binary.LittleEndian.Uint16(piece)
	if len(piece) == 2 {
		if b.pairs[first] != 0 {
			return false
		}
		b.pairs[first] = number
	} else if !b.short[len(piece)].add(head(piece, len(piece)), number) {
		return false
	}
	b.lengths[first] |= 1 << len(piece)
	return true
}

func (b *book) addLong(piece []byte, number uint16) bool {
	alike := b.long[head(piece, 8)]
	at := 0
	for at < len(alike) && alike[at].length >= len(piece) {
		if bytes.Equal(b.piece(alike[at].number), piece) {
			return false
		}
		at++
	}
	if len(alike) == maxAlike {
		return false
	}
	n := min(16, len(piece)) - 8
	one := longPiece{second: head(piece[8:], n), mask: ^uint64(0) >> (64 - 8*n), length: len(piece), number: number}
	b.long[head(piece, 8)] = slices.Insert(alike, at, one)
	return true
}

// next is the longest piece with which text begins, and its length.
func (b *book) next(text []byte) (number uint16, length int) {
	if len(text) < 2 {
		return uint16(text[0]), 1
	}
	if len(text) > 8 {
		second := head(text[8:], 8)
		for _, p := range b.long[binary.LittleEndian.Uint64(text)] {
			if (second^p.second)&p.mask == 0 && p.length <= len(text) &&
				(p.length <= 16 || string(b.piece(p.number)[16:]) == string(text[16:p.length])) {
				return p.number, p.length
			}
		}
	}
	first := binary.LittleEndian.Uint16(text)
	begin := head(text, 8)
	for lengths := b.lengths[first] &^ (^uint16(0) << min(len(text)+1, 15)); lengths > 1<<2; {
		n := bits.Len16(lengths) - 1
		if number, ok := b.short[n].find(begin << (64 - 8*n) >> (64 - 8*n)); ok {
			return number, n
		}
		lengths &^= 1 << n
	}
	if pair := b.pairs[first]; pair != 0 {
		return pair, 2
	}
	return uint16(text[0]), 1
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
