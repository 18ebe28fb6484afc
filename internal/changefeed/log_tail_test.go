package changefeed

import (
	"context"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// fakeLog is a log that may have gaps. It counts how often it is read.
type fakeLog struct {
	Log
	changes []catalog.Change
	setBack bool
	reads   int
}

// HeadSince returns the known position, or one in another log if the log was set back.
func (l *fakeLog) HeadSince(_ context.Context, known catalog.LogPosition, _ ...catalog.LogPosition) (catalog.LogPosition, error) {
	if l.setBack {
		known.Epoch = "another"
	}
	return known, nil
}

func (l *fakeLog) ChangesWithBefore(_ context.Context, after int64, limit int) ([]catalog.Change, error) {
	l.reads++
	first, _ := slices.BinarySearchFunc(l.changes, after+1, func(c catalog.Change, seq int64) int { return int(c.Seq - seq) })
	return slices.Clone(l.changes[first:min(first+limit, len(l.changes))]), nil
}

// A read from the oldest position in memory must not skip entries when the same read adds
// newer ones and removes the oldest.
func TestLogTail_SkipsNoEntries(t *testing.T) {
	t.Parallel()
	log := &fakeLog{changes: changesUpTo(tailSize)}
	head := int64(tailSize)
	tail := &logTail{Log: log, head: func() catalog.LogPosition { return catalog.LogPosition{Seq: head} }}
	if _, err := tail.ChangesWithBefore(t.Context(), 0, 100); err != nil {
		t.Fatal(err)
	}
	log.changes = changesUpTo(tailSize + 900)
	head += 500 // the index is behind the log
	got, err := tail.ChangesWithBefore(t.Context(), 500, 100)
	if err != nil || len(got) != 100 || got[0].Seq != 501 || got[99].Seq != 600 {
		t.Errorf("got %v, %v, want 501 to 600", seqs(got), err)
	}
}

// Entries in memory have no more of what was erased than those in the database.
func TestLogTail_ForgetsWhatWasErased(t *testing.T) {
	t.Parallel()
	log := &fakeLog{}
	for seq, id := range []string{"erased", "redacted", "kept"} {
		var before catalog.PreImage
		before.Cat.Name, before.Cat.FosterPostalCode = id, "20850"
		log.changes = append(log.changes, catalog.Change{Seq: int64(seq + 1), ResourceID: id, Before: &before})
	}
	head := int64(3)
	tail := &logTail{Log: log, head: func() catalog.LogPosition { return catalog.LogPosition{Seq: head} }}
	before, err := tail.ChangesWithBefore(t.Context(), 0, 100)
	if err != nil || before[1].Before.Cat.FosterPostalCode == "" {
		t.Fatalf("got %v, %v, want pre-images", before, err)
	}
	log.changes = append(log.changes, catalog.Change{Seq: 4, ResourceID: "erased", Op: catalog.OpErased}, catalog.Change{Seq: 5, ResourceID: "redacted", Op: catalog.OpRedacted})
	head = 5
	after, err := tail.ChangesWithBefore(t.Context(), 0, 100)
	if err != nil || len(after) != 5 {
		t.Fatalf("got %v, %v, want 5 entries", seqs(after), err)
	}
	if after[0].Before != nil || after[1].Before.Cat.Name == "" || after[1].Before.Cat.FosterPostalCode != "" || after[2].Before.Cat.FosterPostalCode == "" {
		t.Errorf("got pre-images %+v, %+v, %+v, want none, one without the foster home, and a whole one", after[0].Before, after[1].Before, after[2].Before)
	}
}

// A database that was restored from a backup has other entries at the same positions.
func TestLogTail_ForgetsEntriesOfARestoredDatabase(t *testing.T) {
	t.Parallel()
	log := &fakeLog{changes: changesUpTo(100)}
	head := catalog.LogPosition{Seq: 100}
	tail := &logTail{Log: log, head: func() catalog.LogPosition { return head }}
	if _, err := tail.ChangesWithBefore(t.Context(), 0, 200); err != nil {
		t.Fatal(err)
	}
	log.changes, head = changesUpTo(50), catalog.LogPosition{Seq: 50, Epoch: "another"}
	log.changes[49].ResourceID = "other"
	got, err := tail.ChangesWithBefore(t.Context(), 40, 200)
	if err != nil || len(got) != 10 || got[9].ResourceID != "other" {
		t.Errorf("got %v, %v, want 10 entries, the last about \"other\"", got, err)
	}
}

// While the index has not noticed that the log was set back, the tail does not return the
// new entries as if they followed the old ones.
func TestLogTail_FailsIfTheLogWasSetBack(t *testing.T) {
	t.Parallel()
	log := &fakeLog{changes: changesUpTo(100)}
	head := catalog.LogPosition{Seq: 40}
	tail := &logTail{Log: log, head: func() catalog.LogPosition { return head }}
	if _, err := tail.ChangesWithBefore(t.Context(), 0, 200); err != nil {
		t.Fatal(err)
	}
	log.setBack, head.Seq = true, 100
	if got, err := tail.ChangesWithBefore(t.Context(), 60, 200); catalog.KindOf(err) != catalog.Gone {
		t.Errorf("got %v, %v, want the error that the log was set back", seqs(got), err)
	}
}

func changesUpTo(last int64) (changes []catalog.Change) {
	for seq := range last {
		changes = append(changes, catalog.Change{Seq: seq + 1, ResourceID: "x"})
	}
	return changes
}

func seqs(changes []catalog.Change) (out []int64) {
	for _, change := range changes {
		out = append(out, change.Seq)
	}
	return out
}

// The tail returns what the log contains, at least up to the index. Fewer entries than
// the limit mean that the log has no more.
func TestLogTail_EqualsTheLog(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		log := &fakeLog{}
		var head int64
		tail := &logTail{Log: log, head: func() catalog.LogPosition { return catalog.LogPosition{Seq: head} }}
		seq := int64(0)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			gap := rapid.SampledFrom([]int64{1, 1, 3}).Draw(t, "gap")
			for range rapid.SampledFrom([]int{0, 1, 5, 900, 1000, 2500}).Draw(t, "written") {
				seq += gap
				log.changes = append(log.changes, catalog.Change{Seq: seq, ResourceID: "x"})
			}
			head = max(head, seq-int64(rapid.SampledFrom([]int{0, 1, 10, 900, 2500}).Draw(t, "index is behind by")))
			after := max(0, head-int64(rapid.SampledFrom([]int{0, 1, 50, 1999, 2000, 2001, 5000}).Draw(t, "after")))
			limit := rapid.SampledFrom([]int{1, 99, 1000}).Draw(t, "limit")
			got, err := tail.ChangesWithBefore(t.Context(), after, limit)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := (&fakeLog{changes: log.changes}).ChangesWithBefore(t.Context(), after, limit)
			for len(want) > len(got) && want[len(want)-1].Seq > head {
				want = want[:len(want)-1] // entries after the index may be missing
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("after %d, log up to %d, index at %d (-want +got):\n%s", after, seq, head, diff)
			}
		}
		before := log.reads
		for range 50 {
			if _, err := tail.ChangesWithBefore(t.Context(), head, 100); err != nil {
				t.Fatal(err)
			}
		}
		if n := log.reads - before; n > 3 { // one batch each
			t.Fatalf("got %d reads of the log for 50 calls at its end, want at most 3", n)
		}
	})
}
