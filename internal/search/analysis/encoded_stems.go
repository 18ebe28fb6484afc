package analysis

import (
	"bytes"
	"encoding/binary"
	"iter"
)

// Stems returns an iterator over encoded stem numbers, as an Encoder and
// AppendStem write them, without the separators of fields.
func Stems(encoded []byte) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		for len(encoded) > 0 {
			stem, size := uint64(encoded[0]), 1
			switch {
			case stem < 0x80: // most stems take one byte or two
			case len(encoded) > 1 && encoded[1] < 0x80:
				stem, size = stem&0x7f|uint64(encoded[1])<<7, 2
			default:
				stem, size = binary.Uvarint(encoded)
			}
			encoded = encoded[size:]
			if stem != 0 && !yield(uint32(stem)) {
				return
			}
		}
	}
}

// AppendStem appends an encoded stem number.
func AppendStem(dst []byte, stem uint32) []byte { return binary.AppendUvarint(dst, uint64(stem)) }

// ContainsPhrase reports whether the stems of a phrase follow each other in a text,
// both encoded. The last byte of a number is below 0x80 and no other is, so the
// numbers match where the bytes match and the byte before ends a number.
func ContainsPhrase(encoded, phrase []byte) bool {
	for at := 0; ; {
		i := bytes.Index(encoded[at:], phrase)
		if i < 0 {
			return false
		}
		if at += i; at == 0 || encoded[at-1] < 0x80 {
			return true
		}
		at++
	}
}
