package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestWebhook_RoundTripAndLists(t *testing.T) {
	t.Parallel()
	whole := full[catalog.Webhook](t)
	whole.ID, whole.PartnerID = "whk_1", "prt_a" // no webhook has both owners
	of := func(id, key string) catalog.Webhook {
		return catalog.Webhook{ID: id, KeyID: key, StatusSince: moment(1), CreatedAt: moment(1), UpdatedAt: moment(1)}
	}
	bare := catalog.Webhook{ID: "whk_2", PartnerID: "prt_b", URL: "https://b.example", Status: catalog.WebhookActive, StatusSince: moment(1), CreatedAt: moment(1), UpdatedAt: moment(1)}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for range 2 { // insert, then replace
			saveWebhooks(t, s, whole, bare, of("whk_3", "key1"), of("whk_4", "key2"), of("whk_5", ""))
		}
		for _, want := range []catalog.Webhook{whole, bare} {
			got, err := s.Webhook(t.Context(), want.ID)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		}
		for name, list := range map[string]struct {
			owner *access.Owner
			after string
			want  []string
		}{
			"a partner's":    {&access.Owner{PartnerID: "prt_b"}, "", []string{"whk_2"}},
			"a key's":        {&access.Owner{KeyID: "key1"}, "", []string{"whk_3"}},
			"the operator's": {&access.Owner{}, "", []string{"whk_5"}},
			"of all owners":  {nil, "", []string{"whk_1", "whk_2", "whk_3", "whk_4", "whk_5"}},
			"after an id":    {nil, "whk_3", []string{"whk_4", "whk_5"}},
		} {
			got, err := s.Webhooks(t.Context(), list.owner, list.after, 10)
			var ids []string
			for _, w := range got {
				ids = append(ids, w.ID)
			}
			if err != nil || !slices.Equal(ids, list.want) {
				t.Errorf("%s: got %v, error %v, want %v", name, ids, err, list.want)
			}
		}
	})
}

// What a key owns is found without its secrets, and its owner and status are saved without
// touching them.
func TestWebhooksOfKeys(t *testing.T) {
	t.Parallel()
	of := func(id, key string, status catalog.WebhookStatus) catalog.Webhook {
		w := full[catalog.Webhook](t)
		w.ID, w.PartnerID, w.KeyID, w.Status = id, "", key, status
		return w
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for id, expires := range map[string]time.Time{"old": moment(1), "lasting": {}} {
			key := access.Key{ID: id, Name: id, Scopes: []access.Scope{access.Webhooks}, CreatedAt: moment(0), ExpiresAt: expires}
			write(t, s, func(tx catalog.Tx) error { return tx.Partners.SaveKey(t.Context(), key) })
		}
		kept := of("whk_1", "old", catalog.WebhookActive)
		saveWebhooks(t, s, kept, of("whk_2", "old", catalog.WebhookPaused), of("whk_3", "lasting", catalog.WebhookActive), of("whk_4", "", catalog.WebhookActive))
		write(t, s, func(tx catalog.Tx) error {
			for name, find := range map[string]struct {
				read func() ([]catalog.Webhook, error)
				want []string
			}{
				"of a key":        {func() ([]catalog.Webhook, error) { return tx.Webhooks.WebhooksOfKey(t.Context(), "old") }, []string{"whk_1", "whk_2"}},
				"of no key":       {func() ([]catalog.Webhook, error) { return tx.Webhooks.WebhooksOfKey(t.Context(), "") }, nil},
				"of expired keys": {func() ([]catalog.Webhook, error) { return tx.Webhooks.WebhooksOfExpiredKeys(t.Context(), moment(1)) }, []string{"whk_1"}},
				"before":          {func() ([]catalog.Webhook, error) { return tx.Webhooks.WebhooksOfExpiredKeys(t.Context(), moment(0)) }, nil},
			} {
				found, err := find.read()
				var ids []string
				for _, w := range found {
					if ids = append(ids, w.ID); w.Secret != "" || w.PreviousSecret != "" {
						t.Errorf("%s: got the secrets of %s", name, w.ID)
					}
				}
				if err != nil || !slices.Equal(ids, find.want) {
					t.Errorf("%s: got %v, error %v, want %v", name, ids, err, find.want)
				}
			}
			changed := kept
			changed.KeyID, changed.Status, changed.StatusReason, changed.StatusSince, changed.Version, changed.UpdatedAt = "lasting", catalog.WebhookPaused, "", moment(8), 9, moment(8)
			kept = changed
			changed.Secret, changed.URL = "", ""
			return tx.Webhooks.SaveWebhookState(t.Context(), changed)
		})
		got, err := s.Webhook(t.Context(), "whk_1")
		if diff := cmp.Diff(kept, got); err != nil || diff != "" {
			t.Errorf("after the state was saved: %v (-want +got):\n%s", err, diff)
		}
	})
}

