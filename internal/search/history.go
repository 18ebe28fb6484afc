package search

import "sort"

// history remembers, for a while, what cats were sorted by before they changed,
// in the order of the log. It is a ring.
type history struct {
	most  int   // entries to keep
	reach int64 // all that happened after this number of the log is remembered
	ring  []sortKeyVersion
	first int
}

// sortKeyVersion is what a cat was sorted by before a change.
type sortKeyVersion struct {
	seq     int64 // of the change
	slot    uint32
	place   uint32
	listed  int64
	updated int64
	low     lowerBounds
	name    string // only if it was the name that changed
	moved   orderMask
}

// orderMask says in which orders a cat took another place.
type orderMask uint8

const (
	movedNewest orderMask = 1 << iota
	movedUpdated
	movedName
	movedPlace
	movedSuits
	newlyListed // the cat was not listed before
	movedAll    = movedNewest | movedUpdated | movedName | movedPlace | movedSuits
)

// movedIn are the movements that matter to an order.
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
		return movedSuits
	}
}

func (h *history) add(p sortKeyVersion) {
	if len(h.ring) < h.most {
		h.ring = append(h.ring, p)
		return
	}
	h.reach = max(h.reach, h.ring[h.first].seq)
	h.ring[h.first] = p
	h.first = (h.first + 1) % len(h.ring)
}

// since goes through what happened after a number of the log, the oldest first.
func (h *history) since(seq int64, each func(p *sortKeyVersion)) {
	at := func(i int) *sortKeyVersion { return &h.ring[(h.first+i)%len(h.ring)] }
	from := sort.Search(len(h.ring), func(i int) bool { return at(i).seq > seq })
	for i := from; i < len(h.ring); i++ {
		each(at(i))
	}
}
