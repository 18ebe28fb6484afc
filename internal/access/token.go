package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"time"
)

// TokenTTL is the lifetime of an access token.
const TokenTTL = time.Hour

const tokenPrefix = "tc_token_"

// IssueToken returns an access token for the key that expires at the given time and
// has at most the given scopes. The signature key is the stored hash of the API key,
// so every node can verify a token, and a token becomes invalid with its key.
//
// The payload is the expiry as 8 bytes, big-endian Unix seconds, and one byte for each
// of Scopes.
func (k Key) IssueToken(expires time.Time, scopes []Scope) string {
	payload := binary.BigEndian.AppendUint64(nil, uint64(expires.Unix()))
	for _, s := range Scopes() {
		granted := byte(0)
		if slices.Contains(scopes, s) {
			granted = 1
		}
		payload = append(payload, granted)
	}
	return tokenPrefix + k.ID + "_" + encode(append(payload, k.sign(payload)...))
}

func (k Key) sign(payload []byte) []byte {
	mac := hmac.New(sha256.New, k.Hash[:])
	mac.Write([]byte(k.ID))
	mac.Write(payload)
	return mac.Sum(nil)
}

// SplitToken splits an access token into the ID of its key and the rest, which
// VerifyToken takes. It reports whether the text has the form of a token.
func SplitToken(text string) (keyID, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, tokenPrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(text, "_")
}

// VerifyToken returns the principal of a token of this key. It returns ErrUnknown if
// the token was not issued for the key or was modified, ErrTokenExpired if it has
// expired, and ErrRevoked or ErrExpired if the key itself is no longer valid.
func (k Key) VerifyToken(rest string, now time.Time) (Principal, error) {
	data, err := encoding.DecodeString(rest)
	size := 8 + len(Scopes())
	if err != nil || encode(data) != rest || len(data) != size+sha256.Size || !hmac.Equal(k.sign(data[:size]), data[size:]) {
		return Principal{}, ErrUnknown
	}
	if err := k.checkValidity(now); err != nil {
		return Principal{}, err
	}
	if expires := time.Unix(int64(binary.BigEndian.Uint64(data)), 0); !now.Before(expires) {
		return Principal{}, ErrTokenExpired
	}
	p := k.Principal()
	p.Scopes = nil
	for i, s := range Scopes() {
		if data[8+i] == 1 {
			p.Scopes = append(p.Scopes, s)
		}
	}
	return p, nil
}
