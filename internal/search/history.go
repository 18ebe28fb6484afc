package search

import "sort"

// history stores the sort keys that cats had before they changed, in log order, in a
// ring buffer.
type history struct {
	capacity      int
	completeAfter int64 // every change after this log position is in the history
	ring          []sortKeyVersion
	oldest        int // index in ring
}

// sortKeyVersion is what a cat was sorted by before a change. The name is empty unless it
// changed.
type sortKeyVersion struct {
	sortValues

	seq   int64 // of the change
	slot  uint32
	place uint32
	moved orderMask
}

// orderMask is the set of orders in which a cat moved.
type orderMask uint8

const (
	movedNewest orderMask = 1 << iota
	movedUpdated
	movedName
	movedPlace
	movedSuitability
	newlyListed // the cat was not listed before
	movedAll    = movedNewest | movedUpdated | movedName | movedPlace | movedSuitability
)

// movedIn returns the moves that affect an order.
func movedIn(o Order) orderMask {
	switch o {
	case OrderNewest, OrderOldest:
		return movedNewest
	case OrderUpdated:
		return movedUpdated
	case OrderName:
		return movedName
	case OrderDistance, OrderFarthest:
		return movedPlace
	case OrderRandom:
		return newlyListed
	default:
		return movedSuitability
	}
}

func (h *history) add(v sortKeyVersion) {
	if len(h.ring) < h.capacity {
		h.ring = append(h.ring, v)
		return
	}
	h.completeAfter = max(h.completeAfter, h.ring[h.oldest].seq)
	h.ring[h.oldest] = v
	h.oldest = (h.oldest + 1) % len(h.ring)
}

// since calls each for the changes after a log position, oldest first.
func (h *history) since(seq int64, each func(v *sortKeyVersion)) {
	at := func(i int) *sortKeyVersion { return &h.ring[(h.oldest+i)%len(h.ring)] }
	from := sort.Search(len(h.ring), func(i int) bool { return at(i).seq > seq })
	for i := from; i < len(h.ring); i++ {
		each(at(i))
	}
}
