package access

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
	"time"
)

// The lifetimes of links to the assessment form.
const (
	DefaultLinkTTL = 12 * time.Hour
	MaxLinkTTL     = 7 * 24 * time.Hour
)

// AssessmentLink is what the token of a link to the assessment form permits: recording
// assessments of the cats of one shelter, or of one of them, and reading the names and
// photos that the form shows.
type AssessmentLink struct {
	ShelterID string
	CatID     string // empty: any cat of the shelter
	Role      string // of the assessor; empty: the assessor chooses
	ExpiresAt time.Time
}

const (
	linkPrefix = "tc_form_"
	linkDomain = "assessment link\x00" // separates the signatures from those of access tokens
	linkMAC    = 16                    // bytes of the signature, so that codes for cameras stay small
)

// IssueLink returns the token of a link. As with access tokens, the signature key is the
// stored hash of the API key, so that every node can verify the token, and it becomes
// invalid with its key.
//
// The payload is the expiry as 8 bytes, big-endian Unix seconds, and the role, the shelter
// and the cat, separated by zero bytes.
func (k Key) IssueLink(l AssessmentLink) string {
	payload := binary.BigEndian.AppendUint64(nil, uint64(l.ExpiresAt.Unix()))
	payload = append(payload, strings.Join([]string{l.Role, l.ShelterID, l.CatID}, "\x00")...)
	return linkPrefix + k.ID + "_" + encode(append(payload, k.signLink(payload)...))
}

func (k Key) signLink(payload []byte) []byte {
	mac := hmac.New(sha256.New, k.Hash[:])
	mac.Write([]byte(linkDomain + k.ID))
	mac.Write(payload)
	return mac.Sum(nil)[:linkMAC]
}

// splitLink splits the token of a link into the ID of its key and the rest.
func splitLink(token string) (keyID, rest string, ok bool) {
	token, ok = strings.CutPrefix(token, linkPrefix)
	if !ok {
		return "", "", false
	}
	return strings.Cut(token, "_")
}

// verifyLink returns what a token of this key permits. It returns ErrLinkUnknown if the
// token was not issued for the key or was modified, ErrLinkExpired if it has expired, and
// ErrLinkEnded if the key itself is no longer valid.
func (k Key) verifyLink(rest string, now time.Time) (AssessmentLink, error) {
	data, err := encoding.DecodeString(rest)
	size := len(data) - linkMAC
	if err != nil || encode(data) != rest || size < 8 || !hmac.Equal(k.signLink(data[:size]), data[size:]) {
		return AssessmentLink{}, ErrLinkUnknown
	}
	if !k.ValidAt(now) {
		return AssessmentLink{}, ErrLinkEnded
	}
	parts := strings.Split(string(data[8:size]), "\x00")
	if len(parts) != 3 {
		return AssessmentLink{}, ErrLinkUnknown
	}
	l := AssessmentLink{Role: parts[0], ShelterID: parts[1], CatID: parts[2], ExpiresAt: time.Unix(int64(binary.BigEndian.Uint64(data)), 0).UTC()}
	if !now.Before(l.ExpiresAt) {
		return AssessmentLink{}, ErrLinkExpired
	}
	return l, nil
}
