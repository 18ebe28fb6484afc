package catalog

import (
	"fmt"
	"strings"
)

// Prefixes of the ids of our things.
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

// NewID is a TypeID: a prefix that says what the thing is, and a UUID in
// Crockford's base 32, 26 letters long. Ids over UUIDv7 sort by time of making.
func NewID(prefix string, uuid [16]byte) string {
	var b strings.Builder
	b.Grow(len(prefix) + 27)
	b.WriteString(prefix)
	b.WriteByte('_')
	// 130 bits, of which the first two are zero, in groups of five.
	for i := range 26 {
		b.WriteByte(crockford[bits5(uuid, i*5-2)])
	}
	return b.String()
}

// bits5 is the five bits of u that begin at bit at; bits before the first are zero.
func bits5(u [16]byte, at int) byte {
	var v byte
	for i := at; i < at+5; i++ {
		v <<= 1
		if i >= 0 {
			v |= u[i/8] >> (7 - i%8) & 1
		}
	}
	return v
}

// CheckID says what is wrong with the form of an id, if anything. An id of the
// right form may still belong to nothing.
func CheckID(prefix, id string) error {
	rest, ok := strings.CutPrefix(id, prefix+"_")
	if ok && len(rest) == 26 && rest[0] <= '7' && strings.Trim(rest, crockford) == "" {
		return nil
	}
	return &Error{Kind: Malformed, Code: "malformed_id", Detail: fmt.Sprintf("%q is no id: it looks like %s_ and 26 letters and digits.", id, prefix)}
}
