package api

import (
	"slices"
	"testing"
	"time"

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
	if _, _, err := api.catalog.ChangeCat(t.Context(), kenny.ID, 0, "api", func(f *catalog.Facts) { f.Name = "Aaron" }); err != nil {
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
