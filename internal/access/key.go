package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"slices"
	"strings"
	"time"
)

// Key is what is kept of a key. Its secret is not: only a hash of it, which
// needs no slowness because the secret is 160 random bits.
type Key struct {
	ID         string // the part of the text that is no secret
	PartnerID  string // whose it is; empty for an operator's own
	Aggregator bool   // its partner copies listings to show them elsewhere
	Name       string // what its owner calls it
	Test       bool   // everything that it writes is tried out and not kept
	Hash       [32]byte
	Scopes     []Scope
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: never
	RevokedAt  time.Time // zero: not revoked
	LastUsedAt time.Time // to the minute; zero: never
}

// NewKey makes a key from 32 random bytes, and the text of it, which is shown once.
func NewKey(random [32]byte, test bool) (Key, string) {
	id, secret := encode(random[:12]), encode(random[12:])
	k := Key{ID: id, Test: test, Hash: sha256.Sum256([]byte(secret))}
	return k, k.prefix() + id + "_" + secret
}

func (k Key) prefix() string {
	if k.Test {
		return "tc_test_"
	}
	return "tc_live_"
}

// The ways in which a credential can fail. Their texts are for its owner.
var (
	ErrMalformed    = errors.New("this is no Trailcat key: keys look like tc_live_<id>_<secret>")
	ErrUnknown      = errors.New("there is no such key")
	ErrRevoked      = errors.New("this key was revoked")
	ErrExpired      = errors.New("this key has expired")
	ErrTokenExpired = errors.New("this access token has expired; ask for another")
)

// SplitKey takes the text of a key apart.
func SplitKey(text string) (id, secret string, err error) {
	rest, live := strings.CutPrefix(text, "tc_live_")
	rest, test := strings.CutPrefix(rest, "tc_test_")
	id, secret, ok := strings.Cut(rest, "_")
	if live == test || !ok || len(id) != idLetters || len(secret) != secretLetters {
		return "", "", ErrMalformed
	}
	return id, secret, nil
}

// Verify says why a key cannot be used with this secret now, if it cannot.
func (k Key) Verify(secret string, now time.Time) error {
	hash := sha256.Sum256([]byte(secret))
	if subtle.ConstantTimeCompare(hash[:], k.Hash[:]) != 1 {
		return ErrUnknown
	}
	return k.usable(now)
}

func (k Key) usable(now time.Time) error {
	switch {
	case !k.RevokedAt.IsZero():
		return ErrRevoked
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return ErrExpired
	default:
		return nil
	}
}

// Principal is who asks: the holder of a key, or nobody in particular.
type Principal struct {
	KeyID      string
	PartnerID  string
	Aggregator bool // the partner copies listings to show them elsewhere
	Scopes     []Scope
	Test       bool
}

// Principal is the holder of the key.
func (k Key) Principal() Principal {
	return Principal{KeyID: k.ID, PartnerID: k.PartnerID, Aggregator: k.Aggregator, Scopes: k.Scopes, Test: k.Test}
}

// Authenticated says whether it is somebody.
func (p Principal) Authenticated() bool { return p.KeyID != "" }

// HasScope says whether p may do what a scope allows. An admin may do everything.
func (p Principal) HasScope(scope Scope) bool {
	return slices.Contains(p.Scopes, scope) || p.IsAdmin()
}

// IsAdmin says whether p may act for everyone.
func (p Principal) IsAdmin() bool { return slices.Contains(p.Scopes, Admin) }

// Owns says whether a thing of this partner is p's to see whole and to write.
func (p Principal) Owns(partnerID string) bool {
	return p.IsAdmin() || partnerID != "" && p.PartnerID == partnerID
}
