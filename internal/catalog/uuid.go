package catalog

import "strings"

// UUIDOf is the UUID in an id that NewID made; ok is false where there is none.
func UUIDOf(id string) (uuid [16]byte, ok bool) {
	prefix, letters, _ := strings.Cut(id, "_")
	if CheckID(prefix, id) != nil {
		return uuid, false
	}
	for i := range letters {
		five := strings.IndexByte(crockford, letters[i])
		for bit := range 5 {
			if at := i*5 - 2 + bit; at >= 0 && five>>(4-bit)&1 == 1 {
				uuid[at/8] |= 1 << (7 - at%8)
			}
		}
	}
	return uuid, true
}
