package petfinder

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// answer asks for a path with the key of the stage.
func (s *stage) answer(t *testing.T, path string) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodGet, path, http.NoBody)
	req.Header.Set("Authorization", "Bearer "+s.token)
	rec := httptest.NewRecorder()
	s.ServeHTTP(rec, req)
	return rec
}

// TestATokenEnds: with its hour, and at once with its key. What is said then is
// what makes a client ask for another.
func TestATokenEnds(t *testing.T) {
	t.Parallel()

	tests := map[string]func(s *stage) error{
		"after an hour": func(s *stage) error {
			*s.now = s.now.Add(access.TokenTTL)
			return nil
		},
		"with its key": func(s *stage) error {
			_, err := s.catalog.RevokeKey(context.Background(), s.id) //nolint:usetesting // outlives no test
			return err
		},
	}
	for name, end := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := onSQLite(t)
			if rec := s.answer(t, "/v2/types"); rec.Code != http.StatusOK {
				t.Fatalf("before: %d %s", rec.Code, rec.Body)
			}
			if err := end(s); err != nil {
				t.Fatal(err)
			}
			rec := s.answer(t, "/v2/types")
			var p Problem
			if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil || rec.Code != http.StatusUnauthorized || p.Detail != "Access token invalid or expired" {
				t.Errorf("after: %d %s", rec.Code, rec.Body)
			}
		})
	}
}

// TestATokenOnlyReads: it may end up where others see it.
func TestATokenOnlyReads(t *testing.T) {
	t.Parallel()

	s := onSQLite(t)
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
		t.Errorf("the token may %v (%v)", p.Scopes, err)
	}
}

// TestWhatIsShownIsNew: kept answers do not outlive what they show.
func TestWhatIsShownIsNew(t *testing.T) {
	t.Parallel()

	s := onSQLite(t)
	paths := []string{"/v2/animals/2", "/v2/animals?name=alfredo"}
	shown := func(words string) {
		t.Helper()
		for _, path := range paths {
			if rec := s.answer(t, path); !strings.Contains(rec.Body.String(), words) {
				t.Errorf("%s does not show %s: %s", path, words, rec.Body)
			}
		}
	}
	shown(`"description":"Shy."`)
	derwood, err := s.store.ShelterByCode(t.Context(), "MD1")
	if err != nil {
		t.Fatal(err)
	}
	s.putCats(t, derwood.ID, cat("A2", "Alfredo", 6, func(f *catalog.Facts) { f.Description = "Bold." }))
	s.catchUp(t)
	shown(`"description":"Bold."`)
	s.putShelter(t, "derwood", catalog.Profile{
		Name: "Derwood Animal Center", Kind: catalog.Municipal, Phone: "+1 240 555 0199", Address: catalog.Address{PostalCode: "20855", Country: "US"},
	})
	s.catchUp(t)
	shown(`"phone":"+1 240 555 0199"`)
	*s.now = s.now.AddDate(0, 7, 0)
	s.token = s.fresh(t)
	shown(`"age":"Young"`)
}

func (s *stage) catchUp(t *testing.T) {
	t.Helper()
	if err := s.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// fresh is a token as of now.
func (s *stage) fresh(t *testing.T) string {
	t.Helper()
	key, err := s.store.Key(t.Context(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	return key.IssueToken(s.now.Add(access.TokenTTL), nil)
}

func TestWhereDescriptionsEnd(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		text    string
		letters int
		want    string
	}{
		"they do not, by default":       {strings.Repeat("long ", 100), 0, strings.Repeat("long ", 100)},
		"between words":                 {"A shy cat who hides.", 9, "A shy cat..."},
		"never within a word":           {"A shy cat who hides.", 12, "A shy cat..."},
		"a word that is too long":       {"Donaudampfschiff", 5, "Donau..."},
		"not at all if it is not long":  {"A shy cat.", 10, "A shy cat."},
		"letters are no bytes":          {"Über alle Maßen zahm", 15, "Über alle Maßen..."},
		"a line's end is between words": {"Shy\nbut sweet", 5, "Shy..."},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			if got := truncateWords(test.text, test.letters); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// TestPagesThatAreNoWalk: a jump counts from the beginning, old walks begin
// again, and what others send as a walk is no step of ours.
func TestPagesThatAreNoWalk(t *testing.T) {
	t.Parallel()

	s := onSQLite(t)
	all := list(t, s, s.token, "10.1.1.1", "/v2/animals").names()
	jumped := list(t, s, s.token, "10.1.1.2", "/v2/animals?limit=1&page=3")
	if got := jumped.names(); !slices.Equal(got, all[2:3]) {
		t.Errorf("jumped to %v, want %v", got, all[2:3])
	}
	for _, walk := range []string{"x", "3.0.AAAA", "2.0.AAAA", "3.zz!.AAAA", "3.0.", strings.Repeat("3", 5000)} {
		if got := list(t, s, s.token, "10.1.1.3", "/v2/animals?limit=1&page=3&walk="+walk).names(); !slices.Equal(got, all[2:3]) {
			t.Errorf("walk=%.20s led to %v, want %v", walk, got, all[2:3])
		}
	}
	on := list(t, s, s.token, "10.1.1.2", "/v2/animals?limit=1&page=4")
	if got := on.names(); !slices.Equal(got, all[3:]) || on.Pagination.Links.Next != nil {
		t.Errorf("went on to %v, want %v, and %v behind it", got, all[3:], on.Pagination.Links.Next)
	}
	if beyond := list(t, s, s.token, "10.1.1.2", "/v2/animals?limit=1&page=5"); len(beyond.Animals) > 0 {
		t.Errorf("beyond the last page are %v", beyond.names())
	}
	*s.now = s.now.Add(walkLife + time.Second)
	if got := list(t, s, s.token, "10.1.1.2", "/v2/animals?limit=1&page=2").names(); !slices.Equal(got, all[1:2]) {
		t.Errorf("a walk that was forgotten went to %v, want %v", got, all[1:2])
	}
}

// TestRandomPagesAreOneOrder: pages of a random order do not overlap.
func TestRandomPagesAreOneOrder(t *testing.T) {
	t.Parallel()

	s := onSQLite(t)
	var met []string
	for _, path := range []string{"/v2/animals?sort=random&limit=2", "/v2/animals?sort=random&limit=2&page=2"} {
		met = append(met, list(t, s, s.token, "10.1.1.1", path).names()...)
	}
	if slices.Sort(met); !slices.Equal(met, []string{"Alfredo", "Frederick", "Kenny Chatney", "Nobody"}) {
		t.Errorf("met %v", met)
	}
}
