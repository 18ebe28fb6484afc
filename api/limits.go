package api

import (
	"net/http"
)

// rateLimit counts requests by address, except for those that show a key: they are
// counted by authenticate, which alone knows whether the key is good. A good one
// counts by itself and a false one by its address, so none can be made up.
func (a *API) rateLimit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !hasCredential(r) {
			if err := a.addresses.Allow(w.Header(), a.clientAddress(r), a.Now()); err != nil {
				a.problems.Write(w, r, err)
				return
			}
		}
		next.ServeHTTP(w, r)
	})
}

// hasCredential says whether a request is authenticate's to judge. Where tokens are
// given out, keys are sent otherwise.
func hasCredential(r *http.Request) bool {
	return r.Header.Get("Authorization") != "" && r.URL.Path != tokenPath
}
