package access

import (
	"context"
	"errors"
	"log/slog"
	"time"
)

// KeyStore reads the stored keys.
type KeyStore interface {
	// Key returns the key with this ID, or an error that wraps ErrUnknown.
	Key(ctx context.Context, id string) (Key, error)
	// TouchKey records when a key was last used.
	TouchKey(ctx context.Context, id string, at time.Time) error
}

// Authenticator authenticates callers by their keys and access tokens. It reads the
// key from the store each time, so that a revoked key is rejected at once, and records
// when the key was last used, to the minute.
type Authenticator struct {
	Keys KeyStore
	Log  *slog.Logger
	Now  func() time.Time
}

// Authenticate returns the principal of a credential: the text of a key, or an access
// token. It returns one of the errors of IsRejection if the credential is not valid.
func (a Authenticator) Authenticate(ctx context.Context, credential string) (Principal, error) {
	if id, rest, ok := SplitToken(credential); ok {
		key, err := a.key(ctx, id)
		if err != nil {
			return Principal{}, err
		}
		return key.VerifyToken(rest, a.Now())
	}
	id, _, err := SplitKey(credential)
	if err != nil {
		return Principal{}, err
	}
	key, err := a.AuthenticateClient(ctx, id, credential)
	return key.Principal(), err
}

// AuthenticateLink returns the key that issued a link with this token, and what the link
// permits. The key has the scope AssessmentsWrite. It returns one of the errors of
// IsRejection if the token is not valid. Authenticate rejects the tokens of links.
func (a Authenticator) AuthenticateLink(ctx context.Context, token string) (Key, AssessmentLink, error) {
	id, rest, ok := splitLink(token)
	if !ok {
		return Key{}, AssessmentLink{}, ErrLinkUnknown
	}
	key, err := a.key(ctx, id)
	if errors.Is(err, ErrUnknown) {
		err = ErrLinkUnknown
	}
	if err != nil {
		return Key{}, AssessmentLink{}, err
	}
	link, err := key.verifyLink(rest, a.Now())
	if err == nil && !key.Principal().HasScope(AssessmentsWrite) {
		err = ErrLinkUnknown
	}
	return key, link, err
}

// AuthenticateClient returns the key with this ID if secret is its secret or the text of
// the whole key. It returns one of the errors of IsRejection if it is neither, or if the
// key is not valid.
func (a Authenticator) AuthenticateClient(ctx context.Context, id, secret string) (Key, error) {
	key, err := a.key(ctx, id)
	if err != nil {
		return Key{}, err
	}
	if err := key.Verify(secret, a.Now()); err != nil {
		return Key{}, err
	}
	return key, nil
}

func (a Authenticator) key(ctx context.Context, id string) (Key, error) {
	key, err := a.Keys.Key(ctx, id)
	if errors.Is(err, ErrUnknown) {
		return Key{}, ErrUnknown
	}
	if err != nil {
		return Key{}, err
	}
	if now := a.Now().Truncate(time.Minute); now.After(key.LastUsedAt) {
		if err := a.Keys.TouchKey(ctx, id, now); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "last use of key not recorded", slog.String("key_id", id), slog.Any("error", err))
		}
	}
	return key, nil
}

// IsRejection reports whether err means that a credential is not valid, and may be shown
// to its sender. Any other error of an Authenticator is a failure of the store.
func IsRejection(err error) bool {
	for _, rejection := range []error{ErrMalformed, ErrUnknown, ErrRevoked, ErrExpired, ErrTokenExpired, ErrLinkExpired, ErrLinkEnded, ErrLinkUnknown} {
		if errors.Is(err, rejection) {
			return true
		}
	}
	return false
}
