package access_test

import (
	"crypto/sha256"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"trailcat/internal/access"
)

var noon = time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)

func TestKey_VerifyAcceptsOnlyItsSecret(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		random := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "random"))
		key, text := access.NewKey(random, rapid.Bool().Draw(t, "test"))
		id, secret, err := access.SplitKey(text)
		if err != nil || id != key.ID {
			t.Fatalf("SplitKey(%s) = %s, %v; want ID %s", text, id, err, key.ID)
		}
		if strings.Contains(string(key.Hash[:]), secret) {
			t.Fatal("the key contains its secret, want only a hash")
		}
		if err := key.Verify(secret, noon); err != nil {
			t.Fatalf("Verify of its secret = %v, want nil", err)
		}
		i := rapid.IntRange(0, len(secret)-1).Draw(t, "i")
		wrong := secret[:i] + string('a'+(secret[i]-'a'+1)%13) + secret[i+1:]
		if err := key.Verify(wrong, noon); wrong != secret && !errors.Is(err, access.ErrUnknown) {
			t.Fatalf("Verify of %s = %v, want ErrUnknown: the secret is %s", wrong, err, secret)
		}
	})
}

// The prefix determines whether writes are stored, so a client that changes it must not
// get the other kind of key.
func TestKey_VerifyRejectsTheWholeKeyWithAnotherPrefix(t *testing.T) {
	t.Parallel()

	for _, test := range []bool{false, true} {
		key, text := access.NewKey(sha256.Sum256(nil), test)
		changed := strings.NewReplacer("tc_test_", "tc_live_", "tc_live_", "tc_test_").Replace(text)
		if err := key.Verify(text, noon); err != nil {
			t.Errorf("Verify(%s) = %v, want nil", text, err)
		}
		for _, wrong := range []string{changed, "tc_live_" + text, text[:9] + "a" + text[10:]} {
			if err := key.Verify(wrong, noon); !errors.Is(err, access.ErrUnknown) {
				t.Errorf("Verify(%s) = %v, want ErrUnknown: the key is %s", wrong, err, text)
			}
		}
	}
}

func TestKey_VerifyRejectsExpiredAndRevoked(t *testing.T) {
	t.Parallel()

	key, text := access.NewKey(sha256.Sum256(nil), false)
	_, secret, err := access.SplitKey(text)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		change func(*access.Key)
		want   error
	}{
		"second before expiry": {func(k *access.Key) { k.ExpiresAt = noon.Add(time.Second) }, nil},
		"moment of expiry":     {func(k *access.Key) { k.ExpiresAt = noon }, access.ErrExpired},
		"revoked":              {func(k *access.Key) { k.RevokedAt = noon.Add(-time.Hour) }, access.ErrRevoked},
	}
	for name, tt := range tests {
		k := key
		tt.change(&k)
		if err := k.Verify(secret, noon); !errors.Is(err, tt.want) {
			t.Errorf("%s: Verify = %v, want %v", name, err, tt.want)
		}
		token := k.IssueToken(noon.Add(time.Minute), nil)
		_, rest, _ := access.SplitToken(token)
		if _, err := k.VerifyToken(rest, noon); !errors.Is(err, tt.want) {
			t.Errorf("%s: VerifyToken = %v, want %v", name, err, tt.want)
		}
	}
}

func TestToken_GrantsItsScopesOnly(t *testing.T) {
	t.Parallel()

	key, _ := access.NewKey(sha256.Sum256(nil), false)
	key.PartnerID, key.Scopes = "prt_1", []access.Scope{access.ListingsRead, access.ListingsWrite}
	token := key.IssueToken(noon.Add(access.TokenTTL), []access.Scope{access.ListingsRead})
	id, rest, ok := access.SplitToken(token)
	if !ok || id != key.ID {
		t.Fatalf("SplitToken(%s) = %s, %t; want ID %s", token, id, ok, key.ID)
	}
	got, err := key.VerifyToken(rest, noon)
	want := access.Principal{KeyID: key.ID, PartnerID: "prt_1", Scopes: []access.Scope{access.ListingsRead}, Test: false}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("VerifyToken fails with %v (-want +got):\n%s", err, diff)
	}
	if _, err := key.VerifyToken(rest, noon.Add(access.TokenTTL)); !errors.Is(err, access.ErrTokenExpired) {
		t.Errorf("VerifyToken after one hour = %v, want ErrTokenExpired", err)
	}
	for i := range rest {
		forged := rest[:i] + string('a'+(rest[i]+1)%8) + rest[i+1:]
		if _, err := key.VerifyToken(forged, noon); err == nil && forged != rest {
			t.Fatalf("VerifyToken accepts %s, forged at character %d", forged, i)
		}
	}
	for _, forged := range []string{rest + "a", rest + "\n", rest[:9] + "\n" + rest[9:]} {
		if _, err := key.VerifyToken(forged, noon); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("VerifyToken(%q) = %v, want ErrUnknown", forged, err)
		}
	}
	other, _ := access.NewKey(sha256.Sum256([]byte{1}), false)
	if _, err := other.VerifyToken(rest, noon); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("VerifyToken with another key = %v, want ErrUnknown", err)
	}
}

