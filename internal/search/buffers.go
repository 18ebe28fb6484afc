package search

import (
	"sync"

	"trailcat/internal/search/bitset"
)

// bufferPool provides buffers for queries, so that they produce no garbage.
type bufferPool struct{ pool sync.Pool }

// queryBuffers are the buffers of one query. They are used from one goroutine.
type queryBuffers struct {
	sets   []*bitset.Set
	used   int // sets in use
	places []placeDistance
}

func (p *bufferPool) get() *queryBuffers {
	if b, ok := p.pool.Get().(*queryBuffers); ok {
		return b
	}
	return &queryBuffers{}
}

func (p *bufferPool) put(b *queryBuffers) {
	b.used, b.places = 0, b.places[:0]
	p.pool.Put(b)
}

// newSet returns an empty set with the given capacity.
func (b *queryBuffers) newSet(blocks int) *bitset.Set {
	if b.used == len(b.sets) {
		b.sets = append(b.sets, &bitset.Set{})
	}
	s := b.sets[b.used]
	b.used++
	s.Clear()
	s.Grow(blocks)
	return s
}
