package webhook

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// crashedStore fails all writes from when crashed is done: to other nodes it looks
// as if the node had been killed.
type crashedStore struct {
	*store.Store
	crashed context.Context
}

func (s crashedStore) err() error { return s.crashed.Err() }

func (s crashedStore) KeepLeases(ctx context.Context, prefix, holder string, now time.Time, ttl time.Duration) ([]catalog.Lease, error) {
	if err := s.err(); err != nil {
		return nil, err
	}
	return s.Store.KeepLeases(ctx, prefix, holder, now, ttl)
}

func (s crashedStore) DropLeases(ctx context.Context, prefix, holder string) error {
	if err := s.err(); err != nil {
		return err
	}
	return s.Store.DropLeases(ctx, prefix, holder)
}

func (s crashedStore) AdvanceCheckpoint(ctx context.Context, id string, version int64, holder string, from, to catalog.LogPosition) (bool, error) {
	if err := s.err(); err != nil {
		return false, err
	}
	return s.Store.AdvanceCheckpoint(ctx, id, version, holder, from, to)
}

func (s crashedStore) RecordDelivery(ctx context.Context, attempt catalog.Delivery, version int64, holder string, from, to catalog.LogPosition) (bool, error) {
	if err := s.err(); err != nil {
		return false, err
	}
	return s.Store.RecordDelivery(ctx, attempt, version, holder, from, to)
}

// TestLeases_NoEventIsLostWhenNodesAreKilled runs several nodes for the same
// endpoints and kills one after the other. Receivers report concurrent calls; no
// event may be missing or out of order.
func TestLeases_NoEventIsLostWhenNodesAreKilled(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFixture(t, s)
		slow := func(int) (int, time.Duration) { return 204, 20 * time.Millisecond }
		receivers := []*receiver{{answer: slow}, {answer: slow}, {filters: "3"}, {answer: slow}}
		var webhooks []catalog.Webhook
		for i, r := range receivers {
			webhooks = append(webhooks, f.addWebhook(string(rune('a'+i)), r))
		}
		const lease = time.Second
		node := func(name string) (kill func()) {
			crashed, crash := context.WithCancel(t.Context())
			stop := f.startNode(name, func(c *Config) {
				c.Store, c.LeaseDuration, c.PollInterval = crashedStore{s, crashed}, lease, 10*time.Millisecond
				c.Sender.client.Timeout = 300 * time.Millisecond
			})
			return func() {
				crash()
				stop()
			}
		}
		kill := node("one")
		var killed atomic.Bool
		var writing sync.WaitGroup
		writing.Go(func() {
			for tick := time.Tick(25 * time.Millisecond); !killed.Load(); <-tick {
				f.writeChanges(2)
			}
		})
		const limit = 2*lease + 500*time.Millisecond // for a node to take over
		for _, name := range []string{"two", "three"} {
			before := len(receivers[0].accepted())
			within(limit, func() bool { return len(receivers[0].accepted()) >= before+10 })
			next := node(name)
			kill()
			kill = next
		}
		killed.Store(true)
		writing.Wait()
		defer kill()
		for i, r := range receivers {
			missing := f.changesAfter(2*int64(i+1), r.filters)
			within(limit, func() bool {
				got := r.accepted()
				missing = slices.DeleteFunc(missing, func(n int64) bool { return slices.Contains(got, n) })
				return len(missing) == 0
			})
			if len(missing) > 0 {
				t.Errorf("webhook %s: events %v are missing", webhooks[i].ID, missing)
			}
			firstSeq := map[string]int64{}
			for _, c := range r.all() {
				if !slices.IsSorted(c.seqs) {
					t.Errorf("webhook %s: got events %v, want ascending order", webhooks[i].ID, c.seqs)
				}
				if first, seen := firstSeq[c.id]; seen && first != c.seqs[0] {
					t.Errorf("webhook %s: two messages have the ID %s", webhooks[i].ID, c.id)
				}
				firstSeq[c.id] = c.seqs[0]
			}
		}
	})
}

// within waits until condition returns true, at most for the limit.
func within(limit time.Duration, condition func() bool) {
	tick, end := time.NewTicker(10*time.Millisecond), time.After(limit)
	defer tick.Stop()
	for !condition() {
		select {
		case <-tick.C:
		case <-end:
			return
		}
	}
}

// TestLeases_StoppingNodeFinishesItsCallAndReleasesLeases also checks that the next
// node continues at once.
func TestLeases_StoppingNodeFinishesItsCallAndReleasesLeases(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(int) (int, time.Duration) { return 204, 5 * time.Second }}
		webhook := f.addWebhook("a", in)
		stop := f.startNode("one")
		f.writeChanges(1)
		time.Sleep(time.Second) // the call is in progress
		started := time.Now()
		stop()
		if d := time.Since(started); d < 3*time.Second || d > 6*time.Second {
			t.Errorf("got a stop after %s, want it at the end of the call, after about 4s", d)
		}
		if got, want := in.accepted(), f.changesAfter(2, ""); !slices.Equal(got, want) {
			t.Errorf("got events %v, want %v", got, want)
		}
		held, err := f.store.LeasesHeld(t.Context(), catalog.WebhookLeases, time.Now(), time.Minute)
		if err != nil || len(held) != 0 {
			t.Errorf("webhook %s: got leases %v (%v), want none", webhook.ID, held, err)
		}
		f.writeChanges(1)
		stop = f.startNode("two")
		time.Sleep(10 * time.Second)
		stop()
		if got, want := in.accepted(), f.changesAfter(2, ""); !slices.Equal(got, want) {
			t.Errorf("got events %v, want %v", got, want)
		}
		if _, known, err := f.store.Checkpoint(t.Context(), catalog.WebhookLease(webhook.ID)); !known || err != nil {
			t.Errorf("got checkpoint known %v (%v), want true", known, err)
		}
	})
}

