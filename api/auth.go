package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// KeyStore keeps partners and their keys.
type KeyStore interface {
	Partner(ctx context.Context, id string) (catalog.Partner, error)
	Partners(ctx context.Context) ([]catalog.Partner, error)
	Keys(ctx context.Context, partnerID string) ([]access.Key, error)
	Key(ctx context.Context, id string) (access.Key, error)
	TouchKey(ctx context.Context, id string, at time.Time) error
}

const principalName = "principal"

// principalFrom is who asks: the holder of the key that came with the request, or nobody
// in particular.
func principalFrom(c echo.Context) access.Principal {
	p, _ := c.Get(principalName).(access.Principal)
	return p
}

// authenticate finds out who asks, and counts their requests. No key is fine, a
// wrong one is not.
func (a *API) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r, h := c.Request(), c.Response().Header()
		if !hasCredential(r) {
			if a.KeyRequired && (strings.HasPrefix(c.Path(), "/v1/") || strings.HasPrefix(c.Path(), "/sitemap")) {
				return a.unauthorized(c, "This server wants a key for every request: Authorization: Bearer tc_live_….")
			}
			return next(c)
		}
		p, err := a.authenticateBearer(r)
		if err == nil {
			if err := a.keys.Allow(h, p.KeyID, a.Now()); err != nil {
				return err
			}
			c.Set(principalName, p)
			httpkit.MarkPrivate(c)
			return next(c)
		}
		if tooMany := a.addresses.Allow(h, a.clientAddress(r), a.Now()); tooMany != nil {
			return tooMany
		}
		if isAuthenticationError(err) {
			return a.unauthorized(c, sentence(err))
		}
		return err
	}
}

// errNoBearer is for what is no bearer token at all.
var errNoBearer = errors.New("send the key as Authorization: Bearer tc_live_…")

// authenticateBearer is whom the key that a request shows belongs to.
func (a *API) authenticateBearer(r *http.Request) (access.Principal, error) {
	scheme, credential, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return access.Principal{}, errNoBearer
	}
	return a.principal(r.Context(), strings.TrimSpace(credential))
}

// principal is whom a key or an access token stands for.
func (a *API) principal(ctx context.Context, credential string) (access.Principal, error) {
	if id, rest, ok := access.SplitToken(credential); ok {
		key, err := a.key(ctx, id)
		if err != nil {
			return access.Principal{}, err
		}
		return key.VerifyToken(rest, a.Now())
	}
	id, secret, err := access.SplitKey(credential)
	if err != nil {
		return access.Principal{}, err
	}
	key, err := a.key(ctx, id)
	if err != nil {
		return access.Principal{}, err
	}
	if err := key.Verify(secret, a.Now()); err != nil {
		return access.Principal{}, err
	}
	return key.Principal(), nil
}

// key reads a key, and notes to the minute that it is used. It is read each
// time: a key that was revoked must not live on in some cache.
func (a *API) key(ctx context.Context, id string) (access.Key, error) {
	key, err := a.Keys.Key(ctx, id)
	if catalog.KindOf(err) == catalog.NotFound {
		return access.Key{}, access.ErrUnknown
	}
	if err != nil {
		return access.Key{}, err
	}
	if now := a.Now().Truncate(time.Minute); now.After(key.LastUsedAt) {
		if err := a.Keys.TouchKey(ctx, id, now); err != nil {
			a.Log.WarnContext(ctx, "key not touched", slog.Any("error", err))
		}
	}
	return key, nil
}

func isAuthenticationError(err error) bool {
	for _, refusal := range []error{errNoBearer, access.ErrMalformed, access.ErrUnknown, access.ErrRevoked, access.ErrExpired, access.ErrTokenExpired} {
		if errors.Is(err, refusal) {
			return true
		}
	}
	return false
}

func (a *API) unauthorized(c echo.Context, detail string) error {
	c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="trailcat"`)
	return &catalog.Error{Kind: catalog.Unauthorized, Code: "unauthorized", Detail: detail, Fields: nil}
}

// keyRequiredMessage is said where a key must be sent.
const keyRequiredMessage = "This needs a key: Authorization: Bearer tc_live_…."

// sentence is the text of an error with a capital and a full stop.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// requireScope lets only those through whose key has one of the scopes.
func (a *API) requireScope(scopes ...access.Scope) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			switch p := principalFrom(c); {
			case !p.Authenticated():
				return a.unauthorized(c, keyRequiredMessage)
			case !slices.ContainsFunc(scopes, p.HasScope):
				return &catalog.Error{
					Kind: catalog.Forbidden, Code: "missing_scope", Fields: nil,
					Detail: "Your key lacks the scope " + strings.ReplaceAll(access.JoinScopes(scopes), " ", " or ") + "; it has " + access.JoinScopes(p.Scopes) + ".",
				}
			}
			return next(c)
		}
	}
}

// ownShelter finds a shelter by id or code that belongs to who asks. What is
// another's is not there for them.
func (a *API) ownShelter(c echo.Context, idOrCode string) (catalog.Shelter, error) {
	ctx := c.Request().Context()
	shelter, err := a.Store.Shelter(ctx, idOrCode)
	if catalog.KindOf(err) == catalog.NotFound {
		shelter, err = a.Store.ShelterByCode(ctx, idOrCode)
	}
	if err != nil {
		return catalog.Shelter{}, err
	}
	if !principalFrom(c).Owns(shelter.PartnerID) {
		return catalog.Shelter{}, catalog.NotFoundError("shelter", idOrCode)
	}
	return shelter, nil
}

// ownedCat finds a cat by id or number whose shelter belongs to who asks.
func (a *API) ownedCat(c echo.Context, id string) (catalog.Cat, error) {
	cat, err := a.findCat(c.Request().Context(), id)
	if err != nil {
		return catalog.Cat{}, err
	}
	if _, err := a.ownShelter(c, cat.ShelterID); catalog.KindOf(err) == catalog.NotFound {
		return catalog.Cat{}, catalog.NotFoundError("cat", id)
	} else if err != nil {
		return catalog.Cat{}, err
	}
	return cat, nil
}

// catalogFor is the catalog in the hands of who asks. With a test key nothing is kept.
func (a *API) catalogFor(c echo.Context) *catalog.Catalog {
	p := principalFrom(c)
	writer := a.Catalog.WithActor(catalog.Actor{
		KeyID: p.KeyID, PartnerID: p.PartnerID, Address: a.clientAddress(c.Request()), RequestID: httpkit.RequestID(c.Request().Context()),
	}).WithObserver(pendingWritesOf(c).record)
	if p.Test {
		return writer.DryRun()
	}
	return writer
}

// syncIndex waits until the index of this node has what was just written: callers
// find their own writes.
func (a *API) syncIndex(c echo.Context) {
	ctx := c.Request().Context()
	if !pendingWritesOf(c).applyTo(ctx, a.Index) {
		if err := a.Index.CatchUp(ctx); err != nil {
			a.Log.WarnContext(ctx, "index not caught up", slog.Any("error", err))
		}
	}
	a.setSeqHeader(c)
}
