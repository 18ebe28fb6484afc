package petfinder

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// animalPage is what tests read of a list.
type animalPage struct {
	Animals []struct {
		ID   int64  `json:"id"`
		Name string `json:"name"`
	} `json:"animals"`
	Pagination Pagination `json:"pagination"`
}

// fataler is a test, or one try of rapid.
type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

// getPage requests a list from a node, as a client with this address.
func getPage(t fataler, node http.Handler, token, address, path string) animalPage {
	t.Helper()
	req := httptest.NewRequest(http.MethodGet, path, http.NoBody) //nolint:noctx // the handler returns at once
	req.RemoteAddr = address + ":1"
	req.Header.Set("Authorization", "Bearer "+token)
	rec := httptest.NewRecorder()
	node.ServeHTTP(rec, req)
	var page animalPage
	if err := json.Unmarshal(rec.Body.Bytes(), &page); err != nil || rec.Code != http.StatusOK {
		t.Fatalf("GET %s: got %d %s, want 200", path, rec.Code, rec.Body)
	}
	return page
}

func (p animalPage) names() []string {
	var names []string
	for _, a := range p.Animals {
		names = append(names, a.Name)
	}
	return names
}

// TestPaging_NeverRepeatsOrSkips checks that a client that reads page after page, while
// cats are added, removed and moved, receives no cat twice, and receives each cat that
// was available all the time.
func TestPaging_NeverRepeatsOrSkips(t *testing.T) {
	t.Parallel()

	for _, sort := range []string{"recent", "-recent", "distance", "-distance", "random"} {
		for _, behavior := range []string{countToTotalPages, countWhileNext, followLinks} {
			t.Run(sort+", "+behavior, func(t *testing.T) {
				t.Parallel()
				rapid.Check(t, func(t *rapid.T) { checkPaging(t, sort, behavior) })
			})
		}
	}
}

// How clients page.
const (
	countToTotalPages = "count to the total_pages of the first page"
	countWhileNext    = "count while there is a next page"
	followLinks       = "follow links from node to node"
)

func checkPaging(t *rapid.T, sort, behavior string) {
	source := newFakeSource(t, rapid.IntRange(1, 30).Draw(t, "cats"))
	base := fmt.Sprintf("/v2/animals?type=cat&sort=%s&limit=%d", sort, rapid.IntRange(1, 6).Draw(t, "limit"))
	near := strings.HasSuffix(sort, "distance")
	if near {
		base += "&location=20855&distance=500"
	}
	received, stayed := map[string]int{}, source.available(near)
	totalPages := 0
	for page, path := 1, base; ; page++ {
		node := source.nodes[0]
		if behavior == followLinks && rapid.Bool().Draw(t, "other node") {
			node = source.nodes[1]
		}
		got := getPage(t, node, source.token, "10.0.0.1", path)
		for _, name := range got.names() {
			received[name]++
		}
		if page == 1 {
			totalPages = got.Pagination.TotalPages
		}
		next := got.Pagination.Links.Next
		if behavior == countToTotalPages && page >= totalPages || behavior != countToTotalPages && next == nil {
			break
		}
		for range rapid.IntRange(0, 4).Draw(t, "changes") {
			source.change(t)
			available := source.available(near)
			stayed = slices.DeleteFunc(stayed, func(name string) bool { return !slices.Contains(available, name) })
		}
		if err := source.index.CatchUp(t.Context()); err != nil {
			t.Fatal(err)
		}
		if path = fmt.Sprintf("%s&page=%d", base, page+1); behavior == followLinks {
			path = next.Href
		}
	}
	for name, times := range received {
		if times > 1 {
			t.Errorf("received cat %s %d times, want once", name, times)
		}
	}
	for _, name := range stayed {
		if received[name] == 0 {
			t.Errorf("never received cat %s, which was available all the time", name)
		}
	}
}

// TestPaging_WithoutSession checks that a page without a session, with an expired session
// or with an invalid cursor is counted from the start of the list.
func TestPaging_WithoutSession(t *testing.T) {
	t.Parallel()

	s := newFixtureServer(t)
	get := func(address, path string) animalPage { return getPage(t, s, s.token, address, path) }
	all := get("10.1.1.1", "/v2/animals").names()
	if got := get("10.1.1.2", "/v2/animals?limit=1&page=3").names(); !slices.Equal(got, all[2:3]) {
		t.Errorf("page 3 without a session: got %v, want %v", got, all[2:3])
	}
	for _, cursor := range []string{"x", "3.0.AAAA", "2.0.AAAA", "3.zz!.AAAA", "3.0.", strings.Repeat("3", 5000)} {
		if got := get("10.1.1.3", "/v2/animals?limit=1&page=3&cursor="+cursor).names(); !slices.Equal(got, all[2:3]) {
			t.Errorf("cursor=%.20s: got %v, want %v", cursor, got, all[2:3])
		}
	}
	last := get("10.1.1.2", "/v2/animals?limit=1&page=4")
	if got := last.names(); !slices.Equal(got, all[3:]) || last.Pagination.Links.Next != nil {
		t.Errorf("last page: got %v and next link %v, want %v and none", got, last.Pagination.Links.Next, all[3:])
	}
	if beyond := get("10.1.1.2", "/v2/animals?limit=1&page=5"); len(beyond.Animals) > 0 {
		t.Errorf("page after the last: got %v, want no animals", beyond.names())
	}
	*s.now = s.now.Add(sessionTTL + time.Second)
	if got := get("10.1.1.2", "/v2/animals?limit=1&page=2").names(); !slices.Equal(got, all[1:2]) {
		t.Errorf("page 2 after the session expired: got %v, want %v", got, all[1:2])
	}
}

func TestPaging_RandomPagesDoNotOverlap(t *testing.T) {
	t.Parallel()

	s := newFixtureServer(t)
	var names []string
	for _, path := range []string{"/v2/animals?sort=random&limit=2", "/v2/animals?sort=random&limit=2&page=2"} {
		names = append(names, getPage(t, s, s.token, "10.1.1.1", path).names()...)
	}
	want := []string{"Alfredo", "Frederick", "Kenny Chatney", "Nobody"}
	if slices.Sort(names); !slices.Equal(names, want) {
		t.Errorf("got %v on two pages, want %v", names, want)
	}
}
