package search

import (
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

func TestChangesAreSeenAfterCatchingUp(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	f.change(1, func(c *catalog.Cat) { c.Name, c.Description, c.Status = "Zoe", "A bold girl", catalog.Pending })
	f.change(2, func(c *catalog.Cat) { c.Status = catalog.Removed })
	fern := f.add(catalog.Cat{ShelterID: f.shelters[2].ID, Facts: catalog.Facts{Name: "Fern", ListedAt: today, Description: "brandnewword"}})
	f.changeShelter(3, func(s *catalog.Shelter) { s.Name, s.Point, s.Address.Region = "Cats of Baltimore", baltimore, "MD" })
	catchUp(t, x)

	find := func(q Query) []string {
		q.Limit = 20
		page, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		return names(page)
	}
	for rule, got := range map[string][2][]string{
		"a renamed cat sorts anew":              {find(Query{Order: OrderName}), {"Cleo", "Dot", "Élan", "Fern", "Zoe"}},
		"old words are gone":                    {find(Query{Text: "shy "}), nil},
		"new words are found":                   {find(Query{Text: "bold brand"}), nil},
		"new words are found by their start":    {find(Query{Text: "brandn"}), {"Fern"}},
		"a removed cat is never listed":         {find(Query{Where: where(FieldStatus, "removed")}), nil},
		"cats go with their shelter":            {find(Query{Where: where(FieldRegion, "MD"), Order: OrderName}), {"Cleo", "Dot", "Élan", "Fern", "Zoe"}},
		"a shelter that moved takes them along": {find(Query{Near: &baltimore, RadiusKm: 1}), {"Cleo", "Élan", "Fern"}},
		"but not those in foster homes":         {find(Query{Near: &rockville, RadiusKm: 1}), {"Zoe", "Dot"}},
	} {
		if !slices.Equal(got[0], got[1]) {
			t.Errorf("%s: got %q, want %q", rule, got[0], got[1])
		}
	}
	page, _ := x.Cats(Query{Text: "fern", Limit: 1})
	if card := string(page.Hits[0].Card); !strings.Contains(card, "Cats of Baltimore") {
		t.Errorf("got card %s, want the new name of the shelter on it", card)
	}
	if version, number, _, ok := x.Version(f.cats[1].ID); !ok || version != 2 || number != 2 || !x.IsRemoved(f.cats[1].ID) {
		t.Errorf("a removed cat is still known: got version %d of %d, %t", version, number, ok)
	}
	if id, ok := x.IDByNumber(fern.Number); !ok || id != fern.ID || x.IsRemoved(id) {
		t.Errorf("got %q for the number of %q", id, fern.ID)
	}
	if s := x.State(); !s.Ready || s.Cats != 5 || s.Available != 3 || s.Head != f.head {
		t.Errorf("got %+v", s)
	}
}

func TestAnotherLogIsReadAnew(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	fresh := smallTown()
	fresh.add(catalog.Cat{ShelterID: fresh.shelters[0].ID, Facts: catalog.Facts{Name: "New"}})
	f.mu.Lock()
	f.head, f.cats, f.log = catalog.LogPosition{Seq: 1, Epoch: "restored"}, fresh.cats, fresh.log
	f.mu.Unlock()
	catchUp(t, x)
	if s := x.State(); s.Cats != 6 || s.Head.Epoch != "restored" {
		t.Errorf("got %+v, want the six cats of the restored log", s)
	}
}

func TestAWalkGoesOnAtAnotherNode(t *testing.T) {
	t.Parallel()

	f := smallTown()
	here, there := filled(t, f), filled(t, f)
	first, err := here.Cats(Query{Limit: 2, Near: &baltimore})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := there.Cats(Query{Limit: 9, Near: &baltimore, Cursor: first.Next})
	if err != nil {
		t.Fatal(err)
	}
	if got := append(names(first), names(rest)...); !slices.Equal(got, []string{"Cleo", "Élan", "Ada", "Bo", "Dot"}) {
		t.Errorf("got %q", got)
	}
	f.head.Epoch = "another database"
	if _, err := filled(t, f).Cats(Query{Near: &baltimore, Cursor: first.Next}); catalog.KindOf(err) != catalog.Malformed {
		t.Errorf("got %v, want another database to refuse the cursor", err)
	}
}

func TestFollowOutlivesItsSource(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	go x.Follow(t.Context(), time.Millisecond, slog.New(slog.DiscardHandler))
	until := func(what string, is func(s State) bool) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Second); !is(x.State()); time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("waited in vain until %s: %+v", what, x.State())
			}
		}
	}
	f.mu.Lock()
	f.down = true
	f.mu.Unlock()
	until("it notices", func(s State) bool { return errors.Is(s.Err, errDown) && s.Ready })
	if page, err := x.Cats(Query{Limit: 9}); err != nil || len(page.Hits) != 5 {
		t.Errorf("meanwhile: got %d cats and %v, want it to answer from memory", len(page.Hits), err)
	}
	f.mu.Lock()
	f.down = false
	f.mu.Unlock()
	f.add(catalog.Cat{ShelterID: f.shelters[0].ID, Facts: catalog.Facts{Name: "New"}})
	until("it follows again", func(s State) bool { return s.Err == nil && s.Cats == 6 })
}

