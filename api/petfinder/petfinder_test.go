package petfinder

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/httpkit"
)

// get requests a path with the token of the server.
func (s *testServer) get(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	req.Header.Set("Authorization", "Bearer "+s.token)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	return rec
}

// TestToken_RejectedAfterExpiryAndRevocation also checks the detail, which makes a client
// request a new token.
func TestToken_RejectedAfterExpiryAndRevocation(t *testing.T) {
	t.Parallel()

	tests := map[string]func(t *testing.T, s *testServer){
		"an hour after it was issued": func(_ *testing.T, s *testServer) { *s.now = s.now.Add(access.TokenTTL) },
		"after its key was revoked": func(t *testing.T, s *testServer) {
			if _, _, err := s.catalog.RevokeKey(t.Context(), s.id, true); err != nil {
				t.Fatal(err)
			}
		},
	}
	for name, invalidate := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := newFixtureServer(t)
			if rec := s.get(t, "/v2/types"); rec.Code != http.StatusOK {
				t.Fatalf("before: got %d %s, want 200", rec.Code, rec.Body)
			}
			invalidate(t, s)
			rec := s.get(t, "/v2/types")
			var p Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != http.StatusUnauthorized || p.Detail != "Access token invalid or expired" {
				t.Errorf("after: got %d %s, want 401 and the detail of an invalid token", rec.Code, rec.Body)
			}
		})
	}
}

func TestToken_OfAdminKeyGrantsNoScope(t *testing.T) {
	t.Parallel()

	s := newFixtureServer(t)
	_, text, err := s.catalog.CreateKey(t.Context(), catalog.NewKey{Name: "admin", Scopes: []access.Scope{access.Admin}, Random: [32]byte{1}})
	if err != nil {
		t.Fatal(err)
	}
	id, secret, err := access.SplitKey(text)
	if err != nil {
		t.Fatal(err)
	}
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/v2/oauth2/token", strings.NewReader("grant_type=client_credentials&client_id="+id+"&client_secret="+secret))
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	var token Token
	if err := json.Unmarshal(rec.Body.Bytes(), &token); err != nil {
		t.Fatalf("%v: %s", err, rec.Body)
	}
	keyID, rest, _ := access.SplitToken(token.AccessToken)
	key, err := s.store.Key(t.Context(), keyID)
	if err != nil {
		t.Fatal(err)
	}
	if p, err := key.VerifyToken(rest, *s.now); err != nil || len(p.Scopes) > 0 {
		t.Errorf("got scopes %v and error %v, want none", p.Scopes, err)
	}
}

// TestAnimalCache_ShowsChanges changes the cat, its shelter and the date.
func TestAnimalCache_ShowsChanges(t *testing.T) {
	t.Parallel()

	s := newFixtureServer(t)
	requireContains := func(text string) {
		t.Helper()
		for _, path := range []string{"/v2/animals/2", "/v2/animals?name=alfredo"} {
			if rec := s.get(t, path); !strings.Contains(rec.Body.String(), text) {
				t.Errorf("GET %s: got %s, want %s in it", path, rec.Body, text)
			}
		}
	}
	requireContains(`"description":"Shy."`)
	derwood, err := s.store.ShelterByCode(t.Context(), "MD1")
	if err != nil {
		t.Fatal(err)
	}
	s.putCats(t, derwood.ID, cat("A2", "Alfredo", 6, func(f *catalog.Facts) { f.Description = "Bold." }))
	s.updateIndex(t)
	requireContains(`"description":"Bold."`)
	s.putShelter(t, "derwood", catalog.Profile{
		Name: "Derwood Animal Center", Kind: catalog.Municipal, Phone: "+1 240 555 0199", Address: catalog.Address{PostalCode: "20855", Country: "US"},
	})
	s.updateIndex(t)
	requireContains(`"phone":"+1 240 555 0199"`)
	*s.now = s.now.AddDate(0, 7, 0)
	s.token = s.newToken(t)
	requireContains(`"age":"Young"`)
}

func (s *testServer) updateIndex(t *testing.T) {
	t.Helper()
	if err := s.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// newToken returns a token that is issued now.
func (s *testServer) newToken(t *testing.T) string {
	t.Helper()
	key, err := s.store.Key(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	return key.IssueToken(s.now.Add(access.TokenTTL), nil)
}

func TestTruncateWords(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text  string
		limit int
		want  string
	}{
		"0 is unlimited":                {strings.Repeat("long ", 100), 0, strings.Repeat("long ", 100)},
		"cuts between words":            {"A shy cat who hides.", 9, "A shy cat..."},
		"does not cut within a word":    {"A shy cat who hides.", 12, "A shy cat..."},
		"cuts a word that is too long":  {"Donaudampfschiff", 5, "Donau..."},
		"keeps a text of the limit":     {"A shy cat.", 10, "A shy cat."},
		"counts characters, not bytes":  {"Über alle Maßen zahm", 15, "Über alle Maßen..."},
		"a line break is between words": {"Shy\nbut sweet", 5, "Shy..."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := truncateWords(tt.text, tt.limit); got != tt.want {
				t.Errorf("truncateWords(%q, %d) = %q, want %q", tt.text, tt.limit, got, tt.want)
			}
		})
	}
}

// A caller who has disconnected is no failure of the server.
func TestDisconnect_IsNoFailureOfTheServer(t *testing.T) {
	t.Parallel()

	server := newFixtureServer(t)
	ctx, hangUp := context.WithCancel(t.Context())
	hangUp()
	for _, path := range []string{"/v2/animals", "/v2/animals/1", "/v2/types/cat/breeds", "/v2/organizations/MD1", "/v2/oauth2/token"} {
		method := http.MethodGet
		if path == "/v2/oauth2/token" {
			method = http.MethodPost
		}
		req := httptest.NewRequestWithContext(ctx, method, path, strings.NewReader("grant_type=client_credentials&client_id="+server.id+"&client_secret="+server.secret))
		req.Header.Set("Authorization", "Bearer "+server.token)
		rec := httptest.NewRecorder()
		server.ServeHTTP(rec, req)
		if rec.Code != httpkit.StatusClientClosedRequest {
			t.Errorf("%s: got %d %s, want %d", path, rec.Code, rec.Body, httpkit.StatusClientClosedRequest)
		}
	}
}
