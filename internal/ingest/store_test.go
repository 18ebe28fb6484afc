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

func TestEveryFormatsShelterIsOnTheMap(t *testing.T) {
	t.Parallel()

	places := geo.Default()
	cats := onStore(storetest.New(t))
	for _, f := range ingest.Formats() {
		if f.Shelter == nil {
			continue // it is of no one shelter
		}
		s, result, err := cats.PutShelter(t.Context(), places, f.Shelter.ExternalID, f.Shelter.Profile)
		if err != nil || result != catalog.WasCreated {
			t.Errorf("%s: %s, %v", f.Name, result, err)
		}
		if s.Address.City != f.Shelter.Profile.Address.City || s.Point.IsZero() {
			t.Errorf("%s stands at %+v, %v", f.Name, s.Address, s.Point)
		}
	}
}

// What a database gives back must equal what was put, or a second import of the
// same file would change every cat.
func TestTheSameFileTwiceChangesNothingInADatabase(t *testing.T) {
	t.Parallel()

	places := geo.Default()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		cats := onStore(s)
		home := format(t, "montgomery").Shelter
		shelter, _, err := cats.PutShelter(t.Context(), places, home.ExternalID, home.Profile)
		if err != nil {
			t.Fatal(err)
		}
		for name, l := range map[string]*ingest.Dataset{
			"montgomery":  readReal(t, "montgomery 2021"),
			"king county": readReal(t, "king county"),
			"everything":  read(t, everything, everythingFile),
		} {
			first := loadInto(t, cats, shelter.ID, l)
			if first.Created != l.Len() || first.Rejected != 0 {
				t.Errorf("%s: %+v, want %d cats created", name, first, l.Len())
			}
			before := head(t, s)
			again := loadInto(t, cats, shelter.ID, l)
			if again.Unchanged != l.Len() || head(t, s) != before {
				t.Errorf("%s again: %+v, and the log went from %d to %d; want nothing changed", name, again, before, head(t, s))
			}
		}
	})
}

func onStore(s *store.Store) *catalog.Catalog {
	return catalog.New(s, func() time.Time { return now }, func() [16]byte { return uuid.New() })
}

func loadInto(t *testing.T, w ingest.Writer, shelterID string, l *ingest.Dataset) ingest.Report {
	t.Helper()
	r, err := ingest.Load(t.Context(), w, shelterID, l, nil)
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
