package store_test

import (
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

func headSince(t *testing.T, s *store.Store, known catalog.LogPosition) catalog.LogPosition {
	t.Helper()
	head, err := s.HeadSince(t.Context(), known)
	if err != nil {
		t.Fatal(err)
	}
	return head
}

// appendOne appends an entry to the log and returns its end.
func appendOne(t *testing.T, s *store.Store) catalog.LogPosition {
	t.Helper()
	write(t, s, func(tx catalog.Tx) error {
		return appendLog(tx, t.Context(), []catalog.Change{{Resource: catalog.CatResource, ResourceID: "cat_1", At: moment(1), Op: catalog.Updated}})
	})
	head, err := s.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return head
}

func TestHeadSince_LogThatContinuesKeepsItsEpoch(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		empty, err := s.Head(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		first := appendOne(t, s)
		second := appendOne(t, s)
		last := appendOne(t, s)
		for name, known := range map[string]catalog.LogPosition{"empty log": empty, "first entry": first, "end": last, "unknown commit": {Seq: 2, Epoch: first.Epoch}} {
			if got := headSince(t, s, known); got != last {
				t.Errorf("%s: got %+v, want %+v", name, got, last)
			}
		}
		if _, err := s.Compact(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		last.Floor = 2
		for name, known := range map[string]catalog.LogPosition{"below the floor": first, "at the floor": second, "end": last} {
			if got := headSince(t, s, known); got != last {
				t.Errorf("compacted, %s: got %+v, want %+v", name, got, last)
			}
		}
	})
}

// A reader that was after the place where the log was set back notices it, however far the
// log has grown since. All other readers start over, too.
func TestHeadSince_LogThatWasSetBackGetsANewEpoch(t *testing.T) {
	t.Parallel()

	for name, written := range map[string]int{"shorter": 0, "as long": 1, "longer": 3} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.EachURL(t, func(t *testing.T, url string) {
				s := storetest.Open(t, url)
				kept := appendOne(t, s)
				lost := appendOne(t, s)
				storetest.SetBack(t, url, 1)
				for range written {
					appendOne(t, s)
				}
				if got := headSince(t, s, kept); got.Epoch != kept.Epoch {
					t.Errorf("a position that was kept: got the epoch %q, want %q", got.Epoch, kept.Epoch)
				}
				reset := headSince(t, s, lost)
				if reset.Epoch == lost.Epoch || !strings.HasPrefix(reset.Epoch, "reset.") || reset.Seq != kept.Seq+int64(written) {
					t.Errorf("a position that was lost: got %+v, want a new epoch", reset)
				}
				if again := headSince(t, s, lost); again != reset {
					t.Errorf("the second to notice got %+v, want %+v", again, reset)
				}
			})
		})
	}
}

// A second failover may lose the new epoch as well, after readers have started over in it.
// What they read under it is invalid, too.
func TestHeadSince_LogThatLostItsNewEpochGetsANewerOne(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		kept := appendOne(t, s)
		second := headSince(t, s, catalog.LogPosition{Seq: 9, Epoch: kept.Epoch, CommitID: 9})
		storetest.SetEpoch(t, url, kept.Epoch)
		third := headSince(t, s, second)
		if third.Epoch == kept.Epoch || third.Epoch == second.Epoch {
			t.Errorf("got the epoch %q, want another than %q and %q", third.Epoch, kept.Epoch, second.Epoch)
		}
		for name, known := range map[string]catalog.LogPosition{"first": kept, "second": second, "third": third} {
			if got := headSince(t, s, known); got != third {
				t.Errorf("a position of the %s epoch: got %+v, want %+v", name, got, third)
			}
		}
		if third.EpochStart() != kept.Seq {
			t.Errorf("got an epoch that starts after %d, want %d", third.EpochStart(), kept.Seq)
		}
	})
}

