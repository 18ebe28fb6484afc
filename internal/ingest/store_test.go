package ingest_test

import (
	"testing"
	"time"

	"github.com/google/uuid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/ingest"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestFormats_SheltersAreLocated(t *testing.T) {
	t.Parallel()

	places := geo.Default()
	cats := catalogOn(storetest.New(t))
	for _, f := range ingest.Formats() {
		if f.Shelter == nil {
			continue // not specific to one shelter
		}
		s, result, err := cats.PutShelter(t.Context(), places, f.Shelter.ExternalID, f.Shelter.Profile)
		if err != nil || result != catalog.ResultCreated {
			t.Errorf("%s: got %s, %v, want created", f.Name, result, err)
		}
		if s.Address.City != f.Shelter.Profile.Address.City || s.Point.IsZero() {
			t.Errorf("%s: got address %+v at %v, want its own city and a point", f.Name, s.Address, s.Point)
		}
	}
}

// A database must return exactly what was saved, or a second import of the same
// file would change every cat.
func TestLoad_SameFileTwiceChangesNothingInADatabase(t *testing.T) {
	t.Parallel()

	places := geo.Default()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		cats := catalogOn(s)
		own := format(t, "montgomery").Shelter
		shelter, _, err := cats.PutShelter(t.Context(), places, own.ExternalID, own.Profile)
		if err != nil {
			t.Fatal(err)
		}
		for name, d := range map[string]*ingest.Dataset{
			"montgomery":  readReal(t, "montgomery 2021"),
			"king county": readReal(t, "king county"),
			"everything":  read(t, fullFormat, fullFormatFile),
		} {
			first := loadInto(t, cats, shelter.ID, d)
			if first.Created != d.Len() || first.Rejected != 0 {
				t.Errorf("%s: got %+v, want %d cats created", name, first, d.Len())
			}
			before := head(t, s)
			again := loadInto(t, cats, shelter.ID, d)
			if again.Unchanged != d.Len() || head(t, s) != before {
				t.Errorf("%s again: got %+v and a log from %d to %d, want no change", name, again, before, head(t, s))
			}
		}
	})
}

func catalogOn(s *store.Store) *catalog.Catalog {
	return catalog.New(s, func() time.Time { return now }, func() [16]byte { return uuid.New() })
}

func loadInto(t *testing.T, w ingest.Writer, shelterID string, d *ingest.Dataset) ingest.Report {
	t.Helper()
	r, err := ingest.Load(t.Context(), w, shelterID, d, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func head(t *testing.T, s *store.Store) int64 {
	t.Helper()
	h, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return h.Seq
}
