package search

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
)

// TestToSkipIsToWalk: a page that is jumped to is the one that a walk would have
// come to, in every order, and so are the pages that follow it.
func TestToSkipIsToWalk(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.IntRange(1, 60).Draw(t, "cats"))
		q := Query{Order: rapid.SampledFrom(Orders()).Draw(t, "order"), Near: &geo.Point{Lat: 39, Lng: -77}, Seed: 5, Limit: 100}
		if rapid.Bool().Draw(t, "by name") {
			q.Name = "o"
		}
		whole, err := w.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Offset, q.Limit = rapid.IntRange(0, 70).Draw(t, "skip"), rapid.IntRange(1, 5).Draw(t, "limit")
		page, err := w.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		got := ids(page)
		if page.HasMore {
			q.Cursor = page.Next
			rest, err := w.index.Cats(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ids(rest)...)
		}
		want := ids(whole)
		from := min(q.Offset, len(want))
		if want = want[from:min(from+2*q.Limit, len(want))]; !slices.Equal(got, want) {
			t.Errorf("%s, skip %d: got %v, want %v", q.Order, q.Offset, got, want)
		}
	})
}

// TestLongListsAreSkippedAlike: where there are too many answers to sort, the
// kept order leads to the same place.
func TestLongListsAreSkippedAlike(t *testing.T) {
	t.Parallel()

	f := &fakeSource{head: catalog.LogPosition{Epoch: "long"}}
	f.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: "A", Point: geo.Point{Lat: 39, Lng: -77}}})
	f.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: "B", Point: geo.Point{Lat: 40, Lng: -78}}})
	for i := range 3 * sortThreshold {
		at := today.Add(time.Duration(i*7919%100_000) * time.Second)
		f.add(catalog.Cat{ShelterID: f.shelters[i%2].ID, UpdatedAt: at, Facts: catalog.Facts{Name: fmt.Sprint("Cat ", i%997), ListedAt: at}})
	}
	x := filled(t, f)
	for _, order := range Orders() {
		q := Query{Order: order, Near: &rockville, Seed: 3, Limit: 10, Offset: 2 * sortThreshold}
		far, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Offset, q.Limit = 0, 1000
		for seen := 0; seen < 2*sortThreshold; {
			q.Limit = min(1000, 2*sortThreshold-seen)
			page, err := x.Cats(q)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(page.Hits)
			q.Cursor = page.Next
		}
		q.Limit = 10
		walked, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ids(far), ids(walked)) {
			t.Errorf("%s: jumped to %v, walked to %v", order, ids(far), ids(walked))
		}
	}
}
