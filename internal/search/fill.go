package search

import (
	"bytes"
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"sync"

	"trailcat/internal/catalog"
	"trailcat/internal/search/analysis"
	"trailcat/internal/search/postings"
)

// Fill reads everything from the source and then replaces the data that queries
// are answered from. It may be called again at any time; scans in progress then
// have to start again.
func (x *Index) Fill(ctx context.Context) error {
	if err := x.acquireUpdate(ctx); err != nil {
		return err
	}
	defer x.releaseUpdate()
	err := x.recordResult(x.fill(ctx))
	if err == nil {
		x.refilling.Store(false)
	}
	return err
}

func (x *Index) fill(ctx context.Context) error {
	head, err := x.source.Head(ctx)
	if err != nil {
		return fmt.Errorf("read the head of the log: %w", err)
	}
	d := newIndexData(x.options, head)
	all, at, err := x.source.Shelters(ctx)
	if err != nil {
		return fmt.Errorf("read shelters: %w", err)
	}
	read := map[catalog.LogPosition]bool{at: true}
	if known := x.data; known != nil && known.head.Epoch == head.Epoch {
		read[known.rowsAt] = true // queries were answered with these rows
	}
	for _, s := range all {
		d.shelters.upsert(s)
	}
	groups := d.ageGroupsOn(d.today)
	var mu sync.Mutex
	err = x.source.ScanCats(ctx, func(cats []catalog.Cat, at catalog.LogPosition) error {
		mu.Lock()
		lookup := d.shelters.lookup(cats)
		mu.Unlock()
		lookup, err := loadMissingShelters(ctx, x.source, cats, lookup)
		if err != nil {
			return err
		}
		docs, err := d.prepare(cats, lookup.get)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		read[at], read[lookup.loadedAt] = true, true
		for _, s := range lookup.loaded {
			d.shelters.upsert(s)
		}
		d.fillDocuments(docs, groups)
		return nil
	})
	if err != nil {
		return fmt.Errorf("read cats: %w", err)
	}
	positions := slices.Collect(maps.Keys(read))
	if _, err := headSince(ctx, x.source, d, positions...); err != nil {
		return err
	}
	d.advanceRows(positions...)
	d.finish()
	x.recent.clear()
	x.locked(func() { x.data = d })
	x.applied.broadcast()
	return x.catchUp(ctx)
}

// shelterLookup has the shelters of a batch of cats.
type shelterLookup struct {
	byID     map[string]*catalog.Shelter
	loaded   []catalog.Shelter   // those that the index did not have
	loadedAt catalog.LogPosition // log position at which they were read
}

// get returns the shelter with an id, or a placeholder.
func (l shelterLookup) get(id string) *catalog.Shelter {
	if s, ok := l.byID[id]; ok {
		return s
	}
	return new(placeholderShelter(id))
}

// lookup returns the shelters of a batch of cats, as far as the index has them.
func (s *shelters) lookup(cats []catalog.Cat) shelterLookup {
	l := shelterLookup{byID: map[string]*catalog.Shelter{}}
	for i := range cats {
		id := cats[i].ShelterID
		if _, ok := l.byID[id]; ok {
			continue
		}
		if number, ok := s.byID[id]; ok {
			l.byID[id] = s.all[number].Shelter
		}
	}
	return l
}

// loadMissingShelters reads the shelters that the lookup does not have from the
// source.
func loadMissingShelters(ctx context.Context, rows rowSource, cats []catalog.Cat, l shelterLookup) (shelterLookup, error) {
	var missing []string
	for i := range cats {
		id := cats[i].ShelterID
		if _, ok := l.byID[id]; !ok && !slices.Contains(missing, id) {
			missing = append(missing, id)
		}
	}
	if len(missing) == 0 {
		return l, nil
	}
	loaded, at, err := rows.SheltersByID(ctx, missing)
	if err != nil {
		return l, fmt.Errorf("read shelters: %w", err)
	}
	for _, s := range loaded {
		l.byID[s.ID] = &s
	}
	l.loaded, l.loadedAt = loaded, at
	return l, nil
}

// finish builds what is built from all cats at once: postings and orders.
func (d *indexData) finish() {
	var work sync.WaitGroup
	d.buildPostings()
	var mu sync.Mutex
	for _, o := range storedOrders() {
		work.Go(func() {
			slots := d.sorted(o)
			mu.Lock()
			defer mu.Unlock()
			d.orders[o] = slots
		})
	}
	work.Go(func() { d.terms.Sort(0) })
	work.Wait()
}

