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
	"trailcat/internal/rating"
	"trailcat/internal/search"
	"trailcat/internal/store/storetest"
)

// TestRateLimit_CountsEachRequest checks that a request is counted by its key if that is
// valid, and otherwise by its address, wherever the credential is. Guessing secrets is
// limited too.
func TestRateLimit_CountsEachRequest(t *testing.T) {
	t.Parallel()

	const burstByAddress, burstByKey = 2, 5
	db := storetest.New(t)
	noon := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	_, key, err := catalog.New(db, now, func() [16]byte { return [16]byte{1} }).CreateKey(t.Context(), catalog.NewKey{Name: "client", Scopes: []access.Scope{access.ListingsRead}})
	if err != nil {
		t.Fatal(err)
	}
	rubrics, err := rating.Open()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		method, path, authorization string
		want                        int // requests until the limit is exceeded
	}{
		"a valid key by the key":                 {http.MethodGet, "/v2/types", "Bearer " + key, burstByKey},
		"an invalid key by address":              {http.MethodGet, "/v2/types", "Bearer " + key + "x", burstByAddress},
		"no key by address":                      {http.MethodGet, "/v2/types", "", burstByAddress},
		"client secrets by address":              {http.MethodPost, "/v2/oauth2/token", "", burstByAddress},
		"secrets in HTTP Basic by address":       {http.MethodPost, "/v2/oauth2/token", "Basic YTpi", burstByAddress},
		"client secrets beside a key by address": {http.MethodPost, "/v2/oauth2/token", "Bearer " + key, burstByAddress},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			index := search.New(db, search.Options{Now: now})
			log := slog.New(slog.DiscardHandler)
			handler, err := api.New(api.Config{
				Store: db, Keys: db, Index: index, Rubrics: rubrics, Log: log, Now: now, NewID: func() string { return "1" }, RatePerMinute: 2 * burstByAddress, KeyRatePerMinute: 2 * burstByKey,
				Mounts: map[string]api.ExternalAPI{"/v2/": func(limit api.RateLimitFunc) (http.Handler, error) {
					if limit == nil {
						return nil, errors.New("no rate limit")
					}
					return petfinder.New(petfinder.Config{Store: db, Keys: db, Index: index, Log: log, Now: now, RateLimit: limit})
				}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for n := 1; n <= tt.want+1; n++ {
				req := httptest.NewRequestWithContext(t.Context(), tt.method, tt.path, strings.NewReader("grant_type=client_credentials&client_id=a&client_secret=b"))
				if tt.authorization != "" {
					req.Header.Set("Authorization", tt.authorization)
				}
				rec := httptest.NewRecorder()
				handler.ServeHTTP(rec, req)
				if tooMany := rec.Code == http.StatusTooManyRequests; tooMany != (n > tt.want) {
					t.Errorf("request %d: got %d %s, want %d requests until 429", n, rec.Code, rec.Body, tt.want)
				}
			}
		})
	}
}
