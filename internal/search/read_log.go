package search

import (
	"context"
	"fmt"
	"slices"

	"trailcat/internal/catalog"
)

// applyLines applies some lines of the log, in as many batches as it takes.
func (x *Index) applyLines(ctx context.Context, st *indexData, lines []catalog.Change) error {
	for len(lines) > 0 {
		n, cats, shelterIDs := st.touched(lines)
		b := batch{seq: lines[n-1].Seq, again: len(shelterIDs) > 0}
		lines = lines[n:]
		if err := x.read(ctx, st, cats, shelterIDs, &b); err != nil {
			return err
		}
		x.apply(st, b)
		st.lexicon.sort(maxUnsorted)
	}
	return nil
}

// touched is how many of the lines make a batch, and what they touch. A change
// of a shelter touches all its cats, since their cards and places speak of it.
func (st *indexData) touched(lines []catalog.Change) (n int, cats, shelterIDs []string) {
	seen := map[string]bool{}
	for n < len(lines) {
		line := lines[n]
		var more []string
		switch line.Resource {
		case catalog.CatResource:
			more = []string{line.ResourceID}
		case catalog.ShelterResource:
			if number, ok := st.shelters.byID[line.ResourceID]; ok && !seen[line.ResourceID] {
				for _, slot := range st.shelters.all[number].cats {
					more = append(more, st.ids[slot].String())
				}
			}
		default: // nothing else is searched for
		}
		if n > 0 && len(cats)+len(more) > catsAtOnce {
			break
		}
		if line.Resource == catalog.ShelterResource && !seen[line.ResourceID] {
			seen[line.ResourceID] = true
			shelterIDs = append(shelterIDs, line.ResourceID)
		}
		for _, id := range more {
			if !seen[id] {
				seen[id] = true
				cats = append(cats, id)
			}
		}
		n++
	}
	return n, cats, shelterIDs
}

// read gets what a batch needs from the source and makes it ready.
func (x *Index) read(ctx context.Context, st *indexData, catIDs, shelterIDs []string, b *batch) error {
	var err error
	if len(shelterIDs) > 0 {
		if b.shelters, err = x.source.SheltersByID(ctx, shelterIDs); err != nil {
			return fmt.Errorf("read shelters: %w", err)
		}
	}
	for ids := range slices.Chunk(catIDs, catsAtOnce) {
		cats, err := x.source.CatsByID(ctx, ids)
		if err != nil {
			return fmt.Errorf("read cats: %w", err)
		}
		h := st.shelters.snapshot(cats)
		for _, s := range b.shelters {
			h.known[s.ID] = &s
		}
		if h, err = x.loadMissingShelters(ctx, cats, h); err != nil {
			return err
		}
		b.shelters = append(b.shelters, h.fresh...)
		entries, err := st.prepare(cats, h.of)
		if err != nil {
			return err
		}
		b.cats = append(b.cats, entries...)
	}
	return nil
}

// apply puts a batch into the stock step by step.
func (x *Index) apply(st *indexData, b batch) {
	locked := func(step func()) {
		x.mu.Lock()
		defer x.mu.Unlock()
		step()
	}
	var a batchApplier
	locked(func() { a = st.begin(b) })
	for from := 0; from < len(a.slots); from += wordsAtOnce {
		locked(func() { a.indexWords(from, min(from+wordsAtOnce, len(a.slots))) })
	}
	locked(a.commit)
	x.news.broadcast()
}
