package store_test

import (
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// A reader that remembers the last number it saw never misses a change, however
// many write at once and however often a write fails.
func TestReadersOfTheLogMissNothing(t *testing.T) {
	t.Parallel()

	const writers, writes, lines = 8, 20, 3
	oops := errors.New("oops")
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
						return errors.Join(appendLog(tx, t.Context(), []catalog.Change{{ResourceID: fmt.Sprint(w, i)}}), oops)
					})
					if !errors.Is(err, oops) {
						t.Errorf("a write that fails said %v, want its own error", err)
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
					t.Fatalf("after %d came %d, of %q", seen, c.Seq, c.ResourceID)
				}
				seen = c.Seq
			}
		}
		wg.Wait()
		head, err := s.Head(t.Context())
		if err != nil || head.Seq != seen {
			t.Errorf("the head is at %d (%v), the last change at %d", head.Seq, err, seen)
		}
	})
}

func TestChangeSurvivesTheRoundTrip(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := []catalog.Change{full[catalog.Change](t), {At: moment(1), Op: catalog.Created}}
		want[0].Before = nil // see TestTheLogRemembersWhatACatWas
		write(t, s, func(tx catalog.Tx) error { return appendLog(tx, t.Context(), want) })
		got, err := s.Changes(t.Context(), 0, 10)
		if err != nil {
			t.Fatal(err)
		}
		for i := range want {
			want[i].Seq = int64(i + 1)
		}
		if !reflect.DeepEqual(want, got) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}

// Whoever follows the log of one database must notice when it is another's.
func TestEachDatabaseHasItsOwnEpoch(t *testing.T) {
	t.Parallel()

	for _, engine := range storetest.Engines() {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			seen := map[string]bool{"": true}
			for range 3 {
				head, err := storetest.NewOn(t, engine).Head(t.Context())
				if err != nil || head.Seq != 0 || seen[head.Epoch] {
					t.Errorf("a new database has the head %+v (%v), want number 0 and an epoch not among %v", head, err, seen)
				}
				seen[head.Epoch] = true
			}
		})
	}
}
