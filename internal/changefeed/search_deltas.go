package changefeed

import (
	"context"
	"slices"
	"strings"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/search"
)

// searchDelta is the saved searches of one webhook that a cat matches since a change,
// and those that it no longer matches, each in order of ID.
type searchDelta struct{ matched, left []search.QueryRef }

// entryDelta is what a log entry about a cat means for all saved searches.
type entryDelta struct {
	byWebhook     map[string]searchDelta
	size          int
	before, after *catVersion // only if the cat is hidden from someone: then the delta depends on the audience
}

// deltaCache keeps the deltas of recent log entries, so that they are computed once for
// all webhooks.
type deltaCache struct {
	mu    sync.Mutex // held while deltas are computed
	bySeq map[int64]entryDelta
	order []int64 // log positions in order of computation
	size  int
}

// maxCachedDeltas bounds the cache: a log entry counts as one, and each search that it
// concerns as another, of about 60 bytes.
const maxCachedDeltas = 1 << 19

func newDeltaCache() deltaCache { return deltaCache{bySeq: map[int64]entryDelta{}} }

func (c *deltaCache) clear() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reset()
}

// reset is clear for a caller that holds mu.
func (c *deltaCache) reset() { c.bySeq, c.order, c.size = map[int64]entryDelta{}, nil, 0 }

// put adds a delta and removes the oldest while there are too many. The caller holds mu.
func (c *deltaCache) put(seq int64, delta entryDelta) {
	if _, ok := c.bySeq[seq]; ok {
		return
	}
	c.bySeq[seq], c.order = delta, append(c.order, seq)
	for c.size += delta.size; c.size > maxCachedDeltas && len(c.order) > 1; c.order = c.order[1:] {
		c.size -= c.bySeq[c.order[0]].size
		delete(c.bySeq, c.order[0])
	}
}

// deltasFor returns by log position what changes mean for the saved searches of a webhook.
func (s *savedSearches) deltasFor(ctx context.Context, percolator *search.Percolator, webhookID string, audience catalog.Audience, changes []catalog.Change) (map[int64]searchDelta, error) {
	s.deltas.mu.Lock()
	defer s.deltas.mu.Unlock()
	computed, err := s.computeDeltas(ctx, percolator, changes)
	if err != nil {
		return nil, err
	}
	out := map[int64]searchDelta{}
	for _, change := range changes {
		delta, ok := computed[change.Seq]
		if !ok {
			delta, ok = s.deltas.bySeq[change.Seq]
		}
		if !ok {
			continue
		}
		byWebhook := delta.byWebhook
		if delta.before.hiddenFrom(audience) || delta.after.hiddenFrom(audience) {
			byWebhook = newEntryDelta(percolator, delta.before.visibleTo(audience), delta.after.visibleTo(audience)).byWebhook
		}
		if own, ok := byWebhook[webhookID]; ok {
			out[change.Seq] = own
		}
	}
	return out, nil
}

// computeDeltas computes the deltas that are not cached, and caches them.
func (s *savedSearches) computeDeltas(ctx context.Context, percolator *search.Percolator, changes []catalog.Change) (map[int64]entryDelta, error) {
	computed := map[int64]entryDelta{}
	var ids []string
	isNew := func(change catalog.Change) bool {
		_, cached := s.deltas.bySeq[change.Seq]
		return !cached && change.Resource == catalog.CatResource
	}
	if slices.ContainsFunc(changes, func(change catalog.Change) bool { return change.Erases() && isNew(change) }) {
		s.deltas.reset() // earlier deltas may contain the cat
	}
	for _, change := range changes {
		if isNew(change) {
			ids = append(ids, change.ResourceID)
		}
	}
	if len(ids) == 0 {
		return computed, nil
	}
	slices.Sort(ids)
	last := changes[len(changes)-1].Seq
	err := s.catVersions(ctx, slices.Compact(ids), changes, func(seq int64, before, after *catVersion) {
		if _, cached := s.deltas.bySeq[seq]; !cached && seq <= last {
			before.buildDocument(s.documents)
			after.buildDocument(s.documents)
			computed[seq] = newEntryDelta(percolator, before, after)
		}
	})
	for _, change := range changes {
		if delta, ok := computed[change.Seq]; ok {
			s.deltas.put(change.Seq, delta)
		}
	}
	return computed, err
}

// newEntryDelta matches a cat with all saved searches before and after a change.
func newEntryDelta(percolator *search.Percolator, before, after *catVersion) entryDelta {
	matched, left := percolator.Diff(before.matchDocument(), after.matchDocument())
	for _, refs := range [][]search.QueryRef{matched, left} {
		slices.SortFunc(refs, func(a, b search.QueryRef) int { return strings.Compare(a.ID, b.ID) })
	}
	delta := entryDelta{byWebhook: map[string]searchDelta{}, size: 1 + len(matched) + len(left), before: nil, after: nil}
	for _, ref := range matched {
		own := delta.byWebhook[ref.Owner]
		own.matched = append(own.matched, ref)
		delta.byWebhook[ref.Owner] = own
	}
	for _, ref := range left {
		own := delta.byWebhook[ref.Owner]
		own.left = append(own.left, ref)
		delta.byWebhook[ref.Owner] = own
	}
	if before.hasRestrictions() || after.hasRestrictions() {
		delta.before, delta.after = before, after
	}
	return delta
}
