package store_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
)

const maxWait = 500 * time.Millisecond

// isOverloaded reports whether err has the code overloaded.
func isOverloaded(err error) bool {
	e, ok := errors.AsType[*catalog.Error](err)
	return ok && e.Kind == catalog.Unavailable && e.Code == "overloaded"
}

func TestWriteQueue_OverloadWritesAsManyAsSaturation(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 6} {
		synctest.Test(t, func(t *testing.T) {
			const duration, load = 10 * time.Millisecond, 3 // times what the slots can do
			q := store.NewWriteQueue(slots, maxWait)
			var written, rejected int
			var longest time.Duration
			var mu sync.Mutex
			var writes sync.WaitGroup
			start := time.Now()
			for time.Since(start) < 10*time.Second {
				for range load * slots {
					writes.Go(func() {
						arrived := time.Now()
						release, err := q.Acquire(t.Context(), catalog.InteractiveWorkload)
						mu.Lock()
						longest = max(longest, time.Since(arrived))
						if err != nil {
							rejected++
							mu.Unlock()
							if !isOverloaded(err) {
								t.Errorf("got %v, want overloaded", err)
							}
							return
						}
						written++
						mu.Unlock()
						time.Sleep(duration) // the bubble's clock advances at once
						release()
					})
				}
				time.Sleep(duration)
			}
			writes.Wait()
			if possible := slots * 1000; written < possible {
				t.Errorf("%d slots: got %d writes in 10 s, want at least %d", slots, written, possible)
			}
			if longest > maxWait {
				t.Errorf("%d slots: a write waited for %v, want at most %v", slots, longest, maxWait)
			}
			if state := q.State(); state.Rejected != int64(rejected) || rejected == 0 || state.Running+state.Waiting > 0 {
				t.Errorf("%d slots: got the state %+v after %d rejected writes", slots, state, rejected)
			}
		})
	}
}

// TestWriteQueue_BatchesAndWritesShareTheTime runs endless batches beside more writes than
// there is time for.
func TestWriteQueue_BatchesAndWritesShareTheTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := store.NewWriteQueue(1, maxWait)
		busy := map[catalog.Workload]time.Duration{}
		ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
		defer stop()
		var all sync.WaitGroup
		run := func(w catalog.Workload, duration time.Duration) {
			release, err := q.Acquire(ctx, w)
			if err != nil {
				if w != catalog.InteractiveWorkload && ctx.Err() == nil {
					t.Errorf("a batch failed: %v", err)
				}
				time.Sleep(duration)
				return
			}
			time.Sleep(duration)
			busy[w] += duration
			release()
		}
		for range 3 {
			all.Go(func() {
				for ctx.Err() == nil {
					run(catalog.JobWorkload, 200*time.Millisecond)
				}
			})
		}
		for range 20 {
			all.Go(func() {
				for ctx.Err() == nil {
					run(catalog.InteractiveWorkload, 10*time.Millisecond)
				}
			})
		}
		all.Wait()
		for w, took := range busy {
			if took < 9*time.Second || took > 11*time.Second {
				t.Errorf("workload %d ran for %v of 20 s, want about a half", w, took)
			}
		}
		if len(busy) != 2 {
			t.Errorf("only %v ran", busy)
		}
	})
}

func TestWriteQueue_CallersThatGiveUpLeaveIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := store.NewWriteQueue(1, 0)
		release, err := q.Acquire(t.Context(), catalog.InteractiveWorkload)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go func() {
			if _, err := q.Acquire(ctx, catalog.BatchWorkload); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want canceled", err)
			}
		}()
		synctest.Wait()
		if got := q.State(); got.Running != 1 || got.Waiting != 1 {
			t.Errorf("got %+v, want one running and one waiting", got)
		}
		cancel()
		synctest.Wait()
		release()
		if got := q.State(); got != (catalog.WriteQueue{}) {
			t.Errorf("got %+v, want an empty queue and nothing rejected", got)
		}
	})
}
