package api

import (
	"fmt"
	"net/http"
	"strings"

	"trailcat/internal/httpkit"
)

// ExternalAPI makes the handler of another wire format. It judges credentials itself,
// and has each request that shows one counted.
type ExternalAPI func(RateLimitFunc) (http.Handler, error)

// RateLimitFunc counts a request by the key that it showed, or by its address where that
// was no good key and keyID is empty. An error says that it is one too many.
type RateLimitFunc func(h http.Header, r *http.Request, keyID string) error

// countRequest is the Counter of this server.
func (a *API) countRequest(h http.Header, r *http.Request, keyID string) error {
	if keyID == "" {
		return a.addresses.Allow(h, a.clientAddress(r), a.Now())
	}
	return a.keys.Allow(h, keyID, a.Now())
}

// withMounts hands what begins with the prefix of a mount to its handler, and the
// rest to next. Logs and metrics know such a request by the prefix.
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
			if !strings.HasPrefix(r.URL.Path, prefix) {
				continue
			}
			httpkit.SetRoute(r.Context(), prefix+"*")
			handler.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	}), nil
}