func TestRenewEpoch_IfAWebhookStartedOverBeforeItGotLostChanges(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		kept := appendOne(t, s)
		lost := appendOne(t, s)
		storetest.SetBack(t, url, 1)
		checkpoint := func(id string) { // in the present epoch
			write(t, s, func(tx catalog.Tx) error {
				return tx.Webhooks.SetCheckpoint(t.Context(), catalog.WebhookLease(id), kept.Seq)
			})
		}
		checkpoint("behind")
		reset := headSince(t, s, lost)
		checkpoint("restarted")
		for name, tt := range map[string]struct {
			position catalog.LogPosition
			webhooks []string
		}{
			"no webhook":                   {lost, nil},
			"a webhook did not start over": {lost, []string{"behind"}},
			"the position is kept":         {kept, []string{"restarted"}},
		} {
			renewEpoch(t, s, tt.position, tt.webhooks)
			if got := headSince(t, s, reset); got != reset {
				t.Errorf("%s: got %+v, want %+v", name, got, reset)
			}
		}
		renewEpoch(t, s, lost, []string{"behind", "restarted"})
		if got := headSince(t, s, reset); got.Epoch == reset.Epoch || got.EpochNumber() != 2 {
			t.Errorf("got the epoch %q, want one after %q", got.Epoch, reset.Epoch)
		}
	})
}

func renewEpoch(t *testing.T, s *store.Store, lost catalog.LogPosition, webhookIDs []string) {
	t.Helper()
	if err := s.RenewEpoch(t.Context(), lost, webhookIDs); err != nil {
		t.Fatal(err)
	}
}

// Compaction may delete the entry at the floor, whose commit is still known.
func TestHeadSince_KnowsTheCommitAtTheFloor(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		first := appendOne(t, s)
		appendOne(t, s)
		if _, err := s.Compact(t.Context(), time.Now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		if got := headSince(t, s, first); got.Epoch != first.Epoch {
			t.Error("the entry at the floor counts as lost")
		}
		first.CommitID++
		if got := headSince(t, s, first); got.Epoch == first.Epoch {
			t.Error("another entry at the floor counts as the same")
		}
	})
}

// Rows are read with the end of the log, in one statement.
func TestRows_AreReadWithTheEndOfTheLog(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		shelterNamed(t, s, "shl_a")
		cat := plainCat(1, "shl_a")
		write(t, s, func(tx catalog.Tx) error { return tx.Cats.SaveCats(t.Context(), []catalog.Cat{cat}, nil) })
		want := appendOne(t, s)
		for name, read := range map[string]func() (catalog.LogPosition, error){
			"CatsWithPosition": func() (catalog.LogPosition, error) {
				_, at, err := s.CatsWithPosition(t.Context(), []string{cat.ID})
				return at, err
			},
			"ScanCats": func() (at catalog.LogPosition, err error) {
				err = s.ScanCats(t.Context(), func(_ []catalog.Cat, end catalog.LogPosition) error { at = end; return nil })
				return at, err
			},
			"Shelters": func() (catalog.LogPosition, error) {
				_, at, err := s.Shelters(t.Context())
				return at, err
			},
			"SearchesByID, none": func() (catalog.LogPosition, error) {
				_, at, err := s.SearchesByID(t.Context(), []string{"srch_a"})
				return at, err
			},
			"SearchesAfter, none": func() (catalog.LogPosition, error) {
				_, at, err := s.SearchesAfter(t.Context(), "", 10)
				return at, err
			},
			"SheltersByID": func() (catalog.LogPosition, error) {
				_, at, err := s.SheltersByID(t.Context(), []string{"shl_a"})
				return at, err
			},
		} {
			if got, err := read(); err != nil || got.Seq != want.Seq || got.CommitID != want.CommitID {
				t.Errorf("%s: got %+v, %v, want %+v", name, got, err, want)
			}
		}
	})
}

// A position that is kept does not hide another one that was lost.
func TestHeadSince_ComparesAllPositions(t *testing.T) {
	t.Parallel()

	storetest.EachURL(t, func(t *testing.T, url string) {
		s := storetest.Open(t, url)
		kept := appendOne(t, s)
		lost := appendOne(t, s)
		storetest.SetBack(t, url, 1)
		appendOne(t, s)
		present := appendOne(t, s)
		if got, err := s.HeadSince(t.Context(), kept, present, kept); err != nil || got != present {
			t.Errorf("positions that are kept: got %+v, %v, want %+v", got, err, present)
		}
		if got, err := s.HeadSince(t.Context(), kept, present, lost); err != nil || got.Epoch == kept.Epoch {
			t.Errorf("a position that was lost, with others: got the epoch %q, %v, want a new one", got.Epoch, err)
		}
	})
}
