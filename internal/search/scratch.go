package search

import "sync"

// workshop lends sets and lists to work in, so that questions leave no garbage.
type workshop struct{ pool sync.Pool }

// scratch is what one question works with.
type scratch struct {
	sets   []*set
	taken  int
	places []nearPlace
	cards  []byte
}

func (w *workshop) borrow() *scratch {
	if s, ok := w.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{}
}

func (w *workshop) giveBack(s *scratch) {
	s.taken, s.places = 0, s.places[:0]
	w.pool.Put(s)
}

// set is an empty set with room for all slots.
func (s *scratch) set(blocks int) *set {
	if s.taken == len(s.sets) {
		s.sets = append(s.sets, &set{})
	}
	out := s.sets[s.taken]
	s.taken++
	out.clear()
	out.grow(blocks)
	return out
}
