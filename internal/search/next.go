package search

import (
	"iter"
	"slices"
)

// next goes through all slots that stand behind a key now, in order.
func (p *plan) next(after *key) iter.Seq[uint32] {
	switch p.order {
	case OrderDistance:
		return p.nearestFirst(after)
	case OrderRandom:
		return p.shuffled(after)
	case OrderOldest:
		return p.backward(after)
	case OrderNewest, OrderUpdated, OrderName:
		from := 0
		if after != nil {
			from = p.st.after(p.order, *after)
		}
		return slices.Values(p.st.orders[p.order].slots[from:])
	default:
		place, _ := activityOfOrder(p.order)
		return p.bySuitability(after, place)
	}
}

// backward goes through the newest from the other end.
func (p *plan) backward(after *key) iter.Seq[uint32] {
	slots := p.st.orders[OrderNewest].slots
	if after != nil {
		slots = slots[:p.st.before(OrderNewest, after.reversed())]
	}
	return func(yield func(uint32) bool) {
		for _, slot := range slices.Backward(slots) {
			if !yield(slot) {
				return
			}
		}
	}
}

func (p *plan) shuffled(after *key) iter.Seq[uint32] {
	return func(yield func(uint32) bool) {
		place := uint64(0)
		if after != nil {
			place = after.a + 1
		}
		for ; place <= p.random.mask(); place++ {
			if slot, ok := p.st.slotOfNumber(p.random.at(place)); ok && p.st.live.has(slot) && !yield(slot) {
				return
			}
		}
	}
}
