package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// KeyStore reads partners and their keys.
type KeyStore interface {
	access.KeyStore
	Partner(ctx context.Context, id string) (catalog.Partner, error)
	Partners(ctx context.Context) ([]catalog.Partner, error)
	// Keys returns all keys of a partner, or with an empty ID those of the operator.
	Keys(ctx context.Context, partnerID string) ([]access.Key, error)
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
		if errors.Is(err, errNoBearer) || access.IsRejection(err) {
			return a.unauthorized(c, sentence(err))
		}
		return err
	}
}

// errNoBearer is the error of a credential with another scheme.
var errNoBearer = errors.New("send the key as Authorization: Bearer tc_live_…")

// authenticateBearer returns the principal of the key or token of a request.
func (a *API) authenticateBearer(r *http.Request) (access.Principal, error) {
	scheme, credential, _ := strings.Cut(r.Header.Get(echo.HeaderAuthorization), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return access.Principal{}, errNoBearer
	}
	return a.auth.Authenticate(r.Context(), strings.TrimSpace(credential))
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
