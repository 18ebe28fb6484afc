package petfinder

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// One client asks for a new token only if it reads exactly this.
const tokenInvalid = "Access token invalid or expired"

const (
	keyIDContextKey = "key"
	readerName      = "reader"
)

// authenticate lets through who has an access token, or a key itself.
func (s *server) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		header := c.Request().Header.Get(echo.HeaderAuthorization)
		if header == "" {
			return errUnauthorized("Missing Authorization headers")
		}
		scheme, credential, _ := strings.Cut(header, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			credential = ""
		}
		asks, err := s.holder(c.Request().Context(), strings.TrimSpace(credential))
		if err := s.count(c, asks.KeyID); err != nil {
			return err
		}
		if err != nil {
			return err
		}
		c.Set(keyIDContextKey, asks.KeyID)
		c.Set(readerName, readerOf(asks))
		return next(c)
	}
}

// count counts a request that showed a credential, which those around us leave to us.
func (s *server) count(c echo.Context, keyID string) error {
	if s.Count == nil || c.Request().Header.Get(echo.HeaderAuthorization) == "" {
		return nil
	}
	if err := s.Count(c.Response().Header(), c.Request(), keyID); err != nil {
		return newProblem("ERR-429", http.StatusTooManyRequests, http.StatusText(http.StatusTooManyRequests), err.Error())
	}
	return nil
}

func errUnauthorized(detail string) error {
	return newProblem(codeUnauthorized, http.StatusUnauthorized, "Unauthorized", detail)
}

// readerOf is who reads, as far as shelters may mind it. An operator sees all.
func readerOf(p access.Principal) catalog.Audience {
	if p.IsAdmin() {
		return catalog.Audience{PartnerID: "", Class: "", Copies: false}
	}
	return catalog.Audience{PartnerID: p.PartnerID, Class: catalog.PetfinderReader, Copies: p.Aggregator}
}

// reader is who reads; without a key, one of Petfinder's clients like any other.
func reader(c echo.Context) catalog.Audience {
	if r, ok := c.Get(readerName).(catalog.Audience); ok {
		return r
	}
	return readerOf(access.Principal{})
}

// holder is whom an access token stands for, or a key sent whole.
func (s *server) holder(ctx context.Context, credential string) (access.Principal, error) {
	id, rest, isToken := access.SplitToken(credential)
	if !isToken {
		var err error
		if id, rest, err = access.SplitKey(credential); err != nil {
			return access.Principal{}, errUnauthorized(tokenInvalid)
		}
	}
	key, err := s.key(ctx, id)
	asks := key.Principal()
	switch {
	case err != nil:
	case isToken:
		asks, err = key.VerifyToken(rest, s.Now())
	default:
		err = key.Verify(rest, s.Now())
	}
	switch {
	case isRefusal(err):
		return access.Principal{}, errUnauthorized(tokenInvalid)
	case err != nil:
		return access.Principal{}, err
	}
	return asks, nil
}

// key reads a key, and notes to the minute that it is used. It is read each
// time: a key that was revoked is of no use at once.
func (s *server) key(ctx context.Context, id string) (access.Key, error) {
	key, err := s.Keys.Key(ctx, id)
	if catalog.KindOf(err) == catalog.NotFound {
		return access.Key{}, access.ErrUnknown
	}
	if err != nil {
		return access.Key{}, err
	}
	if now := s.Now().Truncate(time.Minute); now.After(key.LastUsedAt) {
		if err := s.Keys.TouchKey(ctx, id, now); err != nil {
			s.Log.WarnContext(ctx, "key not touched", slog.Any("error", err))
		}
	}
	return key, nil
}

func isRefusal(err error) bool {
	for _, refusal := range []error{access.ErrMalformed, access.ErrUnknown, access.ErrRevoked, access.ErrExpired, access.ErrTokenExpired} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}
