package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"strings"
	"time"
)

// TokenTTL is how long an access token is good for.
const TokenTTL = time.Hour

const tokenPrefix = "tc_token_"

// The letters of ids and secrets: no case to confuse, no underscore to split at.
var alphabet = base32.NewEncoding("abcdefghijkmnpqrstuvwxyz23456789").WithPadding(base32.NoPadding)

var (
	idLetters     = alphabet.EncodedLen(12)
	secretLetters = alphabet.EncodedLen(20)
)

func encode(b []byte) string { return alphabet.EncodeToString(b) }

// IssueToken makes an access token that stands for the key until a moment, with no
// more than these scopes. It is signed with what is kept of the key, so a token
// can be checked on every node and dies with its key.
func (k Key) IssueToken(until time.Time, scopes []Scope) string {
	payload := binary.BigEndian.AppendUint64(nil, uint64(until.Unix()))
	for i, s := range Scopes() {
		payload = append(payload, 0)
		for _, granted := range scopes {
			if granted == s {
				payload[8+i] = 1
			}
		}
	}
	return tokenPrefix + k.ID + "_" + encode(append(payload, k.sign(payload)...))
}

func (k Key) sign(payload []byte) []byte {
	mac := hmac.New(sha256.New, k.Hash[:])
	mac.Write([]byte(k.ID))
	mac.Write(payload)
	return mac.Sum(nil)
}

// SplitToken takes an access token apart: whose it is, and the rest for VerifyToken.
func SplitToken(text string) (keyID, rest string, ok bool) {
	text, ok = strings.CutPrefix(text, tokenPrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(text, "_")
}

// VerifyToken says who asks with the rest of a token of this key.
func (k Key) VerifyToken(rest string, now time.Time) (Principal, error) {
	raw, err := alphabet.DecodeString(rest)
	size := 8 + len(Scopes())
	if err != nil || encode(raw) != rest || len(raw) != size+sha256.Size || !hmac.Equal(k.sign(raw[:size]), raw[size:]) {
		return Principal{}, ErrUnknown
	}
	if err := k.usable(now); err != nil {
		return Principal{}, err
	}
	if until := time.Unix(int64(binary.BigEndian.Uint64(raw)), 0); !now.Before(until) {
		return Principal{}, ErrTokenExpired
	}
	p := k.Principal()
	p.Scopes = nil
	for i, s := range Scopes() {
		if raw[8+i] == 1 {
			p.Scopes = append(p.Scopes, s)
		}
	}
	return p, nil
}
