package petfinder_test

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"trailcat/api"
	"trailcat/api/petfinder"
	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/search"
	"trailcat/internal/store/storetest"
)

// TestEachRequestIsCounted: by its key if that is good, else by its address,
// wherever the credential stands. Nobody guesses for nothing.
func TestEachRequestIsCounted(t *testing.T) {
	t.Parallel()

	const mostByAddress, mostByKey = 2, 5 // at once
	db := storetest.New(t)
	noon := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	_, key, err := catalog.New(db, now, func() [16]byte { return [16]byte{1} }).CreateKey(t.Context(), catalog.NewKey{Name: "client", Scopes: []access.Scope{access.ListingsRead}})
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		method, path, authorization string
		most                        int
	}{
		"a good key by itself":          {http.MethodGet, "/v2/types", "Bearer " + key, mostByKey},
		"a false one by the address":    {http.MethodGet, "/v2/types", "Bearer " + key + "x", mostByAddress},
		"none by the address":           {http.MethodGet, "/v2/types", "", mostByAddress},
		"who guesses secrets":           {http.MethodPost, "/v2/oauth2/token", "", mostByAddress},
		"who guesses secrets in Basic":  {http.MethodPost, "/v2/oauth2/token", "Basic YTpi", mostByAddress},
		"who guesses with a key beside": {http.MethodPost, "/v2/oauth2/token", "Bearer " + key, mostByAddress},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			index := search.New(db, search.Options{Now: now})
			log := slog.New(slog.DiscardHandler)
			handler, err := api.New(api.Config{
				Store: db, Keys: db, Index: index, Log: log, Now: now, NewID: func() string { return "1" }, RatePerMinute: 2 * mostByAddress, KeyRatePerMinute: 2 * mostByKey,
				Mounts: map[string]api.ExternalAPI{"/v2/": func(count api.RateLimitFunc) (http.Handler, error) {
					if count == nil {
						return nil, errors.New("nobody counts")
					}
					return petfinder.New(petfinder.Config{Store: db, Keys: db, Index: index, Log: log, Now: now, Count: count})
				}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= test.most+1; n++ {
				req := httptest.NewRequestWithContext(t.Context(), test.method, test.path, strings.NewReader("grant_type=client_credentials&client_id=a&client_secret=b"))
				if test.authorization != "" {
					req.Header.Set("Authorization", test.authorization)
				}
				rec := httptest.NewRecorder()
				handler.ServeHTTP(rec, req)
				if tooMany := rec.Code == http.StatusTooManyRequests; tooMany != (n > test.most) {
					t.Errorf("request %d: %d %s", n, rec.Code, rec.Body)
				}
			}
		})
	}
}
