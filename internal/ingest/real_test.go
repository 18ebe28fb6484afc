package ingest_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
)

// The real files, and the days on which they were true. Those that tell births
// need no day.
var files = map[string]struct {
	format, path string
	asOf         time.Time
}{
	"montgomery 2020":    {"montgomery", "testdata/montgomery_adoptable_2020-05.csv.gz", day(2020, 5, 20)},
	"montgomery 2021":    {"montgomery", "../demo/data/montgomery_adoptable_2021-06.csv.gz", day(2021, 6, 2)},
	"king county":        {"kingcounty", "../demo/data/kingcounty_listings_2019-02.csv.gz", day(2019, 2, 1)},
	"austin":             {"austin", "testdata/austin_outcomes.csv.gz", time.Time{}},
	"long beach":         {"longbeach", "testdata/longbeach_intakes.csv.gz", time.Time{}},
	"sonoma":             {"sonoma", "testdata/sonoma_intakes.csv.gz", time.Time{}},
	"bloomington (asm3)": {"asm3-movements", "testdata/bloomington_asm3_movements.csv.gz", day(2018, 12, 10)},
}

func TestRealFiles(t *testing.T) {
	t.Parallel()

	type statuses = map[catalog.Status]int
	tests := map[string]struct {
		want     ingest.Report // of the first load
		statuses statuses
		raw      int // fields with words that were not understood
	}{
		"montgomery 2020": {
			ingest.Report{Rows: 8, Skipped: 8, SkippedByReason: map[string]int{"not_a_cat": 8}},
			statuses{},
			0,
		},
		"montgomery 2021": {
			ingest.Report{Rows: 80, Created: 35, Skipped: 45, SkippedByReason: map[string]int{"not_a_cat": 45}},
			statuses{"available": 35},
			0,
		},
		"king county": {
			ingest.Report{Rows: 216, Created: 40, Skipped: 176, SkippedByReason: map[string]int{"lost": 61, "found": 96, "not_a_cat": 19}},
			statuses{"available": 40},
			0,
		},
		"austin": {
			ingest.Report{Rows: 22810, Created: 6648, Skipped: 16162, SkippedByReason: map[string]int{"not_a_cat": 10181, "superseded": 5981}},
			statuses{"adopted": 3687, "removed": 2960, "on_hold": 1},
			1,
		},
		"long beach": {
			ingest.Report{Rows: 29787, Created: 13796, Skipped: 15991, SkippedByReason: map[string]int{"not_a_cat": 15642, "superseded": 322, "duplicate": 27}},
			statuses{"adopted": 3324, "removed": 10339, "pending": 88, "on_hold": 45},
			9,
		},
		"sonoma": {
			ingest.Report{Rows: 16792, Created: 5776, Skipped: 11016, SkippedByReason: map[string]int{"not_a_cat": 10818, "superseded": 198}},
			statuses{"adopted": 2544, "removed": 3206, "on_hold": 26},
			3,
		},
		"bloomington (asm3)": {
			ingest.Report{Rows: 10290, Created: 3870, Skipped: 6420, SkippedByReason: map[string]int{"not_a_cat": 4541, "superseded": 1879}},
			statuses{"adopted": 3012, "removed": 691, "available": 17, "on_hold": 150},
			257,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			l := readReal(t, name)
			cats, memory := newCatalog()
			test.want.Format, test.want.Errors = l.Format.Name, []ingest.RowError{}
			if diff := cmp.Diff(test.want, load(t, cats, l)); diff != "" {
				t.Errorf("first load (-want +got):\n%s", diff)
			}
			got, raw := statuses{}, 0
			for _, cat := range memory.cats {
				got[cat.Status]++
				raw += len(cat.Raw)
			}
			if diff := cmp.Diff(test.statuses, got); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if raw > test.raw {
				t.Errorf("%d fields were not understood, want at most %d", raw, test.raw)
			}
			for rule, trap := range traps[name] {
				if got, want := trap(memory); got != want {
					t.Errorf("%s: got %v, want %v", rule, got, want)
				}
			}

			logged := len(memory.log)
			again := test.want
			again.Created, again.Unchanged = 0, test.want.Created
			if diff := cmp.Diff(again, load(t, cats, readReal(t, name))); diff != "" {
				t.Errorf("second load (-want +got):\n%s", diff)
			}
			if len(memory.log) != logged {
				t.Errorf("the second load wrote %d log entries", len(memory.log)-logged)
			}
		})
	}
}

func TestTheNextDayOfTheSameListChangesNothing(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"montgomery 2021", "king county"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, _ := newCatalog()
			load(t, cats, readReal(t, name))
			file := files[name]
			l, err := ingest.ReadFile(file.path, format(t, file.format), ingest.Options{Now: now, AsOf: file.asOf.AddDate(0, 0, 1)})
			if err != nil {
				t.Fatal(err)
			}
			if r := load(t, cats, l); r.Updated != 0 {
				t.Errorf("%d cats were updated, though each is a day older like all of us", r.Updated)
			}
		})
	}
}

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func format(t *testing.T, name string) *ingest.Format {
	t.Helper()
	f, err := ingest.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readReal(t *testing.T, name string) *ingest.Dataset {
	t.Helper()
	file := files[name]
	l, err := ingest.ReadFile(file.path, format(t, file.format), ingest.Options{Now: now, AsOf: file.asOf})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func load(t *testing.T, w ingest.Writer, l *ingest.Dataset) ingest.Report {
	t.Helper()
	return loadInto(t, w, shelterID, l)
}
