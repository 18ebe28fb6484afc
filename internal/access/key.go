package access

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base32"
	"errors"
	"strings"
	"time"
)

// Key is a stored API key. Its secret is not stored, only the SHA-256 hash. A slow
// password hash is not needed because the secret is 160 random bits.
type Key struct {
	ID         string // the public part of the text
	PartnerID  string // owner; empty for an operator's key
	Aggregator bool   // the partner republishes listings elsewhere
	Name       string // chosen by the owner
	Test       bool   // writes are validated and rolled back
	Hash       [32]byte
	Scopes     []Scope
	CreatedAt  time.Time
	ExpiresAt  time.Time // zero: never
	RevokedAt  time.Time // zero: not revoked
	LastUsedAt time.Time // to the minute; zero: never

	SuccessorID string // the key that replaced it; empty: it was not rotated
	Version     int64
}

// NewKey creates a key from 32 random bytes, and returns its text, which cannot be
// restored later.
func NewKey(random [32]byte, test bool) (Key, string) {
	id, secret := encode(random[:idBytes]), encode(random[idBytes:])
	k := Key{ID: id, Test: test, Hash: sha256.Sum256([]byte(secret))}
	return k, k.prefix() + id + "_" + secret
}

func (k Key) prefix() string {
	if k.Test {
		return "tc_test_"
	}
	return "tc_live_"
}

// The reasons why a credential is rejected. Their messages are shown to its sender.
var (
	ErrMalformed    = errors.New("this is not a Trailcat key; expected tc_live_<id>_<secret>")
	ErrUnknown      = errors.New("unknown key")
	ErrRevoked      = errors.New("this key was revoked")
	ErrExpired      = errors.New("this key has expired")
	ErrTokenExpired = errors.New("this access token has expired; request a new one")
	ErrLinkExpired  = errors.New("this link has expired; ask your shelter for a new one")
	ErrLinkEnded    = errors.New("this link was ended; ask your shelter for a new one")
	ErrLinkUnknown  = errors.New("this link is not valid; ask your shelter for a new one")
)

// SplitKey splits the text of a key into its ID and its secret. It returns
// ErrMalformed if the text does not have the form of a key.
func SplitKey(text string) (id, secret string, err error) {
	rest, live := strings.CutPrefix(text, "tc_live_")
	rest, test := strings.CutPrefix(rest, "tc_test_")
	id, secret, ok := strings.Cut(rest, "_")
	if live == test || !ok || len(id) != idLength || len(secret) != secretLength {
		return "", "", ErrMalformed
	}
	return id, secret, nil
}

// Verify returns nil if the secret belongs to the key and the key is valid at now.
// Otherwise it returns ErrUnknown, ErrRevoked or ErrExpired. The secret may also be the
// text of the whole key, whose prefix must then be that of the key. The comparison
// takes constant time.
func (k Key) Verify(secret string, now time.Time) error {
	hash := sha256.Sum256([]byte(strings.TrimPrefix(secret, k.prefix()+k.ID+"_")))
	if subtle.ConstantTimeCompare(hash[:], k.Hash[:]) != 1 {
		return ErrUnknown
	}
	return k.checkValidity(now)
}

func (k Key) checkValidity(now time.Time) error {
	switch {
	case !k.RevokedAt.IsZero():
		return ErrRevoked
	case !k.ExpiresAt.IsZero() && !now.Before(k.ExpiresAt):
		return ErrExpired
	default:
		return nil
	}
}

// ValidAt reports whether the key is neither revoked nor expired.
func (k Key) ValidAt(now time.Time) bool { return k.checkValidity(now) == nil }

// Principal returns the principal that holds the key.
func (k Key) Principal() Principal {
	return Principal{KeyID: k.ID, PartnerID: k.PartnerID, SuccessorID: k.SuccessorID, ExpiresAt: k.ExpiresAt, Aggregator: k.Aggregator, Scopes: k.Scopes, Test: k.Test}
}

// encoding is the alphabet of IDs and secrets: one case, no similar characters, and no
// underscore, which separates the parts of a key.
var encoding = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

const idBytes = 12 // of the 32 random bytes; the other 20 are the secret

var (
	idLength     = encoding.EncodedLen(idBytes)
	secretLength = encoding.EncodedLen(32 - idBytes)
)

func encode(b []byte) string { return encoding.EncodeToString(b) }
