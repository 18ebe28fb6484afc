package petfinder

import (
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// invalidTokenMessage is Petfinder's. One client requests a new token only if it reads
// exactly this.
const invalidTokenMessage = "Access token invalid or expired"

const principalContextKey = "principal"

// authenticate requires a valid access token or key, and applies the rate limit.
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
		principal, err := s.auth.Authenticate(c.Request().Context(), strings.TrimSpace(credential))
		if access.IsRejection(err) {
			return errUnauthorized(invalidTokenMessage)
		}
		if err != nil {
			return err
		}
		if err := s.checkRateLimit(c, principal.KeyID); err != nil {
			return err
		}
		c.Set(principalContextKey, principal)
		httpkit.MarkPrivate(c)
		return next(c)
	}
}

// checkRateLimit counts a request with a valid credential by its key, or one for a token
// that has a credential in the header, too, by its address. The server around this handler
// counts all other requests.
func (s *server) checkRateLimit(c echo.Context, keyID string) error {
	if s.RateLimit == nil || c.Request().Header.Get(echo.HeaderAuthorization) == "" {
		return nil
	}
	if err := s.RateLimit(c.Response().Header(), c.Request(), keyID); err != nil {
		return newProblem("ERR-429", http.StatusTooManyRequests, http.StatusText(http.StatusTooManyRequests), err.Error())
	}
	return nil
}

func errUnauthorized(detail string) error {
	return newProblem(codeUnauthorized, http.StatusUnauthorized, "Unauthorized", detail)
}

// principalFrom returns the authenticated caller.
func principalFrom(c echo.Context) access.Principal {
	principal, _ := c.Get(principalContextKey).(access.Principal)
	return principal
}

// audienceFrom returns the audience of a response, from which shelters may hide their cats.
// Nothing is hidden from an operator.
func audienceFrom(c echo.Context) catalog.Audience {
	principal := principalFrom(c)
	if principal.IsAdmin() {
		return catalog.Audience{PartnerID: "", Class: "", Copies: false}
	}
	return catalog.Audience{PartnerID: principal.PartnerID, Class: catalog.PetfinderReader, Copies: principal.Aggregator}
}
