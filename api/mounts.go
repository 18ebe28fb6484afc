package api

import (
	"net/http"
	"strings"
)

// mounted hands what begins with the prefix of a mount to its handler, and the
// rest to next. Logs and metrics know such a request by the prefix.
func (a *API) mounted(next http.Handler) http.Handler {
	if len(a.Mounts) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for prefix, handler := range a.Mounts {
			if !strings.HasPrefix(r.URL.Path, prefix) {
				continue
			}
			if x := exchangeOf(r.Context()); x != nil {
				x.route = prefix + "*"
			}
			handler.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}
