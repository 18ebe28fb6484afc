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

// Who follows cats near a place learns from the log alone that their shelter
// moved, or that it withholds them.
func TestAShelterThatMovesTakesItsCatsAlong(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		w.put(t, edit("a", named("Tom")), edit("b", named("Tim")), edit("gone", func(f *catalog.Facts) { f.Name, f.Status = "Gus", catalog.Removed }))
		from := w.home.Home()

		change := func(lay func(*catalog.Profile)) []catalog.Change {
			t.Helper()
			head, err := s.Head(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.ChangeShelter(t.Context(), atlas{}, w.home.ID, 0, lay); err != nil {
				t.Fatal(err)
			}
			lines, err := s.ChangesWithBefore(t.Context(), head.Seq, 100)
			if err != nil {
				t.Fatal(err)
			}
			return lines
		}
		lines := change(func(p *catalog.Profile) {
			p.Point, p.PointPrecision = geo.Point{Lat: 39.2, Lng: -77.2}, catalog.ExactPoint
		})
		if len(lines) != 3 || lines[0].Resource != catalog.ShelterResource || lines[0].Before.Home.Point != from.Point {
			t.Fatalf("the move of a shelter of two cats is %d lines, %+v", len(lines), lines)
		}
		for _, line := range lines[1:] {
			if line.Op != catalog.Updated || line.Version != 2 || !slices.Equal(line.Fields, []string{"place"}) || line.Before.Home.Point != from.Point {
				t.Errorf("%+v, was at %+v", line, line.Before.Home)
			}
		}
		lines = change(func(p *catalog.Profile) { p.WithheldFrom.Classes = []catalog.AudienceClass{catalog.AggregatorReader} })
		if len(lines) != 3 || !slices.Equal(lines[1].Fields, []string{"withheld_from"}) || lines[1].Before.Home.WithheldFrom.Any() {
			t.Errorf("withholding is %+v", lines)
		}
		lines = change(func(p *catalog.Profile) { p.Name = "New Home" })
		if len(lines) != 3 || !slices.Equal(lines[1].Fields, []string{"attribution"}) {
			t.Errorf("another name is %+v", lines)
		}
		if lines = change(func(p *catalog.Profile) { p.Phone = "1" }); len(lines) != 1 {
			t.Errorf("a new phone number is %d lines", len(lines))
		}
	})
}

// What is sent is put in order before it is looked at, so a fault names the value and not its place.
func TestAFaultInWithheldFromNamesTheValue(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		_, err := w.ChangeShelter(t.Context(), atlas{}, w.home.ID, 0, func(p *catalog.Profile) {
			p.WithheldFrom = catalog.Restriction{Classes: []catalog.AudienceClass{"robots", catalog.AggregatorReader}, Partners: []string{"prt_x", "prt_01kabq4z8vf3ht2v0xw9r6m5ec"}}
		})
		var e *catalog.Error
		if !errors.As(err, &e) || len(e.Faults) != 2 {
			t.Fatalf("got %v, want two faults", err)
		}
		for i, want := range []struct{ pointer, value string }{{"/withheld_from/classes", `"robots"`}, {"/withheld_from/partners", `"prt_x"`}} {
			if got := e.Faults[i]; got.Pointer != want.pointer || !strings.Contains(got.Message, want.value) {
				t.Errorf("got %+v, want %s at %s", got, want.value, want.pointer)
			}
		}
	})
}

func TestOnlyPartnersThatThereAreCanBeWithheldFrom(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		partner, err := w.CreatePartner(t.Context(), "Copycats", catalog.AggregatorReader)
		if err != nil {
			t.Fatal(err)
		}
		withhold := func(id string) error {
			_, err := w.ChangeShelter(t.Context(), atlas{}, w.home.ID, 0, func(p *catalog.Profile) { p.WithheldFrom.Partners = []string{id} })
			return err
		}
		if err := withhold(partner.ID); err != nil {
			t.Error(err)
		}
		if err := withhold("prt_00000000000000000000000000"); catalog.KindOf(err) != catalog.Invalid {
			t.Errorf("a partner that there is not: %v", err)
		}
	})
}

func TestWhoIsWithheldFrom(t *testing.T) {
	t.Parallel()
	s := catalog.Shelter{PartnerID: "prt_own"}
	s.WithheldFrom = catalog.Restriction{Classes: []catalog.AudienceClass{catalog.AggregatorReader}, Partners: []string{"prt_bad", "prt_own"}}
	tests := map[string]struct {
		reader catalog.Audience
		want   bool
	}{
		"an operator":               {catalog.Audience{}, false},
		"its own partner":           {catalog.Audience{PartnerID: "prt_own", Class: catalog.AggregatorReader}, false},
		"the public":                {catalog.Audience{Class: catalog.PublicReader}, false},
		"an aggregator":             {catalog.Audience{PartnerID: "prt_x", Class: catalog.AggregatorReader}, true},
		"a partner that it named":   {catalog.Audience{PartnerID: "prt_bad", Class: catalog.PublicReader}, true},
		"a partner that it did not": {catalog.Audience{PartnerID: "prt_x", Class: catalog.PublicReader}, false},
		"Petfinder's clients":       {catalog.Audience{Class: catalog.PetfinderReader}, false},
		"an aggregator in disguise": {catalog.Audience{PartnerID: "prt_x", Class: catalog.PetfinderReader, Copies: true}, true},
	}
	for name, tt := range tests {
		if got := s.HiddenFrom(tt.reader); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
