package api

import (
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// mirror maintains a copy of the cats that match filters, as docs/aggregators.md describes.
type mirror struct {
	filters string
	key     string // name of an API key
	cursor  string
	cats    map[string]json.RawMessage
	seen    map[string]int64 // log position of the latest event, by cat
	resets  int              // how often the cursor was too old
}

// reset deletes the copy.
func (m *mirror) reset() {
	m.cursor, m.cats, m.seen = "", map[string]json.RawMessage{}, map[string]int64{}
}

// step applies a page of changes and reports whether more follow.
func (m *mirror) step(t *testing.T, api *testServer, limit int) bool {
	t.Helper()
	path := fmt.Sprintf("/v1/changes?resource=cat&expand=resource&limit=%d&%s", limit, m.filters)
	if m.cursor != "" {
		path += "&cursor=" + m.cursor
	}
	rec := send(t, api, http.MethodGet, path, "", m.key)
	if rec.Code == http.StatusGone {
		m.reset()
		m.resets++
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
		t.Fatalf("%s: got %d %s", path, rec.Code, rec.Body)
	}
	for _, e := range page.Data {
		if e.Seq <= m.seen[e.ID] {
			t.Errorf("%s: got %s of %d after an event of %d", e.ID, e.Type, e.Seq, m.seen[e.ID])
		}
		m.seen[e.ID] = e.Seq
		if m.cats[e.ID] = e.Data; e.Data == nil {
			delete(m.cats, e.ID)
		}
	}
	m.cursor = page.Page.Next
	return page.Page.More
}

// listed returns the IDs of the cats in the list with the same filters.
func (m *mirror) listed(t *testing.T, api *testServer) []string {
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
			t.Fatalf("%s: got %d %s", path, rec.Code, rec.Body)
		}
		for _, cat := range page.Data {
			ids = append(ids, cat.ID)
		}
		path = strings.TrimPrefix(strings.TrimSuffix(rec.Header().Get("Link"), `>; rel="next"`), "<")
	}
	slices.Sort(ids)
	return ids
}

// exported returns the IDs of the cats in the export.
func (m *mirror) exported(t *testing.T, api *testServer) []string {
	t.Helper()
	var ids []string
	for _, line := range api.export(t, "/v1/exports/cats", api.bearer(m.key)).lines {
		var cat struct{ ID string }
		if err := json.Unmarshal([]byte(line), &cat); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, cat.ID)
	}
	slices.Sort(ids)
	return ids
}

// checkList applies all changes, and compares the copy with the list.
func (m *mirror) checkList(t *testing.T, api *testServer) {
	t.Helper()
	for m.step(t, api, 50) {
	}
	if diff := cmp.Diff(m.listed(t, api), slices.Sorted(maps.Keys(m.cats)), cmp.Transformer("", func(ids []string) []string { return append([]string{}, ids...) })); diff != "" {
		t.Errorf("mirror of %q with key %q (-list +copy):\n%s", m.filters, m.key, diff)
	}
}

// check is checkList, and compares some cats of the copy with the single resources and,
// without filters, the copy with the export.
func (m *mirror) check(t *testing.T, api *testServer) {
	t.Helper()
	m.checkList(t, api)
	ids := slices.Sorted(maps.Keys(m.cats))
	if m.filters == "" {
		if diff := cmp.Diff(m.exported(t, api), ids); diff != "" {
			t.Errorf("mirror with key %q (-export +copy):\n%s", m.key, diff)
		}
	}
	for _, id := range ids[:min(5, len(ids))] {
		body := m.cats[id]
		got := bondedCats.ReplaceAllString(send(t, api, http.MethodGet, "/v1/cats/"+id, "", m.key).Body.String(), "")
		if got != string(body) {
			t.Fatalf("mirror of %q, cat %s (-resource +copy):\n%s", m.filters, id, cmp.Diff(got, string(body)))
		}
	}
}

// bondedCats matches the field of a single cat that depends on other cats, which events lack.
var bondedCats = regexp.MustCompile(`"bonded_cats":\[[^]]*\],`)

