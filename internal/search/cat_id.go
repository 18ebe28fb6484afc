package search

import (
	"strings"

	"trailcat/internal/catalog"
	"trailcat/internal/search/hashing"
)

// catID is the UUID in a cat's id: 16 bytes instead of 30 characters.
type catID struct{ high, low uint64 }

const (
	// crockford is the alphabet of ids; each character is five bits.
	crockford = "0123456789abcdefghjkmnpqrstvwxyz"
	// idLen is the number of characters after the prefix.
	idLen = 26
)

// parseCatID parses an id; ok is false if text is not a valid cat id.
func parseCatID(text string) (id catID, ok bool) {
	if catalog.CheckID(catalog.CatPrefix, text) != nil {
		return catID{}, false
	}
	for _, char := range []byte(text[len(text)-idLen:]) {
		value := strings.IndexByte(crockford, char)
		id.high = id.high<<5 | id.low>>59
		id.low = id.low<<5 | uint64(value)
	}
	return id, true
}

// String returns the id in its public form.
func (id catID) String() string {
	const prefix = catalog.CatPrefix + "_"
	var text [len(prefix) + idLen]byte
	copy(text[:], prefix)
	high, low := id.high, id.low
	for i := len(text) - 1; i >= len(prefix); i-- {
		text[i] = crockford[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(text[:])
}

func (id catID) hash() uint64 { return hashing.Mix64(id.low ^ id.high<<32 ^ id.high>>32) }
