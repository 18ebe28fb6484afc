package store_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/access"
	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestKey_RoundTripWithAudience(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, audience := range catalog.PartnerReaders() {
			p := catalog.Partner{ID: "prt_" + string(audience), Name: string(audience), Audience: audience, Version: 1, CreatedAt: moment(1), UpdatedAt: moment(2)}
			write(t, s, func(tx catalog.Tx) error { return tx.Partners.SavePartner(t.Context(), p) })
			if got, err := s.Partner(t.Context(), p.ID); err != nil || got != p {
				t.Errorf("got %+v %v, want %+v", got, err, p)
			}
		}
		tests := map[string]struct {
			partner string
			want    bool
		}{"an operator's": {"", false}, "a partner's": {"prt_public", false}, "an aggregator's": {"prt_aggregator", true}}
		for name, tt := range tests {
			want := access.Key{
				ID: name, PartnerID: tt.partner, Aggregator: tt.want, Name: name, Test: true, Hash: [32]byte{1, 2}, Scopes: []access.Scope{access.ListingsRead},
				CreatedAt: moment(3), ExpiresAt: moment(4), RevokedAt: time.Time{}, LastUsedAt: moment(5), SuccessorID: "next", Version: 7,
			}
			write(t, s, func(tx catalog.Tx) error { return tx.Partners.SaveKey(t.Context(), want) })
			got, err := s.Key(t.Context(), name)
			if diff := cmp.Diff(want, got); err != nil || diff != "" {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
		if _, err := s.Key(t.Context(), "unknown"); catalog.KindOf(err) != catalog.NotFound || !errors.Is(err, access.ErrUnknown) {
			t.Errorf("an unknown key: got %v, want not_found and ErrUnknown", err)
		}
	})
}
