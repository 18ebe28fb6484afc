package petfinder

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/store/storetest"
)

// listing is what tests read of a list.
type listing struct {
	Animals []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"animals"`
	Pagination Pagination `json:"pagination"`
}

// failer is a test, or one of rapid's tries.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

// list asks for a list as a client at an address.
func (s *stage) list(t failer, handler http.Handler, client, path string) listing {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, http.NoBody) //nolint:noctx // rapid has no context of its own
	req.RemoteAddr = client + ":1"
	req.Header.Set("Authorization", "Bearer "+s.token)
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, req)
	var out listing
	if err := json.Unmarshal(rec.Body.Bytes(), &out); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("%s: %d %s", path, rec.Code, rec.Body)
	}
	return out
}

func (l listing) names() []string {
	var out []string
	for _, a := range l.Animals {
		out = append(out, a.Name)
	}
	return out
}

// TestWalksByPageNumberNeverRepeatOrSkip: while a client reads page after page,
// cats come, go and change places. One that was adoptable from the first page to
// the last is met exactly once, none is met twice: whether the client counts up
// to the number of pages that it was first told, counts for as long as there is
// a next page, or follows the links, from one node to another.
func TestWalksByPageNumberNeverRepeatOrSkip(t *testing.T) {
	t.Parallel()

	for _, sort := range []string{"recent", "-recent", "distance", "-distance", "random"} {
		t.Run(sort, func(t *testing.T) {
			t.Parallel()

			w := newHerd(t)
			rapid.Check(t, func(t *rapid.T) { w.walk(t, sort) })
		})
	}
}

// herd is a stage with cats that change.
type herd struct {
	*stage
	other    http.Handler // another node
	shelters []string
	status   map[string]catalog.Status
	made     int
	clients  atomic.Int64
}

func newHerd(t *testing.T) *herd {
	t.Helper()
	var second http.Handler
	s := newStage(t, storetest.New(t), func(c *Config) {
		var err error
		if second, err = New(*c); err != nil {
			t.Fatal(err)
		}
	})
	w := &herd{stage: s, other: second, status: map[string]catalog.Status{}}
	for i, code := range []string{"20855", "98032", "21201"} {
		w.shelters = append(w.shelters, s.putShelter(t, fmt.Sprint("s", i), catalog.Profile{
			Name: fmt.Sprint("Shelter ", i), Kind: catalog.Rescue, Address: catalog.Address{PostalCode: code, Country: "US"},
		}))
	}
	for range 25 {
		w.create(t.Fatalf)
	}
	s.fill(t)
	return w
}

// put writes a cat that is known by its name everywhere.
func (w *herd) put(fail func(string, ...any), name string, edit func(*catalog.Facts)) {
	var home int
	_, _ = fmt.Sscanf(name, "cat %d", &home)
	outcomes, err := w.catalog.PutCats(background(), w.shelters[home%len(w.shelters)], []catalog.CatEdit{
		{ExternalID: name, Source: "test", Edit: func(f *catalog.Facts) { f.Name = name; edit(f) }},
	})
	if err != nil || outcomes[0].Err != nil {
		fail("put %s: %v %v", name, err, outcomes)
	}
}

func (w *herd) create(fail func(string, ...any)) {
	w.made++
	name := fmt.Sprint("cat ", w.made)
	w.status[name] = catalog.Available
	w.put(fail, name, func(f *catalog.Facts) {
		f.Status, f.ListedAt = catalog.Available, w.now.Add(-time.Duration(w.made*7%31)*time.Minute)
	})
}

func (w *herd) change(t *rapid.T) {
	if w.made < 60 && rapid.IntRange(0, 4).Draw(t, "create") == 0 {
		w.create(t.Fatalf)
		return
	}
	name := fmt.Sprint("cat ", rapid.IntRange(1, w.made).Draw(t, "cat"))
	status := rapid.SampledFrom([]catalog.Status{catalog.Available, catalog.Available, catalog.Available, catalog.Adopted, catalog.Pending, catalog.Removed}).Draw(t, "status")
	minutes := rapid.IntRange(0, 60).Draw(t, "listed minutes ago")
	w.status[name] = status
	w.put(t.Fatalf, name, func(f *catalog.Facts) {
		f.Status, f.ListedAt = status, w.now.Add(-time.Duration(minutes)*time.Minute)
	})
}

func (w *herd) adoptable() []string {
	var out []string
	for name, status := range w.status {
		if status == catalog.Available {
			out = append(out, name)
		}
	}
	return out
}

func (w *herd) walk(t *rapid.T, sort string) {
	habit := rapid.SampledFrom([]string{"counts to total_pages", "counts while there is next", "follows links"}).Draw(t, "habit")
	client := fmt.Sprintf("10.0.%d.%d", w.clients.Load()/250, w.clients.Add(1)%250)
	limit := rapid.IntRange(2, 9).Draw(t, "limit")
	base := fmt.Sprintf("/v2/animals?type=cat&sort=%s&limit=%d", sort, limit)
	if sort == "distance" || sort == "-distance" {
		base += "&location=20855&distance=500"
	}
	if err := w.index.CatchUp(background()); err != nil { // a try that rapid broke off may have left something
		t.Fatal(err)
	}
	met := map[string]int{}
	stayed := w.adoptable()
	if sort == "distance" || sort == "-distance" {
		stayed = slices.DeleteFunc(stayed, func(name string) bool { return w.far(name) })
	}
	pages := 0
	for page, path := 1, base; ; page++ {
		node := http.Handler(w)
		if habit == "follows links" && rapid.Bool().Draw(t, "other node") {
			node = w.other
		}
		got := w.list(t, node, client, path)
		for _, name := range got.names() {
			met[name]++
		}
		if page == 1 {
			pages = got.Pagination.TotalPages
		}
		next := got.Pagination.Links.Next
		if habit == "counts to total_pages" && page >= pages || habit != "counts to total_pages" && next == nil {
			break
		}
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			w.change(t)
			now := w.adoptable()
			stayed = slices.DeleteFunc(stayed, func(name string) bool { return !slices.Contains(now, name) })
		}
		if err := w.index.CatchUp(background()); err != nil {
			t.Fatal(err)
		}
		if path = fmt.Sprintf("%s&page=%d", base, page+1); habit == "follows links" {
			path = next.Href
		}
	}
	for name, times := range met {
		if times > 1 {
			t.Errorf("%s: met %s %d times", habit, name, times)
		}
	}
	for _, name := range stayed {
		if met[name] == 0 {
			t.Errorf("%s: never met %s, which was there all the time", habit, name)
		}
	}
}

// far says that a cat is on the other coast.
func (w *herd) far(name string) bool {
	var home int
	_, _ = fmt.Sscanf(name, "cat %d", &home)
	return home%len(w.shelters) == 1
}