func TestLeases_OtherNodeTakesOverWithinAMinuteOfACrash(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{}
		f.addWebhook("a", in)
		crashed, kill := context.WithCancel(t.Context())
		one := f.startNode("one", func(c *Config) { c.Store = crashedStore{f.store, crashed} })
		two := f.startNode("two")
		defer two()
		time.Sleep(time.Second)
		kill()
		one()
		f.writeChanges(1)
		time.Sleep(time.Minute)
		if got := in.accepted(); !slices.Contains(got, f.changesAfter(2, "")[0]) {
			t.Errorf("got events %v after a minute, want the one written after the crash", got)
		}
	})
}

// TestLeases_RetryDelayContinuesOnTheNextNode checks that a takeover neither
// shortens nor restarts the retry delay.
func TestLeases_RetryDelayContinuesOnTheNextNode(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(int) (int, time.Duration) { return 500, 0 }}
		f.addWebhook("a", in)
		f.writeChanges(1)
		stop := f.startNode("one")
		time.Sleep(4 * time.Second)
		stop()
		defer f.startNode("two")()
		time.Sleep(2 * time.Second)
		calls := in.all()
		if len(calls) != 2 || calls[0].id != calls[1].id || calls[1].at.Sub(calls[0].at) != 5*time.Second {
			t.Errorf("got calls %+v, want two attempts of one message 5s apart", calls)
		}
	})
}

// The same is true of log.reset, of which the checkpoint is still in the old log.
func TestLeases_RetryDelayOfLogResetContinuesOnTheNextNode(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(int) (int, time.Duration) { return 500, 0 }}
		f.addWebhook("a", in)
		stop := f.startNode("one")
		time.Sleep(time.Second)
		storetest.SetBack(t, f.url, 1)
		time.Sleep(4 * time.Second)
		stop()
		defer f.startNode("two")()
		time.Sleep(2 * time.Second)
		calls := in.all()
		if len(calls) != 2 || calls[0].kind != "log.reset" || calls[0].id != calls[1].id || calls[1].at.Sub(calls[0].at) != 5*time.Second {
			t.Errorf("got calls %+v, want two attempts of log.reset 5s apart", calls)
		}
	})
}

// The next node begins an entry again that was sent in part, with the delay of the part
// that was not accepted.
func TestLeases_RetryDelayOfAPartContinuesOnTheNextNode(t *testing.T) {
	t.Parallel()
	for name, accepted := range map[string]int{"first part": 0, "second part": 1} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			withFixture(t, func(t *testing.T, f *fixture) {
				in := &receiver{filters: "parts", answer: func(n int) (int, time.Duration) {
					if n <= accepted {
						return 204, 0
					}
					return 500, 0
				}}
				f.addWebhook("a", in)
				f.writeChanges(1)
				stop := f.startNode("one")
				time.Sleep(4 * time.Second)
				stop()
				defer f.startNode("two")()
				time.Sleep(2 * time.Second)
				calls := in.all()
				if len(calls) != accepted+2 || calls[0].id != calls[accepted+1].id || calls[accepted+1].at.Sub(calls[accepted].at) != 5*time.Second {
					t.Errorf("got calls %+v, want the first part again 5s after the failure", calls)
				}
			})
		})
	}
}

// TestDeliverer_ReportsATruncatedLogFirst covers an endpoint whose checkpoint is
// older than the log.
func TestDeliverer_ReportsATruncatedLogFirst(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{}
		f.addWebhook("a", in)
		f.writeChanges(10)
		stop := f.startNode("one", func(c *Config) { c.Store = truncatedStore{f.store} })
		time.Sleep(time.Second)
		stop()
		calls := in.all()
		if len(calls) != 2 || calls[0].kind != "log.truncated" || calls[0].cursor != "after 7" || calls[1].kind != "changes" || calls[1].seqs[0] != 8 {
			t.Errorf("got calls %+v, want log.truncated up to 7 and then changes from 8", calls)
		}
	})
}

// truncatedStore is a store whose log was truncated up to entry 7.
type truncatedStore struct{ *store.Store }

func (s truncatedStore) Head(ctx context.Context) (catalog.LogPosition, error) {
	head, err := s.Store.Head(ctx)
	head.Floor = 7
	return head, err
}

func (s truncatedStore) HeadSince(ctx context.Context, known catalog.LogPosition, _ ...catalog.LogPosition) (catalog.LogPosition, error) {
	head, err := s.Store.HeadSince(ctx, known)
	head.Floor = 7
	return head, err
}

// TestDeliverer_RetriesAfterItsClockIsSetBack sets back a clock that was 100 days ahead
// while a retry is scheduled.
func TestDeliverer_RetriesAfterItsClockIsSetBack(t *testing.T) {
	t.Parallel()
	withFixture(t, func(t *testing.T, f *fixture) {
		in := &receiver{answer: func(n int) (int, time.Duration) {
			if n == 1 {
				return 500, 0
			}
			return 204, 0
		}}
		f.addWebhook("a", in)
		var ahead atomic.Int64
		ahead.Store(int64(100 * 24 * time.Hour))
		stop := f.startNode("one", func(c *Config) {
			c.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		})
		f.writeChanges(1)
		time.Sleep(time.Second) // the first call has failed
		ahead.Store(0)
		time.Sleep(time.Minute)
		stop()
		if got, want := in.accepted(), f.changesAfter(2, ""); !slices.Equal(got, want) {
			t.Errorf("got events %v, want %v", got, want)
		}
	})
}
