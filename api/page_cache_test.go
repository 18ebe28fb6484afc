package api

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"trailcat/internal/catalog"
)

// A cached page is never older than the log or the day, and never of another audience.
func TestPageCache_NeverOlderThanTheIndex(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	const path = "/v1/cats?near=20850&radius_km=100&sort=name&age_group=adult,senior,young"
	before := catNames(t, api, path)
	for range 2 { // the third request finds the page in the cache
		if again := catNames(t, api, path); !slices.Equal(before, again) || len(before) == 0 {
			t.Fatalf("a later request got %v, the first %v", again, before)
		}
	}
	kenny, err := api.store.CatByNumber(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := api.catalog.ChangeCat(t.Context(), kenny, 0, func(f *catalog.Facts) { f.Name = "Aaron" }); err != nil {
		t.Fatal(err)
	}
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	after := catNames(t, api, path)
	if slices.Equal(after, before) || !slices.Contains(after, "Aaron") {
		t.Errorf("after a change got %v", after)
	}
	*api.now = api.now.AddDate(40, 0, 0)
	if err := api.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := catNames(t, api, "/v1/cats?age_group=kitten"); len(got) != 0 {
		t.Errorf("forty years later got kittens %v", got)
	}
}

// Requests that compose the same page at the same time cache it once.
func TestPageCache_CountsAPageOnce(t *testing.T) {
	t.Parallel()

	cache := newPageCache(func() time.Time { return goldenDay }, 1<<20)
	key := pageKey{query: "sort=name"}
	cache.get(catalog.LogPosition{}, key)
	cache.put(catalog.LogPosition{}, key, cachedPage{body: []byte("page")}) // notes that it was requested
	cache.put(catalog.LogPosition{}, key, cachedPage{body: []byte("page")})
	once := cache.bytes
	cache.put(catalog.LogPosition{}, key, cachedPage{body: []byte("page")})
	if once == 0 || cache.bytes != once {
		t.Errorf("got %d bytes, then %d, want them counted once", once, cache.bytes)
	}
}

// A page is the same with every content coding, whether it is composed or cached.
func TestListCats_CompressedPagesEqualPlainOnes(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	for _, path := range []string{"/v1/cats?near=20850&radius_km=100", "/v1/cats?q=nothing-has-this-word"} {
		plain := get(t, api, path)
		for encoding, decode := range map[string]func(io.Reader) (io.Reader, error){
			"gzip": func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
			"zstd": func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
		} {
			for range 3 { // the third is cached
				rec := get(t, api, path, "Accept-Encoding: "+encoding)
				body, sent := io.Reader(rec.Body), rec.Header().Get("Content-Encoding")
				if short := plain.Body.Len() < 512; short != (sent == "") {
					t.Errorf("%s: got Content-Encoding %q for %d bytes", path, sent, plain.Body.Len())
				}
				if sent != "" {
					var err error
					if body, err = decode(body); err != nil {
						t.Fatal(err)
					}
				}
				got, err := io.ReadAll(body)
				if err != nil || string(got) != plain.Body.String() || rec.Header().Get("ETag") != plain.Header().Get("ETag") {
					t.Errorf("%s with %s: got %.100s, ETag %s and error %v, want the plain page", path, encoding, got, rec.Header().Get("ETag"), err)
				}
			}
			if rec := get(t, api, path, "Accept-Encoding: "+encoding, "If-None-Match: "+plain.Header().Get("ETag")); rec.Code != http.StatusNotModified || rec.Header().Get("Content-Encoding") != "" {
				t.Errorf("%s with %s: got status %d and Content-Encoding %q for an unchanged page", path, encoding, rec.Code, rec.Header().Get("Content-Encoding"))
			}
		}
	}
}

// Pages are composed in memory that others used before. Requests at the same time do not share
// it.
func TestListCats_ConcurrentPagesAreTheirOwn(t *testing.T) {
	t.Parallel()

	api := newSQLiteServer(t)
	paths := []string{"/v1/cats?limit=3", "/v1/cats?sort=name", "/v1/cats?fields=name", "/v1/cats/1/similar", "/v1/cats?near=20850&expand=shelter&facets=all"}
	want := make([]string, len(paths))
	for i, path := range paths {
		want[i] = get(t, api, path).Body.String()
	}
	var work sync.WaitGroup
	for worker := range 4 {
		work.Go(func() {
			for n := range 40 {
				i := (worker + n) % len(paths)
				spelled := paths[i] + strings.Repeat("&", 1+n) // which no cached page answers
				if !strings.Contains(spelled, "?") {
					spelled = paths[i]
				}
				rec := httptest.NewRecorder()
				api.ServeHTTP(rec, httptest.NewRequestWithContext(t.Context(), http.MethodGet, spelled, http.NoBody))
				if rec.Body.String() != want[i] {
					t.Errorf("%s: got %.200s", spelled, rec.Body)
				}
			}
		})
	}
	work.Wait()
}

func TestPageCache_IsClearedAsAWhole(t *testing.T) {
	t.Parallel()

	now := time.Date(2026, time.May, 1, 23, 59, 58, 0, time.UTC)
	c := newPageCache(func() time.Time { return now }, 1000)
	public := pageKey{query: "q=a", audience: catalog.Audience{Class: catalog.PublicReader}}
	aggregator := pageKey{query: "q=a", audience: catalog.Audience{Class: catalog.AggregatorReader}}
	keep := func(seq int64, key pageKey, size int) {
		for range 2 {
			c.get(catalog.LogPosition{Seq: seq}, key)
			c.put(catalog.LogPosition{Seq: seq}, key, cachedPage{body: make([]byte, size)})
		}
	}
	kept := func(seq int64, key pageKey) bool { _, ok := c.get(catalog.LogPosition{Seq: seq}, key); return ok }

	if c.put(catalog.LogPosition{Seq: 0}, public, cachedPage{}); kept(0, public) {
		t.Error("a page is cached that was requested once")
	}
	keep(7, public, 10)
	tests := []struct {
		rule string
		got  bool
		want bool
	}{
		{"asked again", kept(7, public), true},
		{"by another reader", kept(7, aggregator), false},
		{"once the log moved on", kept(8, public), false},
		{"as of the log before", kept(7, public), false},
	}
	for _, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.rule, tt.got, tt.want)
		}
	}
	keep(8, public, 10)
	if now = now.Add(3 * time.Second); kept(8, public) {
		t.Error("a page is used on the next day")
	}
	keep(8, public, 10)
	if now = now.Add(cachedPageAge + 1); kept(8, public) {
		t.Error("a page is used after its time")
	}
	keep(8, public, 1000)
	if kept(8, public) {
		t.Error("the cache exceeds its size")
	}
	c.put(catalog.LogPosition{Seq: 7}, public, cachedPage{body: nil})
	if kept(8, public) {
		t.Error("a page older than the log is stored")
	}
}