// newMirrors returns mirrors with various filters, for each audience.
func newMirrors() []*mirror {
	var out []*mirror
	for _, key := range []string{"aggregator", "writer", "admin"} {
		for _, filters := range []string{
			"", "status=available", "age_group=kitten,young&sex=female", "region=MD", "near=20850&radius_km=30", "shelter=MD1&good_with_dogs=true,unknown",
			"stale=false&status=available,pending&country=US", "near=98032&radius_km=50&status=available&breed=Siamese", "updated_since=2026-05-04",
			"not_breed=Siamese&not_region=WA", "fee_max=60&not_age_group=kitten", "not_ids=1,9,14&not_shelter=MD1&near=21201&radius_km=80",
		} {
			m := &mirror{filters: filters, key: key, cursor: "", cats: nil, seen: nil, resets: 0}
			m.reset()
			out = append(out, m)
		}
	}
	return out
}

// simulation changes cats and shelters at random: shelters move, and hide all their cats or
// some.
type simulation struct {
	api      *testServer
	places   *geo.Gazetteer
	shelters []string
}

func newSimulation(t *testing.T, s *store.Store) *simulation {
	t.Helper()
	api := newServer(t, s)
	places := geo.Default()
	api.keys["aggregator"] = newAggregatorKey(t, api)
	sim := &simulation{api: api, places: places, shelters: nil}
	for _, code := range []string{"MD1", "WA1"} {
		shelter, _ := api.index.ShelterInfo(code)
		sim.shelters = append(sim.shelters, shelter.ID)
	}
	return sim
}

// newAggregatorKey returns the key of a new partner with the audience of aggregators.
func newAggregatorKey(t *testing.T, api *testServer) string {
	t.Helper()
	p, err := api.catalog.CreatePartner(t.Context(), "Aggregator", catalog.AggregatorReader, catalog.Quotas{})
	if err != nil {
		t.Fatal(err)
	}
	_, text, err := api.catalog.CreateKey(t.Context(), catalog.NewKey{PartnerID: p.ID, Name: "aggregator", Scopes: []access.Scope{access.ListingsRead}, Random: [32]byte{9}})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// change makes a random change.
func (s *simulation) change(t *testing.T, rng *rand.Rand) {
	t.Helper()
	shelter := s.shelters[rng.IntN(len(s.shelters))]
	if rng.IntN(12) == 0 {
		s.changeShelter(t, rng, shelter)
		return
	}
	edits := map[string]catalog.CatUpdate{}
	for range 1 + rng.IntN(4) {
		edit := changedCat(rng, fmt.Sprintf("R%d", rng.IntN(25)))
		edits[edit.ExternalID] = edit
	}
	if _, err := s.api.catalog.UpsertCats(t.Context(), shelter, slices.Collect(maps.Values(edits))); err != nil {
		t.Error(err)
	}
}

func (s *simulation) changeShelter(t *testing.T, rng *rand.Rand, id string) {
	t.Helper()
	postal := []string{"20855", "98032", "21201", "20850"}[rng.IntN(4)]
	hidden := catalog.Restriction{Classes: nil, Partners: nil}
	if rng.IntN(2) == 0 {
		hidden.Classes = []string{string(catalog.AggregatorReader)}
	}
	_, err := s.api.catalog.ChangeShelter(t.Context(), s.places, id, 0, func(p *catalog.Profile) {
		switch rng.IntN(3) {
		case 0:
			p.Address, p.Point = catalog.Address{PostalCode: postal, Country: "US"}, geo.Point{Lat: 0, Lng: 0}
		case 1:
			p.HiddenFrom = hidden
		default:
			p.Phone = fmt.Sprintf("+1 240 555 %04d", rng.IntN(10000))
		}
	})
	if err != nil {
		t.Error(err)
	}
}

func changedCat(rng *rand.Rand, id string) catalog.CatUpdate {
	status := []catalog.Status{catalog.Available, catalog.Available, catalog.Pending, catalog.Adopted, catalog.Removed}[rng.IntN(5)]
	goodWithDogs := []*bool{nil, new(true), new(false)}[rng.IntN(3)]
	hiddenFrom := [][]string{nil, nil, nil, {string(catalog.AggregatorReader)}}[rng.IntN(4)]
	months, female, siamese := rng.IntN(40), rng.IntN(2) == 0, rng.IntN(3) == 0
	fee := []catalog.Fee{{}, {Minor: new(int64(5000)), Currency: "USD"}, {Minor: new(int64(9000)), Currency: "USD"}, {Waived: new(true)}}[rng.IntN(4)]
	return cat(id, "Cat "+id, months, func(f *catalog.Facts) {
		f.Status, f.GoodWith.Dogs, f.HiddenFrom.Classes = status, goodWithDogs, hiddenFrom
		f.Fee = fee
		if f.Sex = "male"; female {
			f.Sex = "female"
		}
		if siamese {
			f.Breed.Primary = "Siamese"
		}
	})
}

// Whatever changes, however late clients read, and even if the log is truncated meanwhile,
// the copy of a client that follows changes with filters equals the list with these filters.
func TestChanges_MirrorsEqualTheList(t *testing.T) {
	t.Parallel()

	seeds := uint64(4)
	if testing.Short() {
		seeds = 1
	}
	for seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			t.Parallel()

			rng := rand.New(rand.NewPCG(seed, 7))
			sim := newSimulation(t, newFixtureStore(t))
			mirrors := newMirrors()
			for i := range 60 {
				sim.change(t, rng)
				if i%20 == 19 {
					if _, err := sim.api.store.Compact(t.Context(), sim.api.now.Add(-24*time.Hour)); err != nil {
						t.Fatal(err)
					}
				}
				*sim.api.now = sim.api.now.Add(time.Duration(rng.IntN(2*60)) * time.Minute)
				for range 2 {
					mirrors[rng.IntN(len(mirrors))].step(t, sim.api, 1+rng.IntN(20))
				}
			}
			resets := 0
			for _, m := range mirrors {
				m.check(t, sim.api)
				resets += m.resets
			}
			if resets == 0 {
				t.Error("no cursor was too old: truncation was not tested")
			}
		})
	}
}

