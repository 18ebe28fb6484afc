package ingest_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"trailcat/internal/catalog"
	"trailcat/internal/ingest"
	"trailcat/internal/vocab"
)

// files are the real files, with the dates of their ages. Files with dates of
// birth need no date.
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

// statuses are numbers of cats.
type statuses = map[catalog.Status]int

// firstLoads are what the first loads of the real files give.
var firstLoads = map[string]struct {
	report   ingest.Report
	statuses statuses
	raw      int // values that were not understood, each with a warning
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
		69, // 68 cats have the name unknown, No Name or NA
	},
	"long beach": {
		ingest.Report{Rows: 29787, Created: 13796, Skipped: 15991, SkippedByReason: map[string]int{"not_a_cat": 15642, "superseded": 322, "duplicate": 27}},
		statuses{"adopted": 3324, "removed": 10339, "pending": 88, "on_hold": 45},
		27, // 18 cats have the name unknown
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

func TestLoad_RealFiles(t *testing.T) {
	t.Parallel()

	for name, test := range firstLoads {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() && test.report.Rows > 20_000 {
				t.Skip("a large file")
			}

			d := readReal(t, name)
			cats, memory := newCatalog()
			test.report.Format, test.report.Statuses, test.report.Errors = d.Format.Name, test.statuses, []ingest.RowError{}
			report := load(t, cats, d)
			if diff := cmp.Diff(test.report, report, ignoreWarnings); diff != "" {
				t.Errorf("first load (-want +got):\n%s", diff)
			}
			got, raw := statuses{}, 0
			for _, cat := range memory.cats {
				got[cat.Status]++
				raw += len(cat.Unparsed)
			}
			if diff := cmp.Diff(test.statuses, got); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if report.WarningCount != raw {
				t.Errorf("got %d warnings, want one for each of %d values that were not understood", report.WarningCount, raw)
			}
			if raw != test.raw {
				t.Errorf("got %d values that were not understood, want %d", raw, test.raw)
			}
			for rule, check := range realFileChecks[name] {
				if got, want := check(memory); got != want {
					t.Errorf("%s: got %v, want %v", rule, got, want)
				}
			}

			logged := len(memory.log)
			again := test.report
			again.Created, again.Unchanged = 0, test.report.Created
			if diff := cmp.Diff(again, load(t, sampleWriter{cats}, d), ignoreWarnings, cmpopts.IgnoreFields(ingest.Report{}, "Statuses")); diff != "" {
				t.Errorf("second load (-want +got):\n%s", diff)
			}
			if len(memory.log) != logged {
				t.Errorf("second load: got %d log entries, want 0", len(memory.log)-logged)
			}
		})
	}
}

var ignoreWarnings = cmpopts.IgnoreFields(ingest.Report{}, "Warnings", "WarningCount")

// sampleWriter writes the first hundred cats of each batch, and reports the others as
// unchanged.
type sampleWriter struct{ ingest.Writer }

func (w sampleWriter) UpsertCats(ctx context.Context, shelterID string, edits []catalog.CatUpdate) ([]catalog.CatResult, error) {
	results, err := w.Writer.UpsertCats(ctx, shelterID, edits[:min(len(edits), 100)])
	for len(results) < len(edits) {
		results = append(results, catalog.CatResult{Result: catalog.ResultUnchanged})
	}
	return results, err
}

