package search

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
)

// Order says in which order cats are listed. Cats that are equal in it follow by
// number.
type Order string

// The orders.
const (
	OrderDistance Order = "distance" // nearest first
	OrderFarthest Order = "farthest" // farthest first
	OrderNewest   Order = "newest"   // last listed first
	OrderOldest   Order = "oldest"   // first listed first
	OrderUpdated  Order = "updated"  // last changed first
	OrderName     Order = "name"     // from a to z
	OrderRandom   Order = "random"   // by the seed, the same for the same seed

	// OrderSuitability is by the lower end of the range in which the score probably
	// lies, the highest first, so that thin evidence does not win. Cats without a
	// score come last.
	OrderSuitability Order = "suitability"
)

// Orders lists every order.
func Orders() []Order {
	return []Order{OrderDistance, OrderFarthest, OrderNewest, OrderOldest, OrderUpdated, OrderName, OrderSuitability, OrderRandom}
}

// key is where a cat stands in an order. Keys compare part by part.
type key struct {
	a, b uint64
	name []byte
	n    int64
}

func (k key) compare(o key) int {
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

// newestKey is where a cat with a number stands that is listed since a moment.
func newestKey(listed, number int64) key { return key{a: lateFirst(listed), n: -number} }

// reversed is where a cat stands in the reverse of an order by numbers.
func (k key) reversed() key { return key{a: ^k.a, b: ^k.b, n: -k.n} }

// lateFirst turns a time into a number that is the smaller the later it is.
func lateFirst(micros int64) uint64 { return ^(uint64(micros) ^ 1<<63) }

// standing is where a slot stands in one of the orders that are kept.
func (st *indexData) standing(o Order, slot uint32) key {
	switch o {
	case OrderNewest:
		return newestKey(st.listed[slot], st.numbers[slot])
	case OrderOldest:
		return newestKey(st.listed[slot], st.numbers[slot]).reversed()
	case OrderUpdated:
		return key{a: lateFirst(st.updated[slot]), n: -st.numbers[slot]}
	case OrderName:
		return key{name: st.name(slot), n: st.numbers[slot]}
	default:
		place, _ := activityOfOrder(o)
		return suitKey(st.suits[slot].low[place], st.numbers[slot])
	}
}

// stands says that a listed slot stands in one of the orders that are kept.
func (st *indexData) stands(o Order, slot uint32) bool {
	place, ok := activityOfOrder(o)
	return !ok || st.suits[slot].low[place] > 0
}

func (st *indexData) compareBy(o Order) func(a, b uint32) int {
	return func(a, b uint32) int { return st.standing(o, a).compare(st.standing(o, b)) }
}

// order is all listed cats in an order; in one by suitability, those with a score.
type order struct {
	slots   []uint32
	compare func(a, b uint32) int
}

// find is where in the order a slot stands or would stand.
func (o *order) find(slot uint32) int {
	return sort.Search(len(o.slots), func(i int) bool { return o.compare(o.slots[i], slot) >= 0 })
}

// after is where in the order what follows a key begins.
func (st *indexData) after(o Order, k key) int {
	slots := st.orders[o].slots
	return sort.Search(len(slots), func(i int) bool { return st.standing(o, slots[i]).compare(k) > 0 })
}

// before is where in the order a key begins: what precedes it ends there.
func (st *indexData) before(o Order, k key) int {
	slots := st.orders[o].slots
	return sort.Search(len(slots), func(i int) bool { return st.standing(o, slots[i]).compare(k) >= 0 })
}

// take removes slots, which must still stand where they were put.
func (o *order) take(slots []uint32) {
	at := make([]int, 0, len(slots))
	for _, slot := range slots {
		if i := o.find(slot); i < len(o.slots) && o.slots[i] == slot {
			at = append(at, i)
		}
	}
	if len(at) == 0 {
		return
	}
	slices.Sort(at)
	to := at[0]
	for n, i := range at {
		next := len(o.slots)
		if n+1 < len(at) {
			next = at[n+1]
		}
		to += copy(o.slots[to:], o.slots[i+1:next])
	}
	o.slots = o.slots[:to]
}

// put inserts slots that are not there.
func (o *order) put(slots []uint32) {
	slots = slices.Clone(slots)
	slices.SortFunc(slots, o.compare)
	at := make([]int, len(slots))
	for n, slot := range slots {
		at[n] = o.find(slot)
	}
	end := len(o.slots)
	if need := end + len(slots); need > cap(o.slots) {
		o.slots = roomy(o.slots, need+need/32+64)
	}
	o.slots = o.slots[:end+len(slots)]
	for n, slot := range slices.Backward(slots) {
		copy(o.slots[at[n]+n+1:], o.slots[at[n]:end])
		o.slots[at[n]+n] = slot
		end = at[n]
	}
}
