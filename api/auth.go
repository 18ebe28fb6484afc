package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/httpkit"
)

// KeyStore reads partners and their API keys.
type KeyStore interface {
	access.KeyStore
	Partner(ctx context.Context, id string) (catalog.Partner, error)
	Partners(ctx context.Context) ([]catalog.Partner, error)
	// Usage returns how much an owner stores, who is not the operator.
	Usage(ctx context.Context, owner access.Owner) (catalog.Usage, error)
	// Keys returns all keys of a partner, or with an empty ID those of the operator.
	Keys(ctx context.Context, partnerID string) ([]access.Key, error)
}

const principalKey = "principal"

// principalFrom returns the authenticated principal of a request, or the zero Principal
// for anonymous requests.
func principalFrom(c echo.Context) access.Principal {
	p, _ := c.Get(principalKey).(access.Principal)
	return p
}

// keyRequiredMessage is the detail of the error for a request that needs an API key.
const keyRequiredMessage = "This request requires an API key. Send Authorization: Bearer tc_live_…."

// authenticate verifies the credentials of a request and counts it by API key. Requests
// without credentials are anonymous unless the server requires a key; invalid credentials
// are an error.
func (a *API) authenticate(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		if !hasCredential(r) {
			if a.KeyRequired && (strings.HasPrefix(c.Path(), "/v1/") || strings.HasPrefix(c.Path(), "/sitemap")) {
				return a.unauthorized(c, "This server requires an API key for every request. Send Authorization: Bearer tc_live_….")
			}
			return next(c)
		}
		p, err := a.authenticateBearer(r)
		if err == nil {
			if err := a.countRequest(c.Response().Header(), r, p.KeyID); err != nil {
				return err
			}
			c.Set(principalKey, p)
			httpkit.MarkPrivate(c)
			return next(c)
		}
		if errors.Is(err, errNoBearer) || access.IsRejection(err) {
			return a.unauthorized(c, sentence(err))
		}
		return err
	}
}

// errNoBearer is the error of a credential with another scheme.
var errNoBearer = errors.New("send the API key as Authorization: Bearer tc_live_…")

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
	return catalog.Errorf(catalog.Unauthorized, errcode.Unauthorized, "%s", detail)
}

// sentence returns the text of an error with a capital letter and a full stop.
func sentence(err error) string {
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}

// requireScope returns middleware that allows only keys with one of the scopes, and then
// honours idempotency keys.
func (a *API) requireScope(scopes ...access.Scope) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		next = a.idempotency().Middleware(next)
		return func(c echo.Context) error {
			switch p := principalFrom(c); {
			case !p.Authenticated():
				return a.unauthorized(c, keyRequiredMessage)
			case !slices.ContainsFunc(scopes, p.HasScope):
				c.Response().Header().Set(echo.HeaderWWWAuthenticate, `Bearer realm="trailcat", error="insufficient_scope", scope="`+string(scopes[0])+`"`) // RFC 6750
				return catalog.Errorf(catalog.Forbidden, errcode.MissingScope, "Your API key lacks the scope %s. Its scopes are: %s.",
					strings.ReplaceAll(access.JoinScopes(scopes), " ", " or "), scopeList(p))
			}
			return next(c)
		}
	}
}

// scopeList returns the scopes of a principal as messages list them.
func scopeList(p access.Principal) string { return cmp.Or(access.JoinScopes(p.Scopes), "none") }
