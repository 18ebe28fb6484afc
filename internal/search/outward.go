package search

import (
	"cmp"
	"iter"
)

// nearPlace is a place and how far it is.
type nearPlace struct {
	rank, tie uint64
	number    uint32
}

func (a nearPlace) compare(b nearPlace) int {
	return cmp.Or(cmp.Compare(a.rank, b.rank), cmp.Compare(a.tie, b.tie))
}

// outward goes from place to place, the nearest first, and through the cats of
// each by number. Few places are wanted, so they are not sorted: a heap gives
// them up one by one.
func (p *plan) outward(after *key) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		heap := p.reachable(after)
		for len(heap) > 0 {
			at := heap[0]
			last := len(heap) - 1
			heap[0] = heap[last]
			heap = heap[:last]
			sink(heap, 0)
			place := &p.st.places.all[at.number]
			slots := place.slots
			if after != nil && at.rank == after.a && at.tie == after.b {
				from, _ := place.find(after.n+1, p.st.numbers)
				slots = slots[from:]
			}
			for _, slot := range slots {
				if !yield(slot) {
					return
				}
			}
		}
	}
}

// reachable is a heap of the places within the radius that are not behind us.
func (p *plan) reachable(after *key) []nearPlace {
	heap := p.scratch.places[:0]
	from := nearPlace{}
	if after != nil {
		from = nearPlace{rank: after.a, tie: after.b}
	}
	for i := range p.st.places.all {
		at := &p.st.places.all[i]
		if len(at.slots) == 0 || !p.near.holds(at) {
			continue
		}
		if one := (nearPlace{p.near.rank(at), at.tie, uint32(i)}); one.compare(from) >= 0 {
			heap = append(heap, one)
		}
	}
	p.scratch.places = heap
	for i := len(heap)/2 - 1; i >= 0; i-- {
		sink(heap, i)
	}
	return heap
}

// sink puts the place at i below those that are nearer.
func sink(heap []nearPlace, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child+1].compare(heap[child]) < 0 {
			child++
		}
		if heap[i].compare(heap[child]) <= 0 {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
