package store_test

import (
	"slices"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func TestLinesOfTheLogAreFoundByWhatTheyAreAbout(t *testing.T) {
	t.Parallel()

	line := func(resource catalog.Resource, id string) catalog.Change {
		return catalog.Change{At: moment(1), Op: catalog.Updated, Resource: resource, ResourceID: id, Version: 2, Before: &catalog.PreImage{Cat: plainCat(1, "shl_1")}}
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		write(t, s, func(tx catalog.Tx) error {
			return appendLog(tx, t.Context(), []catalog.Change{
				line(catalog.CatResource, "cat_1"), line(catalog.SearchResource, "srch_1"), line(catalog.CatResource, "cat_2"),
				line(catalog.WebhookResource, "whk_1"), line(catalog.CatResource, "cat_1"), line(catalog.SearchResource, "srch_1"),
			})
		})
		cats, err := s.ChangesByResourceID(t.Context(), []string{"cat_1", "cat_3", "srch_1"}, 1)
		if got := seqs(cats); err != nil || !slices.Equal(got, []int64{5}) || cats[0].Before == nil {
			t.Errorf("of a cat after 1: got %v, %v, want 5 with what the cat was", got, err)
		}
		some, err := s.ChangesByKind(t.Context(), []catalog.Resource{catalog.SearchResource, catalog.WebhookResource}, 2, 5)
		if got := seqs(some); err != nil || !slices.Equal(got, []int64{4}) {
			t.Errorf("of searches and webhooks from 3 to 5: got %v, %v, want 4", got, err)
		}
	})
}

func seqs(lines []catalog.Change) []int64 {
	var out []int64
	for _, line := range lines {
		out = append(out, line.Seq)
	}
	return out
}
