package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// mirror copies what passes some filters, as docs/aggregators.md tells it to.
type mirror struct {
	filters string
	key     string // of the scene; none: nobody in particular
	cursor  string
	cats    map[string]json.RawMessage
	seen    map[string]int64 // the last number by cat: never backwards
	tooOld  int              // how often it had to begin again
}

// begin forgets everything.
func (m *mirror) begin() {
	m.cursor, m.cats, m.seen = "", map[string]json.RawMessage{}, map[string]int64{}
}

// step takes over a page and says whether there is more.
func (m *mirror) step(t *testing.T, api *stage, limit int) bool {
	t.Helper()
	path := fmt.Sprintf("/v1/changes?resource=cat&expand=resource&limit=%d&%s", limit, m.filters)
	if m.cursor != "" {
		path += "&cursor=" + m.cursor
	}
	rec := send(t, api, http.MethodGet, path, "", m.key)
	if rec.Code == http.StatusGone {
		m.begin()
		m.tooOld++
		return true
	}
	var page struct {
		Data []struct {
			Seq      int64
			Type, ID string
			Data     json.RawMessage
		}
		Page struct {
			Next string `json:"next_cursor"`
			More bool   `json:"has_more"`
		}
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
	}
	for _, e := range page.Data {
		if e.Seq <= m.seen[e.ID] {
			t.Errorf("%s: %s came after %d", e.ID, e.Type, m.seen[e.ID])
		}
		m.seen[e.ID] = e.Seq
		if m.cats[e.ID] = e.Data; e.Data == nil {
			delete(m.cats, e.ID)
		}
	}
	m.cursor = page.Page.Next
	return page.Page.More
}

// listed is what the list answers to the same filters, page by page.
func (m *mirror) listed(t *testing.T, api *stage) []string {
	t.Helper()
	filters, err := url.ParseQuery(m.filters)
	if err != nil {
		t.Fatal(err)
	}
	for name, all := range map[string]string{"status": "available,pending,on_hold,adopted", "stale": "true,false"} {
		if !filters.Has(name) {
			filters.Set(name, all)
		}
	}
	var ids []string
	for path := "/v1/cats?limit=100&" + filters.Encode(); path != ""; {
		rec := send(t, api, http.MethodGet, path, "", m.key)
		var page struct{ Data []struct{ ID string } }
		if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
			t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
		}
		for _, cat := range page.Data {
			ids = append(ids, cat.ID)
		}
		path = strings.TrimPrefix(strings.TrimSuffix(rec.Header().Get("Link"), `>; rel="next"`), "<")
	}
	slices.Sort(ids)
	return ids
}

// check holds the copy against the list, and each cat in it against itself.
func (m *mirror) check(t *testing.T, api *stage) {
	t.Helper()
	for m.step(t, api, 50) {
	}
	if diff := cmp.Diff(m.listed(t, api), slices.Sorted(maps.Keys(m.cats)), cmp.Transformer("", func(ids []string) []string { return append([]string{}, ids...) })); diff != "" {
		t.Errorf("mirror of %q with key %q (-listed +copied):\n%s", m.filters, m.key, diff)
	}
	ids := slices.Sorted(maps.Keys(m.cats))
	for _, id := range ids[:min(5, len(ids))] {
		body := m.cats[id]
		if got := send(t, api, http.MethodGet, "/v1/cats/"+id, "", m.key); got.Body.String() != string(body) {
			t.Fatalf("mirror of %q, %s:\n%s", m.filters, id, cmp.Diff(got.Body.String(), string(body)))
		}
	}
}

// mirrorsOf are mirrors of all sorts of filters, for all sorts of readers.
func mirrorsOf() []*mirror {
	var out []*mirror
	for _, key := range []string{"copier", "writer", "admin"} {
		for _, filters := range []string{
			"", "status=available", "age_group=kitten,young&sex=female", "region=MD", "near=20850&radius_km=30", "shelter=MD1&good_with_dogs=true,unknown",
			"stale=false&status=available,pending&country=US", "near=98032&radius_km=50&status=available&breed=Siamese", "updated_since=2026-05-04",
		} {
			m := &mirror{filters: filters, key: key, cursor: "", cats: nil, seen: nil, tooOld: 0}
			m.begin()
			out = append(out, m)
		}
	}
	return out
}

// world is what writers change: shelters that move and hide, cats that change.
type world struct {
	api      *stage
	places   *geo.Gazetteer
	shelters []string
}

func newWorld(t *testing.T, s *store.Store) *world {
	t.Helper()
	api := newStage(t, s)
	places := geo.Default()
	api.keys["copier"] = newCopier(t, api)
	w := &world{api: api, places: places, shelters: nil}
	for _, code := range []string{"MD1", "WA1"} {
		home, _, _ := api.index.Shelter(code)
		w.shelters = append(w.shelters, home.ID)
	}
	return w
}