// sorted returns all ranked slots in an order. It compares the start of the sort key
// and the number, which are side by side in memory; only names with the same start
// are looked up.
func (d *indexData) sorted(name Order) []uint32 {
	type keyStart struct {
		head uint64
		next uint64
		n    int64
		slot uint32
	}
	activity, bySuitability := activityOfOrder(name)
	var starts []keyStart
	if !bySuitability {
		starts = make([]keyStart, 0, d.live.Len())
	}
	for slot := range d.live.All() {
		if bySuitability && d.scores[slot].low[activity] == 0 {
			continue
		}
		k := d.sortKey(name, slot)
		if name == OrderName {
			var first [8]byte
			copy(first[:], k.name)
			k.a = binary.BigEndian.Uint64(first[:])
		}
		starts = append(starts, keyStart{k.a, k.b, k.n, slot})
	}
	slices.SortFunc(starts, func(a, b keyStart) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		if name == OrderName {
			if c := bytes.Compare(d.name(a.slot), d.name(b.slot)); c != 0 {
				return c
			}
		}
		return cmp.Or(cmp.Compare(a.next, b.next), cmp.Compare(a.n, b.n))
	})
	slots := make([]uint32, len(starts), len(starts)+len(starts)/32+64)
	for i, s := range starts {
		slots[i] = s.slot
	}
	return slots
}

const (
	// postingsWorkers is the number of goroutines that build postings.
	postingsWorkers = 2
	// partitionSize is the number of slots that are sorted by stem at a time: the span
	// of a container of a roaring bitmap.
	partitionSize = 1 << 16
)

// postingsPartition has the slots of a partition by stem: those of stem n end at
// ends[n].
type postingsPartition struct {
	ends  []uint32
	slots []uint32
}

// buildPostings builds all postings from the text records. To sort one partition
// after the other is several times as fast as to add slot by slot, and wastes no
// memory.
func (d *indexData) buildPostings() {
	lists := make([]postings.List, d.terms.NumStems())
	var partitions [postingsWorkers]postingsPartition
	var work sync.WaitGroup
	for from := 0; from < d.numSlots(); from += postingsWorkers * partitionSize {
		for w := range partitions {
			work.Go(func() { partitions[w].sort(d, from+w*partitionSize, len(lists)) })
		}
		work.Wait()
		for w := range postingsWorkers {
			work.Go(func() {
				for _, p := range partitions {
					p.appendTo(lists, w*len(lists)/postingsWorkers, (w+1)*len(lists)/postingsWorkers)
				}
			})
		}
		work.Wait()
	}
	d.stems = make([]postings.Adaptive, len(lists))
	for i := range lists {
		lists[i].Trim()
		d.stems[i] = postings.NewAdaptive(lists[i], d.blocks())
	}
}

// sort sorts the partition that starts at a slot by counting sort.
func (p *postingsPartition) sort(d *indexData, from, numStems int) {
	if p.ends == nil {
		p.ends = make([]uint32, numStems)
	}
	clear(p.ends)
	to := min(from+partitionSize, d.numSlots())
	for slot := from; slot < to; slot++ {
		_, stems := parseText(d.textArena.Get(d.textRefs[slot]))
		for stem := range analysis.Stems(stems) {
			p.ends[stem]++
		}
	}
	total := uint32(0)
	for stem, n := range p.ends {
		p.ends[stem] = total
		total += n
	}
	p.slots = slices.Grow(p.slots[:0], int(total))[:total]
	for slot := from; slot < to; slot++ {
		_, stems := parseText(d.textArena.Get(d.textRefs[slot]))
		for stem := range analysis.Stems(stems) {
			p.slots[p.ends[stem]] = uint32(slot)
			p.ends[stem]++
		}
	}
}

// appendTo appends the slots to the postings of the stems from from to to-1.
func (p *postingsPartition) appendTo(stems []postings.List, from, to int) {
	start := uint32(0)
	if from > 0 {
		start = p.ends[from-1]
	}
	for stem := from; stem < to; stem++ {
		if end := p.ends[stem]; end > start {
			stems[stem].AppendSorted(p.slots[start:end])
			start = end
		}
	}
}
