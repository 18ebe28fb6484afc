package search

import (
	"bytes"
	"encoding/binary"
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
	ends []uint32 // where each piece ends in text

	short   map[shortPiece]uint16 // pieces of 2 to 8 bytes
	long    map[uint64][]uint16   // longer ones by their first 8 bytes, longest first
	longest []uint8               // by the first two bytes: the length of the longest short piece
}

// shortPiece is a piece of up to 8 bytes: the bytes in a number, and how many.
type shortPiece struct {
	bytes uint64
	n     int
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
		text: make([]byte, 0, 1<<12), ends: make([]uint32, 0, 1<<9),
		short: map[shortPiece]uint16{}, long: map[uint64][]uint16{}, longest: make([]uint8, 1<<16),
	}
	for c := range 256 {
		b.text = append(b.text, byte(c))
		b.ends = append(b.ends, uint32(len(b.text)))
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
			piece := b.next(text)
			text = text[len(b.piece(piece)):]
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
	if len(piece) < 2 || len(piece) > maxPiece || len(b.ends) == maxPieces {
		return 0, false
	}
	number := uint16(len(b.ends))
	if len(piece) <= 8 {
		key := shortPiece{head(piece, len(piece)), len(piece)}
		if _, known := b.short[key]; known {
			return 0, false
		}
		b.short[key] = number
		first := binary.LittleEndian.Uint16(piece)
		b.longest[first] = max(b.longest[first], uint8(len(piece)))
	} else if !b.addLong(piece, number) {
		return 0, false
	}
	b.text = append(b.text, piece...)
	b.ends = append(b.ends, uint32(len(b.text)))
	return number, true
}

func (b *book) addLong(piece []byte, number uint16) bool {
	alike := b.long[head(piece, 8)]
	at := 0
	for at < len(alike) && len(b.piece(alike[at])) >= len(piece) {
		if bytes.Equal(b.piece(alike[at]), piece) {
			return false
		}
		at++
	}
	if len(alike) == maxAlike {
		return false
	}
	alike = append(alike, 0)
	copy(alike[at+1:], alike[at:])
	alike[at] = number
	b.long[head(piece, 8)] = alike
	return true
}

// next is the longest piece with which text begins.
func (b *book) next(text []byte) uint16 {
	if len(text) > 8 {
		for _, number := range b.long[binary.LittleEndian.Uint64(text)] {
			if piece := b.piece(number); len(piece) <= len(text) && string(piece) == string(text[:len(piece)]) {
				return number
			}
		}
	}
	if len(text) >= 2 {
		for n := min(len(text), int(b.longest[binary.LittleEndian.Uint16(text)])); n >= 2; n-- {
			if number, ok := b.short[shortPiece{head(text, n), n}]; ok {
				return number
			}
		}
	}
	return uint16(text[0])
}

// head is the first n bytes of text in a number, n at most 8.
func head(text []byte, n int) uint64 {
	if len(text) >= 8 {
		return binary.LittleEndian.Uint64(text) << (64 - 8*n) >> (64 - 8*n)
	}
	var x uint64
	for i := range n {
		x |= uint64(text[i]) << (8 * i)
	}
	return x
}

func (b *book) piece(number uint16) []byte {
	from := uint32(0)
	if number > 0 {
		from = b.ends[number-1]
	}
	return b.text[from:b.ends[number]]
}

// shrink appends the shrunk text to dst.
func (b *book) shrink(dst, text []byte) []byte {
	for len(text) > 0 {
		piece := b.next(text)
		dst = binary.LittleEndian.AppendUint16(dst, piece)
		text = text[len(b.piece(piece)):]
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
