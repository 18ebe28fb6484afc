package httpkit

import (
	"fmt"
	"hash/maphash"
	"net/http"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
)

// verifiedFor is how long a credential that was verified is not counted.
const verifiedFor = 10 * time.Minute

// CredentialLimiter limits requests with credentials that were not verified within the
// last 10 minutes, by IP address. Allow is called before the credentials are verified, so
// that guesses do not reach the database. A nil CredentialLimiter sets no limit.
type CredentialLimiter struct {
	addresses *AddressLimiter
	seed      maphash.Seed
	verified  *lru.Cache[uint64, time.Time] // time of the last verification by hash of the credential
}

// NewCredentialLimiter returns a limiter, or nil if perMinute is not positive.
func NewCredentialLimiter(perMinute int) (*CredentialLimiter, error) {
	addresses, err := NewAddressLimiter(perMinute)
	if addresses == nil {
		return nil, err
	}
	verified, err := lru.New[uint64, time.Time](maxClients)
	if err != nil {
		return nil, fmt.Errorf("create rate limiter: %w", err)
	}
	return &CredentialLimiter{addresses: addresses, seed: maphash.MakeSeed(), verified: verified}, nil
}

// Allow is AddressLimiter.Allow unless the credential was verified recently.
func (l *CredentialLimiter) Allow(h http.Header, credential, address string, now time.Time) error {
	if l == nil {
		return nil
	}
	if at, ok := l.verified.Get(maphash.String(l.seed, credential)); ok && now.Sub(at) < verifiedFor {
		return nil
	}
	return l.addresses.Allow(h, address, now)
}

// RecordVerified records that a credential was verified.
func (l *CredentialLimiter) RecordVerified(credential string, now time.Time) {
	if l != nil {
		l.verified.Add(maphash.String(l.seed, credential), now)
	}
}
