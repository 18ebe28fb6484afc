package search

import (
	"bytes"
	"encoding/binary"
	"slices"
)

// add takes up a piece unless it is there, too long or one too many.
func (b *dictionary) add(piece []byte) (uint16, bool) {
	if len(piece) < 2 || len(piece) > maxPiece || b.pieces() == maxPieces {
		return 0, false
	}
	number := uint16(b.pieces())
	if len(piece) <= 8 && !b.addShort(piece, number) || len(piece) > 8 && !b.addLong(piece, number) {
		return 0, false
	}
	b.append(piece)
	return number, true
}

// append gives a piece the next number.
func (b *dictionary) append(piece []byte) {
	from := len(b.text) - copyPadding
	b.at = append(b.at, entryRef(from<<8|len(piece)))
	b.text = append(append(b.text[:from], piece...), make([]byte, copyPadding)...)
}

func (b *dictionary) addShort(piece []byte, number uint16) bool {
	if len(piece) == 2 {
		first := binary.LittleEndian.Uint16(piece)
		if b.pairs[first] != 0 {
			return false
		}
		b.pairs[first] = number
		return true
	}
	begin := head(piece, len(piece))
	if !b.short[len(piece)].add(begin, number) {
		return false
	}
	b.lengths[threeBytes(begin)] |= 1 << len(piece)
	return true
}

func (b *dictionary) addLong(piece []byte, number uint16) bool {
	begin := head(piece, 8)
	group, known := b.long.find(begin)
	if !known {
		group = uint16(len(b.alike))
		if !b.long.add(begin, group) {
			return false
		}
		b.alike = append(b.alike, nil)
	}
	at := 0
	for at < len(b.alike[group]) && int(b.alike[group][at].length) >= len(piece) {
		if bytes.Equal(b.piece(b.alike[group][at].number), piece) {
			return false
		}
		at++
	}
	if len(b.alike[group]) == maxPrefixGroup {
		return false
	}
	one := longEntry{last: head(piece[len(piece)-8:], 8), length: uint16(len(piece)), number: number}
	b.alike[group] = slices.Insert(b.alike[group], at, one)
	b.lengths[threeBytes(begin)] |= 1 << 9
	return true
}

// threeBytes is a hash of the first three bytes of a piece.
func threeBytes(begin uint64) uint16 { return uint16(mix64(begin&0xffffff) >> 16) }
