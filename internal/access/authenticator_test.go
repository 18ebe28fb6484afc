package access_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"trailcat/internal/access"
)

// keyStore is a store of one key.
type keyStore struct {
	key     access.Key
	err     error // of reading any key
	touched []time.Time
}

func (s *keyStore) Key(_ context.Context, id string) (access.Key, error) {
	if id != s.key.ID && s.err == nil {
		return access.Key{}, fmt.Errorf("read key: %w", access.ErrUnknown)
	}
	return s.key, s.err
}

func (s *keyStore) TouchKey(_ context.Context, _ string, at time.Time) error {
	s.touched, s.key.LastUsedAt = append(s.touched, at), at
	return nil
}

func TestAuthenticator_AcceptsKeysAndTokens(t *testing.T) {
	t.Parallel()

	key, text := access.NewKey(sha256.Sum256(nil), false)
	key.PartnerID = "prt_1"
	other, otherText := access.NewKey(sha256.Sum256([]byte{1}), false)
	failure := errors.New("database is unavailable")
	tests := map[string]struct {
		credential string
		err        error
		want       error
	}{
		"key":                     {text, nil, nil},
		"token":                   {key.IssueToken(noon.Add(time.Hour), nil), nil, nil},
		"expired token":           {key.IssueToken(noon, nil), nil, access.ErrTokenExpired},
		"key with other prefix":   {"tc_test_" + strings.TrimPrefix(text, "tc_live_"), nil, access.ErrUnknown},
		"unknown key":             {otherText, nil, access.ErrUnknown},
		"token of an unknown key": {other.IssueToken(noon.Add(time.Hour), nil), nil, access.ErrUnknown},
		"malformed":               {"x", nil, access.ErrMalformed},
		"failing store":           {text, failure, failure},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			a := access.Authenticator{Keys: &keyStore{key: key, err: tt.err}, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon }}
			got, err := a.Authenticate(t.Context(), tt.credential)
			if !errors.Is(err, tt.want) || err == nil && got.PartnerID != "prt_1" {
				t.Errorf("Authenticate = %+v, %v; want error %v", got, err, tt.want)
			}
			if got, want := access.IsRejection(err), tt.want != nil && tt.err == nil; got != want {
				t.Errorf("IsRejection(%v) = %t, want %t", err, got, want)
			}
		})
	}
}

func TestAuthenticator_RecordsLastUseOnceAMinute(t *testing.T) {
	t.Parallel()

	key, text := access.NewKey(sha256.Sum256(nil), false)
	store, now := &keyStore{key: key}, noon.Add(10*time.Second)
	a := access.Authenticator{Keys: store, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return now }}
	for _, now = range []time.Time{noon.Add(10 * time.Second), noon.Add(59 * time.Second), noon.Add(time.Minute)} {
		if _, err := a.Authenticate(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	if len(store.touched) != 2 || !store.touched[0].Equal(noon) || !store.touched[1].Equal(noon.Add(time.Minute)) {
		t.Errorf("last use recorded at %v, want at %v and one minute later", store.touched, noon)
	}
}
