package importjob_test

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"trailcat/api/wire"
	"trailcat/internal/catalog"
	"trailcat/internal/errcode"
	"trailcat/internal/geo"
	"trailcat/internal/importjob"
	"trailcat/internal/ingest"
	"trailcat/internal/store"
	"trailcat/internal/store/storetest"
)

const header = "Animal ID,In Date,Pet name,Animal Type,Pet Age,Pet Size,Color,Breed,Sex\n"

// rows returns rows of the format montgomery for the cats from first to last.
func rows(first, last int, age string) string {
	var b strings.Builder
	for n := first; n <= last; n++ {
		fmt.Fprintf(&b, "C%d,04/01/2026,*Ada,CAT,%s,MED,BLACK,DOMESTIC SH,S\n", n, age)
	}
	return b.String()
}

// fixture is a database with one shelter.
type fixture struct {
	store   *store.Store
	catalog *catalog.Catalog
	shelter catalog.Shelter
	now     *time.Time
}

func now() time.Time { return time.Date(2026, time.May, 1, 12, 0, 0, 0, time.UTC) }

// newFixture adds a shelter with an external ID to a store.
func newFixture(t *testing.T, s *store.Store, shelterID string) fixture {
	t.Helper()
	at := now()
	cats := catalog.New(s, func() time.Time { return at }, func() [16]byte { return uuid.Must(uuid.NewV7()) })
	format, err := ingest.Find("montgomery")
	if err != nil {
		t.Fatal(err)
	}
	shelter, _, err := cats.PutShelter(t.Context(), geo.Default(), shelterID, format.Shelter.Profile)
	if err != nil {
		t.Fatal(err)
	}
	return fixture{store: s, catalog: cats, shelter: shelter, now: &at}
}

// run imports a file as a snapshot with the given changes of the options.
func (f fixture) run(t *testing.T, file string, change func(*importjob.Options)) (importjob.Result, error) {
	t.Helper()
	format, err := ingest.Find(ingest.Auto)
	if err != nil {
		t.Fatal(err)
	}
	options := importjob.Options{Format: format, Mode: catalog.ModeSnapshot}
	change(&options)
	return f.runFile(t.Context(), file, options)
}

func (f fixture) runFile(ctx context.Context, file string, options importjob.Options) (importjob.Result, error) {
	content := importjob.NewFile(strings.NewReader(file), int64(len(file)), sha256.Sum256([]byte(file)), options)
	return importjob.New(f.store, f.catalog, func() time.Time { return *f.now }, content, f.shelter).Run(ctx)
}

func (f fixture) head(t *testing.T) int64 {
	t.Helper()
	head, err := f.store.Head(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return head.Seq
}

func unchanged(*importjob.Options) {}

// TestJob_ADryRunPredictsTheReportOfTheImport compares the report of a dry run and of a
// rejected snapshot, which are computed, with that of the import itself.
func TestJob_ADryRunPredictsTheReportOfTheImport(t *testing.T) {
	t.Parallel()

	tests := map[string]struct {
		before, file string
		confirmed    bool
		want         wire.ImportReport
	}{
		"new, changed, unchanged and rejected rows": {
			before: rows(1, 10, "2 YEARS"),
			file:   rows(1, 6, "2 YEARS") + rows(7, 9, "9 YEARS") + rows(11, 15, "1 YEAR") + ",04/01/2026,*X,CAT,1 YEAR,MED,BLACK,DOMESTIC SH,S\n",
			want:   wire.ImportReport{Rows: 15, Created: 5, Updated: 3, Unchanged: 6, Rejected: 1, Removed: 1},
		},
		"snapshot that needs confirmation": {
			before: rows(1, 12, "2 YEARS"), file: rows(1, 2, "2 YEARS") + rows(3, 3, "9 YEARS") + rows(20, 20, "1 YEAR"), confirmed: true,
			want: wire.ImportReport{Rows: 4, Created: 1, Updated: 1, Unchanged: 2, Removed: 9},
		},
		"several batches": {
			before: rows(1, 520, "2 YEARS"), file: rows(21, 530, "2 YEARS"),
			want: wire.ImportReport{Rows: 510, Created: 10, Unchanged: 500, Removed: 20},
		},
	}
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for name, tt := range tests {
			f := newFixture(t, s, name)
			if _, err := f.run(t, header+tt.before, func(o *importjob.Options) {
				o.Confirm = tokenOf(t, f, header+tt.before)
			}); err != nil {
				t.Fatalf("%s: import of the previous file: %v", name, err)
			}
			head := f.head(t)
			dryRun, err := f.run(t, header+tt.file, func(o *importjob.Options) { o.DryRun = true })
			if err != nil {
				t.Fatalf("%s: dry run: %v", name, err)
			}
			got := []wire.ImportReport{*dryRun.Report}
			confirm := ""
			if tt.confirmed {
				rejected, err := f.run(t, header+tt.file, unchanged)
				if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Code != errcode.ConfirmationRequired || rejected.Import.Status != catalog.ImportRejected {
					t.Fatalf("%s: got status %s and error %v, want a rejection", name, rejected.Import.Status, err)
				}
				got, confirm = append(got, *rejected.Report), *rejected.Report.Confirm
			}
			if after := f.head(t); after != head {
				t.Errorf("%s: the log grew from %d to %d before the import was confirmed", name, head, after)
			}
			imported, err := f.run(t, header+tt.file, func(o *importjob.Options) { o.Confirm = confirm })
			if err != nil {
				t.Fatalf("%s: import: %v", name, err)
			}
			for _, report := range append(got, *imported.Report) {
				counts := wire.ImportReport{Rows: report.Rows, Created: report.Created, Updated: report.Updated, Unchanged: report.Unchanged, Rejected: report.Rejected, Removed: report.Removed}
				if diff := cmp.Diff(tt.want, counts); diff != "" {
					t.Errorf("%s (-want +got):\n%s", name, diff)
				}
			}
			for i, report := range got {
				if diff := cmp.Diff(*imported.Report, report); diff != "" {
					t.Errorf("%s: prediction %d differs from the import (-import +prediction):\n%s", name, i, diff)
				}
			}
		}
	})
}

