package search

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/vocab"
)

func TestCatchUp_AppliesChanges(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	f.editCat(1, func(c *catalog.Cat) { c.Name, c.Description, c.Status = "Zoe", "A bold girl", catalog.Pending })
	f.editCat(2, func(c *catalog.Cat) { c.Status = catalog.Removed })
	fern := f.addCat(catalog.Cat{ShelterID: f.shelters[2].ID, Facts: catalog.Facts{Name: "Fern", ListedAt: today, Description: "brandnewword"}})
	f.editShelter(3, func(s *catalog.Shelter) { s.Name, s.Point, s.Address.Region = "Cats of Baltimore", baltimore, "MD" })
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
		"a renamed cat moves in the order by name":         {find(Query{Order: OrderName}), {"Cleo", "Dot", "Élan", "Fern", "Zoe"}},
		"old words are not found":                          {find(Query{Text: "shy "}), nil},
		"new words are found":                              {find(Query{Text: "bold brand"}), nil},
		"new words are found by their prefix":              {find(Query{Text: "brandn"}), {"Fern"}},
		"a removed cat is not listed":                      {find(Query{Where: where(FieldStatus, "removed")}), nil},
		"a shelter's new region applies to its cats":       {find(Query{Where: where(FieldRegion, "MD"), Order: OrderName}), {"Cleo", "Dot", "Élan", "Fern", "Zoe"}},
		"a shelter's new location applies to its cats":     {find(Query{Near: &baltimore, RadiusKm: 1}), {"Cleo", "Élan", "Fern"}},
		"a cat in a foster home keeps its foster location": {find(Query{Near: &rockville, RadiusKm: 1}), {"Zoe", "Dot"}},
	} {
		if !slices.Equal(got[0], got[1]) {
			t.Errorf("%s: got %q, want %q", rule, got[0], got[1])
		}
	}
	if s, ok := x.ShelterInfo(f.shelters[2].ID); !ok || s.Name != "Cats of Baltimore" {
		t.Errorf("got shelter %q, want its new name", s.Name)
	}
	if version, number, _, ok := x.Version(f.cats[1].ID); !ok || version != 2 || number != 2 || !x.IsRemoved(f.cats[1].ID) {
		t.Errorf("removed cat: got version %d, number %d, %t, want version 2, number 2, true", version, number, ok)
	}
	if id, ok := x.IDByNumber(fern.Number); !ok || id != fern.ID || x.IsRemoved(id) {
		t.Errorf("IDByNumber: got %q, want %q", id, fern.ID)
	}
	if s := x.State(); !s.Ready || s.Cats != 5 || s.Available != 3 || s.Head != f.head {
		t.Errorf("State: got %+v, want 5 cats, 3 available, head %+v", s, f.head)
	}
}

func TestCatchUp_FillsAgainFromAReplacedLog(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	restored := newFixture()
	restored.addCat(catalog.Cat{ShelterID: restored.shelters[0].ID, Facts: catalog.Facts{Name: "New"}})
	f.mu.Lock()
	f.head, f.cats, f.log = catalog.LogPosition{Seq: 1, Epoch: "restored", CommitID: restored.log[0].CommitID}, restored.cats, restored.log
	f.mu.Unlock()
	refill(t, x)
	if s := x.State(); s.Cats != 6 || s.Head.Epoch != "restored" {
		t.Errorf("got %+v, want the six cats of the restored log", s)
	}
}

// A log that was set back is noticed although it has grown past the index's position
// since.
func TestCatchUp_NoticesALogThatWasSetBack(t *testing.T) {
	t.Parallel()

	f := newFixture()
	before, log, cats := f.head, slices.Clone(f.log), slices.Clone(f.cats)
	f.editCat(1, func(c *catalog.Cat) { c.Name = "Lost" })
	x := filled(t, f)
	f.mu.Lock()
	f.head, f.log, f.cats = before, log, cats
	f.mu.Unlock()
	for range 3 {
		f.editCat(2, func(c *catalog.Cat) { c.Name += "!" })
	}
	if x.ApplyWritten(t.Context(), catalog.Written{Before: before, Head: f.head, Changes: f.log[len(log):]}) {
		t.Error("a write to the log that was set back is applied to the index of the lost one")
	}
	refill(t, x)
	if page, err := x.Cats(Query{Text: "Lost", Limit: 1}); err != nil || len(page.Hits) > 0 {
		t.Errorf("after a refill the lost name is still found: %+v, %v", page.Hits, err)
	}
}

// refill checks that the index notices that the log was replaced, and fills it again.
func refill(t *testing.T, x *Index) {
	t.Helper()
	if err := x.CatchUp(t.Context()); catalog.KindOf(err) != catalog.Unavailable || !x.State().Refilling {
		t.Fatalf("CatchUp: got %v, refilling %t, want unavailable and refilling", err, x.State().Refilling)
	}
	if err := x.Fill(t.Context()); err != nil || x.State().Refilling {
		t.Fatalf("Fill: got %v, refilling %t", err, x.State().Refilling)
	}
	catchUp(t, x)
}

