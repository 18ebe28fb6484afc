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

func TestAKeyOpensOnlyWithItsSecret(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		random := [32]byte(rapid.SliceOfN(rapid.Byte(), 32, 32).Draw(t, "random"))
		key, text := access.NewKey(random, rapid.Bool().Draw(t, "test"))
		id, secret, err := access.SplitKey(text)
		if err != nil || id != key.ID {
			t.Fatalf("%s splits into %s, %v", text, id, err)
		}
		if strings.Contains(string(key.Hash[:]), secret) {
			t.Fatal("the secret is kept")
		}
		if err := key.Verify(secret, noon); err != nil {
			t.Fatal(err)
		}
		at := rapid.IntRange(0, len(secret)-1).Draw(t, "at")
		wrong := secret[:at] + string('a'+(secret[at]-'a'+1)%13) + secret[at+1:]
		if err := key.Verify(wrong, noon); wrong != secret && !errors.Is(err, access.ErrUnknown) {
			t.Fatalf("opens with %s instead of %s", wrong, secret)
		}
	})
}

func TestAKeyEnds(t *testing.T) {
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
		"a second before it expires": {func(k *access.Key) { k.ExpiresAt = noon.Add(time.Second) }, nil},
		"the moment it expires":      {func(k *access.Key) { k.ExpiresAt = noon }, access.ErrExpired},
		"revoked":                    {func(k *access.Key) { k.RevokedAt = noon.Add(-time.Hour) }, access.ErrRevoked},
	}
	for name, tt := range tests {
		k := key
		tt.change(&k)
		if err := k.Verify(secret, noon); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", name, err, tt.want)
		}
		token := k.IssueToken(noon.Add(time.Minute), nil)
		_, rest, _ := access.SplitToken(token)
		if _, err := k.VerifyToken(rest, noon); !errors.Is(err, tt.want) {
			t.Errorf("%s, by token: %v, want %v", name, err, tt.want)
		}
	}
}

func TestATokenCarriesItsScopesAndNoMore(t *testing.T) {
	t.Parallel()

	key, _ := access.NewKey(sha256.Sum256(nil), false)
	key.PartnerID, key.Scopes = "prt_1", []access.Scope{access.ListingsRead, access.ListingsWrite}
	token := key.IssueToken(noon.Add(access.TokenTTL), []access.Scope{access.ListingsRead})
	id, rest, ok := access.SplitToken(token)
	if !ok || id != key.ID {
		t.Fatal(token)
	}
	got, err := key.VerifyToken(rest, noon)
	want := access.Principal{KeyID: key.ID, PartnerID: "prt_1", Scopes: []access.Scope{access.ListingsRead}, Test: false}
	if diff := cmp.Diff(want, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if _, err := key.VerifyToken(rest, noon.Add(access.TokenTTL)); !errors.Is(err, access.ErrTokenExpired) {
		t.Errorf("an hour later: %v", err)
	}
	for i := range rest {
		forged := rest[:i] + string('a'+(rest[i]+1)%8) + rest[i+1:]
		if _, err := key.VerifyToken(forged, noon); err == nil && forged != rest {
			t.Fatalf("forged at %d: %s", i, forged)
		}
	}
	for _, forged := range []string{rest + "a", rest + "\n", rest[:9] + "\n" + rest[9:]} {
		if _, err := key.VerifyToken(forged, noon); !errors.Is(err, access.ErrUnknown) {
			t.Errorf("%q, with something added: %v", forged, err)
		}
	}
	other, _ := access.NewKey(sha256.Sum256([]byte{1}), false)
	if _, err := other.VerifyToken(rest, noon); !errors.Is(err, access.ErrUnknown) {
		t.Errorf("under another key: %v", err)
	}
}

func TestWhoMayWhat(t *testing.T) {
	t.Parallel()

	writer := access.Principal{KeyID: "k", PartnerID: "prt_1", Scopes: []access.Scope{access.ListingsWrite}}
	admin := access.Principal{KeyID: "a", Scopes: []access.Scope{access.Admin}}
	tests := map[string]struct{ got, want bool }{
		"a writer may write":                {writer.HasScope(access.ListingsWrite), true},
		"but not assess":                    {writer.HasScope(access.AssessmentsWrite), false},
		"an admin may everything":           {admin.HasScope(access.Webhooks), true},
		"a partner owns what is theirs":     {writer.Owns("prt_1"), true},
		"and not what is another's":         {writer.Owns("prt_2"), false},
		"what is nobody's is no partner's":  {access.Principal{KeyID: "k"}.Owns(""), false},
		"an admin owns all":                 {admin.Owns("prt_2"), true},
		"nobody in particular may nothing":  {access.Principal{}.HasScope(access.ListingsRead), false},
		"nobody in particular is not known": {access.Principal{}.Authenticated(), false},
	}
	for name, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %v", name, tt.got)
		}
	}
}

func TestTextsThatAreNoKeys(t *testing.T) {
	t.Parallel()

	_, good := access.NewKey(sha256.Sum256(nil), true)
	for _, text := range []string{"", "tc_live_", "tc_live_a_b", strings.TrimPrefix(good, "tc_"), good + "x", "tc_live_" + good, strings.ToUpper(good)} {
		if _, _, err := access.SplitKey(text); !errors.Is(err, access.ErrMalformed) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseScopes(t *testing.T) {
	t.Parallel()

	got, err := access.ParseScopes("listings:write, listings:read listings:write")
	if diff := cmp.Diff([]access.Scope{access.ListingsWrite, access.ListingsRead}, got); err != nil || diff != "" {
		t.Errorf("%v %s", err, diff)
	}
	if _, err := access.ParseScopes("listings:wirte"); err == nil || !strings.Contains(err.Error(), "listings:wirte") {
		t.Errorf("a scope that is none: %v", err)
	}
}
