package search

import (
	"iter"
	"math"

	"trailcat/internal/geo"
)

// placeDistance is a place and how far it is.
type placeDistance struct {
	rank, tie uint64
	number    uint32
}

func (a placeDistance) before(b placeDistance) bool {
	return a.rank < b.rank || a.rank == b.rank && a.tie < b.tie
}

// ringRadiiKm are the distances in kilometres within which places are looked for, one
// after the other: mostly the first ring has cats enough. The last has no end.
func ringRadiiKm() [3]float64 { return [3]float64{120, 1200, 0} }

// nearestFirst goes from place to place, the nearest first, and through the cats of
// each by number. Few places are wanted, so they are not sorted: a heap gives
// them up one by one.
func (p *plan) nearestFirst(after *key) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		inner := math.Inf(1)
		for _, km := range ringRadiiKm() {
			outer := math.Inf(-1)
			if km > 0 {
				outer = geo.DotFromKm(km)
			}
			if !p.scanRing(after, inner, max(outer, p.near.nearest), yield) || outer <= p.near.nearest {
				return
			}
			inner = outer
		}
	}
}

// scanRing goes through the cats of the places whose dot product is less than
// inner and not less than outer. It says whether to go on.
func (p *plan) scanRing(after *key, inner, outer float64, yield func(uint32) bool) bool {
	heap := p.ringHeap(after, inner, outer)
	for len(heap) > 0 {
		at := heap[0]
		last := len(heap) - 1
		heap[0] = heap[last]
		heap = heap[:last]
		siftDown(heap, 0)
		place := &p.st.places.all[at.number]
		slots := place.slots
		if after != nil && at.rank == after.a && at.tie == after.b {
			from, _ := place.find(after.n+1, p.st.numbers)
			slots = slots[from:]
		}
		for _, slot := range slots {
			if !yield(slot) {
				return false
			}
		}
	}
	return true
}

// ringHeap is a heap of the places of a ring that are not behind us.
func (p *plan) ringHeap(after *key, inner, outer float64) []placeDistance {
	heap := p.scratch.places[:0]
	from := placeDistance{}
	if after != nil {
		from = placeDistance{rank: after.a, tie: after.b}
	}
	for _, i := range p.st.places.latitudeBand(&p.near.from, outer) {
		dot := p.near.dot(&p.st.places.units[i])
		if dot >= inner || dot < outer {
			continue
		}
		at := &p.st.places.all[i]
		if one := (placeDistance{distanceKey(dot), at.tie, i}); len(at.slots) > 0 && !one.before(from) {
			heap = append(heap, one)
		}
	}
	p.scratch.places = heap
	for i := len(heap)/2 - 1; i >= 0; i-- {
		siftDown(heap, i)
	}
	return heap
}

// siftDown puts the place at i below those that are nearer.
func siftDown(heap []placeDistance, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child+1].before(heap[child]) {
			child++
		}
		if !heap[child].before(heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
