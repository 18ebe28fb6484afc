package petfinder

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// TestHiddenCats_AreNotFound checks that cats which a shelter hides from a client are in
// no list or total and are not found by number, although they were cached before.
func TestHiddenCats_AreNotFound(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		hiddenFrom catalog.Restriction
		want       bool
	}{
		"from Petfinder clients": {catalog.Restriction{Classes: []string{string(catalog.PetfinderReader)}}, true},
		"from this partner":      {catalog.Restriction{Partners: []string{"prt_01000000000000000000000000"}}, true},
		"from aggregators":       {catalog.Restriction{Classes: []string{string(catalog.AggregatorReader)}}, true},
		"from another partner":   {catalog.Restriction{Partners: []string{"prt_02000000000000000000000000"}}, false},
	}
	paths := []string{"/v2/animals?limit=100", "/v2/animals/1", "/v2/animals?organization=MD1", "/v2/animals?name=kenny&sort=random", "/v2/animals?limit=100&page=1"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := newFixtureServer(t)
			partner := catalog.Partner{ID: "prt_01000000000000000000000000", Name: "Copycats", Audience: catalog.AggregatorReader, Version: 1}
			key, err := s.store.Key(t.Context(), s.id)
			if err != nil {
				t.Fatal(err)
			}
			key.PartnerID = partner.ID
			s.token = key.IssueToken(s.now.Add(access.TokenTTL), nil)
			err = s.store.Write(t.Context(), func(tx catalog.Tx) error {
				other := partner
				other.ID = "prt_02000000000000000000000000"
				if err := errors.Join(tx.Partners.SavePartner(t.Context(), partner), tx.Partners.SavePartner(t.Context(), other)); err != nil {
					return err
				}
				return tx.Partners.SaveKey(t.Context(), key)
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				if rec := s.get(t, path); !strings.Contains(rec.Body.String(), "Kenny") {
					t.Fatalf("GET %s before: got %d %s, want the cat", path, rec.Code, rec.Body)
				}
			}
			shelter, _ := s.index.ShelterInfo("MD1")
			if _, err := s.catalog.ChangeShelter(t.Context(), s.places, shelter.ID, 0, func(p *catalog.Profile) { p.HiddenFrom = tt.hiddenFrom }); err != nil {
				t.Fatal(err)
			}
			s.updateIndex(t)
			for _, path := range paths {
				rec := s.get(t, path)
				if got := !strings.Contains(rec.Body.String(), "Kenny"); got != tt.want {
					t.Errorf("GET %s: got hidden %t, want %t: %d %s", path, got, tt.want, rec.Code, rec.Body)
				}
				if byNumber := path == "/v2/animals/1"; byNumber && tt.want && rec.Code != http.StatusNotFound {
					t.Errorf("GET %s: got %d, want 404", path, rec.Code)
				}
				if all := path == paths[0]; all && tt.want && !strings.Contains(rec.Body.String(), `"total_count":1,`) {
					t.Errorf("GET %s: got %s, want a total without the hidden cats", path, rec.Body)
				}
			}
			if rec := s.get(t, "/v2/organizations/MD1"); rec.Code != http.StatusOK {
				t.Errorf("the shelter itself: got %d, want 200", rec.Code)
			}
		})
	}
}
