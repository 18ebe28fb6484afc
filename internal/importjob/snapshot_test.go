package importjob_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/importjob"
	"trailcat/internal/ingest"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const dogs = "D1,04/01/2026,*Rex,DOG,2 YEARS,MED,BLACK,BEAGLE,N\n"

// step is a file that a shelter sends, and what happens.
type step struct {
	day     int // of May 2026
	file    string
	change  func(*importjob.Options) // nil for none
	removed int                      // listings; -1 if the import is rejected
}

const rejected = -1

// TestJob_AListThatLosesManyCats replays what a shelter sends day by day. The file of
// the first step is imported with its token.
func TestJob_AListThatLosesManyCats(t *testing.T) {
	t.Parallel()

	none, twelve := header, header+rows(1, 12, "2 YEARS")
	tests := map[string][]step{
		"up to five last cats leave":     {{1, header + rows(1, 5, "2 YEARS"), nil, 0}, {1, none, nil, 5}, {2, none, nil, 0}},
		"only other animals are left":    {{1, header + rows(1, 5, "2 YEARS"), nil, 0}, {2, header + dogs, nil, 5}},
		"no cats on two days":            {{1, twelve, nil, 0}, {2, none, nil, rejected}, {3, none, nil, 12}},
		"no cats, then only dogs":        {{1, twelve, nil, 0}, {2, none, nil, rejected}, {4, header + dogs, nil, 12}},
		"no cats twice on one day":       {{1, twelve, nil, 0}, {2, none, nil, rejected}, {2, none, nil, rejected}, {3, none, nil, 12}},
		"an export that works again":     {{1, twelve, nil, 0}, {2, none, nil, rejected}, {3, twelve, nil, 0}, {4, none, nil, rejected}},
		"more than half on two days":     {{1, twelve, nil, 0}, {2, header + rows(1, 3, "2 YEARS"), nil, rejected}, {3, header + rows(1, 3, "3 YEARS"), nil, 9}},
		"other cats missing each day":    {{1, twelve, nil, 0}, {2, header + rows(1, 3, "2 YEARS"), nil, rejected}, {3, header + rows(2, 3, "2 YEARS"), nil, rejected}, {4, header + rows(2, 3, "2 YEARS"), nil, 10}},
		"another answer in between":      {{1, twelve, nil, 0}, {2, none, nil, rejected}, {3, header + rows(1, 3, "2 YEARS"), nil, rejected}, {4, none, nil, rejected}, {5, none, nil, 12}},
		"a dry run confirms nothing":     {{1, twelve, nil, 0}, {2, none, func(o *importjob.Options) { o.DryRun = true }, 12}, {3, none, nil, rejected}},
		"unreadable rows on two days":    {{1, twelve, nil, 0}, {2, header + ",04/01/2026\n", nil, rejected}, {3, header + ",04/01/2026\n", nil, rejected}},
		"a file without text each day":   {{1, twelve, nil, 0}, {2, "", named("montgomery"), rejected}, {3, "", named("montgomery"), rejected}},
		"an incremental file in between": {{1, twelve, nil, 0}, {2, none, nil, rejected}, {3, header + rows(1, 1, "2 YEARS"), func(o *importjob.Options) { o.Mode = catalog.ModeIncremental }, 0}, {3, none, nil, 12}},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for name, steps := range tests {
			f := newFixture(t, s, name)
			for i, step := range steps {
				*f.now = time.Date(2026, time.May, step.day, 23, 0, i, 0, time.UTC)
				change := step.change
				if change == nil {
					change = unchanged
				}
				head := f.head(t)
				result, err := f.run(t, step.file, change)
				if step.removed != rejected {
					if err != nil || result.Report.Removed != step.removed {
						t.Errorf("%s, step %d: got %d removed and error %v, want %d removed", name, i, result.Report.Removed, err, step.removed)
					}
					continue
				}
				e, ok := errors.AsType[*catalog.Error](err)
				if !ok || e.Code != errcode.ConfirmationRequired || f.head(t) != head {
					t.Errorf("%s, step %d: got error %v, want a rejection that changes nothing", name, i, err)
				}
			}
		}
	})
}

// named makes an import use a format without detecting it.
func named(format string) func(*importjob.Options) {
	return func(o *importjob.Options) { o.Format, _ = ingest.Find(format) }
}

func TestJob_ReportSaysWhatConfirmsARemoval(t *testing.T) {
	t.Parallel()

	f := newFixture(t, storetest.New(t), "montgomery")
	if _, err := f.run(t, header+rows(1, 12, "2 YEARS"), unchanged); err != nil {
		t.Fatal(err)
	}
	const reason = "The file contains no cats. As a snapshot it would remove all 12 listings."
	first, err := f.run(t, header, unchanged)
	if err == nil || !strings.Contains(err.Error(), "send it again tomorrow (UTC), or now with confirm="+*first.Report.Confirm) {
		t.Errorf("got error %v, want advice to repeat the file", err)
	}
	if got := *first.Report.RemovalReason; got != reason {
		t.Errorf("first day: got %q, want %q", got, reason)
	}
	*f.now = now().AddDate(0, 0, 1)
	second, err := f.run(t, header, unchanged)
	if err != nil {
		t.Fatal(err)
	}
	if want := reason + " The file of 2026-05-01 lacked the same listings, which confirms it."; *second.Report.RemovalReason != want || second.Report.Confirm != nil {
		t.Errorf("second day: got %q and token %v, want %q and none", *second.Report.RemovalReason, second.Report.Confirm, want)
	}
}
