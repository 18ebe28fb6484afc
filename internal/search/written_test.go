package search

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"trailcat/internal/catalog"
)

// lastWrite returns the last entry of a source's log as a committed write of a cat.
func (f *fakeSource) lastWrite(cat catalog.Cat) catalog.Written {
	f.mu.Lock()
	defer f.mu.Unlock()
	before := f.head
	before.Seq, before.CommitID = f.head.Seq-1, f.log[len(f.log)-2].CommitID
	return catalog.Written{Before: before, Head: f.head, Changes: f.log[len(f.log)-1:], Cats: map[string]catalog.Cat{cat.ID: cat}, Shelters: map[string]catalog.Shelter{}}
}

func TestApplyWritten_AppliesTheNextWriteWithoutTheSource(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x, followed := filled(t, f), filled(t, f)
	fern := f.addCat(catalog.Cat{ShelterID: f.shelters[0].ID, Facts: catalog.Facts{Name: "Fern", ListedAt: today}})
	f.down = true
	first := f.lastWrite(fern)
	if !x.ApplyWritten(t.Context(), first) {
		t.Fatal("a new cat was not applied")
	}
	f.down = false
	f.editCat(1, func(c *catalog.Cat) { c.Name = "Zoe" })
	f.down = true
	if !x.ApplyWritten(t.Context(), f.lastWrite(f.cats[0])) {
		t.Fatal("a changed cat was not applied")
	}
	if at := x.Head(); !x.ApplyWritten(t.Context(), first) || x.Head() != at {
		t.Error("a write that another caller had applied was not recognized")
	}
	first.Head.CommitID++
	if x.ApplyWritten(t.Context(), first) {
		t.Error("a write of a log that was set back was taken for one that was applied")
	}
	f.down = false
	catchUp(t, followed)
	if got, want := x.Head(), followed.Head(); got != want {
		t.Errorf("got log position %+v, want %+v", got, want)
	}
	for _, order := range []Order{OrderName, OrderNewest} {
		query := Query{Order: order, Limit: 50}
		got, err := x.Cats(query)
		if err != nil {
			t.Fatal(err)
		}
		want, err := followed.Cats(query)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(names(got), names(want)) {
			t.Errorf("order %s: got %v, want %v", order, names(got), names(want))
		}
	}
}

func TestApplyWritten_LeavesOtherWritesToTheLog(t *testing.T) {
	t.Parallel()

	f := newFixture()
	x := filled(t, f)
	f.editCat(1, func(c *catalog.Cat) { c.Name = "Zoe" })
	first := f.lastWrite(f.cats[0])
	f.editCat(2, func(c *catalog.Cat) { c.Name = "Yan" })
	second := f.lastWrite(f.cats[1])
	otherLog, otherCommit, incomplete := first, first, first
	otherLog.Before.Epoch, otherCommit.Before.CommitID, incomplete.Cats = "other", 99, nil
	for name, w := range map[string]catalog.Written{"a later write": second, "another log": otherLog, "a log that was set back": otherCommit, "a write without its cat": incomplete} {
		before := x.Head()
		if x.ApplyWritten(t.Context(), w) || x.Head() != before {
			t.Errorf("%s was applied", name)
		}
	}
	x.data.rowsAt.Seq += 2
	if x.ApplyWritten(t.Context(), first) {
		t.Error("a write to a log that does not contain the latest row of the index was applied")
	}
	x.data.rowsAt.Seq -= 2
	catchUp(t, x)
	if at := x.Head(); !x.ApplyWritten(t.Context(), first) || x.Head() != at {
		t.Error("a write that the index has taken up from the log was not recognized")
	}
}

// Callers that wait at the same time get their writes applied in the order of the log, whoever
// came first.
func TestApplyWritten_WaitingCallersShareAnUpdate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		f := newFixture()
		x := filled(t, f)
		var writes []catalog.Written
		for i := range 8 {
			f.editCat(1+i%2, func(c *catalog.Cat) { c.Name = fmt.Sprint("Name ", i) })
			writes = append(writes, f.lastWrite(f.cats[i%2]))
		}
		f.down = true
		if err := x.acquireUpdate(t.Context()); err != nil {
			t.Fatal(err)
		}
		var callers sync.WaitGroup
		for _, i := range []int{5, 0, 7, 7, 3, 1, 6, 2, 4, 0} {
			callers.Go(func() {
				if !x.ApplyWritten(t.Context(), writes[i]) {
					t.Errorf("write %d was not applied", i)
				}
			})
			synctest.Wait()
		}
		x.releaseUpdate()
		callers.Wait()
		if got, want := x.Head(), writes[7].Head; got != want {
			t.Errorf("got log position %+v, want %+v", got, want)
		}
	})
}