// newCopier is the key of a new partner who reads as an aggregator.
func newCopier(t *testing.T, api *stage) string {
	t.Helper()
	p, err := api.catalog.CreatePartner(t.Context(), "Copies all", catalog.AggregatorReader)
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := api.catalog.CreateKey(t.Context(), catalog.NewKey{PartnerID: p.ID, Name: "copier", Scopes: []access.Scope{access.ListingsRead}, Random: [32]byte{9}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// change makes one change, of whatever sort chance has it.
func (w *world) change(t *testing.T, chance *rand.Rand) {
	t.Helper()
	shelter := w.shelters[chance.IntN(len(w.shelters))]
	if chance.IntN(12) == 0 {
		w.changeShelter(t, chance, shelter)
		return
	}
	edits := map[string]catalog.CatUpdate{}
	for range 1 + chance.IntN(4) {
		edit := changedCat(chance, fmt.Sprintf("R%d", chance.IntN(25)))
		edits[edit.ExternalID] = edit
	}
	if _, err := w.api.catalog.UpsertCats(t.Context(), shelter, slices.Collect(maps.Values(edits))); err != nil {
		t.Error(err)
	}
}

func (w *world) changeShelter(t *testing.T, chance *rand.Rand, id string) {
	t.Helper()
	postal := []string{"20855", "98032", "21201", "20850"}[chance.IntN(4)]
	withheld := catalog.Restriction{Classes: nil, Partners: nil}
	if chance.IntN(2) == 0 {
		withheld.Classes = []catalog.AudienceClass{catalog.AggregatorReader}
	}
	_, err := w.api.catalog.ChangeShelter(t.Context(), w.places, id, 0, func(p *catalog.Profile) {
		switch chance.IntN(3) {
		case 0:
			p.Address, p.Point = catalog.Address{PostalCode: postal, Country: "US"}, geo.Point{Lat: 0, Lng: 0}
		case 1:
			p.HiddenFrom = withheld
		default:
			p.Phone = fmt.Sprintf("+1 240 555 %04d", chance.IntN(10000))
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func changedCat(chance *rand.Rand, id string) catalog.CatUpdate {
	status := []catalog.Status{catalog.Available, catalog.Available, catalog.Pending, catalog.Adopted, catalog.Removed}[chance.IntN(5)]
	answer := []*bool{nil, new(true), new(false)}[chance.IntN(3)]
	months, female, siamese := chance.IntN(40), chance.IntN(2) == 0, chance.IntN(3) == 0
	return cat(id, "Cat "+id, months, func(f *catalog.Facts) {
		f.Status, f.GoodWith.Dogs = status, answer
		if f.Sex = "male"; female {
			f.Sex = "female"
		}
		if siamese {
			f.Breed.Primary = "Siamese"
		}
	})
}

// TestMirrorsEndEqual: whatever changes, however late they read, and even where
// the log is shortened meanwhile, whoever follows with filters ends with what the
// list answers to the same filters.
func TestMirrorsEndEqual(t *testing.T) {
	t.Parallel()

	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()

			chance := rand.New(rand.NewPCG(seed, 7))
			w := newWorld(t, storetest.New(t))
			mirrors := mirrorsOf()
			for i := range 120 {
				w.change(t, chance)
				if i%30 == 29 {
					if _, err := w.api.store.Compact(t.Context(), w.api.now.Add(-24*time.Hour)); err != nil {
						t.Fatal(err)
					}
				}
				*w.api.now = w.api.now.Add(time.Duration(chance.IntN(2*60)) * time.Minute)
				for range 2 {
					mirrors[chance.IntN(len(mirrors))].step(t, w.api, 1+chance.IntN(20))
				}
			}
			tooOld := 0
			for _, m := range mirrors {
				m.check(t, w.api)
				tooOld += m.tooOld
			}
			if tooOld == 0 {
				t.Error("no mirror came too late: nothing was tested")
			}
		})
	}
}

// TestMirrorsEndEqualUnderConcurrentWriters is the same with writers who do not wait.
func TestMirrorsEndEqualUnderConcurrentWriters(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		var writers, readers sync.WaitGroup
		var written atomic.Bool
		for i := range uint64(4) {
			writers.Go(func() {
				chance := rand.New(rand.NewPCG(i, 8))
				for range 20 {
					w.change(t, chance)
				}
			})
		}
		mirrors := mirrorsOf()
		for i, m := range mirrors {
			readers.Go(func() {
				chance := rand.New(rand.NewPCG(uint64(i), 9))
				for !written.Load() {
					m.step(t, w.api, 1+chance.IntN(30))
					time.Sleep(20 * time.Millisecond)
				}
			})
		}
		writers.Wait()
		written.Store(true)
		readers.Wait()
		for _, m := range mirrors {
			m.check(t, w.api)
		}
	})
}
