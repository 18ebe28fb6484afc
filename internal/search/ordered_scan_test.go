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

// TestWalksNeverRepeatOrSkip: while pages are read, cats come, go and change in
// every way that moves them. A cat that matched from the beginning of the walk to
// its end is met exactly once, and none is met twice.
func TestWalksNeverRepeatOrSkip(t *testing.T) {
	t.Parallel()

	for _, order := range Orders() {
		t.Run(string(order), func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) { walkThroughChanges(t, order) })
		})
	}
}

func walkThroughChanges(t *rapid.T, order Order) {
	w := newWorld(t, rapid.IntRange(1, 40).Draw(t, "cats"))
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
	met := map[string]int{}
	began := len(w.cats)
	stayed := w.matching(q)
	for {
		page, err := w.index.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		for _, hit := range page.Hits {
			met[hit.ID]++
		}
		if !page.HasMore {
			break
		}
		q.Cursor = page.Next
		for range rapid.IntRange(0, 5).Draw(t, "changes") {
			w.change(t)
			now := w.matching(q)
			stayed = slices.DeleteFunc(stayed, func(id string) bool { return !slices.Contains(now, id) })
		}
		w.catchUp(t)
	}
	for _, late := range w.cats[began:] {
		if met[late.ID] > 0 {
			t.Errorf("met %s, which came after the walk began", late.ID)
		}
	}
	for id, times := range met {
		if times > 1 {
			t.Errorf("met %s %d times", id, times)
		}
	}
	for _, id := range stayed {
		if met[id] == 0 {
			t.Errorf("never met %s, which was there all the time", id)
		}
	}
}

// world is a source with its index.
type world struct {
	*fakeSource
	index *Index
}

func newWorld(t *rapid.T, cats int) world {
	w := world{fakeSource: &fakeSource{head: catalog.LogPosition{Epoch: "world"}}}
	for i := range 4 {
		w.addShelter(catalog.Shelter{Profile: catalog.Profile{Name: fmt.Sprint("S", i), Point: geo.Point{Lat: 39, Lng: -77 - float64(i%3)}}})
	}
	for range cats {
		w.addAny(t)
	}
	w.index = New(w, testOptions())
	if err := w.index.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w world) addAny(t *rapid.T) {
	w.add(catalog.Cat{ShelterID: w.anyShelter(t), UpdatedAt: anyTime(t), Facts: catalog.Facts{
		Name: anyName(t), ListedAt: anyTime(t), Status: catalog.Available, Description: "a cat", Sex: vocab.SexMale,
	}, Rating: anyRating(t)})
}

func (w world) anyShelter(t *rapid.T) string {
	return w.shelters[rapid.IntRange(0, len(w.shelters)-1).Draw(t, "shelter")].ID
}

func anyTime(t *rapid.T) time.Time {
	return today.Add(time.Duration(rapid.IntRange(0, 20).Draw(t, "time")) * time.Second)
}

func anyName(t *rapid.T) string {
	return rapid.SampledFrom([]string{"Ada", "Bo", "Cleo", "cleo", "Dot", "Été", "Zoe"}).Draw(t, "name")
}

func (w world) change(t *rapid.T) {
	number := rapid.IntRange(1, len(w.cats)).Draw(t, "number")
	set := func(edit func(c *catalog.Cat)) { w.fakeSource.change(number, edit) }
	at, name := anyTime(t), anyName(t)
	switch rapid.SampledFrom([]string{"update", "rename", "move", "relist", "adopt", "remove", "offer", "retell", "rate", "create", "move shelter"}).Draw(t, "change") {
	case "update":
		set(func(c *catalog.Cat) { c.UpdatedAt = at })
	case "rename":
		set(func(c *catalog.Cat) { c.Name, c.UpdatedAt = name, at })
	case "move":
		home := w.anyShelter(t)
		set(func(c *catalog.Cat) { c.ShelterID = home })
	case "relist":
		set(func(c *catalog.Cat) { c.ListedAt = at })
	case "adopt":
		set(func(c *catalog.Cat) { c.Status = catalog.Adopted })
	case "remove":
		set(func(c *catalog.Cat) { c.Status = catalog.Removed })
	case "offer":
		set(func(c *catalog.Cat) { c.Status, c.ListedAt = catalog.Available, at })
	case "retell":
		set(func(c *catalog.Cat) { c.Description = name })
	case "rate":
		rating := anyRating(t)
		set(func(c *catalog.Cat) { c.Rating = rating })
	case "create":
		w.addAny(t)
	case "move shelter":
		w.changeShelter(rapid.IntRange(1, len(w.shelters)).Draw(t, "which"), func(s *catalog.Shelter) {
			s.Point.Lng = -77 - float64(rapid.IntRange(0, 3).Draw(t, "where"))
		})
	}
	if rapid.Bool().Draw(t, "seen at once") {
		w.catchUp(t)
	}
}

