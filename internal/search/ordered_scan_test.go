package search

import (
	"cmp"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/vocab"
)

// TestScan_NeverRepeatsOrMissesCats changes cats in every way that moves them while
// pages are read. A cat that matches from the start of the scan to its end must occur
// exactly once, and no cat twice.
func TestScan_NeverRepeatsOrMissesCats(t *testing.T) {
	t.Parallel()

	for _, order := range Orders() {
		t.Run(string(order), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { scanDuringChanges(t, order) })
		})
	}
}

func scanDuringChanges(t *rapid.T, order Order) {
	sim := newSimulation(t, rapid.IntRange(1, 40).Draw(t, "cats"))
	q := Query{Order: order, Near: &rockville, Seed: rapid.Int64().Draw(t, "seed"), Limit: rapid.IntRange(1, 4).Draw(t, "limit")}
	if order == OrderSuitability {
		q.OrderFor = rapid.SampledFrom(append(catalog.Activities(), "")).Draw(t, "for")
	}
	if rapid.Bool().Draw(t, "filtered") {
		q.Where = where(FieldStatus, "available")
	}
	if rapid.Bool().Draw(t, "with total") {
		q.Total = true
	}
	if rapid.Bool().Draw(t, "with text") {
		q.Text = "cat"
	}
	occurrences := map[string]int{}
	numAtStart := len(sim.cats)
	matchedThroughout := sim.matching(q)
	for {
		page, err := sim.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range page.Hits {
			occurrences[hit.ID]++
		}
		if !page.HasMore {
			break
		}
		q.Cursor = page.Next
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			sim.change(t)
			now := sim.matching(q)
			matchedThroughout = slices.DeleteFunc(matchedThroughout, func(id string) bool { return !slices.Contains(now, id) })
		}
		sim.catchUp(t)
	}
	for _, late := range sim.cats[numAtStart:] {
		if occurrences[late.ID] > 0 {
			t.Errorf("got %s, which was created after the scan started", late.ID)
		}
	}
	for id, n := range occurrences {
		if n > 1 {
			t.Errorf("got %s %d times, want it once", id, n)
		}
	}
	for _, id := range matchedThroughout {
		if occurrences[id] == 0 {
			t.Errorf("did not get %s, which matched throughout", id)
		}
	}
}

// A scan that gives up and sorts the few matches does not lose a cat that moved since the
// first page and that it has already met.
func TestScan_KeepsMovedCatsWhenItSortsInstead(t *testing.T) {
	t.Parallel()

	f := &fakeSource{head: catalog.LogPosition{Epoch: "moved"}}
	shelter := f.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: "S"}}).ID
	males := map[int]string{1: "Ada", 10: "Bo", 20: "Cleo", 4 * 3 * scanFactor: "Dot"} // by number, from the newest
	for number := 1; number <= 4*3*scanFactor; number++ {
		c := catalog.Cat{ShelterID: shelter, Facts: catalog.Facts{Name: "Zoe", Sex: vocab.SexFemale, ListedAt: today.Add(-time.Duration(number) * time.Second)}}
		if name := males[number]; name != "" {
			c.Name, c.Sex = name, vocab.SexMale
		}
		f.addCat(c)
	}
	x := filled(t, f)
	q := Query{Where: where(FieldSex, "male"), Limit: 1}
	find := func() Page {
		page, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	first := find()
	f.editCat(10, func(c *catalog.Cat) { c.ListedAt = today })
	catchUp(t, x)
	q.Cursor, q.Limit = first.Next, 3
	if got, want := append(names(first), names(find())...), []string{"Ada", "Bo", "Cleo", "Dot"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// simulation is a source with random content and its index.
type simulation struct {
	*fakeSource
	index *Index
}

func newSimulation(t *rapid.T, cats int) simulation {
	sim := simulation{fakeSource: &fakeSource{head: catalog.LogPosition{Epoch: "simulation"}}}
	for i := range 4 {
		sim.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: fmt.Sprint("S", i), Point: geo.Point{Lat: 39, Lng: -77 - float64(i%3)}}})
	}
	for range cats {
		sim.addRandomCat(t)
	}
	sim.index = New(sim, testOptions())
	if err := sim.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	return sim
}

