package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// TestADailyTaskIsDoneOnce, however many nodes there are; one that failed is done again.
func TestADailyTaskIsDoneOnce(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, db *store.Store) {
		oops := errors.New("oops")
		if err := runIfDue(t.Context(), db, "task", "node", func(context.Context) error { return oops }); !errors.Is(err, oops) {
			t.Fatal(err)
		}
		var done atomic.Int64
		var nodes sync.WaitGroup
		for node := range 4 {
			nodes.Go(func() {
				for range 2 {
					if err := runIfDue(t.Context(), db, "task", fmt.Sprint("node ", node), func(context.Context) error { done.Add(1); return nil }); err != nil {
						t.Error(err)
					}
				}
			})
		}
		nodes.Wait()
		if got := done.Load(); got != 1 {
			t.Errorf("done %d times", got)
		}
	})
}