func TestLoad_SameListOnTheNextDayChangesNothing(t *testing.T) {
	t.Parallel()

	for _, name := range []string{"montgomery 2021", "king county"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()

			cats, _ := newCatalog()
			load(t, cats, readReal(t, name))
			file := files[name]
			d := readFile(t, file.path, format(t, file.format), ingest.Options{Now: now, AsOf: file.asOf.AddDate(0, 0, 1)})
			if r := load(t, cats, d); r.Updated != 0 {
				t.Errorf("got %d updated cats, want 0: only their ages advanced", r.Updated)
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
	return readFile(t, file.path, format(t, file.format), ingest.Options{Now: now, AsOf: file.asOf})
}

// readFile reads a file that stays open until the end of the test.
func readFile(tb testing.TB, path string, f *ingest.Format, opts ingest.Options) *ingest.Dataset {
	tb.Helper()
	file, err := ingest.OpenFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = file.Close() }) // only read
	info, err := file.Stat()
	if err != nil {
		tb.Fatal(err)
	}
	d, err := ingest.Read(io.NewSectionReader(file, 0, info.Size()), f, opts)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

func load(t *testing.T, w ingest.Writer, d *ingest.Dataset) ingest.Report {
	t.Helper()
	return loadInto(t, w, shelterID, d)
}

// realFileCheck returns how a peculiarity of a real file was read, and how it is
// meant.
type realFileCheck func(m *memory) (got, want any)

// realFileChecks are checks by file and rule.
var realFileChecks = map[string]map[string]realFileCheck{
	"montgomery 2021": {
		"leading star is not part of the name": func(m *memory) (any, any) { return m.cats["A472536"].Name, "Kenny Chatney" },
		"N in Sex is a neutered male": func(m *memory) (any, any) {
			cat := m.cats["A472536"]
			return [2]any{cat.Sex, *cat.Altered}, [2]any{vocab.SexMale, true}
		},
		"MH in the breed is the coat": func(m *memory) (any, any) { return m.cats["A311649"].Coat, vocab.CoatMedium },
		"column URL Link with a trailing space": func(m *memory) (any, any) {
			return m.cats["A472536"].Photos[0].URL, "http://www.petharbor.com/get_image.asp?res=DETAIL&id=A472536&location=MONT"
		},
		"age counts from the date of the list": func(m *memory) (any, any) {
			return m.cats["A311649"].Birth, catalog.Birth{On: day(2007, 6, 2), Precision: catalog.ToTheYear}
		},
		"intake date is midnight in Maryland": func(m *memory) (any, any) {
			return m.cats["A311649"].ListedAt.Format("2006-01-02T15:04Z07:00"), "2021-06-01T04:00Z"
		},
	},
	"king county": {
		"11 YEARS -1 MONTHS is an age": func(m *memory) (any, any) {
			return m.cats["A533907"].Birth, catalog.Birth{On: day(2008, 3, 1), Precision: catalog.ToTheMonth}
		},
		"description begins after the repeated facts": func(m *memory) (any, any) {
			return strings.HasPrefix(m.cats["A578240"].Description, "Meet Sorbie!\n\nShe came in"), true
		},
		"descriptions have no HTML tags": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if strings.Contains(cat.Description, "<p") || strings.Contains(cat.Description, "Received on:") {
					return cat.ExternalID, ""
				}
			}
			return "", ""
		},
		"temperament becomes a tag":                 func(m *memory) (any, any) { return m.cats["A578240"].Traits.Tags[0], "Temperament: BLUE" },
		"no temperament, no tag":                    func(m *memory) (any, any) { return len(m.cats["A533907"].Traits.Tags), 0 },
		"fee in the text":                           func(m *memory) (any, any) { return *m.cats["A578791"].Fee.Minor, int64(10000) },
		"unset fee is unknown":                      func(m *memory) (any, any) { return m.cats["A533907"].Fee, catalog.Fee{} },
		"postal code of a pet shop":                 func(m *memory) (any, any) { return m.cats["A571724"].FosterPostalCode, "98033" },
		"no postal code of a foster home":           func(m *memory) (any, any) { return m.cats["A533907"].FosterPostalCode, "" },
		"page about the agency is no URL of a cat":  func(m *memory) (any, any) { return m.cats["A533907"].URL, "" },
		"cat both found and adoptable is available": func(m *memory) (any, any) { return m.cats["A567180"].Status, catalog.Available },
	},
	"austin": {
		"newest outcome counts although it was exported first": func(m *memory) (any, any) {
			cat := m.cats["7132"]
			return [2]any{cat.Status, cat.AdoptedOn}, [2]any{catalog.Adopted, day(2026, 1, 13)}
		},
		"kittens are cats": func(m *memory) (any, any) { return len(m.cats), 6648 },
		"two date formats": func(m *memory) (any, any) { return m.cats["6881"].ListedAt.Format("15:04"), "14:55" },
		"Yes and yes are equal": func(m *memory) (any, any) {
			altered := 0
			for _, cat := range m.cats {
				if cat.Altered != nil && *cat.Altered {
					altered++
				}
			}
			return altered, 4153
		},
		"RUSSIAN BLUE and Russian are one breed": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if cat.Unparsed["breed"] != "" {
					return cat.Unparsed["breed"], ""
				}
			}
			return "", ""
		},
		"outcome other than adoption becomes the status reason": func(m *memory) (any, any) {
			cat := m.cats["6881"]
			return [2]any{cat.Status, cat.StatusReason}, [2]any{catalog.Removed, "Euthanized"}
		},
	},
	"long beach": {
		"a single star is no name":         func(m *memory) (any, any) { return m.cats["A649576"].Name, "A649576" },
		"newest intake counts":             func(m *memory) (any, any) { return m.cats["A684444"].AdoptedOn, day(2023, 11, 11) },
		"closed duplicate is skipped":      func(m *memory) (any, any) { return m.cats["A673825"].AdoptedOn, day(2023, 7, 17) },
		"cats without a name are accepted": func(m *memory) (any, any) { return len(m.cats), 13796 },
		"no birth after the departure": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if cat.Status == catalog.Removed && cat.Birth.On.After(cat.StatusChangedAt) {
					return cat.ExternalID, ""
				}
			}
			return "", ""
		},
		"birth in 2031 stays unparsed": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if strings.HasPrefix(cat.Unparsed["birth"], "2031") {
					return cat.Birth, catalog.Birth{}
				}
			}
			return "no such cat", ""
		},
	},
	"sonoma": {
		"KITTN is a size": func(m *memory) (any, any) {
			for _, cat := range m.cats {
				if cat.Unparsed["size"] != "" {
					return cat.Unparsed["size"], ""
				}
			}
			return "", ""
		},
		"unknown births": func(m *memory) (any, any) {
			known := 0
			for _, cat := range m.cats {
				if !cat.Birth.On.IsZero() {
					known++
				}
			}
			return known, 4166
		},
		"intake without an outcome is on hold": func(m *memory) (any, any) {
			held := 0
			for _, cat := range m.cats {
				if cat.Status == catalog.OnHold && cat.StatusReason == "in care" {
					held++
				}
			}
			return held, 26
		},
	},
	"bloomington (asm3)": {
		"last movement counts": func(m *memory) (any, any) {
			cat := m.cats["C1301091"]
			return [2]any{cat.Status, cat.AdoptedOn}, [2]any{catalog.Adopted, day(2018, 5, 29)}
		},
		"default reason Died in care is ignored":    func(m *memory) (any, any) { return m.cats["C1301091"].StatusReason, "" },
		"later row counts for movements on one day": func(m *memory) (any, any) { return m.cats["C1905556"].StatusReason, "Foster" },
		"microchip number means microchipped":       func(m *memory) (any, any) { return *m.cats["C1301091"].Microchipped, true },
		"no microchip number means unknown":         func(m *memory) (any, any) { return m.cats["C1905556"].Microchipped == nil, true },
	},
}
