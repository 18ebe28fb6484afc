package search

import (
	"iter"
	"math"

	"trailcat/internal/geo"
)

// placeDistance is a place with its sort key by distance.
type placeDistance struct {
	distance, tieBreaker uint64
	place                uint32
}

func (a placeDistance) less(b placeDistance) bool {
	return a.distance < b.distance || a.distance == b.distance && a.tieBreaker < b.tieBreaker
}

// ringRadiiKm returns the outer radii in kilometres of the rings that are searched
// one after the other; usually the first has enough cats. 0 is unlimited.
func ringRadiiKm() [3]float64 { return [3]float64{120, 1200, 0} }

// nearestFirst iterates over the places, nearest first, and over the cats of each
// place by number. Few places are needed, so they are not sorted but taken from a
// heap one by one.
func (p *plan) nearestFirst(after *sortKey) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		inner := math.Inf(1)
		for _, km := range ringRadiiKm() {
			outer := math.Inf(-1)
			if km > 0 {
				outer = geo.DotFromKm(km)
			}
			if !p.scanRing(after, inner, max(outer, p.radius.minDot), yield) || outer <= p.radius.minDot {
				return
			}
			inner = outer
		}
	}
}

// scanRing yields the cats of the places whose dot product is less than inner and at
// least outer. It returns false if yield does.
func (p *plan) scanRing(after *sortKey, inner, outer float64, yield func(uint32) bool) bool {
	heap := p.ringHeap(after, inner, outer)
	for len(heap) > 0 {
		nearest := heap[0]
		last := len(heap) - 1
		heap[0] = heap[last]
		heap = heap[:last]
		siftDown(heap, 0)
		place := &p.data.places.all[nearest.place]
		slots := place.slots
		if after != nil && nearest.distance == after.a && nearest.tieBreaker == after.b {
			from, _ := place.find(after.n+1, p.data.numbers)
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

// ringHeap returns a heap of the places of a ring that are not before the key.
func (p *plan) ringHeap(after *sortKey, inner, outer float64) []placeDistance {
	heap := p.buffers.places[:0]
	first := placeDistance{}
	if after != nil {
		first = placeDistance{distance: after.a, tieBreaker: after.b}
	}
	for _, number := range p.data.places.latitudeBand(&p.radius.center, outer) {
		dot := p.radius.dot(&p.data.places.units[number])
		if dot >= inner || dot < outer {
			continue
		}
		place := &p.data.places.all[number]
		if d := (placeDistance{distanceKey(dot), place.tieBreaker, number}); len(place.slots) > 0 && !d.less(first) {
			heap = append(heap, d)
		}
	}
	p.buffers.places = heap
	for i := len(heap)/2 - 1; i >= 0; i-- {
		siftDown(heap, i)
	}
	return heap
}

// siftDown restores the heap below index i.
func siftDown(heap []placeDistance, i int) {
	for {
		child := 2*i + 1
		if child >= len(heap) {
			return
		}
		if child+1 < len(heap) && heap[child+1].less(heap[child]) {
			child++
		}
		if !heap[child].less(heap[i]) {
			return
		}
		heap[i], heap[child] = heap[child], heap[i]
		i = child
	}
}
