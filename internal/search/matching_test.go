package search

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
)

// TestMatchingIsWhatIsListed: of every cat it says whether some page has it.
func TestMatchingIsWhatIsListed(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	f.change(2, func(c *catalog.Cat) { c.Status = catalog.Removed })
	f.change(3, func(c *catalog.Cat) { c.Status = catalog.Pending })
	catchUp(t, x)
	ids := []string{"cat_00000000000000000000000000", "no id"}
	for _, c := range f.cats {
		ids = append(ids, c.ID)
	}
	for i, q := range []Query{
		{},
		{Text: "dogs"},
		{Text: "bengal"},
		{Near: &rockville, RadiusKm: 5},
		{Near: &rockville, RadiusKm: 5, Order: OrderName},
		{Near: &seattle},
		{Where: where(FieldStatus, "available", "pending")},
		{Where: where(FieldRegion, "MD"), AgeMonthsMin: new(12)},
		{Where: where(FieldBreed, "Lykoi")},
		{Where: where(FieldShelter, "MD1"), UpdatedSince: today.AddDate(0, 0, -2)},
		{Name: "o"},
		{Order: OrderRandom, Seed: 4, Cursor: "not looked at"},
	} {
		got, err := x.Matching(q, ids)
		if err != nil {
			t.Fatal(err)
		}
		q.Limit, q.Cursor = 20, ""
		page, err := x.Cats(q)
		if err != nil {
			t.Fatal(err)
		}
		want := make([]bool, len(ids))
		for _, hit := range page.Hits {
			want[slices.Index(ids, hit.ID)] = true
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("question %d (-listed +matching):\n%s", i, diff)
		}
	}
	if _, err := x.Matching(Query{RadiusKm: 5}, ids); catalog.KindOf(err) != catalog.Malformed {
		t.Errorf("a radius around nothing: %v", err)
	}
}

// TestAwaitEndsWithNews: all who wait are told, each for the number that they wait for.
func TestAwaitEndsWithNews(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	head := x.Head()
	if head != f.head {
		t.Fatalf("got head %+v, want %+v", head, f.head)
	}
	if err := x.Await(t.Context(), head.Seq-1); err != nil {
		t.Errorf("what is known already: %v", err)
	}
	told := make(chan error)
	for range 3 {
		go func() { told <- x.Await(t.Context(), head.Seq) }()
	}
	tooMuch, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	go func() { told <- x.Await(tooMuch, head.Seq+1) }()
	time.Sleep(10 * time.Millisecond)
	f.change(1, func(c *catalog.Cat) { c.Name = "Zoe" })
	catchUp(t, x)
	var late []error
	for range 4 {
		if err := <-told; err != nil {
			late = append(late, err)
		}
	}
	if len(late) != 1 || !errors.Is(late[0], context.DeadlineExceeded) {
		t.Errorf("got %v, want just the one who waited for more to be told nothing", late)
	}
}

// TestALogShortenedPastTheIndexIsReadAnew: what was removed meanwhile nobody tells.
func TestALogShortenedPastTheIndexIsReadAnew(t *testing.T) {
	t.Parallel()

	f := smallTown()
	x := filled(t, f)
	f.change(1, func(c *catalog.Cat) { c.Status = catalog.Removed })
	f.change(2, func(c *catalog.Cat) { c.Name = "Zoe" })
	removal := len(f.log) - 2
	f.log[removal] = catalog.Change{Seq: f.log[removal].Seq} // as if it were not there
	f.head.Floor = f.head.Seq - 1
	catchUp(t, x)
	if s := x.State(); s.Cats != len(f.cats)-1 || s.Head != f.head {
		t.Errorf("got %+v", s)
	}
	f.head.Floor = f.head.Seq
	catchUp(t, x)
	if got := x.Head(); got != f.head {
		t.Errorf("got %+v, want %+v", got, f.head)
	}
}
