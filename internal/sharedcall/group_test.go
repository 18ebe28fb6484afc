package sharedcall_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"trailcat/internal/sharedcall"
)

func TestGroup_CallersShareTheNextCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var group sharedcall.Group[int64]
		var calls atomic.Int64
		var current atomic.Int64 // what a call reads
		read := func(hold <-chan struct{}) func(context.Context) (int64, error) {
			return func(context.Context) (int64, error) {
				calls.Add(1)
				value := current.Load()
				if hold != nil {
					<-hold
				}
				return value, nil
			}
		}
		var all sync.WaitGroup
		hold := make(chan struct{})
		all.Go(func() {
			if got, err := group.Do(t.Context(), "a", read(hold)); got != 0 || err != nil {
				t.Errorf("first: got %d, %v, want 0", got, err)
			}
		})
		synctest.Wait()
		current.Store(1)
		for range 100 {
			all.Go(func() {
				if got, err := group.Do(t.Context(), "a", read(nil)); got != 1 || err != nil {
					t.Errorf("got %d, %v, want what there was when it was called", got, err)
				}
			})
		}
		synctest.Wait()
		if got, err := group.Do(t.Context(), "b", read(nil)); got != 1 || err != nil {
			t.Errorf("another key: got %d, %v", got, err)
		}
		close(hold)
		all.Wait()
		if got := calls.Load(); got != 3 {
			t.Errorf("got %d calls, want 3: the first, one for all who waited, and that of another key", got)
		}
		if got, err := group.Do(t.Context(), "a", read(nil)); got != 1 || err != nil || calls.Load() != 4 {
			t.Errorf("later: got %d, %v after %d calls", got, err, calls.Load())
		}
	})
}

// occupy starts a call with the key "" and returns the function that ends it.
func occupy[T any](t *testing.T, group *sharedcall.Group[T], all *sync.WaitGroup) (release func()) {
	t.Helper()
	hold := make(chan struct{})
	all.Go(func() {
		_, _ = group.Do(t.Context(), "", func(context.Context) (value T, err error) { <-hold; return value, nil })
	})
	synctest.Wait()
	return func() { close(hold) }
}

func TestGroup_CallersThatGiveUpDoNotEndTheCall(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var group sharedcall.Group[string]
		var all sync.WaitGroup
		release := occupy(t, &group, &all)
		ctx, cancel := context.WithCancel(t.Context())
		all.Go(func() {
			_, err := group.Do(ctx, "", func(ctx context.Context) (string, error) { return "shared", ctx.Err() })
			if !errors.Is(err, context.Canceled) {
				t.Errorf("a caller that gave up got %v", err)
			}
		})
		synctest.Wait()
		all.Go(func() {
			if got, err := group.Do(t.Context(), "", nil); got != "shared" || err != nil {
				t.Errorf("got %q, %v, want the result of the shared call", got, err)
			}
		})
		synctest.Wait()
		cancel()
		synctest.Wait()
		release()
		all.Wait()
	})
}

func TestGroup_CallEndsWhenNobodyWaits(t *testing.T) {
	t.Parallel()
	for _, begun := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			var group sharedcall.Group[string]
			var all sync.WaitGroup
			release := occupy(t, &group, &all)
			ctx, cancel := context.WithCancel(t.Context())
			for range 2 {
				all.Go(func() {
					hang := func(ctx context.Context) (string, error) { <-ctx.Done(); return "", ctx.Err() }
					if _, err := group.Do(ctx, "", hang); !errors.Is(err, context.Canceled) {
						t.Errorf("begun %t: a caller that gave up got %v", begun, err)
					}
				})
			}
			synctest.Wait()
			if begun {
				release()
				synctest.Wait()
			}
			cancel()
			synctest.Wait()
			all.Go(func() {
				if got, err := group.Do(t.Context(), "", func(ctx context.Context) (string, error) { return "later", ctx.Err() }); got != "later" || err != nil {
					t.Errorf("begun %t: after all had left: got %q, %v, want a new call", begun, got, err)
				}
			})
			if !begun {
				synctest.Wait()
				release()
			}
			all.Wait()
		})
	}
}

func TestGroup_PanicOfASharedCallIsAnError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var group sharedcall.Group[int]
		var all sync.WaitGroup
		release := occupy(t, &group, &all)
		all.Go(func() {
			if _, err := group.Do(t.Context(), "", func(context.Context) (int, error) { panic("broken") }); err == nil {
				t.Error("got no error")
			}
		})
		synctest.Wait()
		release()
		all.Wait()
		if got, err := group.Do(t.Context(), "", func(context.Context) (int, error) { return 5, nil }); got != 5 || err != nil {
			t.Errorf("after the panic: got %d, %v, want 5", got, err)
		}
	})
}
