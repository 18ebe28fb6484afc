package access_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
)

// newLinkServer returns an authenticator with one key, whose clock shows now.
func newLinkServer(now *time.Time, key *access.Key) access.Authenticator {
	return access.Authenticator{Keys: &keyStore{key: *key}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return *now }}
}

func TestLink_PermitsWhatItWasIssuedFor(t *testing.T) {
	t.Parallel()

	key, _ := access.NewKey(sha256.Sum256(nil), false)
	key.PartnerID, key.Scopes = "prt_1", []access.Scope{access.AssessmentsWrite}
	for _, want := range []access.AssessmentLink{
		{ShelterID: "shl_1", CatID: "cat_1", Role: "volunteer", ExpiresAt: noon.Add(time.Hour)},
		{ShelterID: "shl_1", CatID: "", Role: "", ExpiresAt: noon.Add(time.Second)},
	} {
		now := noon
		auth, token := newLinkServer(&now, &key), key.IssueLink(want)
		got, link, err := auth.AuthenticateLink(t.Context(), token)
		if diff := cmp.Diff(want, link); err != nil || diff != "" || got.ID != key.ID {
			t.Errorf("AuthenticateLink fails with %v (-want +got):\n%s", err, diff)
		}
		if _, err := auth.Authenticate(t.Context(), token); !access.IsRejection(err) {
			t.Errorf("Authenticate with the token of a link: got %v, want a rejection", err)
		}
		now = want.ExpiresAt
		if _, _, err := auth.AuthenticateLink(t.Context(), token); !errors.Is(err, access.ErrLinkExpired) {
			t.Errorf("AuthenticateLink after the expiry: got %v, want ErrLinkExpired", err)
		}
	}
}

func TestLink_EndsWithItsKey(t *testing.T) {
	t.Parallel()

	key, _ := access.NewKey(sha256.Sum256(nil), false)
	key.Scopes = []access.Scope{access.AssessmentsWrite}
	token := key.IssueLink(access.AssessmentLink{ShelterID: "shl_1", ExpiresAt: noon.Add(time.Hour)})
	tests := map[string]struct {
		change func(*access.Key)
		want   error
	}{
		"revoked key":            {func(k *access.Key) { k.RevokedAt = noon }, access.ErrLinkEnded},
		"expired key":            {func(k *access.Key) { k.ExpiresAt = noon }, access.ErrLinkEnded},
		"key without the scope":  {func(k *access.Key) { k.Scopes = []access.Scope{access.ListingsWrite} }, access.ErrLinkUnknown},
		"key with another hash":  {func(k *access.Key) { k.Hash[0]++ }, access.ErrLinkUnknown},
		"key that was deleted":   {func(k *access.Key) { k.ID = "x" }, access.ErrLinkUnknown},
		"key that is still fine": {func(*access.Key) {}, nil},
	}
	for name, tt := range tests {
		changed, now := key, noon
		tt.change(&changed)
		if _, _, err := newLinkServer(&now, &changed).AuthenticateLink(t.Context(), token); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %v, want %v", name, err, tt.want)
		}
	}
}

// No changed character, and no other credential of the same key, passes as a link.
func TestLink_ForgedTokensAreRejected(t *testing.T) {
	t.Parallel()

	key, text := access.NewKey(sha256.Sum256(nil), false)
	key.Scopes = []access.Scope{access.AssessmentsWrite}
	now := noon
	auth := newLinkServer(&now, &key)
	token := key.IssueLink(access.AssessmentLink{ShelterID: "shl_1", ExpiresAt: noon.Add(time.Hour)})
	_, rest, _ := access.SplitToken(key.IssueToken(noon.Add(time.Hour), key.Scopes))
	forged := []string{"", "tc_form_", text, token + "a", strings.ToUpper(token), "tc_form_" + key.ID + "_" + rest, strings.Replace(token, "tc_form_", "tc_token_", 1)}
	for i := range token {
		other := byte('a')
		if token[i] == other {
			other = 'b'
		}
		forged = append(forged, token[:i]+string(other)+token[i+1:])
	}
	for _, credential := range forged {
		if _, _, err := auth.AuthenticateLink(context.WithoutCancel(t.Context()), credential); !errors.Is(err, access.ErrLinkUnknown) {
			t.Errorf("AuthenticateLink(%q) = %v, want ErrLinkUnknown", credential, err)
		}
		if _, err := auth.Authenticate(t.Context(), credential); credential != text && err == nil {
			t.Errorf("Authenticate(%q) succeeds", credential)
		}
	}
}