// tokenOf returns the token that confirms a file, or "" if none is necessary.
func tokenOf(t *testing.T, f fixture, file string) string {
	t.Helper()
	result, err := f.run(t, file, func(o *importjob.Options) { o.DryRun = true })
	if err != nil {
		t.Fatal(err)
	}
	if result.Report.Confirm == nil {
		return ""
	}
	return *result.Report.Confirm
}

// TestJob_RecordsTheImport compares the record in the database with the result.
func TestJob_RecordsTheImport(t *testing.T) {
	t.Parallel()

	f := newFixture(t, storetest.New(t), "montgomery")
	file := header + rows(1, 3, "2 YEARS")
	result, err := f.run(t, file, unchanged)
	if err != nil {
		t.Fatal(err)
	}
	got, err := f.store.Import(t.Context(), result.Import.ID)
	if err != nil {
		t.Fatal(err)
	}
	var stored []byte
	for part, err := range f.store.ImportFile(t.Context(), got.ID) {
		if err != nil {
			t.Fatal(err)
		}
		stored = append(stored, part...)
	}
	if got.Status != catalog.ImportDone || got.Format != "montgomery" || string(stored) != file || got.FinishedAt.IsZero() {
		t.Errorf("got status %s, format %s, %d bytes and end %s, want done, montgomery, the file and an end", got.Status, got.Format, len(stored), got.FinishedAt)
	}
	report, err := wire.DecodeReport(got.Report)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(result.Report, report, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("report (-result +record):\n%s", diff)
	}
	for rule, change := range map[string]func(*importjob.Options){
		"dry run":  func(o *importjob.Options) { o.DryRun = true },
		"test key": func(o *importjob.Options) { o.Test = true },
	} {
		if _, err := f.run(t, header+rows(1, 4, "3 YEARS"), change); err != nil {
			t.Fatal(err)
		}
		all, err := f.store.Imports(t.Context(), nil, "", 10)
		if err != nil || len(all) != 1 {
			t.Errorf("%s: got %d imports and error %v, want no record", rule, len(all), err)
		}
	}
}

func TestJob_RecordsAnInterruptionAfterTheCallerHasGone(t *testing.T) {
	t.Parallel()

	f := newFixture(t, storetest.New(t), "montgomery")
	ctx, cancel := context.WithCancel(t.Context())
	format, err := ingest.Find("montgomery")
	if err != nil {
		t.Fatal(err)
	}
	options := importjob.Options{Format: format, Mode: catalog.ModeIncremental, Progress: func(int, int) { cancel() }}
	result, err := f.runFile(ctx, header+rows(1, 510, "2 YEARS"), options)
	if !errors.Is(err, context.Canceled) || result.Import.Status != catalog.ImportInterrupted || result.Report.Created != 500 {
		t.Errorf("got %s with %d cats and error %v, want interrupted after 500", result.Import.Status, result.Report.Created, err)
	}
	if got, err := f.store.Import(t.Context(), result.Import.ID); err != nil || got.Status != catalog.ImportInterrupted || !json.Valid(got.Report) {
		t.Errorf("got the record %+v and error %v, want interrupted with a report", got, err)
	}
}