func TestChanges_MirrorsEqualTheListAfterConcurrentWrites(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		sim := newSimulation(t, s)
		var writers, readers sync.WaitGroup
		writes := make(chan struct{}) // receives while mirrors may read, and is closed after the last write
		for i := range uint64(4) {
			writers.Go(func() {
				rng := rand.New(rand.NewPCG(i, 8))
				for range 10 {
					sim.change(t, rng)
					for range 4 { // mirrors
						select {
						case writes <- struct{}{}:
						default:
						}
					}
				}
			})
		}
		mirrors := newMirrors()
		for i, m := range mirrors {
			readers.Go(func() {
				rng := rand.New(rand.NewPCG(uint64(i), 9))
				for range writes {
					m.step(t, sim.api, 1+rng.IntN(30))
				}
			})
		}
		writers.Wait()
		close(writes)
		readers.Wait()
		for _, m := range mirrors {
			m.check(t, sim.api)
		}
	})
}

// A page is correct even if a cat changes while the page is read, whatever its states.
func TestChanges_MirrorsEqualTheListAfterChangesDuringARead(t *testing.T) {
	t.Parallel()

	type catState struct {
		status catalog.Status
		hidden bool // from aggregators
	}
	states := []catState{{catalog.Available, false}, {catalog.Available, true}, {catalog.Adopted, false}, {catalog.Adopted, true}, {catalog.Removed, false}}
	eachFailover(t, func(t *testing.T, f *failover) {
		f.keys["aggregator"] = newAggregatorKey(t, f.testServer)
		shelter, _ := f.index.ShelterInfo("MD1")
		write := func(s catState) {
			cat := cat("A1", "Cat", 40, func(f *catalog.Facts) {
				f.Status, f.HiddenFrom.Classes = s.status, nil
				if s.hidden {
					f.HiddenFrom.Classes = []string{string(catalog.AggregatorReader)}
				}
			})
			if _, err := f.catalog.UpsertCats(t.Context(), shelter.ID, []catalog.CatUpdate{cat}); err != nil {
				t.Fatal(err)
			}
			f.follow(f.index)
		}
		for _, filters := range []string{"", "status=available"} {
			m := &mirror{filters: filters, key: "aggregator", cursor: "", cats: nil, seen: nil, resets: 0}
			m.reset()
			for _, first := range states {
				for _, second := range states {
					for _, third := range states {
						write(first)
						m.checkList(t, f.testServer)
						write(second)
						f.before("CatsWithPosition", func() { write(third) })
						m.step(t, f.testServer, 50)
						f.before("CatsWithPosition", nil)
						m.checkList(t, f.testServer)
						if t.Failed() {
							t.Fatalf("the cat was %v, then %v, and %v during the read", first, second, third)
						}
					}
				}
			}
		}
	})
}
