package search

import "sync"

// bufferPool lends sets and lists to work in, so that questions leave no garbage.
type bufferPool struct{ pool sync.Pool }

// queryBuffers is what one question works with.
type queryBuffers struct {
	sets   []*bitset
	taken  int
	places []placeDistance
	cards  []byte
}

func (w *bufferPool) borrow() *queryBuffers {
	if s, ok := w.pool.Get().(*queryBuffers); ok {
		return s
	}
	return &queryBuffers{}
}

func (w *bufferPool) put(s *queryBuffers) {
	s.taken, s.places = 0, s.places[:0]
	w.pool.Put(s)
}

// set is an empty set with room for all slots.
func (s *queryBuffers) set(blocks int) *bitset {
	if s.taken == len(s.sets) {
		s.sets = append(s.sets, &bitset{})
	}
	out := s.sets[s.taken]
	s.taken++
	out.clear()
	out.grow(blocks)
	return out
}
