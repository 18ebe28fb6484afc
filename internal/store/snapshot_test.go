package store_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// seenIn returns the numbers and versions of a snapshot's cats, in its order.
func seenIn(t *testing.T, v catalog.Snapshot) (numbers, versions []int64) {
	t.Helper()
	err := v.Cats(t.Context(), func(batch func() ([]catalog.Cat, error)) error {
		cats, err := batch()
		for _, cat := range cats {
			numbers, versions = append(numbers, cat.Number), append(versions, cat.Version)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return numbers, versions
}

func TestSnapshot_IsConsistent(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		cats := make([]catalog.Cat, 0, 1203)
		want := make([]int64, 0, 1203)
		for n := range 1203 {
			cats = append(cats, plainCat(3*n+1, "shl_a"))
			want = append(want, int64(3*n+1))
		}
		gone := plainCat(2, "shl_a")
		gone.Status = catalog.Removed
		log := []catalog.Change{{Op: catalog.Created, Resource: catalog.CatResource, ResourceID: cats[0].ID, ShelterID: "shl_a", Version: 1, At: moment(1)}}
		write(t, s, func(tx catalog.Tx) error {
			return errors.Join(tx.Cats.SaveCats(t.Context(), append(cats, gone), nil), appendLog(tx, t.Context(), log))
		})
		err := s.Snapshot(t.Context(), func(v catalog.Snapshot) error {
			later, changed := plainCat(9000, "shl_a"), cats[600]
			changed.Version, changed.Status = 2, catalog.Removed
			write(t, s, func(tx catalog.Tx) error { // while the snapshot is open
				return errors.Join(tx.Cats.SaveCats(t.Context(), []catalog.Cat{later}, []catalog.Cat{changed}), appendLog(tx, t.Context(), log))
			})
			if head := v.Head(); head.Seq != 1 || head.Epoch == "" {
				t.Errorf("got head %+v, want number 1", head)
			}
			numbers, versions := seenIn(t, v)
			if !slices.Equal(numbers, want) {
				t.Errorf("got %d cats, want %d in order of number: %v", len(numbers), len(want), numbers)
			}
			if slices.Max(versions) != 1 {
				t.Error("got a version that was written after the snapshot")
			}
			counts, err := v.CountCats(t.Context(), "")
			if counts["shl_a"] != len(want) {
				t.Errorf("got counts %v, want %d", counts, len(want))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestSnapshot_EndsWithItsContext(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		write(t, s, func(tx catalog.Tx) error {
			return tx.Cats.SaveCats(t.Context(), realisticCats(1, 1100, "shl_a"), nil)
		})
		ctx, cancel := context.WithCancel(t.Context())
		batches := 0
		err := s.Snapshot(ctx, func(v catalog.Snapshot) error {
			return v.Cats(ctx, func(func() ([]catalog.Cat, error)) error {
				batches++
				cancel()
				return nil
			})
		})
		if !errors.Is(err, context.Canceled) || batches != 1 {
			t.Errorf("got error %v after %d batches, want the context's error after one", batches, err)
		}
		open := s.ReaderStats().InUse
		for range 100 { // the driver gives a connection back when the database has heard of the end
			if open == 0 {
				return
			}
			time.Sleep(20 * time.Millisecond)
			open = s.ReaderStats().InUse
		}
		t.Errorf("%d connections are still in use", open)
	})
}

func TestSnapshot_BatchesCanBeDecodedLater(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		want := realisticCats(1, 501, "shl_a")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), want, nil) })
		var batches []func() ([]catalog.Cat, error)
		err := s.Snapshot(t.Context(), func(v catalog.Snapshot) error {
			return v.Cats(t.Context(), func(batch func() ([]catalog.Cat, error)) error {
				batches = append(batches, batch)
				return nil
			})
		})
		if err != nil || len(batches) != 2 {
			t.Fatalf("%d batches: %v", len(batches), err)
		}
		var got []catalog.Cat
		for _, batch := range batches {
			cats, err := batch()
			if err != nil {
				t.Fatal(err)
			}
			got = append(got, cats...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("cats (-want +got):\n%s", diff)
		}
	})
}
