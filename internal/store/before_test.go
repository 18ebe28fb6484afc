package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// What a cat was before comes back whole, to those who ask for it.
func TestTheLogRemembersWhatACatWas(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		was := realisticCat(3, "shl_a")
		was.Rating = full[catalog.Rating](t)
		was.Rating.On = moment(0).Truncate(24 * 60 * 60 * 1e9)
		want := catalog.Change{
			Seq: 1, At: moment(1), Op: catalog.Updated, Resource: catalog.CatResource, ResourceID: was.ID, ShelterID: was.ShelterID, Version: 4, Fields: []string{"place"},
			Before: &catalog.PreImage{Cat: was, Home: &catalog.ShelterContext{
				Region: "MD", Country: "US", Point: geo.Point{Lat: 39, Lng: -77}, PartnerID: "prt_a",
				WithheldFrom: catalog.Restriction{Classes: []catalog.AudienceClass{catalog.AggregatorReader}, Partners: []string{"prt_b"}},
			}},
		}
		write(t, s, func(tx catalog.Tx) error { return appendLog(tx, t.Context(), []catalog.Change{want}) })

		got, err := s.ChangesWithBefore(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		// Not kept: what nobody searches by.
		cat := &want.Before.Cat
		cat.ExternalID, cat.MicrochipHash = "", ""
		cat.ConfirmedAt, cat.CreatedAt, cat.StatusChangedAt = got[0].Before.Cat.ConfirmedAt, got[0].Before.Cat.CreatedAt, got[0].Before.Cat.StatusChangedAt
		if diff := cmp.Diff([]catalog.Change{want}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		short, err := s.Changes(t.Context(), 0, 10)
		if err != nil || short[0].Before != nil || short[0].Fields[0] != "place" {
			t.Errorf("a reader who did not ask for it got %+v (%v)", short, err)
		}
	})
}
