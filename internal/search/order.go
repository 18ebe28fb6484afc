package search

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// Order is a sort order of cats. Cats with equal keys are sorted by number.
type Order string

// The orders of cats.
const (
	OrderDistance Order = "distance" // nearest first
	OrderFarthest Order = "farthest" // farthest first
	OrderNewest   Order = "newest"   // last listed first
	OrderOldest   Order = "oldest"   // first listed first
	OrderUpdated  Order = "updated"  // last changed first
	OrderName     Order = "name"     // alphabetical
	OrderRandom   Order = "random"   // by the seed, the same for the same seed

	// OrderSuitability sorts by the lower bound of the probable range of the score,
	// highest first, so that a high score on thin evidence does not rank first. Cats
	// without a score are last. Equal cats are sorted by the impression of their listing.
	OrderSuitability Order = "suitability"
)

// Orders lists every order of cats.
func Orders() []Order {
	return []Order{OrderDistance, OrderFarthest, OrderNewest, OrderOldest, OrderUpdated, OrderName, OrderSuitability, OrderRandom}
}

// sortKey is the position of a cat in an order. Keys compare field by field.
type sortKey struct {
	a, b uint64
	name []byte
	n    int64
}

func (k sortKey) compare(o sortKey) int {
	if k.a != o.a {
		return cmp.Compare(k.a, o.a)
	}
	if k.b != o.b {
		return cmp.Compare(k.b, o.b)
	}
	if c := bytes.Compare(k.name, o.name); c != 0 {
		return c
	}
	return cmp.Compare(k.n, o.n)
}

// newestKey returns the key of a cat in OrderNewest.
func newestKey(listedAt, number int64) sortKey {
	return sortKey{a: latestFirst(listedAt), n: -number}
}

// reversed returns the key of the same cat in the reverse order. The key has no
// name.
func (k sortKey) reversed() sortKey { return sortKey{a: ^k.a, b: ^k.b, n: -k.n} }

// latestFirst maps a time to a number that is smaller for a later time.
func latestFirst(micros int64) uint64 { return ^(uint64(micros) ^ 1<<63) }

// sortKey returns the key of a slot in an order that does not depend on the query.
func (d *indexData) sortKey(o Order, slot uint32) sortKey {
	switch o {
	case OrderNewest:
		return newestKey(d.listedAt[slot], d.numbers[slot])
	case OrderOldest:
		return newestKey(d.listedAt[slot], d.numbers[slot]).reversed()
	case OrderUpdated:
		return sortKey{a: latestFirst(d.updatedAt[slot]), n: -d.numbers[slot]}
	case OrderName:
		return sortKey{name: d.name(slot), n: d.numbers[slot]}
	default:
		activity, _ := activityOfOrder(o)
		return suitabilityKey(&d.scores[slot].suitabilityRank, activity, d.numbers[slot])
	}
}

// isRanked reports whether a listed slot belongs in the sortedSlots of an order.
func (d *indexData) isRanked(o Order, slot uint32) bool {
	activity, ok := activityOfOrder(o)
	return !ok || d.scores[slot].low[activity] > 0
}

func (d *indexData) compareBy(o Order) func(a, b uint32) int {
	return func(a, b uint32) int { return d.sortKey(o, a).compare(d.sortKey(o, b)) }
}

// sortedSlots has all listed cats in an order; for an order by suitability, only
// those with a score.
type sortedSlots struct {
	slots   []uint32
	compare func(a, b uint32) int
}

// find returns the index of a slot, or the index at which to insert it.
func (s *sortedSlots) find(slot uint32) int {
	return sort.Search(len(s.slots), func(i int) bool { return s.compare(s.slots[i], slot) >= 0 })
}

// firstAfter returns the index of the first slot after a key in an order.
func (d *indexData) firstAfter(o Order, k sortKey) int {
	slots := d.orders[o].slots
	return sort.Search(len(slots), func(i int) bool { return d.sortKey(o, slots[i]).compare(k) > 0 })
}

// firstFrom returns the index of the first slot at or after a key in an order.
func (d *indexData) firstFrom(o Order, k sortKey) int {
	slots := d.orders[o].slots
	return sort.Search(len(slots), func(i int) bool { return d.sortKey(o, slots[i]).compare(k) >= 0 })
}

// remove removes slots, whose keys must still be those with which they were inserted.
func (s *sortedSlots) remove(slots []uint32) {
	at := make([]int, 0, len(slots))
	for _, slot := range slots {
		if i := s.find(slot); i < len(s.slots) && s.slots[i] == slot {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	slices.Sort(at)
	to := at[0]
	for n, i := range at {
		next := len(s.slots)
		if n+1 < len(at) {
			next = at[n+1]
		}
		to += copy(s.slots[to:], s.slots[i+1:next])
	}
	s.slots = s.slots[:to]
}

// insert inserts slots that are not present.
func (s *sortedSlots) insert(slots []uint32) {
	slots = slices.Clone(slots)
	slices.SortFunc(slots, s.compare)
	at := make([]int, len(slots))
	for n, slot := range slots {
		at[n] = s.find(slot)
	}
	end := len(s.slots)
	if need := end + len(slots); need > cap(s.slots) {
		s.slots = withCapacity(s.slots, need+need/32+64)
	}
	s.slots = s.slots[:end+len(slots)]
	for n, slot := range slices.Backward(slots) {
		copy(s.slots[at[n]+n+1:], s.slots[at[n]:end])
		s.slots[at[n]+n] = slot
		end = at[n]
	}
}
