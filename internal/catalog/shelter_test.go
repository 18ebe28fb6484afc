package catalog_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// A client that follows cats near a place learns from the log alone that their
// shelter moved or hides them.
func TestChangeShelter_LogsEachRelocatedCat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		fx.put(t, edit("a", named("Tom")), edit("b", named("Tim")), edit("gone", func(f *catalog.Facts) { f.Name, f.Status = "Gus", catalog.Removed }))
		from := fx.shelter.Context()

		change := func(apply func(*catalog.Profile)) []catalog.Change {
			t.Helper()
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := fx.ChangeShelter(t.Context(), onePlace{}, fx.shelter.ID, 0, apply); err != nil {
				t.Fatal(err)
			}
			entries, err := s.ChangesWithBefore(t.Context(), head.Seq, 100)
			if err != nil {
				t.Fatal(err)
			}
			return entries
		}
		entries := change(func(p *catalog.Profile) {
			p.Point, p.PointPrecision = geo.Point{Lat: 39.2, Lng: -77.2}, catalog.ExactPoint
		})
		if len(entries) != 3 || entries[0].Resource != catalog.ShelterResource || entries[0].Before.Shelter.Point != from.Point {
			t.Fatalf("moving a shelter with two listed cats: got %d log entries %+v, want 3", len(entries), entries)
		}
		for _, entry := range entries[1:] {
			if entry.Op != catalog.Updated || entry.Version != 2 || !slices.Equal(entry.Fields, []string{"place"}) || entry.Before.Shelter.Point != from.Point {
				t.Errorf("got entry %+v with the context %+v, want an update of the place", entry, entry.Before.Shelter)
			}
		}
		entries = change(func(p *catalog.Profile) { p.HiddenFrom.Classes = []string{string(catalog.AggregatorReader)} })
		if len(entries) != 3 || !slices.Equal(entries[1].Fields, []string{"hidden_from"}) || entries[1].Before.Shelter.HiddenFrom.Any() {
			t.Errorf("restricting the shelter: got %+v", entries)
		}
		entries = change(func(p *catalog.Profile) { p.Name = "New Home" })
		if len(entries) != 3 || !slices.Equal(entries[1].Fields, []string{"attribution"}) {
			t.Errorf("renaming the shelter: got %+v", entries)
		}
		if entries = change(func(p *catalog.Profile) { p.Phone = "1" }); len(entries) != 1 {
			t.Errorf("changing the phone number: got %d log entries, want 1", len(entries))
		}
	})
}

// Restrictions are sorted before they are validated, so an error names the value and
// not its position.
func TestChangeShelter_RestrictionErrorNamesTheValue(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		_, err := fx.ChangeShelter(t.Context(), onePlace{}, fx.shelter.ID, 0, func(p *catalog.Profile) {
			p.HiddenFrom = catalog.Restriction{Classes: []string{"robots", string(catalog.AggregatorReader)}, Partners: []string{"prt_x", "prt_01kabq4z8vf3ht2v0xw9r6m5ec"}}
		})
		var e *catalog.Error
		if !errors.As(err, &e) || len(e.Fields) != 2 {
			t.Fatalf("got %v, want two field errors", err)
		}
		for i, want := range []struct{ pointer, value string }{{"/hidden_from/classes", `"robots"`}, {"/hidden_from/partners", `"prt_x"`}} {
			if got := e.Fields[i]; got.Pointer != want.pointer || !strings.Contains(got.Message, want.value) {
				t.Errorf("got %+v, want %s at %s", got, want.value, want.pointer)
			}
		}
	})
}

func TestChangeShelter_RestrictionNeedsExistingPartners(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		partner, err := fx.CreatePartner(t.Context(), "Copycats", catalog.AggregatorReader, catalog.Quotas{})
		if err != nil {
			t.Fatal(err)
		}
		withhold := func(id string) error {
			_, err := fx.ChangeShelter(t.Context(), onePlace{}, fx.shelter.ID, 0, func(p *catalog.Profile) { p.HiddenFrom.Partners = []string{id} })
			return err
		}
		if err := withhold(partner.ID); err != nil {
			t.Error(err)
		}
		if err := withhold("prt_00000000000000000000000000"); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("an unknown partner: got %v, want invalid", err)
		}
	})
}

func TestHiddenFrom(t *testing.T) {
	t.Parallel()
	s := catalog.Shelter{PartnerID: "prt_own"}
	s.HiddenFrom = catalog.Restriction{Classes: []string{string(catalog.AggregatorReader)}, Partners: []string{"prt_bad", "prt_own"}}
	tests := map[string]struct {
		reader catalog.Audience
		want   bool
	}{
		"an operator":          {catalog.Audience{}, false},
		"its own partner":      {catalog.Audience{PartnerID: "prt_own", Class: catalog.AggregatorReader}, false},
		"the public":           {catalog.Audience{Class: catalog.PublicReader}, false},
		"an aggregator":        {catalog.Audience{PartnerID: "prt_x", Class: catalog.AggregatorReader}, true},
		"a restricted partner": {catalog.Audience{PartnerID: "prt_bad", Class: catalog.PublicReader}, true},
		"another partner":      {catalog.Audience{PartnerID: "prt_x", Class: catalog.PublicReader}, false},
		"a Petfinder client":   {catalog.Audience{Class: catalog.PetfinderReader}, false},
		"an aggregator that uses the Petfinder API": {catalog.Audience{PartnerID: "prt_x", Class: catalog.PetfinderReader, Copies: true}, true},
	}
	for name, tt := range tests {
		if got := s.HidesFrom(tt.reader); got != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

// Whoever owned a shelter could see its restricted cats, and whoever owns it now can: their
// copies follow the entries of these cats.
func TestTransferShelter_LogsRestrictedCats(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fx := newFixture(t, s)
		partner, err := fx.CreatePartner(t.Context(), "Kent Cats", catalog.PublicReader, catalog.Quotas{})
		if err != nil {
			t.Fatal(err)
		}
		if result := fx.put(t, edit("b", func(f *catalog.Facts) {
			f.Name, f.HiddenFrom.Partners = "Ben", []string{"prt_01kabq4z8vf3ht2v0xw9r6m5ec"}
		}))[0]; catalog.KindOf(result.Err) != catalog.Invalid {
			t.Errorf("a cat that is hidden from a partner that does not exist: got %v, want invalid", result.Err)
		}
		hidden := fx.put(t, edit("a", named("Tom")), edit("b", func(f *catalog.Facts) { f.Name, f.HiddenFrom.Partners = "Ben", []string{partner.ID} }))[1].Cat
		head, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := fx.TransferShelter(t.Context(), onePlace{}, fx.shelter.ID, 0, partner.ID, func(*catalog.Profile) {}); err != nil {
			t.Fatal(err)
		}
		entries, err := s.ChangesWithBefore(t.Context(), head.Seq, 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(entries) != 2 || entries[1].ResourceID != hidden.ID || !slices.Equal(entries[1].Fields, []string{"hidden_from"}) {
			t.Errorf("got entries %+v, want that of the shelter and that of the restricted cat", entries)
		}
	})
}
