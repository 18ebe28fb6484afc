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

// sortValues are what a cat is sorted by in the orders that do not depend on the query.
type sortValues struct {
	listedAt  int64
	updatedAt int64
	name      []byte // folded
	rank      suitabilityRank
}

// sortValues returns what a listed slot is sorted by. The name is valid until the arena
// changes.
func (d *indexData) sortValues(slot uint32) sortValues {
	return sortValues{d.listedAt[slot], d.updatedAt[slot], d.name(slot), d.scores[slot].suitabilityRank}
}

// sortValues returns what a listed cat is sorted by.
func (doc *document) sortValues() sortValues {
	v := sortValues{listedAt: doc.listedAt, updatedAt: doc.updatedAt, rank: doc.scores.suitabilityRank}
	if len(doc.text) > 0 {
		v.name, _ = cutField(doc.text)
	}
	return v
}

// changes returns the orders in which a cat moves whose values become others.
func (v *sortValues) changes(after sortValues) (moved orderMask) {
	if v.listedAt != after.listedAt {
		moved |= movedNewest
	}
	if v.updatedAt != after.updatedAt {
		moved |= movedUpdated
	}
	if !bytes.Equal(v.name, after.name) {
		moved |= movedName
	}
	if v.rank != after.rank {
		moved |= movedSuitability
	}
	return moved
}

// storedOrders returns the orders in which the index keeps lists of slots.
func storedOrders() []Order {
	orders := []Order{OrderNewest, OrderUpdated, OrderName}
	for i := range 1 + numActivities {
		orders = append(orders, suitabilityOrder(i))
	}
	return orders
}

// key returns the key of a cat with a number in an order that does not depend on the query.
func (v *sortValues) key(o Order, number int64) sortKey {
	switch o {
	case OrderNewest:
		return newestKey(v.listedAt, number)
	case OrderOldest:
		return newestKey(v.listedAt, number).reversed()
	case OrderUpdated:
		return sortKey{a: latestFirst(v.updatedAt), n: -number}
	case OrderName:
		return sortKey{name: v.name, n: number}
	default:
		activity, _ := activityOfOrder(o)
		return suitabilityKey(&v.rank, activity, number)
	}
}

// sortKey returns the key of a slot in an order that does not depend on the query. It reads
// only the columns that the order needs.
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

// isRanked reports whether a cat with a rank belongs in the stored list of an order: all do,
// but an order by suitability has only those with a score.
func isRanked(o Order, rank *suitabilityRank) bool {
	activity, ok := activityOfOrder(o)
	return !ok || rank.low[activity] > 0
}

// firstAfter returns the index of the first slot after a key in an order.
func (d *indexData) firstAfter(o Order, k sortKey) int {
	slots := d.orders[o]
	return sort.Search(len(slots), func(i int) bool { return d.sortKey(o, slots[i]).compare(k) > 0 })
}

// firstFrom returns the index of the first slot at or after a key in an order.
func (d *indexData) firstFrom(o Order, k sortKey) int {
	slots := d.orders[o]
	return sort.Search(len(slots), func(i int) bool { return d.sortKey(o, slots[i]).compare(k) >= 0 })
}

// reordering is a change of a sorted list of slots. All indexes are those before the change.
type reordering struct {
	slots    []uint32    // the list, with capacity for the change
	removed  []int       // ascending
	inserted []insertion // in their order
}

// insertion is a slot that is inserted before the one at an index.
type insertion struct {
	at   int
	slot uint32
	key  sortKey
}

// planReordering finds what a change moves in an order. It searches before the lock is
// taken, because most of the time goes into reading the keys of other slots.
func (d *indexData) planReordering(o Order, changes []slotChange) reordering {
	var r reordering
	for i := range changes {
		c := &changes[i]
		if c.moved&movedIn(o) == 0 {
			continue
		}
		if c.wasListed && isRanked(o, &d.scores[c.slot].suitabilityRank) {
			r.removed = append(r.removed, d.firstFrom(o, d.sortKey(o, c.slot)))
		}
		if after := c.document.sortValues(); c.document.listed && isRanked(o, &after.rank) {
			key := after.key(o, c.document.number)
			r.inserted = append(r.inserted, insertion{d.firstFrom(o, key), c.slot, key})
		}
	}
	slices.Sort(r.removed)
	slices.SortFunc(r.inserted, func(a, b insertion) int { return a.key.compare(b.key) })
	r.slots = d.orders[o]
	if size := r.size(); size > cap(r.slots) {
		r.slots = withCapacity(r.slots, size+size/32+64)
	}
	return r
}

// size returns the length of the list after the change.
func (r *reordering) size() int { return len(r.slots) + len(r.inserted) - len(r.removed) }

// apply returns the list after the change, in the same memory. A stretch between two places
// of the change moves by what is inserted minus what is removed before it. Those that move
// to the front come first, in order, and then the others from the end on, so that none is
// overwritten before it has moved.
func (r *reordering) apply() []uint32 {
	size := r.size()
	all := r.slots[:max(len(r.slots), size)]
	stretches := r.stretches()
	for _, s := range stretches {
		if s.shift < 0 {
			copy(all[s.from+s.shift:], all[s.from:s.to])
		}
	}
	for _, s := range slices.Backward(stretches) {
		if s.shift > 0 {
			copy(all[s.from+s.shift:], all[s.from:s.to])
		}
	}
	removed := 0
	for n, in := range r.inserted {
		for removed < len(r.removed) && r.removed[removed] < in.at {
			removed++
		}
		all[in.at+n-removed] = in.slot
	}
	return all[:size]
}

// stretch is a part of a list that stays together, and by how much it moves.
type stretch struct{ from, to, shift int }

// stretches divides the list at the places of the change.
func (r *reordering) stretches() []stretch {
	out := make([]stretch, 0, len(r.removed)+len(r.inserted)+1)
	removed, inserted := r.removed, r.inserted
	for from := 0; from < len(r.slots); {
		for len(inserted) > 0 && inserted[0].at <= from {
			inserted = inserted[1:]
		}
		if len(removed) > 0 && removed[0] == from {
			removed, from = removed[1:], from+1
			continue
		}
		to := len(r.slots)
		if len(removed) > 0 {
			to = removed[0]
		}
		if len(inserted) > 0 {
			to = min(to, inserted[0].at)
		}
		out = append(out, stretch{from, to, (len(r.inserted) - len(inserted)) - (len(r.removed) - len(removed))})
		from = to
	}
	return out
}
