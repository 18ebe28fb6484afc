package petfinder

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
)

// TestWhatIsWithheldIsNotFound: neither in lists and their totals nor by its
// number, though it was found, and kept encoded, a moment before.
func TestWhatIsWithheldIsNotFound(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		from catalog.Restriction
		hide bool
	}{
		"from clients like this":       {catalog.Restriction{Classes: []catalog.AudienceClass{catalog.PetfinderReader}}, true},
		"from this partner":            {catalog.Restriction{Partners: []string{"prt_01000000000000000000000000"}}, true},
		"from aggregators, as this is": {catalog.Restriction{Classes: []catalog.AudienceClass{catalog.AggregatorReader}}, true},
		"from somebody else":           {catalog.Restriction{Partners: []string{"prt_02000000000000000000000000"}}, false},
	}
	paths := []string{"/v2/animals?limit=100", "/v2/animals/1", "/v2/animals?organization=MD1", "/v2/animals?name=kenny&sort=random", "/v2/animals?limit=100&page=1"}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			s := onSQLite(t)
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
				if rec := s.answer(t, path); !strings.Contains(rec.Body.String(), "Kenny") {
					t.Fatalf("%s before: %d %s", path, rec.Code, rec.Body)
				}
			}
			home, _ := s.index.ShelterInfo("MD1")
			if _, err := s.catalog.ChangeShelter(t.Context(), s.places, home.ID, 0, func(p *catalog.Profile) { p.HiddenFrom = tt.from }); err != nil {
				t.Fatal(err)
			}
			if err := s.index.CatchUp(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, path := range paths {
				rec := s.answer(t, path)
				if got := !strings.Contains(rec.Body.String(), "Kenny"); got != tt.hide {
					t.Errorf("%s hides the cat: %v, want %v: %d %s", path, got, tt.hide, rec.Code, rec.Body)
				}
				if byNumber := path == "/v2/animals/1"; byNumber && tt.hide && rec.Code != http.StatusNotFound {
					t.Errorf("%s: %d, want 404", path, rec.Code)
				}
				if all := path == paths[0]; all && tt.hide && !strings.Contains(rec.Body.String(), `"total_count":1,`) {
					t.Errorf("%s counts what it hides: %s", path, rec.Body)
				}
			}
			if rec := s.answer(t, "/v2/organizations/MD1"); rec.Code != http.StatusOK {
				t.Errorf("the shelter itself: %d", rec.Code)
			}
		})
	}
}