func (w world) catchUp(t *rapid.T) {
	if err := w.index.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// matching is the ids of the cats that match now, by the plainest of means.
func (w world) matching(q Query) []string {
	var out []string
	for _, c := range w.cats {
		if c.Status != catalog.Removed && (q.Where == nil || c.Status == catalog.Available) && (q.Text == "" || c.Description == "a cat") {
			out = append(out, c.ID)
		}
	}
	return out
}

// TestOrdersAreKept: after any changes, every order is what sorting would make
// of it, and an index that was filled anew says the same.
func TestOrdersAreKept(t *testing.T) {
	t.Parallel()

	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t, rapid.IntRange(1, 30).Draw(t, "cats"))
		for range rapid.IntRange(1, 30).Draw(t, "changes") {
			w.change(t)
		}
		w.catchUp(t)
		fresh := New(w, testOptions())
		if err := fresh.Fill(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, order := range Orders() {
			for _, text := range []string{"", "cat", `"a cat"`, "ad"} {
				q := Query{Order: order, Near: &rockville, Limit: 100, Text: text, Total: true, Facets: []Field{FieldStatus, FieldRegion}}
				followed, err := w.index.Cats(q)
				if err != nil {
					t.Fatal(err)
				}
				filled, err := fresh.Cats(q)
				if err != nil {
					t.Fatal(err)
				}
				if got, want := ids(followed), ids(filled); !slices.Equal(got, want) {
					t.Errorf("%s %q: followed %v, filled %v", order, text, got, want)
				}
				if fmt.Sprint(followed.Facets) != fmt.Sprint(filled.Facets) || *followed.Total != *filled.Total {
					t.Errorf("%s: followed %v, filled %v", text, followed.Facets, filled.Facets)
				}
			}
		}
		for _, activity := range append(catalog.Activities(), "") {
			bySuit, err := w.index.Cats(Query{Order: OrderSuitability, OrderFor: activity, Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			if !slices.IsSortedFunc(bySuit.Hits, func(a, b Hit) int {
				x, y := w.cats[a.Number-1], w.cats[b.Number-1]
				return cmp.Or(cmp.Compare(lowOf(y, activity), lowOf(x, activity)), cmp.Compare(x.Number, y.Number))
			}) {
				t.Errorf("not by suitability for %q: %v", activity, names(bySuit))
			}
		}
		byName, _ := w.index.Cats(Query{Order: OrderName, Limit: 100})
		if !slices.IsSortedFunc(byName.Hits, func(a, b Hit) int {
			x, y := w.cats[a.Number-1], w.cats[b.Number-1]
			return cmp.Or(cmp.Compare(vocab.Fold(x.Name), vocab.Fold(y.Name)), cmp.Compare(x.Number, y.Number))
		}) {
			t.Errorf("not by name: %v", names(byName))
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

// TestWalksExpire: a walk is refused once the changes since it began are forgotten.
func TestWalksExpire(t *testing.T) {
	t.Parallel()

	f := smallTown()
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
		f.change(1, func(c *catalog.Cat) { c.ListedAt = today.AddDate(0, 0, i) })
		catchUp(t, x)
		_, err = x.Cats(Query{Limit: 2, Cursor: first.Next})
		if expired := catalog.KindOf(err) == catalog.Malformed; expired != (i == 3) {
			t.Errorf("after %d changes: got %v", i+1, err)
		}
	}
}
