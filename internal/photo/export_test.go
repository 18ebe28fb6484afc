package photo

import (
	"context"
	"sync"
)

// FetchDue fetches the sources that are due, as Run does, and returns when there are no more.
func (f *Fetcher) FetchDue(ctx context.Context) {
	for {
		sources := f.lease(ctx, cap(f.slots))
		if len(sources) == 0 {
			return
		}
		var running sync.WaitGroup
		for _, source := range sources {
			f.slots <- struct{}{}
			f.beginRequest(source.Host())
			running.Go(func() { f.fetch(ctx, source) })
		}
		running.Wait()
	}
}

// LimitProcess is limitProcess for tests.
var LimitProcess = limitProcess
