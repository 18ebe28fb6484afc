package petfinder

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
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

// list asks a node for a list, as a client at an address.
func list(t failer, node http.Handler, token, client, path string) listing {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, http.NoBody) //nolint:noctx // it is answered at once
	req.RemoteAddr = client + ":1"
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	node.ServeHTTP(rec, req)
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
		for _, habit := range []string{toTotalPages, whileNext, byLinks} {
			t.Run(sort+", "+habit, func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) { walkPages(t, sort, habit) })
			})
		}
	}
}

// The habits of clients.
const (
	toTotalPages = "counting to the total_pages of the first page"
	whileNext    = "counting while there is a next page"
	byLinks      = "following links from node to node"
)

func walkPages(t *rapid.T, sort, habit string) {
	h := newHerd(t, rapid.IntRange(1, 30).Draw(t, "cats"))
	base := fmt.Sprintf("/v2/animals?type=cat&sort=%s&limit=%d", sort, rapid.IntRange(1, 6).Draw(t, "limit"))
	near := strings.HasSuffix(sort, "distance")
	if near {
		base += "&location=20855&distance=500"
	}
	met, stayed := map[string]int{}, h.adoptable(near)
	pages := 0
	for page, path := 1, base; ; page++ {
		node := h.one
		if habit == byLinks && rapid.Bool().Draw(t, "the other node") {
			node = h.two
		}
		got := list(t, node, h.token, "10.0.0.1", path)
		for _, name := range got.names() {
			met[name]++
		}
		if page == 1 {
			pages = got.Pagination.TotalPages
		}
		next := got.Pagination.Links.Next
		if habit == toTotalPages && page >= pages || habit != toTotalPages && next == nil {
			break
		}
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			h.change(t)
			now := h.adoptable(near)
			stayed = slices.DeleteFunc(stayed, func(name string) bool { return !slices.Contains(now, name) })
		}
		if err := h.index.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if path = fmt.Sprintf("%s&page=%d", base, page+1); habit == byLinks {
			path = next.Href
		}
	}
	for name, times := range met {
		if times > 1 {
			t.Errorf("met cat %s %d times", name, times)
		}
	}
	for _, name := range stayed {
		if met[name] == 0 {
			t.Errorf("never met cat %s, which was there all the time", name)
		}
	}
}