// cancelingFile cancels a context when it is read for the second time.
type cancelingFile struct {
	*strings.Reader

	cancel func()
	reads  int
}

func (f *cancelingFile) ReadAt(p []byte, offset int64) (int, error) {
	if f.reads++; f.reads == 2 {
		f.cancel()
	}
	return f.Reader.ReadAt(p, offset)
}

func TestJob_StopsReadingWhenTheCallerHasGone(t *testing.T) {
	t.Parallel()

	f := newFixture(t, storetest.New(t), "montgomery")
	ctx, cancel := context.WithCancel(t.Context())
	file := &cancelingFile{Reader: strings.NewReader(header + rows(1, 50_000, "2 YEARS")), cancel: cancel, reads: 0}
	format, err := ingest.Find("montgomery")
	if err != nil {
		t.Fatal(err)
	}
	options := importjob.Options{Format: format, Mode: catalog.ModeIncremental}
	result, err := importjob.New(f.store, f.catalog, now, importjob.NewFile(file, file.Size(), [32]byte{}, options), f.shelter).Run(ctx)
	if !errors.Is(err, context.Canceled) || file.reads > 2 {
		t.Errorf("got %d reads and error %v, want 2 and that the caller has gone", file.reads, err)
	}
	if got, err := f.store.Import(t.Context(), result.Import.ID); err != nil || got.Status != catalog.ImportInterrupted || result.Report.Created != 0 {
		t.Errorf("got the record %+v and error %v, want interrupted without cats", got, err)
	}
}

func TestJob_UnreadableFileLeavesNoRecord(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFixture(t, s, "montgomery")
		for _, change := range []func(*importjob.Options){unchanged, func(o *importjob.Options) { o.DryRun = true }} {
			result, err := f.run(t, "a,b\n1,2\n", change)
			if catalog.KindOf(err) != catalog.Malformed || result.Import.ID != "" {
				t.Errorf("got import %q and error %v, want none and that the file is malformed", result.Import.ID, err)
			}
		}
		if all, err := s.Imports(t.Context(), nil, "", 10); err != nil || len(all) != 0 {
			t.Errorf("got %d imports and error %v, want no record", len(all), err)
		}
		if _, err := f.run(t, header+rows(1, 1, "2 YEARS"), unchanged); err != nil {
			t.Errorf("next import: %v", err)
		}
	})
}

// The turn of the shelter comes before the work.
func TestJob_ReadsNothingWhileAnotherImportRuns(t *testing.T) {
	t.Parallel()

	storetest.Each(t, func(t *testing.T, s *store.Store) {
		f := newFixture(t, s, "montgomery")
		if _, err := f.catalog.BeginImport(t.Context(), catalog.Import{ShelterID: f.shelter.ID, Mode: catalog.ModeIncremental}); err != nil {
			t.Fatal(err)
		}
		file := &cancelingFile{Reader: strings.NewReader("a,b\n"), cancel: func() {}, reads: 0}
		format, err := ingest.Find("montgomery")
		if err != nil {
			t.Fatal(err)
		}
		options := importjob.Options{Format: format, Mode: catalog.ModeIncremental}
		_, err = importjob.New(f.store, f.catalog, now, importjob.NewFile(file, file.Size(), [32]byte{}, options), f.shelter).Run(t.Context())
		if e, ok := errors.AsType[*catalog.Error](err); !ok || e.Code != "import_running" || file.reads != 0 {
			t.Errorf("got error %v after %d reads, want import_running after none", err, file.reads)
		}
	})
}

func TestSlots_LimitImportsAtOnce(t *testing.T) {
	t.Parallel()

	synctest.Test(t, func(t *testing.T) {
		slots := importjob.NewSlots(2, time.Second)
		acquire := func() func() {
			t.Helper()
			release, err := slots.Acquire(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return release
		}
		first := acquire()
		acquire()
		if _, err := slots.Acquire(t.Context()); catalog.KindOf(err) != catalog.Unavailable {
			t.Errorf("third import: got error %v, want unavailable", err)
		}
		time.AfterFunc(time.Second/2, first)
		acquire()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := slots.Acquire(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("import without a caller: got error %v, want that the caller has gone", err)
		}
	})
}
