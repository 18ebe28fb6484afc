package webhook

import (
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// dying is a database that a node loses for good: what a kill looks like to the others.
type dying struct {
	*store.Store
	dead context.Context
}

func (d dying) lost() error { return d.dead.Err() }

func (d dying) KeepLeases(ctx context.Context, prefix, holder string, now time.Time, ttl time.Duration) ([]catalog.Lease, error) {
	if err := d.lost(); err != nil {
		return nil, err
	}
	return d.Store.KeepLeases(ctx, prefix, holder, now, ttl)
}

func (d dying) DropLeases(ctx context.Context, prefix, holder string) error {
	if err := d.lost(); err != nil {
		return err
	}
	return d.Store.DropLeases(ctx, prefix, holder)
}

func (d dying) AdvanceCheckpoint(ctx context.Context, id string, version int64, holder string, from, to int64) (bool, error) {
	if err := d.lost(); err != nil {
		return false, err
	}
	return d.Store.AdvanceCheckpoint(ctx, id, version, holder, from, to)
}

func (d dying) RecordDelivery(ctx context.Context, attempt catalog.Delivery, version int64, holder string, from int64) (bool, error) {
	if err := d.lost(); err != nil {
		return false, err
	}
	return d.Store.RecordDelivery(ctx, attempt, version, holder, from)
}

// Several nodes deliver to the same endpoints; one after the other is killed. The
// inboxes complain of two calls at a time; nothing may be missing or out of order.
func TestNodesShareAndTakeOver(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		w := newWorld(t, s)
		slow := func(int) (int, time.Duration) { return 204, 20 * time.Millisecond }
		inboxes := []*inbox{{answer: slow}, {answer: slow}, {filters: "3"}, {answer: slow}}
		var hooks []catalog.Webhook
		for i, in := range inboxes {
			hooks = append(hooks, w.hook(string(rune('a'+i)), in))
		}
		const lease = time.Second
		node := func(name string) (kill func()) {
			dead, die := context.WithCancel(t.Context())
			stop := w.node(name, func(c *Config) {
				c.Store, c.LeaseDuration, c.PollInterval = dying{s, dead}, lease, 10*time.Millisecond
				c.Sender.client.Timeout = 300 * time.Millisecond
			})
			return func() {
				die()
				stop()
			}
		}
		kill := node("one")
		var writing sync.WaitGroup
		writing.Go(func() {
			for range 60 {
				w.happen(2)
				time.Sleep(50 * time.Millisecond)
			}
		})
		for _, name := range []string{"two", "three"} {
			next := node(name)
			time.Sleep(time.Second)
			kill()
			kill = next
		}
		writing.Wait()
		time.Sleep(2*lease + 500*time.Millisecond) // within that the last node must have taken over
		kill()
		for i, in := range inboxes {
			want := w.partners(2*int64(i+1), in.filters)
			got := in.taken()
			if missing := slices.DeleteFunc(slices.Clone(want), func(n int64) bool { return slices.Contains(got, n) }); len(missing) > 0 {
				t.Errorf("%s was never told of %v", hooks[i].ID, missing)
			}
			begins := map[string]int64{}
			for _, c := range in.all() {
				if !slices.IsSorted(c.seqs) {
					t.Errorf("%s: a message out of order: %v", hooks[i].ID, c.seqs)
				}
				if from, again := begins[c.id]; again && from != c.seqs[0] {
					t.Errorf("%s: two messages have the id %s", hooks[i].ID, c.id)
				}
				begins[c.id] = c.seqs[0]
			}
		}
	})
}

// A node that ends hands over at once, and what it had in hand is finished.
func TestANodeThatEndsHandsOver(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{answer: func(int) (int, time.Duration) { return 204, 5 * time.Second }}
		hook := w.hook("a", in)
		stop := w.node("one")
		w.happen(1)
		time.Sleep(time.Second) // it is in the middle of the call
		began := time.Now()
		stop()
		if took := time.Since(began); took < 3*time.Second || took > 6*time.Second {
			t.Errorf("it ended after %s, want when the call was over", took)
		}
		if got := in.taken(); !slices.Equal(got, w.partners(2, "")) {
			t.Errorf("took %v", got)
		}
		held, err := w.store.LeasesHeld(t.Context(), catalog.WebhookLeases, time.Now())
		if err != nil || len(held) != 0 {
			t.Errorf("of webhook %s it still holds %v %v", hook.ID, held, err)
		}
		w.happen(1)
		stop = w.node("two")
		time.Sleep(10 * time.Second)
		stop()
		if got := in.taken(); !slices.Equal(got, w.partners(2, "")) {
			t.Errorf("took %v", got)
		}
		if _, known, err := w.store.Checkpoint(t.Context(), catalog.WebhookLease(hook.ID)); !known || err != nil {
			t.Error(known, err)
		}
	})
}

// A node that is gone without a word is followed within a minute.
func TestADeadNodeIsFollowedWithinAMinute(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{}
		w.hook("a", in)
		dead, kill := context.WithCancel(t.Context())
		one := w.node("one", func(c *Config) { c.Store = dying{w.store, dead} })
		two := w.node("two")
		defer two()
		time.Sleep(time.Second)
		kill()
		one()
		w.happen(1)
		time.Sleep(time.Minute)
		if got := in.taken(); !slices.Contains(got, w.partners(2, "")[0]) {
			t.Errorf("a minute later it was told %v", got)
		}
	})
}

// Who takes over waits no longer with a message that was not taken than who had it.
func TestWhoTakesOverTriesAgainWhenItIsDue(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{answer: func(int) (int, time.Duration) { return 500, 0 }}
		w.hook("a", in)
		w.happen(1)
		stop := w.node("one")
		time.Sleep(4 * time.Second)
		stop()
		defer w.node("two")()
		time.Sleep(2 * time.Second)
		calls := in.all()
		if len(calls) != 2 || calls[0].id != calls[1].id || calls[1].at.Sub(calls[0].at) != 5*time.Second {
			t.Errorf("%+v", calls)
		}
	})
}

// Where the log was shortened behind the bookmark, the endpoint is told so first.
func TestAnEndpointThatWasAwayForTooLongIsToldSo(t *testing.T) {
	t.Parallel()
	inBubble(t, func(t *testing.T, w *world) {
		in := &inbox{}
		w.hook("a", in)
		w.happen(10)
		stop := w.node("one", func(c *Config) { c.Store = shortened{w.store} })
		time.Sleep(time.Second)
		stop()
		calls := in.all()
		if len(calls) != 2 || calls[0].kind != "log.truncated" || calls[0].cursor != "after 7" || calls[1].kind != "changes" || calls[1].seqs[0] != 8 {
			t.Errorf("%+v", calls)
		}
	})
}

// shortened is a log that was shortened up to line 7.
type shortened struct{ *store.Store }

func (s shortened) Head(ctx context.Context) (catalog.LogPosition, error) {
	head, err := s.Store.Head(ctx)
	head.Floor = 7
	return head, err
}
