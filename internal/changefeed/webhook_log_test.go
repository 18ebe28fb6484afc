package changefeed

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"trailcat/internal/catalog"
)

// growing is a log that grows, has gaps, and counts how often it is read.
type growing struct {
	Log
	lines []catalog.Change
	reads int
}

func (g *growing) ChangesWithBefore(_ context.Context, after int64, limit int) ([]catalog.Change, error) {
	g.reads++
	var out []catalog.Change
	for _, line := range g.lines {
		if line.Seq > after && len(out) < limit {
			out = append(out, line)
		}
	}
	return out, nil
}

// Who is about as far behind as what is at hand goes back must lose nothing when
// more comes to hand as they read, and the oldest of it makes room.
func TestTheRecentLogSkipsNothing(t *testing.T) {
	t.Parallel()
	under := &growing{lines: linesUpTo(keptLines)}
	head := int64(keptLines)
	recent := &logTailCache{Log: under, head: func() catalog.LogPosition { return catalog.LogPosition{Seq: head} }}
	if _, err := recent.ChangesWithBefore(t.Context(), 0, 100); err != nil {
		t.Fatal(err)
	}
	under.lines = linesUpTo(keptLines + 900)
	head += 500 // the index is behind
	got, err := recent.ChangesWithBefore(t.Context(), 500, 100)
	if err != nil || len(got) != 100 || got[0].Seq != 501 || got[99].Seq != 600 {
		t.Errorf("it is told of %v %v, want what follows on 500", seqs(got), err)
	}
}

// A database that was set back has other lines under the same numbers.
func TestTheRecentLogForgetsWhatWasSetBack(t *testing.T) {
	t.Parallel()
	under := &growing{lines: linesUpTo(100)}
	head := catalog.LogPosition{Seq: 100}
	recent := &logTailCache{Log: under, head: func() catalog.LogPosition { return head }}
	if _, err := recent.ChangesWithBefore(t.Context(), 0, 200); err != nil {
		t.Fatal(err)
	}
	under.lines, head.Seq = linesUpTo(50), 50
	under.lines[49].ResourceID = "another"
	got, err := recent.ChangesWithBefore(t.Context(), 40, 200)
	if err != nil || len(got) != 10 || got[9].ResourceID != "another" {
		t.Errorf("%v %v", got, err)
	}
}

func linesUpTo(last int64) (lines []catalog.Change) {
	for seq := range last {
		lines = append(lines, catalog.Change{Seq: seq + 1, ResourceID: "x"})
	}
	return lines
}

func seqs(lines []catalog.Change) (numbers []int64) {
	for _, line := range lines {
		numbers = append(numbers, line.Seq)
	}
	return numbers
}

// What is at hand is what the log has, as far as the index goes at least; and
// whoever gets fewer lines than asked for has them all.
func TestTheRecentLogIsTheLog(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		under := &growing{}
		var head int64
		recent := &logTailCache{Log: under, head: func() catalog.LogPosition { return catalog.LogPosition{Seq: head} }}
		seq := int64(0)
		for range rapid.IntRange(1, 12).Draw(t, "steps") {
			gap := rapid.SampledFrom([]int64{1, 1, 3}).Draw(t, "gap")
			for range rapid.SampledFrom([]int{0, 1, 5, 900, 1000, 2500}).Draw(t, "written") {
				seq += gap
				under.lines = append(under.lines, catalog.Change{Seq: seq, ResourceID: "x"})
			}
			head = max(head, seq-int64(rapid.SampledFrom([]int{0, 1, 10, 900, 2500}).Draw(t, "index is behind by")))
			after := max(0, head-int64(rapid.SampledFrom([]int{0, 1, 50, 1999, 2000, 2001, 5000}).Draw(t, "after")))
			limit := rapid.SampledFrom([]int{1, 99, 1000}).Draw(t, "limit")
			got, err := recent.ChangesWithBefore(t.Context(), after, limit)
			if err != nil {
				t.Fatal(err)
			}
			want, _ := (&growing{lines: under.lines}).ChangesWithBefore(t.Context(), after, limit)
			for len(want) > len(got) && want[len(want)-1].Seq > head {
				want = want[:len(want)-1] // behind the index nobody looks yet
			}
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("after %d, of %d up to %d (-want +got):\n%s", after, seq, head, diff)
			}
		}
		before := under.reads
		for range 50 {
			if _, err := recent.ChangesWithBefore(t.Context(), head, 100); err != nil {
				t.Fatal(err)
			}
		}
		if again := under.reads - before; again > 3 { // in parts, if it is much
			t.Fatalf("fifty who stand at the end read the log %d times", again)
		}
	})
}