func TestPrincipal_ScopesAndOwnership(t *testing.T) {
	t.Parallel()

	writer := access.Principal{KeyID: "k", PartnerID: "prt_1", Scopes: []access.Scope{access.ListingsWrite}}
	admin := access.Principal{KeyID: "a", Scopes: []access.Scope{access.Admin}}
	lone, replaced := access.Principal{KeyID: "l"}, access.Principal{KeyID: "old", SuccessorID: "l"}
	tests := map[string]struct{ got, want bool }{
		"writer has write scope":           {writer.HasScope(access.ListingsWrite), true},
		"writer lacks assessments scope":   {writer.HasScope(access.AssessmentsWrite), false},
		"admin has every scope":            {admin.HasScope(access.Webhooks), true},
		"partner owns its resources":       {writer.Owns("prt_1"), true},
		"partner does not own others'":     {writer.Owns("prt_2"), false},
		"partner does not own the unowned": {access.Principal{KeyID: "k"}.Owns(""), false},
		"admin owns everything":            {admin.Owns("prt_2"), true},
		"partner acts for itself":          {writer.ActsFor(access.Owner{PartnerID: "prt_1"}), true},
		"partner does not act for its key": {writer.ActsFor(access.Owner{KeyID: "k"}), false},
		"key acts for itself":              {lone.ActsFor(access.Owner{KeyID: "l"}), true},
		"key does not act for others":      {lone.ActsFor(access.Owner{KeyID: "k"}), false},
		"key does not act for operators":   {lone.ActsFor(access.Owner{}), false},
		"replaced key acts for its heir":   {replaced.ActsFor(access.Owner{KeyID: "l"}), true},
		"replaced key owns nothing itself": {replaced.ActsFor(access.Owner{KeyID: "old"}), false},
		"anonymous acts for no one":        {access.Principal{}.ActsFor(access.Owner{}), false},
		"admin acts for a key":             {admin.ActsFor(access.Owner{KeyID: "l"}), true},
		"admin creates for operators":      {admin.Owner() == access.Owner{}, true},
		"anonymous has no scope":           {access.Principal{}.HasScope(access.ListingsRead), false},
		"anonymous is unauthenticated":     {access.Principal{}.Authenticated(), false},
	}
	for name, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %t, want %t", name, tt.got, tt.want)
		}
	}
}

func TestSplitKey_RejectsMalformedKeys(t *testing.T) {
	t.Parallel()

	_, valid := access.NewKey(sha256.Sum256(nil), true)
	for _, text := range []string{"", "tc_live_", "tc_live_a_b", strings.TrimPrefix(valid, "tc_"), valid + "x", "tc_live_" + valid, strings.ToUpper(valid)} {
		if _, _, err := access.SplitKey(text); !errors.Is(err, access.ErrMalformed) {
			t.Errorf("SplitKey(%q) = %v, want ErrMalformed", text, err)
		}
	}
}

func TestParseScopes(t *testing.T) {
	t.Parallel()

	got, err := access.ParseScopes("listings:write, listings:read listings:write")
	if diff := cmp.Diff([]access.Scope{access.ListingsWrite, access.ListingsRead}, got); err != nil || diff != "" {
		t.Errorf("ParseScopes fails with %v (-want +got):\n%s", err, diff)
	}
	if _, err := access.ParseScopes("listings:wirte"); err == nil || !strings.Contains(err.Error(), "listings:wirte") {
		t.Errorf("ParseScopes(listings:wirte) = %v, want an error that names it", err)
	}
}