func (sim simulation) addRandomCat(t *rapid.T) {
	sim.addCat(catalog.Cat{ShelterID: sim.randomShelter(t), UpdatedAt: randomTime(t), Facts: catalog.Facts{
		Name: randomName(t), ListedAt: randomTime(t), Status: catalog.Available, Description: "a cat", Sex: vocab.SexMale,
	}, Rating: randomRating(t), Reading: randomImpression(t)})
}

func (sim simulation) randomShelter(t *rapid.T) string {
	return sim.shelters[rapid.IntRange(0, len(sim.shelters)-1).Draw(t, "shelter")].ID
}

func randomTime(t *rapid.T) time.Time {
	return today.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "time")) * time.Second)
}

func randomName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"Ada", "Bo", "Cleo", "cleo", "Dot", "Été", "Zoe"}).Draw(t, "name")
}

// change makes a random change.
func (sim simulation) change(t *rapid.T) {
	number := rapid.IntRange(1, len(sim.cats)).Draw(t, "number")
	set := func(edit func(c *catalog.Cat)) { sim.editCat(number, edit) }
	at, name := randomTime(t), randomName(t)
	switch rapid.SampledFrom([]string{"update", "rename", "move", "relist", "adopt", "remove", "list", "describe", "rate", "create", "move shelter"}).Draw(t, "change") {
	case "update":
		set(func(c *catalog.Cat) { c.UpdatedAt = at })
	case "rename":
		set(func(c *catalog.Cat) { c.Name, c.UpdatedAt = name, at })
	case "move":
		shelterID := sim.randomShelter(t)
		set(func(c *catalog.Cat) { c.ShelterID = shelterID })
	case "relist":
		set(func(c *catalog.Cat) { c.ListedAt = at })
	case "adopt":
		set(func(c *catalog.Cat) { c.Status = catalog.Adopted })
	case "remove":
		set(func(c *catalog.Cat) { c.Status = catalog.Removed })
	case "list":
		set(func(c *catalog.Cat) { c.Status, c.ListedAt = catalog.Available, at })
	case "describe":
		set(func(c *catalog.Cat) { c.Description = name })
	case "rate":
		rating, reading := randomRating(t), randomImpression(t)
		set(func(c *catalog.Cat) { c.Rating, c.Reading = rating, reading })
	case "create":
		sim.addRandomCat(t)
	case "move shelter":
		sim.editShelter(rapid.IntRange(1, len(sim.shelters)).Draw(t, "which"), func(s *catalog.Shelter) {
			s.Point.Lng = -77 - float64(rapid.IntRange(0, 3).Draw(t, "where"))
		})
	}
	if rapid.Bool().Draw(t, "catch up") {
		sim.catchUp(t)
	}
}

func (sim simulation) catchUp(t *rapid.T) {
	if err := sim.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// matching returns the ids of the cats that match now, computed without an index.
func (sim simulation) matching(q Query) []string {
	var out []string
	for _, c := range sim.cats {
		if c.Status != catalog.Removed && (q.Where == nil || c.Status == catalog.Available) && (q.Text == "" || c.Description == "a cat") {
			out = append(out, c.ID)
		}
	}
	return out
}

// TestOrders_StaySorted checks after random changes that every order is sorted, and that
// an index that is filled then returns the same.
func TestOrders_StaySorted(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		sim := newSimulation(t, rapid.IntRange(1, 30).Draw(t, "cats"))
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			sim.change(t)
		}
		sim.catchUp(t)
		refilled := New(sim, testOptions())
		if err := refilled.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, order := range Orders() {
			for _, text := range []string{"", "cat", `"a cat"`, "ad"} {
				q := Query{Order: order, Near: &rockville, Limit: 100, Text: text, Total: true, Facets: []Field{FieldStatus, FieldRegion}}
				followed, err := sim.index.Cats(q)
				if err != nil {
					t.Fatal(err)
				}
				filled, err := refilled.Cats(q)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := ids(followed), ids(filled); !slices.Equal(got, want) {
					t.Errorf("%s %q: got %v, filled index has %v", order, text, got, want)
				}
				if fmt.Sprint(followed.Facets) != fmt.Sprint(filled.Facets) || *followed.Total != *filled.Total {
					t.Errorf("facets of %q: got %v, filled index has %v", text, followed.Facets, filled.Facets)
				}
			}
		}
		for _, activity := range append(catalog.Activities(), "") {
			bySuitability, err := sim.index.Cats(Query{Order: OrderSuitability, OrderFor: activity, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(bySuitability.Hits, func(a, b Hit) int {
				x, y := sim.cats[a.Number-1], sim.cats[b.Number-1]
				return cmp.Or(cmp.Compare(lowerBound(y, activity), lowerBound(x, activity)), cmp.Compare(impressionRank(x, activity), impressionRank(y, activity)), cmp.Compare(x.Number, y.Number))
			}) {
				t.Errorf("suitability for %q: got %v, want it sorted", activity, names(bySuitability))
			}
		}
		byName, _ := sim.index.Cats(Query{Order: OrderName, Limit: 100})
		if !slices.IsSortedFunc(byName.Hits, func(a, b Hit) int {
			x, y := sim.cats[a.Number-1], sim.cats[b.Number-1]
			return cmp.Or(cmp.Compare(vocab.Fold(x.Name), vocab.Fold(y.Name)), cmp.Compare(x.Number, y.Number))
		}) {
			t.Errorf("name: got %v, want it sorted", names(byName))
		}
	})
}

