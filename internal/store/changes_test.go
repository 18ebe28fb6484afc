package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/geo"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// A reader that remembers the last log number never misses a change, with concurrent
// and with failing writes.
func TestChanges_ReadersMissNothing(t *testing.T) {
	t.Parallel()

	const writers, writes, lines = 8, 20, 3
	errTest := errors.New("test failure")
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range writes {
					err := s.Write(t.Context(), func(tx catalog.Tx) error {
						return appendLog(tx, t.Context(), make([]catalog.Change, lines))
					})
					if err != nil {
						t.Error(err)
					}
					err = s.Write(t.Context(), func(tx catalog.Tx) error {
						return errors.Join(appendLog(tx, t.Context(), []catalog.Change{{ResourceID: fmt.Sprint(w, i)}}), errTest)
					})
					if !errors.Is(err, errTest) {
						t.Errorf("failing write: got %v, want its own error", err)
					}
				}
			})
		}
		var seen int64
		for seen < writers*writes*lines && !t.Failed() {
			changes, err := s.Changes(t.Context(), seen, 100)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range changes {
				if c.Seq != seen+1 || c.ResourceID != "" {
					t.Fatalf("the entry after %d has number %d and id %q", seen, c.Seq, c.ResourceID)
				}
				seen = c.Seq
			}
		}
		wg.Wait()
		head, err := s.Head(t.Context())
		if err != nil || head.Seq != seen {
			t.Errorf("the log ends at %d (%v), but the last entry is %d", head.Seq, err, seen)
		}
	})
}

func TestChange_RoundTrip(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := []catalog.Change{full[catalog.Change](t), {At: moment(1), Op: catalog.Created}}
		want[0].Before = nil // see TestChangesWithBefore_RoundTripOfPreImages
		write(t, s, func(tx catalog.Tx) error { return appendLog(tx, t.Context(), want) })
		got, err := s.Changes(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i].Seq, want[i].CommitID = int64(i+1), got[0].CommitID
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

// A reader must notice that a log belongs to another database.
func TestHead_EachDatabaseHasItsOwnEpoch(t *testing.T) {
	t.Parallel()

	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{"": true}
			for range 3 {
				head, err := storetest.NewOn(t, engine).Head(t.Context())
				if err != nil || head.Seq != 0 || seen[head.Epoch] {
					t.Errorf("new database: got head %+v (%v), want number 0 and an epoch not among %v", head, err, seen)
				}
				seen[head.Epoch] = true
			}
		})
	}
}

func TestChanges_ByResourceAndKind(t *testing.T) {
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
			t.Errorf("entries of a cat after 1: got %v, error %v, want entry 5 with its pre-image", got, err)
		}
		some, err := s.ChangesByKind(t.Context(), []catalog.Resource{catalog.SearchResource, catalog.WebhookResource}, 2, 5)
		if got := seqs(some); err != nil || !slices.Equal(got, []int64{4}) {
			t.Errorf("entries of searches and webhooks from 3 to 5: got %v, error %v, want entry 4", got, err)
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

func TestChangesWithBefore_RoundTripOfPreImages(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		was := realisticCat(3, "shl_a")
		was.Rating = full[catalog.Rating](t)
		was.Rating.On = moment(0).Truncate(24 * 60 * 60 * 1e9)
		want := catalog.Change{
			Seq: 1, At: moment(1), Op: catalog.Updated, Resource: catalog.CatResource, ResourceID: was.ID, ShelterID: was.ShelterID, Version: 4, Fields: []string{"place"},
			Before: &catalog.PreImage{Cat: was, Shelter: &catalog.ShelterContext{
				Region: "MD", Country: "US", Point: geo.Point{Lat: 39, Lng: -77}, PartnerID: "prt_a",
				HiddenFrom: catalog.Restriction{Classes: []string{string(catalog.AggregatorReader)}, Partners: []string{"prt_b"}},
			}},
		}
		write(t, s, func(tx catalog.Tx) error { return appendLog(tx, t.Context(), []catalog.Change{want}) })

		got, err := s.ChangesWithBefore(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		// Columns that cats are not searched by are not part of a pre-image.
		cat := &want.Before.Cat
		cat.ExternalID, cat.MicrochipHash, want.CommitID = "", "", got[0].CommitID
		cat.ConfirmedAt, cat.CreatedAt, cat.StatusChangedAt = got[0].Before.Cat.ConfirmedAt, got[0].Before.Cat.CreatedAt, got[0].Before.Cat.StatusChangedAt
		if diff := cmp.Diff([]catalog.Change{want}, got); diff != "" {
			t.Errorf("-want +got:\n%s", diff)
		}
		short, err := s.Changes(t.Context(), 0, 10)
		if err != nil || short[0].Before != nil || short[0].Fields[0] != "place" {
			t.Errorf("Changes returned %+v (%v), want no pre-image", short, err)
		}
	})
}
