package changefeed

import (
	"context"
	"slices"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// searchDelta is the searches of one webhook that a cat came to match by a change,
// and those that it left.
type searchDelta struct{ matched, left []search.QueryRef }

// deltaCache remembers what lines of the log meant for the searches, so that it is
// found out once for all webhooks. It holds on to the latest.
type deltaCache struct {
	mu    sync.Mutex // held while something is found out
	known map[int64]entryDelta
	order []int64 // by when it was found out
	size  int
}

// entryDelta is what a line about a cat means for all searches.
type entryDelta struct {
	by          map[string]searchDelta // by webhook
	size        int
	before, now *catVersion // kept where a shelter withholds: then it depends on who reads
}

// sizeOfTurns bounds what is remembered: a line counts one, and each search that
// it turned another, at some 60 bytes.
const sizeOfTurns = 1 << 19

func newTurns() deltaCache { return deltaCache{known: map[int64]entryDelta{}} }

func (t *deltaCache) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known, t.order, t.size = map[int64]entryDelta{}, nil, 0
}

func (t *deltaCache) remember(seq int64, one entryDelta) {
	if _, known := t.known[seq]; known {
		return
	}
	t.known[seq], t.order = one, append(t.order, seq)
	for t.size += one.size; t.size > sizeOfTurns && len(t.order) > 1; t.order = t.order[1:] {
		t.size -= t.known[t.order[0]].size
		delete(t.known, t.order[0])
	}
}

// deltasFor is what lines mean for the searches of a webhook, by their numbers.
func (l *savedSearchMatcher) deltasFor(ctx context.Context, saved *search.Percolator, webhookID string, reader catalog.Audience, lines []catalog.Change) (map[int64]searchDelta, error) {
	l.turns.mu.Lock()
	defer l.turns.mu.Unlock()
	fresh, err := l.computeDeltas(ctx, saved, lines)
	if err != nil {
		return nil, err
	}
	out := map[int64]searchDelta{}
	for _, line := range lines {
		t, ok := fresh[line.Seq]
		if !ok {
			t, ok = l.turns.known[line.Seq]
		}
		if !ok {
			continue
		}
		by := t.by
		if t.before.withheld(reader) || t.now.withheld(reader) {
			by = turnedBy(saved, t.before.visibleTo(reader), t.now.visibleTo(reader)).by
		}
		if mine, ok := by[webhookID]; ok {
			out[line.Seq] = mine
		}
	}
	return out, nil
}

// computeDeltas finds out what those lines mean that are not known yet.
func (l *savedSearchMatcher) computeDeltas(ctx context.Context, saved *search.Percolator, lines []catalog.Change) (map[int64]entryDelta, error) {
	fresh := map[int64]entryDelta{}
	var ids []string
	for _, line := range lines {
		if _, known := l.turns.known[line.Seq]; !known && line.Resource == catalog.CatResource {
			ids = append(ids, line.ResourceID)
		}
	}
	if len(ids) == 0 {
		return fresh, nil
	}
	slices.Sort(ids)
	last := lines[len(lines)-1].Seq
	err := l.versions(ctx, slices.Compact(ids), lines, func(seq int64, before, now *catVersion) {
		if _, known := l.turns.known[seq]; !known && seq <= last {
			before.ready(l.subjects)
			now.ready(l.subjects)
			fresh[seq] = turnedBy(saved, before, now)
		}
	})
	for _, line := range lines {
		if one, ok := fresh[line.Seq]; ok {
			l.turns.remember(line.Seq, one)
		}
	}
	return fresh, err
}

// turnedBy holds a cat against all searches, before and after a change.
func turnedBy(saved *search.Percolator, before, now *catVersion) entryDelta {
	matched, left := saved.Diff(before.subject(), now.subject())
	t := entryDelta{by: map[string]searchDelta{}, size: 1 + len(matched) + len(left), before: nil, now: nil}
	for _, f := range matched {
		mine := t.by[f.Owner]
		mine.matched = append(mine.matched, f)
		t.by[f.Owner] = mine
	}
	for _, f := range left {
		mine := t.by[f.Owner]
		mine.left = append(mine.left, f)
		t.by[f.Owner] = mine
	}
	if before.hasRestrictions() || now.hasRestrictions() {
		t.before, t.now = before, now
	}
	return t
}
