package store_test

import (
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// wrongBy returns a clock of a machine that is ahead.
func wrongBy(ahead time.Duration) func() time.Time {
	return func() time.Time { return time.Now().Add(ahead) }
}

func TestClock_IsThatOfTheDatabase(t *testing.T) {
	t.Parallel()

	const ahead = 100 * 24 * time.Hour
	for engine, want := range map[string]struct{ error, offset time.Duration }{
		"postgres": {0, ahead},
		"sqlite":   {ahead, 0}, // has no clock of its own
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			clock, err := storetest.NewOn(t, engine).OpenClock(t.Context(), wrongBy(ahead))
			if err != nil {
				t.Fatal(err)
			}
			if got := time.Until(clock.Now()); (got - want.error).Abs() > 10*time.Second {
				t.Errorf("got a time that is wrong by %s, want %s", got, want.error)
			}
			if got := clock.Offset(); (got - want.offset).Abs() > 10*time.Second {
				t.Errorf("got offset %s, want %s", got, want.offset)
			}
			before := clock.Now()
			if err := clock.Measure(t.Context()); err != nil {
				t.Fatal(err)
			}
			if after := clock.Now(); after.Before(before) {
				t.Errorf("a second measurement set the clock back from %s to %s", before, after)
			}
		})
	}
}

// TestClock_FollowsTheDatabaseAfterTheMachineIsSet sets the clock of the machine, as NTP
// does, in a way that its monotonic reading does not show.
func TestClock_FollowsTheDatabaseAfterTheMachineIsSet(t *testing.T) {
	t.Parallel()

	ahead := time.Duration(0)
	machine := func() time.Time { return time.Now().Round(0).Add(ahead) }
	clock, err := storetest.NewOn(t, "postgres").OpenClock(t.Context(), machine)
	if err != nil {
		t.Fatal(err)
	}
	ahead = -time.Hour
	if err := clock.Measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := time.Until(clock.Now()); got.Abs() > 10*time.Second {
		t.Errorf("got a time that is wrong by %s, want the time of the database", got)
	}
	if got := clock.Offset(); (got + time.Hour).Abs() > 10*time.Second {
		t.Errorf("got offset %s, want -1h", got)
	}
}

func TestTakeLease_LeaseFromAClockThatWasAheadIsFree(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		take := func(node string, at time.Time, want bool) {
			t.Helper()
			if _, ok, err := s.TakeLease(t.Context(), "webhook 1", node, at, time.Minute); ok != want || err != nil {
				t.Errorf("node %s: got lease %v and error %v, want %v", node, ok, err, want)
			}
		}
		held := func(at time.Time, want int) {
			t.Helper()
			if leases, err := s.LeasesHeld(t.Context(), catalog.WebhookLeases, at, time.Minute); len(leases) != want || err != nil {
				t.Errorf("got %d leases and error %v, want %d", len(leases), err, want)
			}
		}
		take("ahead by a minute", moment(0).Add(time.Minute), true)
		held(moment(0), 1)
		take("right", moment(0), false)
		take("ahead by a minute", moment(0).AddDate(0, 0, 100), true)
		held(moment(0), 0)
		take("right", moment(0), true)
		held(moment(0), 1)
	})
}

func TestBeginRequest_RequestFromAClockThatWasAheadCanBeRepeated(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		begin := func(at time.Time, want string) {
			t.Helper()
			_, err := s.BeginRequest(t.Context(), catalog.IdempotentRequest{Holder: "k", Name: "n", Fingerprint: "f", At: at})
			if got := codeOf(err); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
		begin(moment(0).AddDate(0, 0, 100), "<nil>")
		begin(moment(0), "<nil>")
		begin(moment(0).Add(-30*time.Second), "idempotency_key_running")
	})
}

func TestInterruptImports_EndsThoseWithoutProgress(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		want := map[string]catalog.ImportStatus{"imp_silent": catalog.ImportInterrupted, "imp_ahead": catalog.ImportInterrupted, "imp_alive": catalog.ImportRunning}
		for id, touched := range map[string]time.Time{
			"imp_silent": moment(0).Add(-catalog.ImportLease - time.Second), "imp_alive": moment(0).Add(-catalog.ImportLease), "imp_ahead": moment(0).AddDate(0, 0, 100),
		} {
			shelterNamed(t, s, "shelter of "+id)
			write(t, s, func(tx catalog.Tx) error {
				return tx.Imports.SaveImport(t.Context(), catalog.Import{ID: id, ShelterID: "shelter of " + id, Mode: catalog.ModeIncremental, Status: catalog.ImportRunning, TouchedAt: touched})
			})
		}
		write(t, s, func(tx catalog.Tx) error {
			n, err := tx.Imports.InterruptImports(t.Context(), moment(0))
			if n != 2 {
				t.Errorf("got %d ended imports, want 2", n)
			}
			return err
		})
		for id, want := range want {
			if i, err := s.Import(t.Context(), id); err != nil || i.Status != want || i.FinishedAt.IsZero() != (want == catalog.ImportRunning) {
				t.Errorf("%s: got status %s, finished at %s (%v), want %s", id, i.Status, i.FinishedAt, err, want)
			}
		}
	})
}
