package search

import (
	"context"
	"sync"

	"trailcat/internal/catalog"
)

// Head is the end of the log as the index knows it. It is zero until the index
// was filled.
func (x *Index) Head() catalog.LogPosition {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if x.stock == nil {
		return catalog.LogPosition{}
	}
	return x.stock.head
}

// Await waits until the index has taken up more of the log than up to seq. It
// costs nothing while it waits, and asks nothing of the source: following does.
func (x *Index) Await(ctx context.Context, seq int64) error {
	for {
		rings := x.news.next()
		if x.Head().Seq > seq {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-rings:
		}
	}
}

// broadcaster tells all who wait that something happened.
type broadcaster struct {
	mu    sync.Mutex
	rings chan struct{} // nil where nobody waits
}

// next is closed when the bell rings next.
func (b *broadcaster) next() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rings == nil {
		b.rings = make(chan struct{})
	}
	return b.rings
}

func (b *broadcaster) broadcast() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.rings != nil {
		close(b.rings)
		b.rings = nil
	}
}
