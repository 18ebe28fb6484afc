package catalog_test

import (
	"slices"
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
		lines = change(func(p *catalog.Profile) { p.WithheldFrom.Classes = []catalog.ReaderClass{catalog.AggregatorReader} })
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

func TestWhoIsWithheldFrom(t *testing.T) {
	t.Parallel()
	s := catalog.Shelter{PartnerID: "prt_own"}
	s.WithheldFrom = catalog.Withheld{Classes: []catalog.ReaderClass{catalog.AggregatorReader}, Partners: []string{"prt_bad", "prt_own"}}
	tests := map[string]struct {
		reader catalog.Reader
		want   bool
	}{
		"an operator":               {catalog.Reader{}, false},
		"its own partner":           {catalog.Reader{PartnerID: "prt_own", Class: catalog.AggregatorReader}, false},
		"the public":                {catalog.Reader{Class: catalog.PublicReader}, false},
		"an aggregator":             {catalog.Reader{PartnerID: "prt_x", Class: catalog.AggregatorReader}, true},
		"a partner that it named":   {catalog.Reader{PartnerID: "prt_bad", Class: catalog.PublicReader}, true},
		"a partner that it did not": {catalog.Reader{PartnerID: "prt_x", Class: catalog.PublicReader}, false},
		"Petfinder's clients":       {catalog.Reader{Class: catalog.PetfinderReader}, false},
		"an aggregator in disguise": {catalog.Reader{PartnerID: "prt_x", Class: catalog.PetfinderReader, Copies: true}, true},
	}
	for name, tt := range tests {
		if got := s.Withholds(tt.reader); got != tt.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