func ids(p Page) []string {
	var out []string
	for _, hit := range p.Hits {
		out = append(out, hit.ID)
	}
	return out
}

// TestCursor_ExpiresWithTheHistory changes more cats than the history holds.
func TestCursor_ExpiresWithTheHistory(t *testing.T) {
	t.Parallel()

	f := newFixture()
	o := testOptions()
	o.History = 3
	x := New(f, o)
	if err := x.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	first, err := x.Cats(Query{Limit: 2})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 4 {
		f.editCat(1, func(c *catalog.Cat) { c.ListedAt = today.AddDate(0, 0, i) })
		catchUp(t, x)
		_, err = x.Cats(Query{Limit: 2, Cursor: first.Next})
		if expired := catalog.KindOf(err) == catalog.Malformed; expired != (i == 3) {
			t.Errorf("after %d changes: got %v, want an error only after the fourth", i+1, err)
		}
	}
}

func TestOffset_PageEqualsTheOneReachedByCursor(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		sim := newSimulation(t, rapid.IntRange(1, 60).Draw(t, "cats"))
		q := Query{Order: rapid.SampledFrom(Orders()).Draw(t, "order"), Near: &geo.Point{Lat: 39, Lng: -77}, Seed: 5, Limit: 100}
		if rapid.Bool().Draw(t, "by name") {
			q.Name = "o"
		}
		whole, err := sim.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Offset, q.Limit = rapid.IntRange(0, 70).Draw(t, "offset"), rapid.IntRange(1, 5).Draw(t, "limit")
		page, err := sim.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		got := ids(page)
		if page.HasMore {
			q.Cursor = page.Next
			rest, err := sim.index.Cats(q)
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, ids(rest)...)
		}
		want := ids(whole)
		from := min(q.Offset, len(want))
		if want = want[from:min(from+2*q.Limit, len(want))]; !slices.Equal(got, want) {
			t.Errorf("%s, offset %d: got %v, want %v", q.Order, q.Offset, got, want)
		}
	})
}

// TestOffset_LongListEqualsCursor covers lists with too many matches to sort.
func TestOffset_LongListEqualsCursor(t *testing.T) {
	t.Parallel()

	f := &fakeSource{head: catalog.LogPosition{Epoch: "long"}}
	f.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: "A", Point: geo.Point{Lat: 39, Lng: -77}}})
	f.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: "B", Point: geo.Point{Lat: 40, Lng: -78}}})
	for i := range sortThreshold + 100 {
		at := today.Add(time.Duration(i*7919%100_000) * time.Second)
		f.addCat(catalog.Cat{ShelterID: f.shelters[i%2].ID, UpdatedAt: at, Facts: catalog.Facts{Name: fmt.Sprint("Cat ", i%997), ListedAt: at}})
	}
	x := filled(t, f)
	for _, order := range Orders() {
		q := Query{Order: order, Near: &rockville, Seed: 3, Limit: 10, Offset: sortThreshold}
		byOffset, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		q.Offset, q.Limit = 0, 1000
		for seen := 0; seen < sortThreshold; {
			q.Limit = min(1000, sortThreshold-seen)
			page, err := x.Cats(q)
			if err != nil {
				t.Fatal(err)
			}
			seen += len(page.Hits)
			q.Cursor = page.Next
		}
		q.Limit = 10
		byCursor, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(ids(byOffset), ids(byCursor)) {
			t.Errorf("%s: by offset got %v, by cursor %v", order, ids(byOffset), ids(byCursor))
		}
	}
}