func TestAgeGroupsTurnWithTheDay(t *testing.T) {
	t.Parallel()

	f := smallTown()
	now := today
	o := testOptions()
	o.Now = func() time.Time { return now }
	x := New(f, o)
	if err := x.Fill(t.Context()); err != nil {
		t.Fatal(err)
	}
	adults := Query{Where: where(FieldAgeGroup, "adult"), Limit: 9}
	if page, _ := x.Cats(adults); len(page.Hits) != 0 {
		t.Fatalf("got %q, want no adults", names(page))
	}
	now = day(2027, 5, 21) // Ada is 36 months old
	catchUp(t, x)
	if page, _ := x.Cats(adults); !slices.Equal(names(page), []string{"Ada"}) {
		t.Errorf("got %q, want Ada grown up", names(page))
	}
}

// TestQuestionsWhileListingsChange is for the race detector.
func TestQuestionsWhileListingsChange(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	var readers sync.WaitGroup
	done := make(chan struct{})
	for range 2 {
		readers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				page, err := x.Cats(Query{Near: &rockville, Text: "ca", Limit: 3, Total: true, Facets: []Field{FieldTag, FieldBreed, FieldShelter}})
				if err != nil || len(page.Hits) == 0 {
					t.Errorf("got %d cats and %v", len(page.Hits), err)
					return
				}
				_, _ = x.Similar(catalog.Audience{}, 1, 5)
				_, _ = x.Shelters(ShelterQuery{Near: &rockville, Limit: 9})
				_, _, _, _ = x.Version(page.Hits[0].ID)
				_ = x.State()
			}
		})
	}
	for i := range 200 {
		f.add(catalog.Cat{ShelterID: f.shelters[i%3].ID, Facts: catalog.Facts{
			Name: "Cat", Description: strings.Repeat("cats ", i%9) + string(rune('a'+i%26)) + "x", Breed: vocab.Breed{Primary: "Breed " + string(rune('a'+i%26))},
			Traits: catalog.Traits{Tags: []string{string(rune('a' + i%26))}},
		}})
		f.change(1+i%5, func(c *catalog.Cat) { c.Description += " more" })
		if i%20 == 0 {
			f.changeShelter(1+i%3, func(s *catalog.Shelter) { s.Name += "!" })
		}
		catchUp(t, x)
	}
	close(done)
	readers.Wait()
	if s := x.State(); s.Cats != 205 {
		t.Errorf("got %d cats, want 205", s.Cats)
	}
}
