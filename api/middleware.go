package api

import (
	"cmp"
	"fmt"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// withMiddleware wraps the router in the middleware that applies to every request. The
// middleware that is added last sees a request first.
func (a *API) withMiddleware(e *echo.Echo) (http.Handler, error) {
	compress, err := httpkit.NewCompression()
	if err != nil {
		return nil, err
	}
	h, err := a.withMounts(e)
	if err != nil {
		return nil, err
	}
	h = httpkit.AnswerHEAD(h)
	h = httpkit.SizeLimits{Problems: a.problems, MaxBody: a.BodyLimits.maxBody}.Wrap(h)
	h = a.limitAddresses(h)
	h = httpkit.CORS(h)
	h = compress(h)
	h = httpkit.RecoverPanics(a.problems, h)
	h = httpkit.BodyTimes{Rate: a.BodyRate, Large: isLargeBody, Now: a.DeadlineNow}.Wrap(h)
	h = httpkit.AccessLog{Log: a.Log, Metrics: a.metrics, Now: a.Now, NewID: a.NewID}.Wrap(h)
	return h, nil
}

// BodyLimits are the largest bodies of requests that may have larger ones than others, in
// bytes. Zero means the default.
type BodyLimits struct {
	Import     int64 // a file as it is sent; 50 MiB by default
	ImportText int64 // a file after decompression; 256 MiB by default
	Stream     int64 // a stream of cats; 32 MiB by default
}

// maxBody returns the largest body of a request to a path, in bytes.
func (l BodyLimits) maxBody(path string) int64 {
	switch {
	case strings.HasSuffix(path, "/imports"):
		return cmp.Or(l.Import, 50<<20)
	case strings.HasPrefix(path, "/v1/cats/") && strings.HasSuffix(path, "/photos"):
		return maxPhotosBody
	case strings.HasSuffix(path, "/cats/bulk-upsert"):
		return cmp.Or(l.Stream, 32<<20)
	default:
		return httpkit.MaxBody
	}
}

// isLargeBody reports whether requests to a path may by default have larger bodies than
// others.
func isLargeBody(path string) bool { return BodyLimits{}.maxBody(path) > httpkit.MaxBody }

// readingPosts are the routes of POST requests that write nothing.
var readingPosts = []string{tokenPath, "/v1/matches", "/v1/adventure/preview", "/v1/shelters/:id/assessment-links"}

// catWritesOfShelters are the routes of writes of single cats that name the shelter.
var catWritesOfShelters = []string{"/v1/shelters/:id/cats", "/v1/shelters/:id/cats/:external_id"}

// rejectIfOverloaded rejects a write before any work is done for it if it would wait too
// long for the database; the store rejects those that come to it later. Bulk writes and
// imports wait.
func (a *API) rejectIfOverloaded(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		r := c.Request()
		reads := r.Method == http.MethodGet || r.Method == http.MethodHead || slices.Contains(readingPosts, c.Path())
		if !reads && !isLargeBody(r.URL.Path) {
			var shelter catalog.Shelter
			if slices.Contains(catWritesOfShelters, c.Path()) {
				shelter, _ = a.Index.ShelterInfo(c.Param("id"))
			}
			if err := a.Store.CheckOverload(shelter.ID); err != nil {
				return err
			}
		}
		return next(c)
	}
}

// unlimitedPaths are the paths with which operators monitor the server. They need no
// credentials and have no rate limit.
var unlimitedPaths = []string{"/livez", "/readyz", "/metrics"}

// photosPrefix is the beginning of the paths of photos, of which a page shows many. Their limit
// is photoRateFactor times that of other requests without credentials.
const (
	photosPrefix    = "/photos/"
	photoRateFactor = 20
)

// limitAddresses applies the rate limits by IP address: to requests without credentials,
// and to those whose credentials must be verified first. Requests with valid credentials
// are counted by key, where they are verified.
func (a *API) limitAddresses(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var err error
		switch {
		case slices.Contains(unlimitedPaths, r.URL.Path):
		case strings.HasPrefix(r.URL.Path, photosPrefix):
			err = a.photoLimiter.Allow(w.Header(), a.clientAddress(r), a.Now())
		case hasCredential(r):
			err = a.credentialLimiter.Allow(w.Header(), r.Header.Get(echo.HeaderAuthorization), a.clientAddress(r), a.Now())
		default:
			err = a.addressLimiter.Allow(w.Header(), a.clientAddress(r), a.Now())
		}
		if err != nil {
			a.problems.Write(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// hasCredential reports whether a request has credentials that authenticate, or a mounted
// API, must verify. The token endpoint reads its own.
func hasCredential(r *http.Request) bool {
	return r.Header.Get(echo.HeaderAuthorization) != "" && r.URL.Path != tokenPath && !slices.Contains(unlimitedPaths, r.URL.Path)
}

// countRequest is the RateLimitFunc of this server.
func (a *API) countRequest(h http.Header, r *http.Request, keyID string) error {
	if keyID == "" {
		return a.addressLimiter.Allow(h, a.clientAddress(r), a.Now())
	}
	a.credentialLimiter.RecordVerified(r.Header.Get(echo.HeaderAuthorization), a.Now())
	return a.keyLimiter.Allow(h, keyID, a.Now())
}

// RateLimitFunc counts a request whose credentials are valid by API key, or one with
// credentials elsewhere than in the header by IP address if keyID is empty. It sets the
// RateLimit headers and returns an error if the request exceeds the limit.
type RateLimitFunc func(h http.Header, r *http.Request, keyID string) error

// ExternalAPI returns the handler of another wire format. The handler verifies
// credentials itself and calls the RateLimitFunc for each request whose credentials are valid.
type ExternalAPI func(RateLimitFunc) (http.Handler, error)

// withMounts returns a handler that passes requests to the mounted API whose prefix their
// path has, and all others to next. The prefix is their route in log and metrics.
func (a *API) withMounts(next http.Handler) (http.Handler, error) {
	handlers := map[string]http.Handler{}
	for prefix, mount := range a.Mounts {
		handler, err := mount(a.countRequest)
		if err != nil {
			return nil, fmt.Errorf("mount %s: %w", prefix, err)
		}
		handlers[prefix] = handler
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, handler := range handlers {
			if strings.HasPrefix(r.URL.Path, prefix) {
				httpkit.SetRoute(r.Context(), prefix+"*")
				handler.ServeHTTP(w, r)
				return
			}
		}
		next.ServeHTTP(w, r)
	}), nil
}

// publicURL returns the base URL of this server without a trailing slash: the configured
// one, or that of the request.
func (a *API) publicURL(c echo.Context) string {
	if a.PublicURL != "" {
		return a.PublicURL
	}
	r, scheme := c.Request(), "http"
	if r.TLS != nil || a.fromTrustedProxy(r) && r.Header.Get(echo.HeaderXForwardedProto) == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}

// fromTrustedProxy reports whether a trusted proxy forwarded the request.
func (a *API) fromTrustedProxy(r *http.Request) bool {
	peer, err := netip.ParseAddrPort(r.RemoteAddr)
	return err == nil && slices.ContainsFunc(a.TrustedProxies, func(p netip.Prefix) bool { return p.Contains(peer.Addr().Unmap()) })
}
