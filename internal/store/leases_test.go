package store_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestTakeLease_OneHolderAtATime(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var wg sync.WaitGroup
		var holders atomic.Int32
		for _, node := range []string{"a", "b", "c", "d", "e"} {
			wg.Go(func() {
				_, ok, err := s.TakeLease(t.Context(), "rerate", node, moment(0), time.Minute)
				if err != nil {
					t.Error(err)
				}
				if ok {
					holders.Add(1)
				}
			})
		}
		wg.Wait()
		if n := holders.Load(); n != 1 {
			t.Errorf("%d nodes hold the lease, want 1", n)
		}
	})
}

func TestLease_ContinuesFromItsCheckpoint(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		take := func(node string, after time.Duration) (int64, bool) {
			t.Helper()
			lease, ok, err := s.TakeLease(ctx, "hook", node, moment(0).Add(after), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return lease.Checkpoint, ok
		}
		keep := func(node string, checkpoint int64, after time.Duration) bool {
			t.Helper()
			ok, err := s.KeepLease(ctx, "hook", node, checkpoint, moment(0).Add(after), time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if at, ok := take("a", 0); !ok || at != 0 {
			t.Fatalf("first holder: got checkpoint %d, %v", at, ok)
		}
		if !keep("a", 7, 30*time.Second) {
			t.Error("the holder cannot keep its lease")
		}
		if _, ok := take("b", 80*time.Second); ok {
			t.Error("another node takes a lease that is held until 90 s")
		}
		if at, ok := take("b", 90*time.Second); !ok || at != 7 {
			t.Errorf("taking an expired lease: got checkpoint %d, %v, want 7", at, ok)
		}
		if keep("a", 9, 91*time.Second) {
			t.Error("a node that lost the lease moved the checkpoint")
		}
		if err := s.DropLease(ctx, "hook", "b"); err != nil {
			t.Fatal(err)
		}
		if at, ok := take("c", 92*time.Second); !ok || at != 7 {
			t.Errorf("taking a dropped lease: got checkpoint %d, %v, want 7", at, ok)
		}
		if at, ok := take("c", 93*time.Second); !ok || at != 7 {
			t.Errorf("taking a lease again: got checkpoint %d, %v, want 7", at, ok)
		}
	})
}
