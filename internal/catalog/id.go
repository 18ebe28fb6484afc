package catalog

import (
	"strings"

	"trailcat/internal/errcode"
)

// The prefixes of ids.
const (
	CatPrefix     = "cat"
	ShelterPrefix = "shl"
	PartnerPrefix = "prt"
	ImportPrefix  = "imp"

	AssessmentPrefix = "asm"
	OutcomePrefix    = "out"
	WebhookPrefix    = "whk"
	DeliveryPrefix   = "dlv"
	SearchPrefix     = "srch"
)

const crockford = "0123456789abcdefghjkmnpqrstvwxyz"

// NewID returns a TypeID: a prefix that names the type of the resource, and a UUID
// in Crockford's base 32, 26 characters long. Ids with a UUIDv7 sort by time of
// creation.
func NewID(prefix string, uuid [16]byte) string {
	var b strings.Builder
	b.Grow(len(prefix) + 27)
	b.WriteString(prefix)
	b.WriteByte('_')
	// 130 bits, of which the first two are zero, in groups of five.
	for i := range 26 {
		b.WriteByte(crockford[fiveBits(uuid, i*5-2)])
	}
	return b.String()
}

// fiveBits returns the five bits of u that start at bit start. Bits before the
// first are zero.
func fiveBits(u [16]byte, start int) byte {
	var v byte
	for i := start; i < start+5; i++ {
		v <<= 1
		if i >= 0 {
			v |= u[i/8] >> (7 - i%8) & 1
		}
	}
	return v
}

// CheckID returns an error unless id has the form of an id with this prefix. It
// does not check that the resource exists.
func CheckID(prefix, id string) error {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	if ok && len(rest) == 26 && rest[0] <= '7' && strings.Trim(rest, crockford) == "" {
		return nil
	}
	return Errorf(Malformed, errcode.MalformedID, "%q is not a valid id. Expected %s_ followed by 26 letters and digits.", id, prefix)
}

// UUIDOf returns the UUID of an id that NewID returned. ok is false when id has
// another form.
func UUIDOf(id string) (uuid [16]byte, ok bool) {
	prefix, digits, _ := strings.Cut(id, "_")
	if CheckID(prefix, id) != nil {
		return uuid, false
	}
	for i := range digits {
		five := strings.IndexByte(crockford, digits[i])
		for bit := range 5 {
			if at := i*5 - 2 + bit; at >= 0 && five>>(4-bit)&1 == 1 {
				uuid[at/8] |= 1 << (7 - at%8)
			}
		}
	}
	return uuid, true
}
