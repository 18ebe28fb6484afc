package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

// staleListings returns how many listings of a server are marked stale, and how many are
// not.
func (s testServer) staleListings(t *testing.T) (stale, fresh int) {
	t.Helper()
	return s.totalOf(t, "&stale=true"), s.totalOf(t, "&stale=false")
}

// TestServe_WrongClockMarksNothingStale starts a server whose machine is 100 days ahead,
// and one with the right clock on the same database.
func TestServe_WrongClockMarksNothingStale(t *testing.T) {
	t.Parallel()

	ahead := func() time.Time { return time.Now().AddDate(0, 0, 100) }
	eachDatabase(t, func(t *testing.T, flags ...string) {
		file := writeFile(t, montgomeryHeader+montgomeryCats("2 YEARS", "A1", "A2", "A3", "A4"))
		do(t, exitOK, append([]string{"import", file, "--format", "montgomery"}, flags...)...)
		onPostgres := strings.HasPrefix(flags[1], "postgres")

		wrong := serveAt(t, ahead, flags...)
		if onPostgres {
			within(t, "the server warns about its clock", func() bool {
				return strings.Contains(wrong.stderr.String(), `"level":"WARN","msg":"the clock of this machine`)
			})
			if got := wrong.metric(t, "trailcat_clock_offset_seconds"); !strings.HasPrefix(got, "8.6") { // 100 days
				t.Errorf("got clock offset %s, want 8640000", got)
			}
		} else { // SQLite has no other clock
			within(t, "the server refuses to mark all listings", func() bool { return wrong.metric(t, "trailcat_stale_marking_refused_cats") == "4" })
			within(t, "the log has an error", func() bool {
				return strings.Contains(wrong.stderr.String(), `"level":"ERROR","msg":"listings not marked stale`)
			})
		}
		if stale, fresh := wrong.staleListings(t); stale != 0 || fresh != 4 {
			t.Errorf("wrong clock: got %d stale and %d fresh listings, want 4 fresh", stale, fresh)
		}
		wrong.stop()

		if !onPostgres {
			markStale(t, ahead, flags...)
		}
		right := serve(t, flags...)
		within(t, "no listing is stale by today's clock", func() bool { stale, fresh := right.staleListings(t); return stale == 0 && fresh == 4 })
	})
}

// markStale forces a machine with its own clock to mark the four listings of a database.
func markStale(t *testing.T, now func() time.Time, flags ...string) {
	t.Helper()
	refused, stdout := &output{}, &output{}
	p := &process{ctx: t.Context(), stdout: stdout, stderr: refused, now: now}
	if code := p.run(append([]string{"mark-stale"}, flags...)); code != exitFailed || !strings.Contains(refused.String(), "4 of 4 listings would be marked stale") {
		t.Errorf("without --force: got exit code %d and %q, want a refusal", code, refused)
	}
	p = &process{ctx: t.Context(), stdout: stdout, stderr: refused, now: now}
	if code := p.run(append([]string{"mark-stale", "--force"}, flags...)); code != exitOK || !strings.HasSuffix(stdout.String(), "4 listings marked stale, 0 no longer stale\n") {
		t.Errorf("with --force: got exit code %d and %q, want 4 listings", code, stdout)
	}
}

func TestRunIfDue_CheckpointInTheFutureIsNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, db *store.Store) {
		ran := false
		for _, clock := range []func() time.Time{func() time.Time { return now().AddDate(0, 0, 100) }, now} {
			ran = false
			if err := runIfDue(t.Context(), db, clock, "task", "node", func(context.Context) error { ran = true; return nil }); err != nil {
				t.Fatal(err)
			}
		}
		if !ran {
			t.Error("a task that ran 100 days ahead did not run today")
		}
	})
}