func TestCatchUp_FillsAgainFromALogTruncatedPastTheIndex(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	f.editCat(1, func(c *catalog.Cat) { c.Status = catalog.Removed })
	f.editCat(2, func(c *catalog.Cat) { c.Name = "Zoe" })
	removal := len(f.log) - 2
	f.log[removal] = catalog.Change{Seq: f.log[removal].Seq} // as if the entry were truncated
	f.head.Floor = f.head.Seq - 1
	refill(t, x)
	if s := x.State(); s.Cats != len(f.cats)-1 || s.Head != f.head {
		t.Errorf("got %+v, want %d cats and head %+v", s, len(f.cats)-1, f.head)
	}
	f.head.Floor = f.head.Seq
	catchUp(t, x)
	if got := x.Head(); got != f.head {
		t.Errorf("Head: got %+v, want %+v", got, f.head)
	}
}

func TestCursor_IsValidOnOtherNodesOfTheSameLog(t *testing.T) {
	t.Parallel()

	f := newFixture()
	node1, node2 := filled(t, f), filled(t, f)
	first, err := node1.Cats(Query{Limit: 2, Near: &baltimore})
	if err != nil {
		t.Fatal(err)
	}
	rest, err := node2.Cats(Query{Limit: 9, Near: &baltimore, Cursor: first.Next})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := append(names(first), names(rest)...), []string{"Cleo", "Élan", "Ada", "Bo", "Dot"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	f.head.Epoch = "another database"
	if _, err := filled(t, f).Cats(Query{Near: &baltimore, Cursor: first.Next}); catalog.KindOf(err) != catalog.Malformed {
		t.Errorf("index of another log: got %v, want the cursor rejected", err)
	}
}

func TestFollow_RetriesWhileTheSourceIsUnavailable(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		f := newFixture()
		x := filled(t, f)
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go x.Follow(ctx, time.Millisecond, slog.New(slog.DiscardHandler))
		setDown := func(down bool) {
			f.mu.Lock()
			f.down = down
			f.mu.Unlock()
		}
		setDown(true)
		time.Sleep(2 * time.Millisecond) // in the time of the bubble
		synctest.Wait()
		if s := x.State(); !errors.Is(s.Err, errDown) || !s.Ready {
			t.Errorf("source down: got %+v, want it ready with the error of the source", s)
		}
		if page, err := x.Cats(Query{Limit: 9}); err != nil || len(page.Hits) != 5 {
			t.Errorf("source down: got %d cats and %v, want 5 from memory", len(page.Hits), err)
		}
		setDown(false)
		f.addCat(catalog.Cat{ShelterID: f.shelters[0].ID, Facts: catalog.Facts{Name: "New"}})
		time.Sleep(2 * time.Millisecond)
		synctest.Wait()
		if s := x.State(); s.Err != nil || s.Cats != 6 {
			t.Errorf("source up again: got %+v, want 6 cats and no error", s)
		}
	})
}

func TestAwait_ReturnsWhenALaterEntryIsApplied(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		f := newFixture()
		x := filled(t, f)
		head := x.Head()
		if head != f.head {
			t.Fatalf("Head: got %+v, want %+v", head, f.head)
		}
		if err := x.Await(t.Context(), head.Seq-1); err != nil {
			t.Errorf("an applied entry: got %v, want no error", err)
		}
		results := make(chan error, 4)
		for range 3 {
			go func() { results <- x.Await(t.Context(), head.Seq) }()
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		go func() { results <- x.Await(ctx, head.Seq+1) }()
		synctest.Wait()
		f.editCat(1, func(c *catalog.Cat) { c.Name = "Zoe" })
		catchUp(t, x)
		var errs []error
		for range 4 {
			if err := <-results; err != nil {
				errs = append(errs, err)
			}
		}
		if len(errs) != 1 || !errors.Is(errs[0], context.DeadlineExceeded) {
			t.Errorf("got %v, want one deadline exceeded, of the call that awaits another entry", errs)
		}
	})
}

func TestCatchUp_AgeGroupsFollowTheDay(t *testing.T) {
	t.Parallel()

	f := newFixture()
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
		t.Errorf("a year later: got %q, want Ada", names(page))
	}
}

// TestIndex_QueriesDuringChanges is for the race detector.
func TestIndex_QueriesDuringChanges(t *testing.T) {
	t.Parallel()

	f := newFixture()
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
					t.Errorf("got %d cats and %v, want some", len(page.Hits), err)
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
		letter := string(rune('a' + i%26))
		f.addCat(catalog.Cat{ShelterID: f.shelters[i%3].ID, Facts: catalog.Facts{
			Name: "Cat", Description: strings.Repeat("cats ", i%9) + letter + "x", Breed: vocab.Breed{Primary: "Breed " + letter},
			Traits: catalog.Traits{Tags: []string{letter}},
		}})
		f.editCat(1+i%5, func(c *catalog.Cat) { c.Description += " more" })
		if i%20 == 0 {
			f.editShelter(1+i%3, func(s *catalog.Shelter) { s.Name += "!" })
		}
		catchUp(t, x)
	}
	close(done)
	readers.Wait()
	if s := x.State(); s.Cats != 205 {
		t.Errorf("got %d cats, want 205", s.Cats)
	}
}
