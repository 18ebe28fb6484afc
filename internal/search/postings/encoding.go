package postings

import (
	"encoding/binary"
	"errors"

	"github.com/RoaringBitmap/roaring/v2"
)

var errMalformed = errors.New("malformed postings")

// AppendTo appends the encoded list to dst, for Decode: the differences of a slice, or a
// bitmap in the portable format of roaring.
func (l *List) AppendTo(dst []byte) ([]byte, error) {
	if l.dense != nil {
		bitmap, err := l.dense.ToBytes()
		return append(append(dst, 1), bitmap...), err
	}
	dst = append(dst, 0)
	previous := uint32(0)
	for _, ordinal := range l.sparse {
		dst = binary.AppendUvarint(dst, uint64(ordinal-previous))
		previous = ordinal
	}
	return dst, nil
}

// AppendTo appends the encoded list to dst, for Decode.
func (a *Adaptive) AppendTo(dst []byte) ([]byte, error) {
	if !a.isFrequent() {
		return a.rare.AppendTo(dst)
	}
	list := List{sparse: nil, dense: roaring.FromDense(a.frequent.Words(), true)}
	return list.AppendTo(dst)
}

// Decode returns a list that AppendTo encoded, of ordinals below limit.
func Decode(encoded []byte, limit int) (List, error) {
	if len(encoded) == 0 {
		return List{}, errMalformed
	}
	if encoded[0] == 1 {
		bitmap := roaring.New()
		if err := bitmap.UnmarshalBinary(encoded[1:]); err != nil {
			return List{}, errMalformed
		}
		if err := bitmap.Validate(); err != nil || !bitmap.IsEmpty() && int64(bitmap.Maximum()) >= int64(limit) {
			return List{}, errMalformed
		}
		return List{dense: bitmap}, nil
	}
	l := List{sparse: make([]uint32, 0, countVarints(encoded[1:])), dense: nil}
	ordinal := uint64(0)
	for rest := encoded[1:]; len(rest) > 0; {
		n, size := binary.Uvarint(rest)
		if ordinal += n; size <= 0 || ordinal >= uint64(limit) || n == 0 && len(l.sparse) > 0 {
			return List{}, errMalformed
		}
		l.sparse = append(l.sparse, uint32(ordinal))
		rest = rest[size:]
	}
	return l, nil
}

// countVarints returns the number of varints that end in encoded.
func countVarints(encoded []byte) int {
	n := 0
	for _, b := range encoded {
		if b < 0x80 {
			n++
		}
	}
	return n
}
