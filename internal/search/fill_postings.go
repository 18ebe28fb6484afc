package search

import (
	"slices"
	"sync"

	"github.com/RoaringBitmap/roaring/v2"
)

const (
	// workers is how many goroutines make postings.
	workers = 2
	// partitionSize is how many slots are sorted by stem at a time: what a container
	// of a roaring bitmap spans.
	partitionSize = 1 << 16
)

// postingsPartition is the slots of a stretch by stem: those of stem n end at ends[n].
type postingsPartition struct {
	ends  []uint32
	slots []uint32
}

// makePostings makes all postings from the texts. To sort stretch by stretch is
// several times faster than to add slot by slot, and leaves no slack.
func (st *indexData) makePostings() {
	st.stems = make([]postings, st.lexicon.stems.len())
	var stretches [workers]postingsPartition
	var work sync.WaitGroup
	for from := 0; from < st.slots(); from += workers * partitionSize {
		for w := range stretches {
			work.Go(func() { stretches[w].sort(st, from+w*partitionSize) })
		}
		work.Wait()
		for w := range workers {
			work.Go(func() {
				for _, s := range stretches {
					s.addTo(st.stems, w*len(st.stems)/workers, (w+1)*len(st.stems)/workers)
				}
			})
		}
		work.Wait()
	}
	for i := range st.stems {
		st.stems[i].trim()
	}
}

// sort takes the stretch that begins at a slot, by counting sort.
func (s *postingsPartition) sort(st *indexData, from int) {
	if s.ends == nil {
		s.ends = make([]uint32, len(st.stems))
	}
	clear(s.ends)
	to := min(from+partitionSize, st.slots())
	for slot := from; slot < to; slot++ {
		_, stems := textOf(st.textSlab.get(st.texts[slot]))
		for stem := range stemsIn(stems) {
			s.ends[stem]++
		}
	}
	total := uint32(0)
	for stem, n := range s.ends {
		s.ends[stem] = total
		total += n
	}
	s.slots = slices.Grow(s.slots[:0], int(total))[:total]
	for slot := from; slot < to; slot++ {
		_, stems := textOf(st.textSlab.get(st.texts[slot]))
		for stem := range stemsIn(stems) {
			s.slots[s.ends[stem]] = uint32(slot)
			s.ends[stem]++
		}
	}
}

// addTo adds to the postings of some stems.
func (s *postingsPartition) addTo(all []postings, from, to int) {
	at := uint32(0)
	if from > 0 {
		at = s.ends[from-1]
	}
	for stem := from; stem < to; stem++ {
		if end := s.ends[stem]; end > at {
			all[stem].addMany(s.slots[at:end])
			at = end
		}
	}
}

// addMany adds slots that come after all others.
func (p *postings) addMany(slots []uint32) {
	slots = slices.Compact(slots)
	switch {
	case p.many != nil:
		p.many.AddMany(slots)
	case len(p.few)+len(slots) <= denseThreshold:
		p.few = append(p.few, slots...)
	default:
		p.many = roaring.New()
		p.many.AddMany(p.few)
		p.many.AddMany(slots)
		p.few = nil
	}
}

// trim makes copies, which have no room to spare.
func (p *postings) trim() {
	if p.many != nil {
		p.many = p.many.Clone()
	} else {
		p.few = slices.Clone(p.few)
	}
}
