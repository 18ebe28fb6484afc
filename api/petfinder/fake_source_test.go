package petfinder

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/search"
	"trailcat/internal/vocab"
)

// fakeSource is a catalog in memory, with an index and two nodes that search it.
type fakeSource struct {
	index    *search.Index
	nodes    [2]http.Handler
	key      access.Key
	token    string
	shelters []catalog.Shelter
	cats     []catalog.Cat // by number, from 1
	log      []catalog.Change
	start    time.Time
}

func newFakeSource(t *rapid.T, cats int) *fakeSource {
	places := geo.Default()
	noon := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	key, text := access.NewKey([32]byte{1}, false)
	s := &fakeSource{key: key, token: text, start: noon}
	for i, code := range []string{"20855", "98032", "21201"} {
		place, _ := places.PostalCode("US", code)
		s.shelters = append(s.shelters, catalog.Shelter{
			ID: catalog.NewID(catalog.ShelterPrefix, number(i+1)), Code: fmt.Sprint("S", i), Version: 1,
			Profile: catalog.Profile{Name: fmt.Sprint("Shelter ", i), Point: place.Point, Address: catalog.Address{PostalCode: code, Country: "US"}},
		})
	}
	for range cats {
		s.create(t)
	}
	s.index = search.New(s, search.Options{
		Card: func(catalog.Cat) []byte { return []byte("{}") }, Now: now,
		PostalPoint: func(string, string) (geo.Point, bool) { return geo.Point{}, false },
	})
	if err := s.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i := range s.nodes {
		var err error
		s.nodes[i], err = New(Config{
			Store: s, Keys: s, Index: s.index, Places: places, Log: slog.New(slog.DiscardHandler), Now: now, NewSeed: func() int64 { return 7 },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// number returns the random part of an ID.
func number(n int) (u [16]byte) {
	u[14], u[15] = byte(n>>8), byte(n)
	return u
}

// create adds a cat whose name is its number.
func (s *fakeSource) create(t *rapid.T) {
	n := len(s.cats) + 1
	cat := catalog.Cat{
		ID: catalog.NewID(catalog.CatPrefix, number(n)), Number: int64(n), ShelterID: s.shelters[n%len(s.shelters)].ID,
		Facts: catalog.Facts{Name: strconv.Itoa(n), Sex: vocab.SexUnknown, Status: drawStatus(t), ListedAt: s.drawTime(t)},
	}
	s.cats = append(s.cats, cat)
	s.logChange(n)
}

// logChange increments the version of a cat and appends the change to the log.
func (s *fakeSource) logChange(n int) {
	c := &s.cats[n-1]
	c.Version++
	s.log = append(s.log, catalog.Change{Seq: int64(len(s.log) + 1), Resource: catalog.CatResource, ResourceID: c.ID, Version: c.Version})
}

func drawStatus(t *rapid.T) catalog.Status {
	return rapid.SampledFrom([]catalog.Status{catalog.Available, catalog.Available, catalog.Available, catalog.Adopted, catalog.Pending, catalog.Removed}).Draw(t, "status")
}

func (s *fakeSource) drawTime(t *rapid.T) time.Time {
	return s.start.Add(-time.Duration(rapid.IntRange(0, 60).Draw(t, "listed minutes ago")) * time.Minute)
}

// change adds a cat, or changes the status and listing time of one.
func (s *fakeSource) change(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "create") == 0 {
		s.create(t)
		return
	}
	n := rapid.IntRange(1, len(s.cats)).Draw(t, "cat")
	s.cats[n-1].Status = drawStatus(t)
	s.cats[n-1].ListedAt = s.drawTime(t)
	s.logChange(n)
}

// available returns the names of available cats; if near is set, only of those on the
// coast of the search location.
func (s *fakeSource) available(near bool) []string {
	var out []string
	for _, c := range s.cats {
		if c.Status == catalog.Available && (!near || c.ShelterID != s.shelters[1].ID) {
			out = append(out, c.Name)
		}
	}
	return out
}

func (s *fakeSource) Head(context.Context) (catalog.LogPosition, error) {
	return catalog.LogPosition{Epoch: "fake", Seq: int64(len(s.log))}, nil
}

func (s *fakeSource) HeadSince(ctx context.Context, _ catalog.LogPosition, _ ...catalog.LogPosition) (catalog.LogPosition, error) {
	return s.Head(ctx)
}

func (s *fakeSource) Shelters(context.Context) ([]catalog.Shelter, catalog.LogPosition, error) {
	return s.shelters, catalog.LogPosition{}, nil
}

func (s *fakeSource) SheltersByID(_ context.Context, ids []string) ([]catalog.Shelter, catalog.LogPosition, error) {
	return slices.DeleteFunc(slices.Clone(s.shelters), func(shelter catalog.Shelter) bool { return !slices.Contains(ids, shelter.ID) }), catalog.LogPosition{}, nil
}

func (s *fakeSource) ScanCats(_ context.Context, yield func([]catalog.Cat, catalog.LogPosition) error) error {
	return yield(slices.Clone(s.cats), catalog.LogPosition{})
}

func (s *fakeSource) CatsByID(_ context.Context, ids []string) ([]catalog.Cat, error) {
	return slices.DeleteFunc(slices.Clone(s.cats), func(c catalog.Cat) bool { return !slices.Contains(ids, c.ID) }), nil
}

func (s *fakeSource) CatsWithPosition(ctx context.Context, ids []string) ([]catalog.Cat, catalog.LogPosition, error) {
	cats, err := s.CatsByID(ctx, ids)
	return cats, catalog.LogPosition{}, err
}

func (s *fakeSource) CatByNumber(_ context.Context, n int64) (catalog.Cat, error) {
	return s.cats[n-1], nil
}

func (s *fakeSource) Changes(_ context.Context, after int64, limit int) ([]catalog.Change, error) {
	return s.log[after:min(int(after)+limit, len(s.log))], nil
}

func (s *fakeSource) Key(context.Context, string) (access.Key, error) { return s.key, nil }

func (s *fakeSource) TouchKey(context.Context, string, time.Time) error { return nil }
