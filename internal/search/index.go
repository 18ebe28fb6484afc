package search

import (
	"sync"
	"sync/atomic"
	"time"

	"trailcat/internal/catalog"
)

// Index answers questions for cats and shelters. It may be used from many
// goroutines.
type Index struct {
	source   Source
	options  Options
	workshop bufferPool

	mu    sync.RWMutex
	stock *indexData // nil until it is filled

	turn    chan struct{} // held by whoever fills or catches up
	begun   atomic.Int64  // how many times catching up began
	done    atomic.Int64  // the last time that ended well
	contact sourceStatus
	news    broadcaster // rings when more of the log was taken up
}

// sourceStatus is when and how following went last.
type sourceStatus struct {
	mu  sync.Mutex
	at  time.Time
	err error
}

// usualHistory is how many moves are remembered, about 15 MB.
const usualHistory = 1 << 18

// New is an index that knows nothing yet; Fill makes it ready.
func New(source Source, options Options) *Index {
	if options.History == 0 {
		options.History = usualHistory
	}
	return &Index{source: source, options: options, turn: make(chan struct{}, 1)}
}

// State is how an index is doing.
type State struct {
	Ready       bool                // it was filled
	Head        catalog.LogPosition // the end of the log as the index knows it
	Cats        int                 // listed
	Available   int                 // of those, the ones that can be adopted now
	Err         error               // why following failed last, nil when it did not
	LastContact time.Time           // when the source last answered
}

// State tells how the index is doing.
func (x *Index) State() State {
	var s State
	x.contact.mu.Lock()
	s.LastContact, s.Err = x.contact.at, x.contact.err
	x.contact.mu.Unlock()
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock != nil {
		s.Ready, s.Head, s.Cats, s.Available = true, x.stock.head, x.stock.live.n, x.stock.available().n
	}
	return s
}

// Version is what is known of a cat for ever, also after it was removed: its
// version, its number and whose it is.
func (x *Index) Version(id string) (version, number int64, shelterID string, ok bool) {
	key, ok := parseCatID(id)
	if !ok {
		return 0, 0, "", false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return 0, 0, "", false
	}
	st := x.stock
	slot, ok := st.slotOf(key)
	if !ok || st.versions[slot] == 0 { // a cat without a version is on its way in
		return 0, 0, "", false
	}
	return int64(st.versions[slot]), st.numbers[slot], st.shelters.all[st.shelterOf[slot]].ID, true
}

// IDOf is the id of the cat with a number, also after it was removed.
func (x *Index) IDOf(number int64) (id string, ok bool) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return "", false
	}
	slot, ok := x.stock.slotOfNumber(number)
	if !ok || x.stock.versions[slot] == 0 {
		return "", false
	}
	return x.stock.ids[slot].String(), true
}

// Removed says that a cat is known and no longer listed.
func (x *Index) Removed(id string) bool {
	key, ok := parseCatID(id)
	if !ok {
		return false
	}
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return false
	}
	slot, known := x.stock.slotOf(key)
	return known && x.stock.versions[slot] > 0 && !x.stock.live.has(slot)
}

func errNotFilled() error {
	return &catalog.Error{
		Kind: catalog.Unavailable, Code: "index_not_ready",
		Detail: "The listings are still being read. Try again in a few seconds.", Faults: nil,
	}
}