func TestDelivery_RoundTripAndPruning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var want []catalog.Delivery
		for n := range 5 {
			d := full[catalog.Delivery](t)
			d.ID, d.WebhookID, d.At, d.Since, d.Latency = fmt.Sprintf("dlv_%d", n), "whk_1", moment(n), moment(0), time.Duration(n)*time.Millisecond
			d.Events, d.StatusCode = 100, 503
			if d.Attempt = n + 1; n == 4 {
				d.Attempt = 0 // a test
			}
			want = slices.Insert(want, 0, d)
			if err := s.SaveDelivery(t.Context(), d); err != nil {
				t.Fatal(err)
			}
		}
		got, err := s.Deliveries(t.Context(), "whk_1", "", 10)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if page, err := s.Deliveries(t.Context(), "whk_1", "dlv_3", 2); err != nil || len(page) != 2 || page[0].ID != "dlv_2" {
			t.Errorf("page before dlv_3: got %v, error %v", page, err)
		}
		last, err := s.LastDeliveries(t.Context(), []string{"whk_1", "whk_2"})
		if err != nil || len(last) != 1 || last["whk_1"].ID != "dlv_3" {
			t.Errorf("last delivery that was not a test: got %v, error %v", last, err)
		}
		if err := s.PruneDeliveries(t.Context(), "whk_1", 3); err != nil {
			t.Fatal(err)
		}
		if err := s.DeleteDeliveriesBefore(t.Context(), moment(3)); err != nil {
			t.Fatal(err)
		}
		if left, err := s.Deliveries(t.Context(), "whk_1", "", 10); err != nil || len(left) != 2 {
			t.Errorf("after pruning to three and deleting one old delivery: got %v, error %v, want 2", left, err)
		}
	})
}

func TestRecordDelivery_AdvancesCheckpointOnlyForTheHolder(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		saveWebhooks(t, s, catalog.Webhook{ID: "whk_1", PartnerID: "p", Version: 1, StatusSince: moment(1), CreatedAt: moment(1), UpdatedAt: moment(1)})
		lease := catalog.WebhookLease("whk_1")
		setCheckpoint := func(at int64) {
			t.Helper()
			write(t, s, func(tx catalog.Tx) error { return tx.Webhooks.SetCheckpoint(ctx, lease, at) })
		}
		setCheckpoint(5)
		log, err := s.Head(ctx)
		if err != nil {
			t.Fatal(err)
		}
		epoch := log.Epoch
		position := func(seq int64) catalog.LogPosition { return catalog.LogPosition{Seq: seq, Epoch: epoch} }
		if l, ok, err := s.TakeLease(ctx, lease, "a", moment(0), time.Minute); err != nil || !ok || l.Checkpoint != 5 {
			t.Fatalf("lease of a new webhook: got checkpoint %d, %v, %v, want its initial checkpoint", l.Checkpoint, ok, err)
		}
		deliver := func(id, holder string, from, to int64) bool {
			t.Helper()
			ok, err := s.RecordDelivery(ctx, catalog.Delivery{ID: id, WebhookID: "whk_1", Upto: to, Attempt: 1, At: moment(1), Since: moment(1)}, 1, holder, position(from), position(to))
			if err != nil {
				t.Fatal(err)
			}
			return ok
		}
		if !deliver("dlv_1", "a", 5, 9) {
			t.Error("the holder cannot advance the checkpoint")
		}
		if deliver("dlv_2", "b", 9, 12) {
			t.Error("another node advanced the checkpoint")
		}
		setCheckpoint(2) // a replay
		if deliver("dlv_3", "a", 9, 12) {
			t.Error("the holder advanced a checkpoint that a replay had reset")
		}
		kept, err := s.KeepLeases(ctx, catalog.WebhookLeases, "a", moment(0), time.Minute)
		if err != nil || len(kept) != 1 || kept[0] != (catalog.Lease{Name: lease, Holder: "a", Checkpoint: 2, Epoch: epoch}) {
			t.Errorf("KeepLeases: got %v, error %v, want the lease with the replay's checkpoint", kept, err)
		}
		held, err := s.LeasesHeld(ctx, catalog.WebhookLeases, moment(0).Add(59*time.Second), time.Minute)
		if err != nil || len(held) != 1 {
			t.Errorf("LeasesHeld: got %v, error %v, want one", held, err)
		}
		if held, err = s.LeasesHeld(ctx, catalog.WebhookLeases, moment(0).Add(61*time.Second), time.Minute); err != nil || len(held) != 0 {
			t.Errorf("LeasesHeld after the lease expired: got %v, error %v, want none", held, err)
		}
		if ok, err := s.AdvanceCheckpoint(ctx, "whk_1", 1, "a", position(2), position(3)); err != nil || !ok {
			t.Error(ok, err)
		}
		if ok, err := s.AdvanceCheckpoint(ctx, "whk_1", 0, "a", position(3), position(4)); err != nil || ok {
			t.Error("advanced for another version of the webhook:", ok, err)
		}
		if ok, err := s.AdvanceCheckpoint(ctx, "whk_2", 1, "a", position(3), position(4)); err != nil || ok {
			t.Error("advanced for an unknown webhook:", ok, err)
		}
		if err := s.DropLeases(ctx, catalog.WebhookLeases, "a"); err != nil {
			t.Error(err)
		}
		if l, ok, err := s.TakeLease(ctx, lease, "b", moment(1), time.Minute); err != nil || !ok || l.Checkpoint != 3 {
			t.Errorf("taking a dropped lease: got checkpoint %d, %v, %v, want 3", l.Checkpoint, ok, err)
		}
		write(t, s, func(tx catalog.Tx) error { return tx.Webhooks.DeleteWebhook(ctx, "whk_1") })
		if left, err := s.Deliveries(ctx, "whk_1", "", 9); err != nil || len(left) != 0 {
			t.Errorf("deliveries of a deleted webhook: got %v, error %v, want none", left, err)
		}
	})
}

func saveWebhooks(t *testing.T, s *store.Store, hooks ...catalog.Webhook) {
	t.Helper()
	write(t, s, func(tx catalog.Tx) error {
		for _, w := range hooks {
			if err := tx.Webhooks.SaveWebhook(t.Context(), w); err != nil {
				return err
			}
		}
		return nil
	})
}
