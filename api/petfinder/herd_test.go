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

// herd is a catalog in memory, with two nodes that answer from one index.
type herd struct {
	index     *search.Index
	one, two  http.Handler
	key       access.Key
	token     string
	shelters  []catalog.Shelter
	cats      []catalog.Cat // by number, from 1
	log       []catalog.Change
	beginning time.Time
}

func newHerd(t *rapid.T, cats int) *herd {
	places := geo.Default()
	noon := time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return noon }
	key, text := access.NewKey([32]byte{1}, false)
	h := &herd{key: key, token: text, beginning: noon}
	for i, code := range []string{"20855", "98032", "21201"} {
		place, _ := places.PostalCode("US", code)
		h.shelters = append(h.shelters, catalog.Shelter{
			ID: catalog.NewID(catalog.ShelterPrefix, number(i+1)), Code: fmt.Sprint("S", i), Version: 1,
			Profile: catalog.Profile{Name: fmt.Sprint("Shelter ", i), Point: place.Point, Address: catalog.Address{PostalCode: code, Country: "US"}},
		})
	}
	for range cats {
		h.create(t)
	}
	h.index = search.New(h, search.Options{
		Card: func(catalog.Cat, catalog.Shelter) []byte { return []byte("{}") }, Now: now,
		PostalPoint: func(string, string) (geo.Point, bool) { return geo.Point{}, false },
	})
	if err := h.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, node := range []*http.Handler{&h.one, &h.two} {
		var err error
		*node, err = New(Config{
			Store: h, Keys: h, Index: h.index, Places: places, Log: slog.New(slog.DiscardHandler), Now: now, NewSeed: func() int64 { return 7 },
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return h
}

func number(n int) (u [16]byte) {
	u[14], u[15] = byte(n>>8), byte(n)
	return u
}

// create makes a cat that is called by its number.
func (h *herd) create(t *rapid.T) {
	n := len(h.cats) + 1
	cat := catalog.Cat{
		ID: catalog.NewID(catalog.CatPrefix, number(n)), Number: int64(n), ShelterID: h.shelters[n%len(h.shelters)].ID,
		Facts: catalog.Facts{Name: strconv.Itoa(n), Sex: vocab.SexUnknown, Status: someStatus(t), ListedAt: h.someTime(t)},
	}
	h.cats = append(h.cats, cat)
	h.note(n)
}

// note writes into the log that a cat has another version.
func (h *herd) note(n int) {
	c := &h.cats[n-1]
	c.Version++
	h.log = append(h.log, catalog.Change{Seq: int64(len(h.log) + 1), Resource: catalog.CatResource, ResourceID: c.ID, Version: c.Version})
}

func someStatus(t *rapid.T) catalog.Status {
	return rapid.SampledFrom([]catalog.Status{catalog.Available, catalog.Available, catalog.Available, catalog.Adopted, catalog.Pending, catalog.Removed}).Draw(t, "status")
}

func (h *herd) someTime(t *rapid.T) time.Time {
	return h.beginning.Add(-time.Duration(rapid.IntRange(0, 60).Draw(t, "listed minutes ago")) * time.Minute)
}

// change makes a cat, or gives one another status and another place among the newest.
func (h *herd) change(t *rapid.T) {
	if rapid.IntRange(0, 4).Draw(t, "create") == 0 {
		h.create(t)
		return
	}
	n := rapid.IntRange(1, len(h.cats)).Draw(t, "cat")
	h.cats[n-1].Status = someStatus(t)
	h.cats[n-1].ListedAt = h.someTime(t)
	h.note(n)
}

// adoptable are the cats that can be adopted; near leaves out the other coast.
func (h *herd) adoptable(near bool) []string {
	var out []string
	for _, c := range h.cats {
		if c.Status == catalog.Available && (!near || c.ShelterID != h.shelters[1].ID) {
			out = append(out, c.Name)
		}
	}
	return out
}

func (h *herd) Head(context.Context) (catalog.LogPosition, error) {
	return catalog.LogPosition{Epoch: "herd", Seq: int64(len(h.log))}, nil
}

func (h *herd) Shelters(context.Context) ([]catalog.Shelter, error) { return h.shelters, nil }

func (h *herd) SheltersByID(_ context.Context, ids []string) ([]catalog.Shelter, error) {
	return slices.DeleteFunc(slices.Clone(h.shelters), func(s catalog.Shelter) bool { return !slices.Contains(ids, s.ID) }), nil
}

func (h *herd) ScanCats(_ context.Context, each func([]catalog.Cat) error) error {
	return each(slices.Clone(h.cats))
}

func (h *herd) CatsByID(_ context.Context, ids []string) ([]catalog.Cat, error) {
	return slices.DeleteFunc(slices.Clone(h.cats), func(c catalog.Cat) bool { return !slices.Contains(ids, c.ID) }), nil
}

func (h *herd) CatByNumber(_ context.Context, n int64) (catalog.Cat, error) { return h.cats[n-1], nil }

func (h *herd) Changes(_ context.Context, after int64, limit int) ([]catalog.Change, error) {
	return h.log[after:min(int(after)+limit, len(h.log))], nil
}

func (h *herd) Key(context.Context, string) (access.Key, error) { return h.key, nil }

func (h *herd) TouchKey(context.Context, string, time.Time) error { return nil }
