package search

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"sync"

	"trailcat/internal/catalog"
)

// Fill reads everything from the source, beside what is being answered from, and
// then takes its place. It may be called again at any time; walks that are under
// way then have to start again.
func (x *Index) Fill(ctx context.Context) error {
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.endTurn()
	return x.recordResult(x.fill(ctx))
}

func (x *Index) fill(ctx context.Context) error {
	head, err := x.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the head of the log: %w", err)
	}
	st := newStock(x.options, head)
	all, err := x.source.Shelters(ctx)
	if err != nil {
		return fmt.Errorf("read shelters: %w", err)
	}
	for _, s := range all {
		st.shelters.put(s)
	}
	groups := st.ageGroupsOn(st.today)
	var mu sync.Mutex
	err = x.source.ScanCats(ctx, func(cats []catalog.Cat) error {
		mu.Lock()
		known := st.shelters.snapshot(cats)
		mu.Unlock()
		homes, err := x.loadMissingShelters(ctx, cats, known)
		if err != nil {
			return err
		}
		entries, err := st.prepare(cats, homes.of)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		for _, s := range homes.fresh {
			st.shelters.put(s)
		}
		st.fill(entries, groups)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read cats: %w", err)
	}
	st.finish()
	x.mu.Lock()
	x.stock = st
	x.mu.Unlock()
	x.news.broadcast()
	return x.catchUp(ctx)
}

// shelterLookup are the shelters of some cats.
type shelterLookup struct {
	known map[string]*catalog.Shelter
	fresh []catalog.Shelter // of those, the ones that the index did not know
}

func (h shelterLookup) of(id string) *catalog.Shelter {
	if s, ok := h.known[id]; ok {
		return s
	}
	return new(placeholderShelter(id))
}

// snapshot is the shelters of some cats, as far as they are known.
func (s *shelters) snapshot(cats []catalog.Cat) shelterLookup {
	h := shelterLookup{known: map[string]*catalog.Shelter{}}
	for i := range cats {
		id := cats[i].ShelterID
		if _, have := h.known[id]; have {
			continue
		}
		if number, ok := s.byID[id]; ok {
			h.known[id] = s.all[number].Shelter
		}
	}
	return h
}

// loadMissingShelters asks the source for shelters that are not known.
func (x *Index) loadMissingShelters(ctx context.Context, cats []catalog.Cat, h shelterLookup) (shelterLookup, error) {
	var missing []string
	for i := range cats {
		id := cats[i].ShelterID
		if _, have := h.known[id]; !have && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return h, nil
	}
	fresh, err := x.source.SheltersByID(ctx, missing)
	if err != nil {
		return h, fmt.Errorf("read shelters: %w", err)
	}
	for _, s := range fresh {
		h.known[s.ID] = &s
	}
	h.fresh = append(h.fresh, fresh...)
	return h, nil
}

// finish makes what is made at once from all cats: postings and orders.
func (st *indexData) finish() {
	var work sync.WaitGroup
	st.makePostings()
	for name, o := range st.orders {
		work.Go(func() { o.slots = st.sorted(name) })
	}
	work.Go(func() { st.lexicon.sort(0) })
	work.Wait()
}

// sorted is all listed slots in an order. They are compared by the beginning of
// their key and by their number, which lie side by side in memory; only names
// that begin alike are looked up.
func (st *indexData) sorted(name Order) []uint32 {
	type start struct {
		head uint64
		n    int64
		slot uint32
	}
	place, bySuit := activityOfOrder(name)
	var starts []start
	if !bySuit {
		starts = make([]start, 0, st.live.n)
	}
	for slot := range st.live.all() {
		if bySuit && st.suits[slot].low[place] == 0 {
			continue
		}
		k := st.standing(name, slot)
		if name == OrderName {
			var first [8]byte
			copy(first[:], k.name)
			k.a = binary.BigEndian.Uint64(first[:])
		}
		starts = append(starts, start{k.a, k.n, slot})
	}
	slices.SortFunc(starts, func(a, b start) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		if name == OrderName {
			if c := bytes.Compare(st.name(a.slot), st.name(b.slot)); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.n, b.n)
	})
	slots := make([]uint32, len(starts), len(starts)+len(starts)/32+64)
	for i, s := range starts {
		slots[i] = s.slot
	}
	return slots
}
