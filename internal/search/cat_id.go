package search

import (
	"strings"

	"trailcat/internal/catalog"
)

// catID is the UUID in a cat's id: 16 bytes instead of 30 letters.
type catID struct{ high, low uint64 }

const (
	// crockford is the alphabet of our ids; each letter is five bits.
	crockford = "0123456789abcdefghjkmnpqrstvwxyz"
	// idLetters is how many letters follow the prefix.
	idLetters = 26
	// fibonacciMultiplier spreads keys over a table: 2^64 divided by the golden ratio.
	fibonacciMultiplier = 0x9E3779B97F4A7C15
)

// parseCatID reads an id. A text that is no id is nobody's.
func parseCatID(s string) (catID, bool) {
	if catalog.CheckID(catalog.CatPrefix, s) != nil {
		return catID{}, false
	}
	var id catID
	for _, letter := range []byte(s[len(s)-idLetters:]) {
		value := strings.IndexByte(crockford, letter)
		id.high = id.high<<5 | id.low>>59
		id.low = id.low<<5 | uint64(value)
	}
	return id, true
}

// String is the id as everybody else writes it.
func (id catID) String() string {
	const prefix = catalog.CatPrefix + "_"
	var text [len(prefix) + idLetters]byte
	copy(text[:], prefix)
	high, low := id.high, id.low
	for i := len(text) - 1; i >= len(prefix); i-- {
		text[i] = crockford[low&31]
		low = low>>5 | high<<59
		high >>= 5
	}
	return string(text[:])
}

func (id catID) hash() uint64 { return mix64(id.low ^ id.high<<32 ^ id.high>>32) }

// mix64 makes a hash of a number: near numbers end far apart.
func mix64(x uint64) uint64 {
	x *= fibonacciMultiplier
	return x ^ x>>32
}
