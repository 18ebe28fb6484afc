package store_test

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
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

// Of several writes of a cat, the later ones wait for the next transaction. Writes to other
// shelters do not wait for them.
func TestWriteQueue_TransactionsHaveOneWriteOfACat(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := store.NewWriteQueue(2, maxWait)
		var all sync.WaitGroup
		var mu sync.Mutex
		var groups []string
		write := func(shelter, cat string) {
			all.Go(func() {
				cats, release, err := q.AcquireCat(t.Context(), catalog.CatKey{ShelterID: shelter, ExternalID: cat}, time.Now(), false)
				if err != nil {
					t.Error(err)
				}
				if len(cats) == 0 {
					return // another one performs it
				}
				time.Sleep(10 * time.Millisecond)
				var names []string
				for _, c := range cats {
					names = append(names, c.ShelterID+c.ExternalID)
				}
				mu.Lock()
				groups = append(groups, strings.Join(names, " "))
				mu.Unlock()
				release()
			})
			synctest.Wait()
		}
		for _, w := range []string{"A1", "A2", "A2", "B1", "A3", "A2", "B2"} {
			write(w[:1], w[1:])
		}
		all.Wait()
		if want := []string{"A1", "B1 B2 A2 A3", "A2", "A2"}; !slices.Equal(groups, want) {
			t.Errorf("got the transactions %q, want %q", groups, want)
		}
	})
}

// A write that was postponed waits no longer in all than others, and for its shelter only.
func TestWriteQueue_PostponedWrites(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := store.NewWriteQueue(2, maxWait)
		_, release, err := q.AcquireCat(t.Context(), catalog.CatKey{ShelterID: "A", ExternalID: "1"}, time.Now(), true)
		if err != nil {
			t.Fatal(err)
		}
		if cats, end, err := q.AcquireCat(t.Context(), catalog.CatKey{ShelterID: "B", ExternalID: "1"}, time.Now(), false); len(cats) != 1 || err != nil {
			t.Errorf("a write to another shelter: got %v, %v", cats, err)
		} else {
			end()
		}
		began := time.Now()
		_, _, err = q.AcquireCat(t.Context(), catalog.CatKey{ShelterID: "A", ExternalID: "2"}, began.Add(-maxWait/2), true)
		if waited := time.Since(began); !isOverloaded(err) || waited != maxWait/2 {
			t.Errorf("got %v after another %v, want overloaded after %v", err, waited, maxWait/2)
		}
		release()
		if got := q.State(); got.Running+got.Waiting > 0 || got.Rejected != 1 {
			t.Errorf("got %+v, want an empty queue and one rejected write", got)
		}
	})
}

// A shelter whose writes wait for a lock, or that are slow, does not make the server reject
// those to others, for which there are slots.
func TestWriteQueue_BlockedShelterDoesNotConcernOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := store.NewWriteQueue(6, maxWait)
		ctx, stop := context.WithCancel(t.Context())
		var all sync.WaitGroup
		_, release, err := q.AcquireCat(ctx, catalog.CatKey{ShelterID: "blocked", ExternalID: "1"}, time.Now(), false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 6 {
			all.Go(func() {
				for ctx.Err() == nil {
					if _, _, err := q.AcquireCat(ctx, catalog.CatKey{ShelterID: "blocked", ExternalID: strconv.Itoa(2 + i)}, time.Now(), false); err == nil || !isOverloaded(err) && ctx.Err() == nil {
						t.Errorf("a write to the blocked shelter: got %v, want overloaded", err)
					}
				}
			})
		}
		for i := range 100 {
			time.Sleep(100 * time.Millisecond)
			if cats, end, err := q.AcquireCat(ctx, catalog.CatKey{ShelterID: "other", ExternalID: strconv.Itoa(i)}, time.Now(), false); len(cats) != 1 || err != nil {
				t.Errorf("a write to another shelter: got %v, %v", cats, err)
			} else {
				time.Sleep(2 * time.Millisecond)
				end()
			}
		}
		stop()
		all.Wait()
		release()
	})
}

// How slow writes were during an outage does not count later.
func TestWriteQueue_SlowWritesAreForgotten(t *testing.T) {
	t.Parallel()
	for _, slots := range []int{1, 6} {
		synctest.Test(t, func(t *testing.T) {
			q := store.NewWriteQueue(slots, maxWait)
			var all sync.WaitGroup
			write := func(duration time.Duration) {
				all.Go(func() {
					if release, err := q.Acquire(t.Context(), catalog.InteractiveWorkload); err == nil {
						time.Sleep(duration)
						release()
					}
				})
			}
			for range 3 * slots {
				write(5 * time.Second)
			}
			all.Wait()
			before := q.State().Rejected
			time.Sleep(time.Hour)
			for range 30 {
				write(2 * time.Millisecond)
			}
			all.Wait()
			if got := q.State().Rejected - before; before == 0 || got > 0 {
				t.Errorf("%d slots: %d of 30 writes at the same time were rejected after %d slow ones, want none", slots, got, before)
			}
		})
	}
}

// The time in which nobody waits does not count as the duration of writes.
func TestWriteQueue_IdleTimeDoesNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		q := store.NewWriteQueue(1, maxWait)
		var all sync.WaitGroup
		write := func(w catalog.Workload, duration time.Duration) {
			all.Go(func() {
				release, err := q.Acquire(t.Context(), w)
				if err == nil {
					time.Sleep(duration)
					release()
				}
			})
			synctest.Wait()
		}
		write(catalog.InteractiveWorkload, time.Millisecond)
		write(catalog.BatchWorkload, time.Second)
		write(catalog.InteractiveWorkload, time.Millisecond) // gives up, because the batch comes first
		all.Wait()
		if got := q.State().Rejected; got != 1 {
			t.Fatalf("%d writes were rejected, want one", got)
		}
		time.Sleep(time.Hour)
		write(catalog.InteractiveWorkload, time.Millisecond)
		all.Wait()
		for range 10 {
			write(catalog.InteractiveWorkload, time.Millisecond)
		}
		all.Wait()
		if got := q.State().Rejected; got != 1 {
			t.Errorf("%d of 10 writes at the same time were rejected, want none", got-1)
		}
	})
}
