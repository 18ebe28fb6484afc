package store_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// The saved searches of a key move to another one, and no others do.
func TestSavedSearch_MovesBetweenKeys(t *testing.T) {
	t.Parallel()

	hook := full[catalog.Webhook](t)
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx catalog.Tx) error { return tx.Webhooks.SaveWebhook(t.Context(), hook) })
		for id, key := range map[string]string{"srch_1": "key1", "srch_2": "key2", "srch_3": ""} {
			saved := catalog.SavedSearch{ID: id, KeyID: key, WebhookID: hook.ID, Name: "Any", CreatedAt: moment(1), UpdatedAt: moment(1)}
			write(t, s, func(tx catalog.Tx) error { return tx.Searches.SaveSearch(t.Context(), saved) })
		}
		for _, from := range []string{"", "key1"} {
			write(t, s, func(tx catalog.Tx) error { return tx.Searches.MoveSearches(t.Context(), from, "key3") })
		}
		for owner, want := range map[access.Owner]string{{KeyID: "key3"}: "srch_1", {KeyID: "key2"}: "srch_2", {}: "srch_3"} {
			if got, err := s.Searches(t.Context(), &owner, "", 9); err != nil || len(got) != 1 || got[0].ID != want {
				t.Errorf("of %+v: got %+v, error %v, want %s", owner, got, err, want)
			}
		}
	})
}

func TestSavedSearch_RoundTripAndLists(t *testing.T) {
	t.Parallel()

	hook := full[catalog.Webhook](t)
	whole := full[catalog.SavedSearch](t)
	whole.WebhookID = hook.ID
	other := catalog.SavedSearch{ID: "srch_2", PartnerID: "prt_other", WebhookID: hook.ID, Name: "Any", CreatedAt: moment(1), UpdatedAt: moment(1)}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx catalog.Tx) error { return tx.Webhooks.SaveWebhook(t.Context(), hook) })
		for range 2 { // insert, then replace
			write(t, s, func(tx catalog.Tx) error {
				if err := tx.Searches.SaveSearch(t.Context(), other); err != nil {
					return err
				}
				return tx.Searches.SaveSearch(t.Context(), whole)
			})
		}
		got, err := s.Search(t.Context(), whole.ID)
		if diff := cmp.Diff(whole, got); err != nil || diff != "" {
			t.Errorf("saved search: error %v (-want +got):\n%s", err, diff)
		}
		lists := map[string]struct {
			want []catalog.SavedSearch
			read func() ([]catalog.SavedSearch, error)
		}{
			"of a partner": {[]catalog.SavedSearch{other}, func() ([]catalog.SavedSearch, error) {
				return s.Searches(t.Context(), &access.Owner{PartnerID: "prt_other"}, "", 9)
			}},
			"of all owners": {[]catalog.SavedSearch{whole, other}, func() ([]catalog.SavedSearch, error) { return s.Searches(t.Context(), nil, "", 9) }},
			"the first":     {[]catalog.SavedSearch{whole}, func() ([]catalog.SavedSearch, error) { return s.Searches(t.Context(), nil, "", 1) }},
			"after an id":   {[]catalog.SavedSearch{other}, func() ([]catalog.SavedSearch, error) { return s.Searches(t.Context(), nil, whole.ID, 9) }},
			"by ids": {[]catalog.SavedSearch{other}, func() ([]catalog.SavedSearch, error) {
				found, _, err := s.SearchesByID(t.Context(), []string{other.ID, "srch_3"})
				return found, err
			}},
			"of an unknown partner": {nil, func() ([]catalog.SavedSearch, error) {
				return s.Searches(t.Context(), &access.Owner{PartnerID: "prt_none"}, "", 9)
			}},
		}
		for name, list := range lists {
			if got, err := list.read(); err != nil || !cmp.Equal(list.want, got) {
				t.Errorf("%s: got %v, error %v, want %v", name, got, err, list.want)
			}
		}
		write(t, s, func(tx catalog.Tx) error {
			if n, err := tx.Searches.CountSearches(t.Context(), access.Owner{PartnerID: "prt_other"}); err != nil || n != 1 {
				t.Errorf("got %d searches, error %v, want 1", n, err)
			}
			return tx.Searches.DeleteSearch(t.Context(), whole.ID)
		})
		if _, err := s.Search(t.Context(), whole.ID); catalog.KindOf(err) != catalog.NotFound {
			t.Errorf("deleted search: got %v, want not_found", err)
		}
		write(t, s, func(tx catalog.Tx) error { return tx.Webhooks.DeleteWebhook(t.Context(), hook.ID) })
		if left, err := s.Searches(t.Context(), nil, "", 9); err != nil || len(left) != 0 {
			t.Errorf("got %v, error %v, want no searches after their webhook was deleted", left, err)
		}
	})
}
